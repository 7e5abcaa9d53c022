package provisioningweb

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/provisioning"
	"passerelle/internal/web"
)

// The names of what travels (RFC 7643 8.7, RFC 7644 3).
const (
	userSchema   = "urn:ietf:params:scim:schemas:core:2.0:User"
	groupSchema  = "urn:ietf:params:scim:schemas:core:2.0:Group"
	errorSchema  = "urn:ietf:params:scim:api:messages:2.0:Error"
	listSchema   = "urn:ietf:params:scim:api:messages:2.0:ListResponse"
	configSchema = "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig"
	typeSchema   = "urn:ietf:params:scim:schemas:core:2.0:ResourceType"
	schemaSchema = "urn:ietf:params:scim:schemas:core:2.0:Schema"
)

// problem is an error as RFC 7644 3.12 has it.
type problem struct {
	Schemas []string `json:"schemas"`
	Type    string   `json:"scimType,omitempty"`
	Detail  string   `json:"detail,omitempty"`
	Status  string   `json:"status"`
}

// said is how each refusal is answered.
var said = map[provisioning.Reason]struct {
	status       int
	kind, detail string
}{
	provisioning.Taken:      {fiber.StatusConflict, "uniqueness", "Another resource has this name already."},
	provisioning.LastAdmins: {fiber.StatusConflict, "", "This is one of the last two administrators. Another one has to be named in Passerelle first."},
	provisioning.TooMany:    {fiber.StatusBadRequest, "tooMany", "There are too many."},
	provisioning.Fixed:      {fiber.StatusBadRequest, "mutability", "The attribute by which this user is known at sign-in cannot change. Delete the user and create another."},
	provisioning.NoUserName: {fiber.StatusBadRequest, "invalidValue", "userName is required."},
	provisioning.NoName:     {fiber.StatusBadRequest, "invalidValue", "displayName is required."},
	provisioning.BadValue:   {fiber.StatusBadRequest, "invalidValue", "A value is too long or of the wrong type."},
	provisioning.BadFilter:  {fiber.StatusBadRequest, "invalidFilter", "Only eq and and are supported, on id, externalId, userName, displayName, emails.value and active."},
	provisioning.BadPath:    {fiber.StatusBadRequest, "invalidPath", "The path cannot be read."},
	provisioning.BadSyntax:  {fiber.StatusBadRequest, "invalidSyntax", "The body cannot be read."},
}

// enter lets in whoever shows a token (RFC 6750).
func (h *handlers) enter(c *fiber.Ctx) (context.Context, error) {
	kind, token, _ := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	if !strings.EqualFold(kind, "Bearer") {
		token = ""
	}
	ctx, err := h.directory.Enter(c.UserContext(), strings.TrimSpace(token), web.CallerOf(c))
	switch {
	case errors.Is(err, provisioning.ErrUnknown):
		c.Set(fiber.HeaderWWWAuthenticate, "Bearer")
		err = fiber.ErrUnauthorized
	case errors.Is(err, provisioning.ErrTooOften):
		c.Set(fiber.HeaderRetryAfter, "60")
		err = fiber.ErrTooManyRequests
	}
	return ctx, err
}

// fail answers that something went wrong. It says nothing of what was sent.
func (h *handlers) fail(c *fiber.Ctx, status int, _ error) error {
	return answer(c, status, problem{Schemas: []string{errorSchema}, Status: strconv.Itoa(status)})
}

// refused writes down what is refused, and answers why.
func (h *handlers) refused(c *fiber.Ctx, err error) error {
	var refusal provisioning.Refusal
	if !errors.As(err, &refusal) {
		return err
	}
	if err := h.directory.Refuse(c.UserContext(), refusal); err != nil {
		return err
	}
	how := said[refusal.Reason]
	return answer(c, how.status, problem{[]string{errorSchema}, how.kind, how.detail, strconv.Itoa(how.status)})
}

func answer(c *fiber.Ctx, status int, resource any) error {
	return c.Status(status).JSON(resource, scimJSON)
}

// list is an answer with some of many.
type list struct {
	Schemas   []string `json:"schemas"`
	Total     int64    `json:"totalResults"`
	Start     int64    `json:"startIndex"`
	Shown     int      `json:"itemsPerPage"`
	Resources []any    `json:"Resources"`
}

func listed[T any](total int64, window provisioning.Window, items []T, resource func(T) any) list {
	answer := list{Schemas: []string{listSchema}, Total: total, Start: window.Bounded().Start, Shown: len(items), Resources: []any{}}
	for _, item := range items {
		answer.Resources = append(answer.Resources, resource(item))
	}
	return answer
}

// usual is how many are shown where nobody says how many.
const usual = 100

// window reads which of many are asked for; a number that is none is refused.
func window(c *fiber.Ctx) (provisioning.Window, error) {
	asked := provisioning.Window{Start: 1, Count: usual}
	for name, into := range map[string]*int64{"startIndex": &asked.Start, "count": &asked.Count} {
		if text := c.Query(name); text != "" {
			n, err := strconv.ParseInt(text, 10, 32)
			if err != nil {
				return asked, provisioning.Refusal{Reason: provisioning.BadValue}
			}
			*into = n
		}
	}
	return asked, nil
}

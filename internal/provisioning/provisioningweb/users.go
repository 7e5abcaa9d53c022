package provisioningweb

import (
	"encoding/json"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/provisioning"
	"passerelle/internal/web"
)

// user is a person as it travels. It holds what we keep: directories send more, which is passed over.
type user struct {
	Schemas     []string  `json:"schemas"`
	ID          string    `json:"id,omitempty"`
	ExternalID  string    `json:"externalId,omitempty"`
	UserName    string    `json:"userName"`
	Name        *fullName `json:"name,omitempty"`
	DisplayName string    `json:"displayName,omitempty"`
	Emails      []email   `json:"emails,omitempty"`
	Active      any       `json:"active,omitempty"`
	Groups      []member  `json:"groups,omitempty"`
	Meta        *meta     `json:"meta,omitempty"`
}

type fullName struct {
	Formatted string `json:"formatted,omitempty"`
	Given     string `json:"givenName,omitempty"`
	Family    string `json:"familyName,omitempty"`
}

type email struct {
	Value   string `json:"value"`
	Type    string `json:"type,omitempty"`
	Primary any    `json:"primary,omitempty"`
}

type member struct {
	Value   string `json:"value"`
	Ref     string `json:"$ref,omitempty"`
	Display string `json:"display,omitempty"`
}

type meta struct {
	Type     string `json:"resourceType"`
	Created  string `json:"created,omitempty"`
	Modified string `json:"lastModified,omitempty"`
	Location string `json:"location"`
}

func metaOf(kind, location string, made, changed time.Time) *meta {
	return &meta{kind, made.UTC().Format(time.RFC3339), changed.UTC().Format(time.RFC3339), location}
}

func (h *handlers) user(p provisioning.Person) any {
	u := user{
		Schemas: []string{userSchema}, ID: p.PersonID.String(), ExternalID: p.ExternalID, UserName: p.UserName, DisplayName: p.DisplayName, Active: p.Active,
		Meta: metaOf("User", h.origin+"/Users/"+p.PersonID.String(), p.MadeAt, p.ChangedAt),
	}
	if p.GivenName != "" || p.FamilyName != "" {
		u.Name = &fullName{Given: p.GivenName, Family: p.FamilyName}
	}
	if p.Email != "" {
		u.Emails = []email{{p.Email, "work", true}}
	}
	for _, g := range p.Groups {
		u.Groups = append(u.Groups, member{g.GroupID.String(), h.origin + "/Groups/" + g.GroupID.String(), g.Name})
	}
	return u
}

// readUser reads a whole user; who is not said to be inactive is active (RFC 7643 4.1.1 leaves it open).
func readUser(body []byte) (provisioning.Words, error) {
	var read map[string]json.RawMessage
	if json.Unmarshal(body, &read) != nil {
		return provisioning.Words{}, provisioning.Refusal{Reason: provisioning.BadSyntax}
	}
	words := provisioning.Words{Active: true}
	operations, err := flat([]operation{{replace, "", body}})
	if err != nil {
		return words, err
	}
	for _, o := range operations {
		// Extensions have colons and dots in their names, and nothing that we keep.
		if known[o.Path] {
			name, _, err := o.target()
			if err == nil {
				err = setWord(&words, name, o.Value)
			}
			if err != nil {
				return words, err
			}
		}
	}
	return words, nil
}

// known are the attributes of a whole user that we keep.
var known = map[string]bool{"externalId": true, "userName": true, "name": true, "displayName": true, "emails": true, "active": true}

func (h *handlers) listUsers(c *fiber.Ctx) error {
	asked, err := which(c.Query("filter"))
	if err != nil {
		return h.refused(c, err)
	}
	shown, err := window(c)
	if err != nil {
		return h.refused(c, err)
	}
	people, total, err := h.directory.People(c.UserContext(), asked, shown)
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, listed(total, shown, people, h.user))
}

func (h *handlers) showUser(c *fiber.Ctx) error {
	id, err := web.ID[provisioning.Person](c, "id")
	if err != nil {
		return err
	}
	person, err := h.directory.Person(c.UserContext(), id)
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, h.user(person))
}

func (h *handlers) createUser(c *fiber.Ctx) error {
	words, err := readUser(web.Document(c))
	if err != nil {
		return h.refused(c, err)
	}
	person, err := h.directory.Announce(c.UserContext(), words)
	if err != nil {
		return h.refused(c, err)
	}
	c.Set(fiber.HeaderLocation, h.origin+"/Users/"+person.PersonID.String())
	return answer(c, fiber.StatusCreated, h.user(person))
}

func (h *handlers) replaceUser(c *fiber.Ctx) error {
	return h.changeUser(c, func(body []byte) (func(*provisioning.Words) error, error) {
		words, err := readUser(body)
		return func(now *provisioning.Words) error { *now = words; return nil }, err
	})
}

func (h *handlers) updateUser(c *fiber.Ctx) error {
	return h.changeUser(c, func(body []byte) (func(*provisioning.Words) error, error) {
		operations, err := readPatch(body)
		return func(now *provisioning.Words) error { return changeWords(operations, now) }, err
	})
}

func (h *handlers) changeUser(c *fiber.Ctx, read func([]byte) (func(*provisioning.Words) error, error)) error {
	id, err := web.ID[provisioning.Person](c, "id")
	if err != nil {
		return err
	}
	// What is not there is not there, whatever was sent.
	if _, err := h.directory.Person(c.UserContext(), id); err != nil {
		return err
	}
	change, err := read(web.Document(c))
	if err != nil {
		return h.refused(c, err)
	}
	person, err := h.directory.Change(c.UserContext(), id, change)
	if err != nil {
		return h.refused(c, err)
	}
	return answer(c, fiber.StatusOK, h.user(person))
}

func (h *handlers) destroyUser(c *fiber.Ctx) error {
	id, err := web.ID[provisioning.Person](c, "id")
	if err != nil {
		return err
	}
	if err := h.directory.Remove(c.UserContext(), id); err != nil {
		return h.refused(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

package provisioningweb

import (
	"encoding/json"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/provisioning"
	"passerelle/internal/web"
)

// group is a group as it travels.
type group struct {
	Schemas    []string `json:"schemas"`
	ID         string   `json:"id,omitempty"`
	ExternalID string   `json:"externalId,omitempty"`
	Name       string   `json:"displayName"`
	Members    []member `json:"members,omitempty"`
	Meta       *meta    `json:"meta,omitempty"`
}

// group writes one, with its members where they are wanted.
func (h *handlers) group(withMembers bool) func(provisioning.Group) any {
	return func(g provisioning.Group) any {
		answer := group{
			Schemas: []string{groupSchema}, ID: g.GroupID.String(), ExternalID: g.ExternalID, Name: g.Name,
			Meta: metaOf("Group", h.origin+"/Groups/"+g.GroupID.String(), g.MadeAt, g.ChangedAt),
		}
		if withMembers {
			for _, id := range g.People {
				answer.Members = append(answer.Members, member{Value: id.String(), Ref: h.origin + "/Users/" + id.String()})
			}
		}
		return answer
	}
}

// membersWanted says whether nobody has asked to leave them out, as Entra ID does.
func membersWanted(c *fiber.Ctx) bool {
	for _, name := range strings.Split(c.Query("excludedAttributes"), ",") {
		if strings.EqualFold(strings.TrimSpace(name), "members") {
			return false
		}
	}
	return true
}

func readGroup(body []byte) (provisioning.Group, error) {
	var read struct {
		ExternalID *string         `json:"externalId"`
		Name       *string         `json:"displayName"`
		Members    json.RawMessage `json:"members"`
	}
	if json.Unmarshal(body, &read) != nil {
		return provisioning.Group{}, provisioning.Refusal{Reason: provisioning.BadSyntax}
	}
	g := provisioning.Group{ExternalID: orNothing(read.ExternalID), Name: orNothing(read.Name)}
	if len(read.Members) == 0 || string(read.Members) == "null" {
		return g, nil
	}
	var err error
	g.People, err = readMembers(read.Members)
	return g, err
}

func (h *handlers) listGroups(c *fiber.Ctx) error {
	asked, err := which(c.Query("filter"))
	if err != nil {
		return h.refused(c, err)
	}
	shown, err := window(c)
	if err != nil {
		return h.refused(c, err)
	}
	groups, total, err := h.directory.Groups(c.UserContext(), asked, shown)
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, listed(total, shown, groups, h.group(membersWanted(c))))
}

func (h *handlers) showGroup(c *fiber.Ctx) error {
	id, err := web.ID[provisioning.Group](c, "id")
	if err != nil {
		return err
	}
	found, err := h.directory.Group(c.UserContext(), id)
	if err != nil {
		return err
	}
	return answer(c, fiber.StatusOK, h.group(membersWanted(c))(found))
}

func (h *handlers) createGroup(c *fiber.Ctx) error {
	read, err := readGroup(web.Document(c))
	if err != nil {
		return h.refused(c, err)
	}
	made, err := h.directory.AddGroup(c.UserContext(), read)
	if err != nil {
		return h.refused(c, err)
	}
	c.Set(fiber.HeaderLocation, h.origin+"/Groups/"+made.GroupID.String())
	return answer(c, fiber.StatusCreated, h.group(true)(made))
}

func (h *handlers) replaceGroup(c *fiber.Ctx) error {
	return h.changeGroup(c, func(body []byte) (func(*provisioning.Group) error, error) {
		read, err := readGroup(body)
		return func(now *provisioning.Group) error {
			now.ExternalID, now.Name, now.People = read.ExternalID, read.Name, read.People
			return nil
		}, err
	})
}

func (h *handlers) updateGroup(c *fiber.Ctx) error {
	return h.changeGroup(c, func(body []byte) (func(*provisioning.Group) error, error) {
		operations, err := readPatch(body)
		return func(now *provisioning.Group) error { return changeGroup(operations, now) }, err
	})
}

func (h *handlers) changeGroup(c *fiber.Ctx, read func([]byte) (func(*provisioning.Group) error, error)) error {
	id, err := web.ID[provisioning.Group](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.directory.Group(c.UserContext(), id); err != nil {
		return err
	}
	change, err := read(web.Document(c))
	if err != nil {
		return h.refused(c, err)
	}
	changed, err := h.directory.ChangeGroup(c.UserContext(), id, change)
	if err != nil {
		return h.refused(c, err)
	}
	return answer(c, fiber.StatusOK, h.group(membersWanted(c))(changed))
}

func (h *handlers) destroyGroup(c *fiber.Ctx) error {
	id, err := web.ID[provisioning.Group](c, "id")
	if err != nil {
		return err
	}
	if err := h.directory.RemoveGroup(c.UserContext(), id); err != nil {
		return h.refused(c, err)
	}
	return c.SendStatus(fiber.StatusNoContent)
}

package membersweb

import (
	"net/url"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/membersview"
	"passerelle/views/paths"
)

func (h *handlers) listColleagues(c *fiber.Ctx) error {
	page := membersview.OfficePage{ID: ids.New[members.Invitation]().String(), Typed: url.Values{"language": {string(i18n.From(c.UserContext()))}}}
	if web.Parked(c) {
		page.Typed = web.Values(c)
	}
	return h.showColleagues(c, fiber.StatusOK, page)
}

func (h *handlers) showColleagues(c *fiber.Ctx, status int, page membersview.OfficePage) (err error) {
	if page.Colleagues, err = h.members.Colleagues(c.UserContext()); err != nil {
		return err
	}
	return web.Show(c, status, membersview.OfficePeoplePage(page))
}

func (h *handlers) createColleague(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[members.Invitation](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	var code string
	name, email := forms.Text(typed, "name", forms.Name, &problems), forms.Text(typed, "email", 254, &problems)
	if err = problems.Err(); err == nil {
		code, err = h.members.InviteColleague(c.UserContext(), id, name, email, language(typed))
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showColleagues(c, fiber.StatusUnprocessableEntity, membersview.OfficePage{ID: id.String(), Typed: typed, Problems: problems})
	}
	return handed(c, code, err, "members.invite.sent", paths.OfficePeople)
}

func (h *handlers) createColleagueRenewal(c *fiber.Ctx) error {
	id, err := web.ID[members.Invitation](c, "id")
	if err != nil {
		return err
	}
	code, err := h.members.RenewColleague(c.UserContext(), id)
	return handed(c, code, err, "members.invite.sent", paths.OfficePeople)
}

func (h *handlers) destroyColleagueInvitation(c *fiber.Ctx) error {
	id, err := web.ID[members.Invitation](c, "id")
	if err != nil {
		return err
	}
	return handed(c, "", h.members.WithdrawColleague(c.UserContext(), id), "members.invitation.withdrawn", paths.OfficePeople)
}

func (h *handlers) createColleagueEnding(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	return handed(c, "", h.members.EndColleague(c.UserContext(), id), "members.ending.done", paths.OfficePeople)
}

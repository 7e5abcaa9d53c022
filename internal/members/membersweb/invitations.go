package membersweb

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/membersview"
	"passerelle/views/paths"
)

func (h *handlers) newInvitation(c *fiber.Ctx) error {
	form := membersview.InvitationForm{ID: ids.New[members.Invitation]().String(), AtOffice: c.Query("office") != "", Typed: url.Values{"language": {string(i18n.From(c.UserContext()))}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[members.Invitation](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
		form.AtOffice = form.Typed.Get("at") != ""
	}
	return h.showInvitation(c, fiber.StatusOK, form)
}

func (h *handlers) showInvitation(c *fiber.Ctx, status int, form membersview.InvitationForm) error {
	directory, err := h.members.List(c.UserContext(), members.Filter{})
	if err != nil {
		return err
	}
	form.Places, form.Connections, form.Posts = directory.Places, directory.Connections, directory.Posts
	return web.Show(c, status, membersview.InvitePage(form))
}

func (h *handlers) createInvitation(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[members.Invitation](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	draft := members.Draft{
		ID: id, Name: forms.Text(typed, "name", forms.Name, &problems), Email: forms.Text(typed, "email", 254, &problems),
		Role: access.Role(typed.Get("role")), Language: language(typed),
	}
	if typed.Get("at") != "" {
		draft.Office, _ = ids.Parse[tenantdb.Office](typed.Get("office"))
	}
	draft.Connection, _ = ids.Parse[signin.Connection](typed.Get("connection"))
	var code string
	if err = problems.Err(); err == nil {
		code, err = h.members.Invite(c.UserContext(), draft)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showInvitation(c, fiber.StatusUnprocessableEntity, membersview.InvitationForm{ID: id.String(), AtOffice: typed.Get("at") != "", Typed: typed, Problems: problems})
	}
	return handed(c, code, err, "members.invite.sent", paths.Members)
}

// language is the one of the e-mail.
func language(typed url.Values) i18n.Lang {
	if lang := i18n.Lang(typed.Get("language")); lang.Known() {
		return i18n.Lang(strings.Clone(string(lang)))
	}
	return i18n.Langs[0]
}

// handed shows a code where one was made, once, or says that it was sent.
func handed(c *fiber.Ctx, code string, err error, notice, back string) error {
	if err != nil {
		return err
	}
	if code != "" {
		return web.Show(c, fiber.StatusOK, membersview.CodePage(code, back))
	}
	web.Notice(c, notice)
	return web.See(c, back)
}

func (h *handlers) createRenewal(c *fiber.Ctx) error {
	id, err := web.ID[members.Invitation](c, "id")
	if err != nil {
		return err
	}
	code, err := h.members.Renew(c.UserContext(), id)
	return handed(c, code, err, "members.invite.sent", paths.Members)
}

func (h *handlers) destroyInvitation(c *fiber.Ctx) error {
	id, err := web.ID[members.Invitation](c, "id")
	if err != nil {
		return err
	}
	return handed(c, "", h.members.Withdraw(c.UserContext(), id), "members.invitation.withdrawn", paths.Members)
}

func (h *handlers) showApplication(c *fiber.Ctx) error {
	return h.showJoining(c, fiber.StatusOK, nil, nil)
}

// showJoining shows somebody who waits, with what was typed, or with what the provider says.
func (h *handlers) showJoining(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[signin.Application](c, "id")
	if err != nil {
		return err
	}
	joining, err := h.members.Application(c.UserContext(), id)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = url.Values{"name": {joining.Name}, "role": {string(joining.Proposed)}}
	}
	return web.Show(c, status, membersview.ApplicationPage(membersview.ApplicationForm{Joining: joining, Typed: typed, Problems: problems}))
}

func (h *handlers) createAcceptance(c *fiber.Ctx) error {
	id, err := web.ID[signin.Application](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	var problems fault.Problems
	answer := members.Answer{Name: forms.Text(typed, "name", forms.Name, &problems), Role: access.Role(typed.Get("role"))}
	answer.Office, _ = ids.Parse[tenantdb.Office](typed.Get("office"))
	if err = problems.Err(); err == nil {
		err = h.members.Accept(c.UserContext(), id, answer)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showJoining(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	return handed(c, "", err, "members.application.accepted", paths.Members)
}

func (h *handlers) createRefusal(c *fiber.Ctx) error {
	id, err := web.ID[signin.Application](c, "id")
	if err != nil {
		return err
	}
	return handed(c, "", h.members.Refuse(c.UserContext(), id), "members.application.refused_now", paths.Members)
}

package membersweb

import (
	"net/url"
	"slices"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/membersview"
	"passerelle/views/paths"
)

func (h *handlers) listMembers(c *fiber.Ctx) error {
	filter := members.Filter{}
	// What nobody can be filtered by is left out, as if it had not been asked.
	if state := members.State(c.Query("state")); slices.Contains(members.States, state) {
		filter.State = state
	}
	if role := access.Role(c.Query("role")); slices.Contains(access.Roles, role) {
		filter.Role = role
	}
	if office, err := ids.Parse[tenantdb.Office](c.Query("office")); err == nil {
		filter.Office = office
	}
	directory, err := h.members.List(c.UserContext(), filter)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, membersview.DirectoryPage(membersview.Page{Directory: directory, Filter: filter}))
}

func (h *handlers) showLog(c *fiber.Ctx) error {
	before, err := ids.Parse[members.Act](c.Query("before"))
	if c.Query("before") != "" && err != nil {
		return err
	}
	log, err := h.members.Log(c.UserContext(), before)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, membersview.LogPage(log))
}

func (h *handlers) showMember(c *fiber.Ctx) error {
	return h.showPerson(c, fiber.StatusOK, nil, nil)
}

// showPerson shows a person's page, with what was typed into a form of it.
func (h *handlers) showPerson(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.members.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	handed, err := h.handovers.Of(c.UserContext(), id)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = url.Values{}
	}
	return web.Show(c, status, membersview.PersonPage(membersview.Person{Sheet: sheet, Handovers: handed, Typed: typed, Problems: problems}))
}

// done answers an act on a person: her or his page, or the same page with what has to be corrected in a field.
func (h *handlers) done(c *fiber.Ctx, id tenantdb.PersonID, err error, notice, field string) error {
	if problems, ok := fault.Correctable(err); ok {
		shown := fault.Problems{}
		for _, problem := range problems {
			shown.Add(field, problem.Key, problem.Args...)
		}
		return h.showPerson(c, fiber.StatusUnprocessableEntity, web.Values(c), shown)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Member(id))
}

func (h *handlers) updateRole(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	err = h.members.Change(c.UserContext(), id, access.Role(web.Values(c).Get("role")))
	return h.done(c, id, err, "members.role.changed", "role")
}

func (h *handlers) createRole(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	err = h.members.Give(c.UserContext(), id, access.Role(web.Values(c).Get("more")))
	return h.done(c, id, err, "members.more.given", "more")
}

func (h *handlers) updateProfessions(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	var problems fault.Problems
	professions := forms.Choices(web.Values(c), "professions", members.Professions, &problems)
	if err = problems.Err(); err == nil {
		err = h.members.Practise(c.UserContext(), id, professions)
	}
	return h.done(c, id, err, "members.professions.saved", "professions")
}

func (h *handlers) createEnding(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	if members.Ending(typed.Get("as")) == members.Disabled {
		err = h.members.End(c.UserContext(), id, members.Disabled, nil)
		return h.done(c, id, err, "members.ending.disabled", "on")
	}
	var problems fault.Problems
	on := forms.Date(typed, "on", &problems)
	if err = problems.Err(); err == nil {
		err = h.members.End(c.UserContext(), id, members.Left, on)
	}
	return h.done(c, id, err, "members.ending.done", "on")
}

func (h *handlers) createReturn(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, h.members.Readmit(c.UserContext(), id), "members.return.done", "")
}

func (h *handlers) destroySessions(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, h.members.SignOut(c.UserContext(), id), "members.sessions.ended", "")
}

func (h *handlers) createHandover(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Person](c, "id")
	if err != nil {
		return err
	}
	return h.done(c, id, h.handovers.Ask(c.UserContext(), id), "members.handover.asked_now", "")
}

func (h *handlers) listGroups(c *fiber.Ctx) error {
	return h.showGroups(c, fiber.StatusOK, url.Values{}, nil)
}

func (h *handlers) showGroups(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	if web.Parked(c) {
		typed = web.Values(c)
	}
	directory, err := h.members.List(c.UserContext(), members.Filter{})
	if err != nil {
		return err
	}
	return web.Show(c, status, membersview.GroupsPage(membersview.GroupsForm{Proposals: directory.Proposals, Typed: typed, Problems: problems}))
}

func (h *handlers) createGroup(c *fiber.Ctx) error {
	typed := web.Values(c)
	var problems fault.Problems
	group := forms.Text(typed, "group", forms.Name, &problems)
	err := problems.Err()
	if err == nil {
		err = h.members.Propose(c.UserContext(), members.Proposal{GroupName: group, Role: access.Role(typed.Get("role"))})
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showGroups(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "members.groups.saved")
	return web.See(c, paths.MemberGroups)
}

func (h *handlers) destroyGroup(c *fiber.Ctx) error {
	if err := h.members.Unpropose(c.UserContext(), web.Values(c).Get("group")); err != nil {
		return err
	}
	web.Notice(c, "members.groups.removed")
	return web.See(c, paths.MemberGroups)
}

// Package membersweb is who works here over HTTP.
package membersweb

import (
	"passerelle/internal/access"
	"passerelle/internal/handovers"
	"passerelle/internal/members"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	members   *members.Service
	handovers *handovers.Service
}

// Routes registers the pages.
func Routes(r *web.Routes, service *members.Service, work *handovers.Service) {
	h := &handlers{service, work}
	r.Get(paths.Members, access.MemberList, h.listMembers)
	r.Get(paths.MembersLog, access.MemberLog, h.showLog)
	r.Get(paths.MemberGroups, access.MemberManage, h.listGroups)
	r.Post(paths.MemberGroups, access.MemberManage, h.createGroup)
	r.Post(paths.Ungroup, access.MemberManage, h.destroyGroup)
	r.Get(paths.Members+"/:id", access.MemberList, h.showMember)
	r.Post(paths.Members+"/:id/role", access.MemberManage, h.updateRole)
	r.Post(paths.Members+"/:id/roles", access.MemberManage, h.createRole)
	r.Post(paths.Members+"/:id/professions", access.MemberManage, h.updateProfessions)
	r.Post(paths.Members+"/:id/ending", access.MemberManage, h.createEnding)
	r.Post(paths.Members+"/:id/return", access.MemberManage, h.createReturn)
	r.Post(paths.Members+"/:id/sessions", access.MemberManage, h.destroySessions)
	r.Post(paths.Members+"/:id/handover", access.MemberManage, h.createHandover)
	r.Get(paths.NewInvitation, access.MemberManage, h.newInvitation)
	r.Post(paths.Invitations, access.MemberManage, h.createInvitation)
	r.Post(paths.Invitations+"/:id/renewal", access.MemberManage, h.createRenewal)
	r.Post(paths.Invitations+"/:id/withdrawal", access.MemberManage, h.destroyInvitation)
	r.Get("/applications/:id", access.MemberList, h.showApplication)
	r.Post("/applications/:id/acceptance", access.MemberManage, h.createAcceptance)
	r.Post("/applications/:id/refusal", access.MemberManage, h.createRefusal)
	r.Get(paths.OfficePeople, access.OfficePeople, h.listColleagues)
	r.Post(paths.OfficeInvitations, access.OfficePeople, h.createColleague)
	r.Post(paths.OfficeInvitations+"/:id/renewal", access.OfficePeople, h.createColleagueRenewal)
	r.Post(paths.OfficeInvitations+"/:id/withdrawal", access.OfficePeople, h.destroyColleagueInvitation)
	r.Post(paths.OfficePeople+"/:id/ending", access.OfficePeople, h.createColleagueEnding)
}

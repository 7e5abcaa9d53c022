package members_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/pgtest"
	"passerelle/internal/signin"
)

type house struct {
	*members.Service
	t    *testing.T
	db   *pgtest.Database
	door *signin.Service
	now  time.Time
}

func open(t *testing.T, posts bool) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, now: time.Now().Truncate(time.Second)}
	var err error
	if h.door, err = signin.New(db.App, db.Ring(t), signin.Options{Origin: "https://passerelle.invalid", Clock: h.clock}); err != nil {
		t.Fatal(err)
	}
	h.Service = members.New(db.App, h.door, h.clock, posts)
	return h
}

func (h *house) clock() time.Time { return h.now }

func as(h *house, who cast.Person) context.Context { return who.Context(h.t.Context()) }

func (h *house) count(query string, arguments ...any) (n int) {
	h.t.Helper()
	if err := h.db.Owner.QueryRow(h.t.Context(), query, arguments...).Scan(&n); err != nil {
		h.t.Fatal(err)
	}
	return n
}

// arrives is somebody whom a provider vouches for; groups, where it says some, leave an application.
func (h *house) arrives(connection *cast.Connection, subject string, groups ...string) signin.Identity {
	h.t.Helper()
	identity := signin.Identity{ID: ids.New[signin.Identity](), ConnectionID: ids.MustParse[signin.Connection](connection.ID), Issuer: "https://" + connection.Slug + ".invalid", Subject: subject, Name: "Nouvelle", Email: subject + "@nowhere.example"}
	h.db.Exec(h.t, `insert into identities (identity_id, connection_id, issuer, subject, display_name, display_email) values ($1, $2, $3, $4, $5, $6)`,
		identity.ID, identity.ConnectionID, identity.Issuer, subject, identity.Name, identity.Email)
	if groups != nil {
		h.db.Exec(h.t, `insert into applications (tenant_id, application_id, identity_id, connection_id, subject, name, email, groups, first_at, last_at) values ($1, gen_random_uuid(), $2, $3, $4, $5, $6, $7, now(), now())`,
			connection.Tenant.ID, identity.ID, identity.ConnectionID, subject, identity.Name, identity.Email, groups)
	}
	return identity
}

// session is that somebody is signed in as a person; it is ended when the query below finds none.
func (h *house) session(identity signin.Identity, who cast.Person) {
	h.t.Helper()
	column := "member_id"
	if who.Office != nil {
		column = "office_member_id"
	}
	h.db.Exec(h.t, "insert into sessions (session_hash, identity_id, tenant_id, "+column+", csrf_token, expires_at) values (sha256(convert_to(gen_random_uuid()::text, 'UTF8')), $1, $2, $3, 'x', now() + interval '1 hour')",
		identity.ID, who.Tenant.ID, who.ID)
}

const liveSessions = "select count(*) from sessions where revoked_at is null and (member_id = $1 or office_member_id = $1)"

func (h *house) invite(who cast.Person, role access.Role, office *cast.Office) string {
	h.t.Helper()
	draft := members.Draft{ID: ids.New[members.Invitation](), Name: "Nina Roth", Email: "nina@vaud.example", Role: role, Language: i18n.FR}
	if office != nil {
		draft.Office, draft.Email = office.ID, "nina@csr.example"
	}
	code, err := h.Invite(as(h, who), draft)
	if err != nil {
		h.t.Fatal(err)
	}
	return code
}

// strangers are those who see nothing of what Anna administers: the other canton's admin, her own staff, an office.
var strangers = map[string]cast.Person{"the other canton": cast.Diane, "a caseworker": cast.Lea, "a coordinator": cast.Karim, "an office": cast.Noe, "a lead": cast.Olga, "who counts": cast.Sami}

func refused(err error) bool {
	return errors.Is(err, fault.Refused("")) || errors.Is(err, fault.NotFound())
}

func key(err error) string {
	if problems, ok := fault.Correctable(err); ok {
		return problems[0].Key
	}
	return ""
}

// T32: a subject that nobody knows waits, whatever groups the provider asserts, until somebody who administers has given a role.
func TestApplications(t *testing.T) {
	h := open(t, false)
	nina := h.arrives(cast.VaudStaff, "nina", "admin", "team")
	if err := h.Propose(as(h, cast.Anna), members.Proposal{GroupName: "team", Role: access.Caseworker}); err != nil {
		t.Fatal(err)
	}
	if err := h.Propose(as(h, cast.Anna), members.Proposal{GroupName: "admin", Role: access.Admin}); key(err) != "members.role.missing" {
		t.Errorf("a group proposes who administers: %v", err)
	}
	directory, err := h.List(as(h, cast.Anna), members.Filter{})
	if err != nil || len(directory.Applications) != 1 || len(directory.Proposals) != 1 {
		t.Fatalf("%+v, %v", directory.Applications, err)
	}
	id := directory.Applications[0].ApplicationID
	joining, err := h.Application(as(h, cast.Anna), id)
	if err != nil || joining.Proposed != access.Caseworker || joining.Email != nina.Email {
		t.Errorf("%+v, %v", joining, err)
	}
	if n := h.count("select count(*) from members where identity_id = $1", nina.ID); n != 0 {
		t.Error("a group gave her a role")
	}
	for name, who := range strangers {
		if _, err := h.Application(as(h, who), id); !refused(err) {
			t.Errorf("%s sees it: %v", name, err)
		}
		if err := h.Accept(as(h, who), id, members.Answer{Name: "Nina", Role: access.Caseworker}); !refused(err) {
			t.Errorf("%s accepts it: %v", name, err)
		}
		if err := h.Refuse(as(h, who), id); !refused(err) {
			t.Errorf("%s refuses it: %v", name, err)
		}
	}
	if err := h.Accept(as(h, cast.Anna), id, members.Answer{Name: "Nina", Role: access.OfficeMember, Office: cast.CSR.ID}); key(err) != "members.role.missing" {
		t.Errorf("staff at an office: %v", err)
	}
	if err := h.Refuse(as(h, cast.Anna), id); err != nil {
		t.Fatal(err)
	}
	if err := h.Refuse(as(h, cast.Anna), id); key(err) != "members.application.answered" {
		t.Errorf("twice: %v", err)
	}
	if err := h.Accept(as(h, cast.Anna), id, members.Answer{Name: "Nina Roth", Role: access.Caseworker}); err != nil {
		t.Fatal(err)
	}
	if n := h.count("select count(*) from members where identity_id = $1 and role = 'caseworker' and name = 'Nina Roth'", nina.ID); n != 1 {
		t.Error("she has no place")
	}
	if err := h.Accept(as(h, cast.Anna), id, members.Answer{Name: "Nina", Role: access.Auditor}); key(err) != "members.application.answered" {
		t.Errorf("twice: %v", err)
	}
	if err := h.Unpropose(as(h, cast.Anna), "team"); err != nil {
		t.Error(err)
	}
	if err := h.Unpropose(as(h, cast.Anna), "team"); !errors.Is(err, fault.NotFound()) {
		t.Error(err)
	}
}

func TestList(t *testing.T) {
	h := open(t, false)
	for name, c := range map[string]struct {
		filter        members.Filter
		staff, guests int
	}{
		"everybody":     {members.Filter{}, 6, 6},
		"a role":        {members.Filter{Role: access.Admin}, 2, 0},
		"an office":     {members.Filter{Office: cast.CSR.ID}, 0, 2},
		"who waits":     {members.Filter{State: members.Waiting}, 6, 6},
		"who is active": {members.Filter{State: members.Active}, 0, 0},
	} {
		directory, err := h.List(as(h, cast.Anna), c.filter)
		if err != nil || len(directory.Staff()) != c.staff || len(directory.Guests()) != c.guests {
			t.Errorf("%s: %d and %d, %v", name, len(directory.Staff()), len(directory.Guests()), err)
		}
	}
	directory, err := h.List(as(h, cast.Diane), members.Filter{})
	if err != nil || len(directory.Staff()) != 3 || len(directory.Guests()) != 2 || len(directory.Places) != 2 {
		t.Errorf("the other canton: %+v, %v", directory, err)
	}
	for _, who := range []cast.Person{cast.Lea, cast.Karim, cast.Ruth, cast.Noe, cast.Olga, cast.Sami} {
		if _, err := h.List(as(h, who), members.Filter{}); !refused(err) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
}

// The lead of an office sees to the people of her own office, and of no other.
func TestColleagues(t *testing.T) {
	h := open(t, false)
	olga := as(h, cast.Olga)
	shown, err := h.Colleagues(olga)
	if err != nil || len(shown.People) != 2 || shown.OfficeName != cast.CSR.Name {
		t.Fatalf("%+v, %v", shown, err)
	}
	id := ids.New[members.Invitation]()
	first, err := h.InviteColleague(olga, id, "Nina", "nina@csr.example", i18n.FR)
	if err != nil {
		t.Fatal(err)
	}
	h.invite(cast.Anna, access.OfficeMember, cast.ORP)
	if shown, err = h.Colleagues(olga); err != nil || len(shown.Invitations) != 1 {
		t.Errorf("%+v, %v", shown.Invitations, err)
	}
	if n := h.count("select count(*) from journal_entries where action = 'member_invited' and person_id = $1 and role = 'office_lead'", cast.Olga.ID); n != 1 {
		t.Errorf("%d entries", n)
	}
	code, err := h.RenewColleague(olga, id)
	if err != nil || code == first {
		t.Fatal(err)
	}
	joined, err := h.Join(t.Context(), h.arrives(cast.Offices, "nina"), code)
	if err != nil {
		t.Fatal(err)
	}
	h.session(h.arrives(cast.Offices, "noe"), cast.Noe)
	if err := errors.Join(h.EndColleague(olga, cast.Noe.ID), h.EndColleague(olga, joined)); err != nil || h.count(liveSessions, cast.Noe.ID) != 0 {
		t.Errorf("%d sessions go on, %v", h.count(liveSessions, cast.Noe.ID), err)
	}
	for name, who := range map[string]cast.Person{"another office's": cast.Ines, "another canton's": cast.Eva, "the staff's": cast.Lea} {
		if err := h.EndColleague(olga, who.ID); !errors.Is(err, fault.NotFound()) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := h.EndColleague(olga, cast.Olga.ID); !errors.Is(err, fault.Refused("")) {
		t.Errorf("the lead: %v", err)
	}
	others, err := h.List(as(h, cast.Anna), members.Filter{})
	if err != nil || len(others.Invitations) != 1 {
		t.Fatalf("%+v, %v", others.Invitations, err)
	}
	foreign := others.Invitations[0].InvitationID
	if err := h.WithdrawColleague(olga, foreign); !errors.Is(err, fault.NotFound()) {
		t.Errorf("withdraws another office's: %v", err)
	}
	if _, err := h.RenewColleague(olga, foreign); !errors.Is(err, fault.NotFound()) {
		t.Errorf("renews another office's: %v", err)
	}
	for _, who := range []cast.Person{cast.Noe, cast.Ines, cast.Eva, cast.Lea, cast.Anna} {
		if _, err := h.Colleagues(as(h, who)); !refused(err) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
}

func TestLog(t *testing.T) {
	h := open(t, false)
	h.invite(cast.Anna, access.Caseworker, nil)
	h.invite(cast.Anna, access.OfficeMember, cast.CSR)
	for _, who := range []cast.Person{cast.Anna, cast.Boris, cast.Ruth} {
		log, err := h.Log(as(h, who), ids.ID[members.Act]{})
		if err != nil || len(log.Acts) != 2 || log.Acts[0].ByName != cast.Anna.Name {
			t.Errorf("%s: %+v, %v", who.Name, log, err)
		}
	}
	if log, err := h.Log(as(h, cast.Diane), ids.ID[members.Act]{}); err != nil || len(log.Acts) != 0 {
		t.Errorf("the other canton: %+v, %v", log, err)
	}
	for _, who := range []cast.Person{cast.Lea, cast.Karim, cast.Noe, cast.Olga, cast.Sami} {
		if _, err := h.Log(as(h, who), ids.ID[members.Act]{}); !refused(err) {
			t.Errorf("%s: %v", who.Name, err)
		}
	}
	for _, statement := range []string{"update member_acts set by_name = 'nobody'", "delete from member_acts", "truncate member_acts"} {
		if _, err := h.db.Owner.Exec(t.Context(), statement); err == nil {
			t.Errorf("%s: the log forgets", statement)
		}
	}
	for range members.ActsShown {
		h.db.Exec(t, "insert into member_acts (tenant_id, act_id, at, by_id, by_name, by_role, deed, about_id, about_name, role, detail) values ($1, gen_random_uuid(), now(), $2, 'x', 'admin', 'invited', $2, 'x', '', '')", cast.Vaud.ID, cast.Anna.ID)
	}
	first, err := h.Log(as(h, cast.Ruth), ids.ID[members.Act]{})
	if err != nil || len(first.Acts) != members.ActsShown || first.Before.Zero() {
		t.Fatalf("%d, %v", len(first.Acts), err)
	}
	if rest, err := h.Log(as(h, cast.Ruth), first.Before); err != nil || len(rest.Acts) != 2 || !rest.Before.Zero() {
		t.Errorf("%d, %v", len(rest.Acts), err)
	}
}

package app_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, employed) }

// employed is what those who administer Vaud, and the lead of its CSR, see to: somebody of the staff and of the office, whom they
// have invited, who waits at the door, another connection that is being changed, and a session.
func employed(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	member, colleague, identity := ids.New[tenantdb.Person](), ids.New[tenantdb.Person](), ids.New[signin.Identity]()
	invitation, toOffice, application := ids.New[members.Invitation](), ids.New[members.Invitation](), ids.New[members.Application]()
	connection, session := ids.New[signin.Connection](), ids.New[signin.Session]()
	vaud, subject := cast.Vaud.ID, member.String()
	for _, row := range []struct {
		statement string
		arguments []any
	}{
		{`insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, 'Nina', 'nina@vaud.example', 'caseworker', $3, $4)`,
			[]any{vaud, member, cast.VaudStaff.ID, subject}},
		{`insert into office_members (tenant_id, office_member_id, office_id, name, email, connection_id, expected_subject) values ($1, $2, $3, 'Nino', 'nino@csr.example', $4, $5)`,
			[]any{vaud, colleague, cast.CSR.ID, cast.Offices.ID, subject}},
		{`insert into invitations (tenant_id, invitation_id, name, email, role, connection_id, language, code_hash, invited_by, invited_at, expires_at) values ($1, $2, 'Nora', 'nora@vaud.example', 'caseworker', $3, 'fr', sha256(convert_to($4, 'UTF8')), $5, now(), now() + interval '7 days')`,
			[]any{vaud, invitation, cast.VaudStaff.ID, invitation.String(), cast.Anna.ID}},
		{`insert into invitations (tenant_id, invitation_id, name, email, role, office_id, connection_id, language, code_hash, invited_by, invited_at, expires_at) values ($1, $2, 'Nils', 'nils@csr.example', 'office_member', $3, $4, 'fr', sha256(convert_to($5, 'UTF8')), $6, now(), now() + interval '7 days')`,
			[]any{vaud, toOffice, cast.CSR.ID, cast.Offices.ID, toOffice.String(), cast.Olga.ID}},
		{`insert into identities (identity_id, connection_id, issuer, subject) select $1, connection_id, issuer, $2 from connections where connection_id = $3`,
			[]any{identity, subject + " who waits", cast.VaudStaff.ID}},
		{`insert into applications (tenant_id, application_id, identity_id, connection_id, subject, name, email, first_at, last_at) values ($1, $2, $3, $4, $5, 'Nadia', 'nadia@vaud.example', now(), now())`,
			[]any{vaud, application, identity, cast.VaudStaff.ID, subject + " who waits"}},
		{`insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id) values ($1, $2, $3, 'Another', 'staff', $4, 'passerelle')`,
			// One that answers: it goes live, and those that do not are watched and told of.
			[]any{connection, vaud, "c" + connection.String(), site.Unclaimed.Issuer}},
		{`insert into connection_changes (tenant_id, change_id, connection_id, kind, name, issuer, client_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, version, written_by, written_at)
			values ($1, gen_random_uuid(), $2, 'set', 'Another', $4, 'passerelle', '{openid}', 'name', 'email', '{}', true, 1, $3, now())`,
			[]any{vaud, connection, cast.Anna.ID, site.Unclaimed.Issuer}},
		{`insert into sessions (session_hash, session_id, identity_id, csrf_token, expires_at) values (sha256(convert_to($1, 'UTF8')), $2, $3, 'x', now() + interval '1 hour')`,
			[]any{session.String(), session, identity}},
	} {
		site.Database.Exec(t, row.statement, row.arguments...)
	}
	return map[string]string{
		"/members/": member.String(), "/office/people/": colleague.String(), "/invitations/": invitation.String(), "/office/invitations/": toOffice.String(),
		"/applications/": application.String(), "/connections/": connection.String(), ":session": session.String(), ":connection": cast.VaudStaff.Slug,
	}
}

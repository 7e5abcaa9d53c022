package tenantdb_test

import (
	"cmp"
	"context"
	"crypto/md5"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// The referrals of the world are known by their references.
const (
	live    = "LIVE"
	draft   = "DRAFT"
	revoked = "REVOKED"
	expired = "EXPIRED"
	other   = "OTHER" // live as well, to the second office
)

// fill inserts the cast and, in each canton, one dossier with everything that can hang on it: to a first office a
// referral that is live, one that is a draft, one revoked and one expired; to a second office a live one. Each text
// names its canton, so that a row which shows where it should not is recognised.
func fill(t testing.TB, db *pgtest.Database) {
	t.Helper()
	pgtest.Cast(t, db)
	for _, canton := range []struct {
		by            cast.Person
		first, second cast.Person
	}{{cast.Lea, cast.Noe, cast.Ines}, {cast.Claire, cast.Eva, cast.JoGeneve}} {
		if _, err := db.Owner.Exec(t.Context(), world, pgx.QueryExecModeSimpleProtocol, pgx.NamedArgs{
			"tenant": canton.by.Tenant.ID.String(), "canary": canary(canton.by.Tenant), "connection": canton.by.Connection.ID,
			"member": canton.by.ID.String(), "first": canton.first.Office.ID.String(), "second": canton.second.Office.ID.String(),
			"noe": canton.first.ID.String(),
		}); err != nil {
			t.Fatal(err)
		}
	}
}

func canary(tenant *cast.Tenant) string { return "canary of " + tenant.Slug }

const world = `
create temporary table canton (tenant_id, canary, member_id, first_id, second_id, noe_id, dossier_id, identity_id) on commit drop as
	select @tenant::uuid, @canary::text, @member::uuid, @first::uuid, @second::uuid, @noe::uuid, gen_random_uuid(), md5(@canary)::uuid;
insert into identities (identity_id, connection_id, issuer, subject, display_name) select identity_id, @connection::uuid, 'https://invalid', canary, canary from canton;
insert into sessions (session_hash, identity_id, tenant_id, member_id, csrf_token, expires_at)
	select sha256(canary::bytea), identity_id, tenant_id, member_id, canary, now() + '1 hour' from canton;
insert into signin_attempts (state_hash, connection_id, browser_hash, nonce, pkce_verifier, expires_at)
	select sha256(canary::bytea), @connection::uuid, '', canary, '', now() + '1 hour' from canton;
insert into logout_tokens (connection_id, token_hash, expires_at) select @connection::uuid, sha256(canary::bytea), now() + '1 hour' from canton;
insert into invitations (tenant_id, invitation_id, name, email, role, office_id, connection_id, language, invited_by, invited_at)
	select tenant_id, gen_random_uuid(), canary, canary, 'office_member', first_id, @connection::uuid, 'fr', member_id, now() from canton;
insert into applications (tenant_id, application_id, identity_id, connection_id, subject, name, email, first_at, last_at)
	select tenant_id, gen_random_uuid(), identity_id, @connection::uuid, canary, canary, canary, now(), now() from canton;
insert into role_proposals (tenant_id, group_name, role) select tenant_id, canary, 'caseworker' from canton;
insert into member_acts (tenant_id, act_id, at, by_id, by_name, by_role, deed, about_id, about_name, role, detail)
	select tenant_id, gen_random_uuid(), now(), member_id, canary, 'admin', 'invited', member_id, canary, '', '' from canton;
insert into handovers (tenant_id, handover_id, from_id, asked_by, asked_at) select tenant_id, gen_random_uuid(), member_id, member_id, now() from canton;
insert into dossiers (tenant_id, dossier_id, code_name, responsible_id, reached_through) select tenant_id, dossier_id, 'Amina', member_id, canary from canton;
insert into restrictions (tenant_id, dossier_id, restricted_by, restricted_at) select tenant_id, dossier_id, member_id, now() from canton;
insert into emergency_accesses (tenant_id, emergency_access_id, dossier_id, member_id, code_name, reason, words)
	select tenant_id, gen_random_uuid(), dossier_id, member_id, 'Amina', 'danger', canary::bytea from canton;
insert into beneficiaries (tenant_id, dossier_id, particulars) select tenant_id, dossier_id, canary::bytea from canton;
insert into situations (tenant_id, dossier_id, data_class, body) select tenant_id, dossier_id, 'health', canary::bytea from canton;
insert into agendas (tenant_id, dossier_id, rules, responsible_id) select tenant_id, dossier_id, repeat('0', 64), member_id from canton;
insert into facts (tenant_id, dossier_id, source, facts) select tenant_id, dossier_id, 'stays', canary::bytea from canton;
insert into deadlines (tenant_id, dossier_id, rule, about, due_on, to_the_month, presses) select tenant_id, dossier_id, 'stay_end', '', current_date, false, true from canton;
insert into imports (tenant_id, import_id, person_id, total, sheet, created_at) select tenant_id, gen_random_uuid(), member_id, 1, canary::bytea, now() from canton;
insert into findings (tenant_id, finding_id, dossier_id, body, verdict, found_on, words, recorded_by, recorded_at) select tenant_id, gen_random_uuid(), dossier_id, 'ngo', 'presumed', current_date, canary::bytea, member_id, now() from canton;
insert into phase_settings (tenant_id, setting_id, dossier_id, phase, words, set_by, set_at) select tenant_id, gen_random_uuid(), dossier_id, 'integration', canary::bytea, member_id, now() from canton;
insert into closures (tenant_id, closure_id, dossier_id, reason, words, closed_by, closed_at) select tenant_id, gen_random_uuid(), dossier_id, 'other', canary::bytea, member_id, now() from canton;
insert into waivers (tenant_id, dossier_id, rule, about, words, waived_by, waived_at) select tenant_id, dossier_id, 'stay_end', '', canary::bytea, member_id, now() from canton;
insert into reflections (tenant_id, reflection_id, dossier_id, kind, decision, end_reason, particulars, version, recorded_at, changed_at, changed_by, changed_by_name)
	select tenant_id, gen_random_uuid(), dossier_id, 'period', '', '', canary::bytea, 1, now(), now(), member_id, canary from canton;
insert into stays (tenant_id, stay_id, dossier_id, kind, canton, legal_ground, opinion, approval, particulars, version, recorded_at, changed_at, changed_by, changed_by_name)
	select tenant_id, gen_random_uuid(), dossier_id, 'short', '', '', '', '', canary::bytea, 1, now(), now(), member_id, canary from canton;
insert into presences (tenant_id, dossier_id, particulars, version, changed_at, changed_by, changed_by_name) select tenant_id, dossier_id, canary::bytea, 1, now(), member_id, canary from canton;
insert into proceedings (tenant_id, proceeding_id, dossier_id, stage, complaint, particulars, version, recorded_at, changed_at, changed_by, changed_by_name)
	select tenant_id, gen_random_uuid(), dossier_id, '', '', canary::bytea, 1, now(), now(), member_id, canary from canton;
insert into inquiries (tenant_id, inquiry_id, dossier_id, particulars, version, recorded_at, changed_at, changed_by, changed_by_name)
	select tenant_id, gen_random_uuid(), dossier_id, canary::bytea, 1, now(), now(), member_id, canary from canton;
set local session_replication_role = replica;
insert into moves (tenant_id, move_id, dossier_id, to_tenant_id, to_name, from_name, reason, answer_by, asker_name, asker_phone, asker_email, particulars, proposed_by, proposed_at, answered_at, colleague, public_key, sent_by, sent_at, expires_at)
	select canton.tenant_id, md5(canary)::uuid, dossier_id, other.tenant_id, canary, canary, 'safety', current_date, canary, '', '', canary::bytea, member_id, now(), date_trunc('day', now()), '', '', member_id, date_trunc('day', now()), date_trunc('day', now()) + interval '14 days'
	from canton, tenants as other where other.tenant_id <> canton.tenant_id;
insert into arrivals (tenant_id, move_id, from_tenant_id, from_name, reason, answer_by, asker_name, asker_phone, asker_email, proposed_at, answered_by, answered_at, responsible_id, colleague, public_key, sent_at, expires_at)
	select canton.tenant_id, md5('canary of ' || other.slug)::uuid, other.tenant_id, canary, 'safety', current_date, canary, '', '', now(), member_id, date_trunc('day', now()), member_id, '', '', date_trunc('day', now()), date_trunc('day', now()) + interval '14 days'
	from canton, tenants as other where other.tenant_id <> canton.tenant_id;
insert into packages (tenant_id, move_id, private_key, contents, expires_at) select a.tenant_id, a.move_id, canary::bytea, canary::bytea, a.expires_at from arrivals a join canton using (tenant_id);
insert into received_files (tenant_id, dossier_id, move_id, from_name, contents, received_by, received_at) select tenant_id, dossier_id, gen_random_uuid(), canary, canary::bytea, member_id, now() from canton;
set local session_replication_role = origin;
insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at)
	select tenant_id, canton.member_id, 'psychological', min(members.member_id::text)::uuid, now() from members join canton using (tenant_id) where role = 'admin' group by 1, 2;
insert into circles (tenant_id, circle_id, dossier_id, profession, opened_by, opened_at) select tenant_id, dossier_id, dossier_id, 'psychological', member_id, now() from canton;
select set_config('app.person_id', member_id::text, true) from canton;
insert into circle_members (tenant_id, circle_id, dossier_id, member_id, named_by, named_at) select tenant_id, dossier_id, dossier_id, member_id, member_id, now() from canton;
select set_config('app.person_id', '', true);
insert into successions (tenant_id, succession_id, circle_id, dossier_id, successor_id, named_by, words, named_at)
	select tenant_id, gen_random_uuid(), dossier_id, dossier_id, canton.member_id, min(members.member_id::text)::uuid, canary::bytea, now() from members join canton using (tenant_id) where role = 'coordinator' group by 1, 3, 4, 5, canary;
insert into notes (tenant_id, note_id, circle_id, dossier_id, noted_on, contents, author_id, recorded_at, version, written_by, written_at)
	select tenant_id, dossier_id, dossier_id, dossier_id, current_date, canary::bytea, member_id, now(), 2, member_id, now() from canton;
insert into note_versions (tenant_id, note_id, version, circle_id, dossier_id, noted_on, contents, written_by, written_at)
	select tenant_id, dossier_id, 1, dossier_id, dossier_id, current_date, canary::bytea, member_id, now() from canton;
insert into places (tenant_id, place_id, kind, code_name, beds, minors, children, couples, accessible, opens_on, address)
	select tenant_id, dossier_id, 'shelter', 'Canari', 2, true, true, true, true, current_date, canary::bytea from canton;
insert into place_showings (tenant_id, showing_id, place_id, person_id, reason) select tenant_id, gen_random_uuid(), dossier_id, member_id, 'visit' from canton;
insert into bed_holds (tenant_id, hold_id, dossier_id, place_id, beds, from_on, until_on, held_by) select tenant_id, gen_random_uuid(), dossier_id, dossier_id, 1, current_date, current_date, member_id from canton;
insert into housing_stays (tenant_id, stay_id, dossier_id, place_id, kind, beds, begins_on, particulars) select tenant_id, dossier_id, dossier_id, dossier_id, 'shelter', 1, current_date, canary::bytea from canton;
insert into housing_evaluations (tenant_id, evaluation_id, dossier_id, stay_id, evaluated_on, decision, document, evaluated_by)
	select tenant_id, gen_random_uuid(), dossier_id, dossier_id, current_date, 'open', canary::bytea, member_id from canton;
insert into interviews (tenant_id, interview_id, dossier_id, kind, held_at, minutes, member_id, hard, noted, account, recorded_at, written_at, written_by)
	select tenant_id, gen_random_uuid(), dossier_id, 'phone', now(), 20, member_id, false, true, canary::bytea, now(), now(), member_id from canton;
insert into interview_versions (tenant_id, interview_id, version, dossier_id, contents, written_at, written_by)
	select tenant_id, interview_id, 0, dossier_id, canary::bytea, now(), member_id from interviews join canton using (tenant_id, member_id, dossier_id);
insert into drafts (tenant_id, draft_id, person_id, dossier_id, form_values, saved_at)
	select tenant_id, gen_random_uuid(), members.member_id, dossier_id, canary::bytea, now() from canton join members using (tenant_id);
insert into tasks (tenant_id, task_id, dossier_id, assignee_id, kind, due_on, anchor_on, made_at, made_by, changed_by)
	select tenant_id, gen_random_uuid(), dossier_id, member_id, 'call', current_date, current_date, now(), member_id, member_id from canton;
insert into task_texts (tenant_id, task_id, dossier_id, body) select tenant_id, task_id, dossier_id, canary::bytea from tasks join canton using (tenant_id, dossier_id);
insert into own_task_texts (tenant_id, task_id, assignee_id, body) select tenant_id, task_id, assignee_id, canary::bytea from tasks join canton using (tenant_id, dossier_id);
insert into age_records (tenant_id, age_record_id, dossier_id, finding, found_on, particulars, written_by, written_at)
	select tenant_id, gen_random_uuid(), dossier_id, 'disputed', current_date, canary::bytea, member_id, now() from canton;
insert into guardians (tenant_id, guardian_id, dossier_id, role, since, particulars, version, written_by, written_at)
	select tenant_id, gen_random_uuid(), dossier_id, 'curator', current_date, canary::bytea, 1, member_id, now() from canton;
insert into protection_reports (tenant_id, protection_report_id, dossier_id, reported_on, particulars, version, written_by, written_at)
	select tenant_id, gen_random_uuid(), dossier_id, current_date, canary::bytea, 1, member_id, now() from canton;
insert into risk_assessments (tenant_id, risk_assessment_id, dossier_id, kind, level, assessed_on, review_on, particulars, written_by, written_at)
	select tenant_id, gen_random_uuid(), dossier_id, 'here', 'high', current_date, current_date, canary::bytea, member_id, now() from canton;
insert into safety_plans (tenant_id, dossier_id, particulars, version, written_by, written_at) select tenant_id, dossier_id, canary::bytea, 1, member_id, now() from canton;
insert into indicator_sets (tenant_id, digest, name, edition, definition, loaded_by, loaded_at)
	select tenant_id, repeat('0', 64), canary, '1', canary, member_id, now() from canton;
insert into identifications (tenant_id, identification_id, dossier_id, set_digest, assessed_on, particulars, written_by, written_at)
	select tenant_id, gen_random_uuid(), dossier_id, repeat('0', 64), current_date, canary::bytea, member_id, now() from canton;
insert into second_readings (tenant_id, identification_id, dossier_id, particulars, read_by, read_at)
	select tenant_id, identification_id, dossier_id, canary::bytea, member_id, now() from identifications join canton using (tenant_id, dossier_id);
insert into projects (tenant_id, dossier_id, version, project, written_at) select tenant_id, dossier_id, 1, canary::bytea, now() from canton;
insert into project_steps (tenant_id, step_id, dossier_id, kind, state, version, updated_at, details) select tenant_id, gen_random_uuid(), dossier_id, 'work', 'open', 1, now(), canary::bytea from canton;
insert into returns (tenant_id, return_id, dossier_id, considered_on, version, details) select tenant_id, gen_random_uuid(), dossier_id, current_date, 1, canary::bytea from canton;
insert into return_contacts (tenant_id, contact_id, dossier_id, return_id, contacted_on, channel, note) select tenant_id, gen_random_uuid(), dossier_id, return_id, current_date, 'phone', canary::bytea from returns join canton using (tenant_id, dossier_id);
insert into claims (tenant_id, claim_id, dossier_id, kind, version, details) select tenant_id, gen_random_uuid(), dossier_id, 'compensation', 1, canary::bytea from canton;
insert into payers (tenant_id, payer_id, dossier_id, payer, from_on, version, note) select tenant_id, gen_random_uuid(), dossier_id, 'immediate_help', current_date, 1, canary::bytea from canton;
insert into offences (tenant_id, dossier_id, version, offence) select tenant_id, dossier_id, 1, canary::bytea from canton;
insert into interpreters (tenant_id, interpreter_id, particulars, added_by, added_at) select tenant_id, gen_random_uuid(), canary::bytea, member_id, now() from canton;
insert into exclusions (tenant_id, exclusion_id, dossier_id, terms, recorded_by, recorded_at) select tenant_id, gen_random_uuid(), dossier_id, canary::bytea, member_id, now() from canton;
insert into appointments (tenant_id, appointment_id, dossier_id, member_id, kind, starts_at, minutes, reminder, series_id, changed_by, changed_at)
	select tenant_id, gen_random_uuid(), dossier_id, member_id, 'medical', now(), 60, 'none', gen_random_uuid(), member_id, now() from canton;
insert into meeting_places (tenant_id, appointment_id, dossier_id, place) select tenant_id, appointment_id, dossier_id, canary::bytea from canton join appointments using (tenant_id, dossier_id, member_id);
insert into bookings (tenant_id, booking_id, appointment_id, dossier_id, interpreter_id, terms, state, booked_by, booked_at, changed_at)
	select tenant_id, gen_random_uuid(), appointment_id, dossier_id, interpreter_id, canary::bytea, 'requested', member_id, now(), now() from canton join appointments using (tenant_id, dossier_id, member_id) join interpreters using (tenant_id);
insert into letters (tenant_id, letter_id, dossier_id, template, language, contents, written_by, written_at) select tenant_id, gen_random_uuid(), dossier_id, 'accompaniment', 'fr', canary::bytea, member_id, now() from canton;
insert into documents (tenant_id, document_id, dossier_id, data_class, kind, bytes, state, file_id, particulars, added_by, added_at)
	select tenant_id, gen_random_uuid(), dossier_id, 'health', 'pdf', 1, 'clean', gen_random_uuid(), canary::bytea, member_id, now() from canton;
insert into uploads (tenant_id, upload_id, dossier_id, person_id, bytes, particulars, begun_at)
	select tenant_id, gen_random_uuid(), dossier_id, members.member_id, 1, canary::bytea, now() from canton join members using (tenant_id);
insert into upload_parts (tenant_id, upload_id, at, dossier_id, person_id, contents) select tenant_id, upload_id, 0, dossier_id, person_id, canary::bytea from uploads join canton using (tenant_id, dossier_id);
insert into download_tickets (tenant_id, ticket_hash, document_id, person_id, session_hash, expires_at) select tenant_id, sha256(canary::bytea), document_id, member_id, sha256(canary::bytea), now() from documents join canton using (tenant_id, dossier_id);
insert into bodies (tenant_id, body_id, kind, name, changed_at, changed_by) select tenant_id, gen_random_uuid(), 'region', canary, now(), member_id from canton;
insert into office_regions (tenant_id, office_id, valid_from, region_id, recorded_at, recorded_by) select tenant_id, first_id, current_date, body_id, now(), member_id from canton join bodies using (tenant_id);
insert into agreements (tenant_id, agreement_id, office_id, subject, valid_from, changed_at, changed_by) select tenant_id, gen_random_uuid(), first_id, canary, current_date, now(), member_id from canton;
insert into house_rules (tenant_id, house_rule_id, rule, version, warn, valid_from, words, decided_by, decided_at)
	select tenant_id, gen_random_uuid(), 'stay_end', 1, '{7}', current_date, canary::bytea, member_id, now() from canton;
insert into reminders (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) select tenant_id, gen_random_uuid(), dossier_id, 'stay_end', '', current_date, current_date from canton;
insert into digests (tenant_id, digest_id, member_id, kind, day) select tenant_id, gen_random_uuid(), member_id, 'daily', current_date from canton;
insert into languages (tenant_id, member_id, language) select tenant_id, member_id, 'fr' from canton;
insert into consents (tenant_id, consent_id, dossier_id, office_id, purpose, data_classes, valid_from, valid_until, given_how, recorded_by)
	select tenant_id, gen_random_uuid(), dossier_id, office_id, canary, '{identity}', current_date, current_date, 'orally', member_id from canton, unnest(array[first_id, second_id]) as office_id;
insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, request, state, slice, created_by, sent_at, sent_by_name, visible_until, revoked_at)
	select c.tenant_id, gen_random_uuid(), r.reference, c.dossier_id, consents.office_id, consents.consent_id, 'social', canary::bytea, state, '', member_id, sent_at, canary, until, revoked_at
	from canton c, (values
		('LIVE', true, 'sent', now(), now() + '1 hour', null::timestamptz), ('DRAFT', true, 'draft', null, null, null),
		('REVOKED', true, 'revoked', now() - interval '2 seconds', now() - interval '1 second', now() - interval '1 second'),
		('EXPIRED', true, 'sent', now() - interval '2 seconds', now() - interval '1 second', null),
		('OTHER', false, 'sent', now(), now() + '1 hour', null)
	) as r (reference, to_first, state, sent_at, until, revoked_at), consents
	where consents.tenant_id = c.tenant_id and consents.office_id = case when to_first then first_id else second_id end;
insert into enclosures (tenant_id, enclosure_id, referral_id, dossier_id, office_id, place, data_class, kind, bytes, scanned, file_id, particulars)
	select tenant_id, gen_random_uuid(), referral_id, dossier_id, office_id, 0, 'identity', 'pdf', 1, true, gen_random_uuid(), canary::bytea from referrals join canton using (tenant_id, dossier_id) where sent_at is not null;
insert into enclosure_tickets (tenant_id, ticket_hash, enclosure_id, office_id, person_id, session_hash, expires_at)
	select tenant_id, sha256(enclosure_id::text::bytea), enclosure_id, office_id, noe_id, sha256(canary::bytea), now() from enclosures join canton using (tenant_id) where office_id = first_id;
insert into messages (tenant_id, message_id, referral_id, office_id, kind, from_office, author_id, author_name, body)
	select tenant_id, gen_random_uuid(), referral_id, office_id, 'message', false, created_by, canary, canary::bytea from referrals join canton using (tenant_id) where sent_at is not null;
insert into events (tenant_id, event_id, dossier_id, referral_id, office_id, kind, actor_id, actor_name)
	select tenant_id, gen_random_uuid(), referrals.dossier_id, referral_id, office_id, 'referral_sent', created_by, canary from referrals join canton using (tenant_id) where sent_at is not null
	union all select tenant_id, gen_random_uuid(), dossier_id, null, null, 'dossier_opened', member_id, canary from canton;
insert into journal_entries (tenant_id, entry_id, person_id, role, office_id, action, dossier_id, referral_id)
	select tenant_id, gen_random_uuid(), member_id, 'caseworker', null, 'dossier_seen', dossier_id, null from canton
	union all select tenant_id, gen_random_uuid(), noe_id, 'office_member', first_id, 'referral_seen', dossier_id, gen_random_uuid() from canton
	union all select tenant_id, gen_random_uuid(), min(members.member_id::text)::uuid, 'admin', null, 'journal_seen', null, null from members join canton using (tenant_id) where role = 'admin' group by 1;
insert into announcements (announcement_id, tenant_id, kind, words_fr, words_de, words_it, words_en, from_at, until_at, version, written_by, written_at)
	select gen_random_uuid(), tenant_id, 'information', canary, canary, canary, canary, now(), now() + '1 hour', 1, canary, now() from canton;
insert into usage_reports (tenant_id, taken_at, members, office_people, active, storage_mib, jobs_waiting, jobs_late, jobs_failed, tree_behind, providers, providers_silent)
	select tenant_id, date_trunc('hour', now(), 'UTC'), 1, 1, 1, 16, 0, 0, 0, false, 1, 0 from canton;
insert into signin_refusals (tenant_id, reason, counted_at, n) select tenant_id, 'nonce', date_trunc('hour', now(), 'UTC'), 1 from canton;
insert into tenant_limits (tenant_id, members, reason, version, set_by, set_at) select tenant_id, 50, canary, 1, canary, now() from canton;
insert into mandates (tenant_id, mandate_id, asked_by, asked_name, purpose, acts, hours, asked_at, approved_by, approved_at, ends_at)
	select tenant_id, md5(canary)::uuid, gen_random_uuid(), canary, canary, '{registry}', 1, now(), member_id, now(), now() + '1 hour' from canton;
insert into mandate_acts (tenant_id, act_id, mandate_id, act, by_name, about, at) select tenant_id, gen_random_uuid(), md5(canary)::uuid, 'registry', canary, canary, now() from canton;
insert into admin_codes (tenant_id, member_id, code_hash, expires_at) select tenant_id, min(members.member_id::text)::uuid, sha256(canary::bytea), now() + '1 hour' from members join canton using (tenant_id) where role = 'admin' group by 1, canary;
insert into decoys (tenant_id, dossier_id, marked_by, marked_at) select tenant_id, dossier_id, member_id, now() from canton;
insert into alerts (tenant_id, alert_id, kind, person_id, role, office_id, since, until, at)
	select tenant_id, gen_random_uuid(), 'rate', member_id, 'caseworker', null, now(), now(), now() from canton
	union all select tenant_id, gen_random_uuid(), 'ceiling', noe_id, 'office_member', first_id, now(), now(), now() from canton;
insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at)
	select tenant_id, gen_random_uuid(), office_id, person_id, alert_id, at from alerts join canton using (tenant_id) where kind = 'ceiling';
insert into openings (tenant_id, person_id, office_id, referral_id, at) select tenant_id, noe_id, first_id, gen_random_uuid(), now() from canton;
insert into watches (tenant_id, until) select tenant_id, now() from canton;
insert into journal_leaves (tenant_id, leaf, transaction, entry_id, hashes)
	select tenant_id, row_number() over (order by entry_id) - 1, transaction, entry_id, sha256('') from journal_entries join canton using (tenant_id) where role <> 'admin';
insert into journal_checkpoints (tenant_id, checkpoint, size, root, complete_until, note) select tenant_id, 1, 2, sha256(''), now() - interval '1 minute', canary from canton;
insert into connection_secrets (secret_id, connection_id, secret, made_at) select gen_random_uuid(), @connection::uuid, canary::bytea, now() from canton;
insert into connection_changes (tenant_id, change_id, connection_id, kind, name, issuer, client_id, scopes, name_claim, email_claim, email_domains, keeps_subjects, version, written_by, written_at)
	select tenant_id, gen_random_uuid(), @connection::uuid, 'set', canary, 'https://invalid', canary, '{openid}', 'name', 'email', '{}', false, 1, member_id, now() from canton;
insert into connection_trials (tenant_id, trial_id, connection_id, change_id, version, member_id, tried_at, outcome, report)
	select tenant_id, gen_random_uuid(), connection_id, change_id, 1, member_id, now(), '', canary::bytea from canton join connection_changes using (tenant_id);
insert into exports (tenant_id, export_id, subject, format, reason, people, asked_by, asked_at, expires_at) select tenant_id, gen_random_uuid(), 'list', 'csv', 'own_use', 51, member_id, now(), now() + interval '1 hour' from canton;
insert into handover_keys (tenant_id, recipient, version, written_by, written_at) select tenant_id, 'age1' || repeat('q', 58), 1, member_id, now() from canton;
insert into retention_terms (tenant_id, grace_days, decided_by, decided_at) select tenant_id, 30, member_id, now() from canton;
insert into postponements (tenant_id, dossier_id, until, ground, postponed_by, postponed_at) select tenant_id, dossier_id, current_date + 60, 'audit', member_id, now() from canton;
insert into removals (tenant_id, dossier_id, outcome, due_on, ordered_by, ordered_at) select tenant_id, dossier_id, 'delete', current_date + 30, member_id, now() from canton;
insert into retention_rules (tenant_id, reason, months, decided_by, decided_at) select tenant_id, 'other', 24, member_id, now() from canton;
insert into tenant_removals (tenant_id, due_at, reason) select tenant_id, now() + interval '31 days', 'asked' from canton;
insert into connection_settings (tenant_id, delay_hours, version, set_by, set_at) select tenant_id, 24, 1, member_id, now() from canton;
insert into provisionings (tenant_id, connection_id, subject_from, set_by, set_at) select tenant_id, @connection::uuid, 'external_id', member_id, now() from canton;
insert into provisioning_tokens (tenant_id, token_id, connection_id, token_hash, made_by, made_at) select tenant_id, gen_random_uuid(), @connection::uuid, sha256(canary::bytea), member_id, now() from canton;
insert into provisioned_people (tenant_id, person_id, connection_id, external_id, user_name, given_name, family_name, display_name, email, active, made_at, changed_at)
	select tenant_id, dossier_id, @connection::uuid, canary, canary, canary, canary, canary, canary, true, now(), now() from canton;
insert into provisioned_groups (tenant_id, group_id, connection_id, external_id, name, made_at, changed_at) select tenant_id, dossier_id, @connection::uuid, canary, canary, now(), now() from canton;
insert into provisioned_memberships (tenant_id, group_id, person_id, connection_id, group_name) select tenant_id, dossier_id, dossier_id, @connection::uuid, canary from canton;
insert into provisioning_acts (tenant_id, act_id, connection_id, at, deed, reason) select tenant_id, gen_random_uuid(), @connection::uuid, now(), 'announced', '' from canton;
insert into parked_forms (tenant_id, parked_form_id, person_id, page, form_values)
	select tenant_id, gen_random_uuid(), person_id, canary, '' from canton, unnest(array[member_id, noe_id]) as person_id;
insert into passkeys (tenant_id, passkey_id, identity_id, credential_id, public_key, sign_count, backup_eligible, backed_up, name, added_at)
	select tenant_id, gen_random_uuid(), i.identity_id, sha256(i.subject::bytea), sha256(''), 0, false, false, canary, now() from canton, identities as i;
insert into passkey_challenges (tenant_id, challenge_id, identity_id, session_hash, purpose, ceremony, expires_at)
	select tenant_id, gen_random_uuid(), i.identity_id, '', 'confirm', to_jsonb(canary), now() + '5 minutes' from canton, identities as i;
insert into passkey_recoveries (tenant_id, recovery_id, identity_id, person_id, asked_at)
	select tenant_id, gen_random_uuid(), i.identity_id, member_id, now() from canton, identities as i;
`

// scopes are those through which the tests look at the world.
var scopes = map[string]tenantdb.Scope{
	"Léa":          cast.Lea.Principal().Scope(),
	"Claire":       cast.Claire.Principal().Scope(),
	"Noé":          cast.Noe.Principal().Scope(),
	"Inès":         cast.Ines.Principal().Scope(),
	"Eva":          cast.Eva.Principal().Scope(),
	"Anna":         cast.Anna.Principal().Scope(),
	"Sami":         cast.Sami.Principal().Scope(),
	"sign-in":      tenantdb.SignIn(),
	watch:          tenantdb.Watch(cast.Vaud.ID),
	clock:          tenantdb.Clock(cast.Vaud.ID),
	vaudsDoor:      tenantdb.SignInOf(cast.Vaud.ID),
	directory:      tenantdb.Directory(cast.Vaud.ID, uuid.MustParse(cast.VaudStaff.ID)),
	factorOfLea:    tenantdb.Factor(cast.Vaud.ID, tenantdb.OfficeID{}, cast.Lea.ID, account(cast.Vaud)),
	factorOfClaire: tenantdb.Factor(cast.Geneve.ID, tenantdb.OfficeID{}, cast.Claire.ID, account(cast.Geneve)),
}

// as binds one of the scopes.
func as(t testing.TB, who string) context.Context {
	t.Helper()
	scope, ok := scopes[who]
	if !ok {
		t.Fatalf("nobody is called %s", who)
	}
	return tenantdb.WithScope(t.Context(), scope)
}

// rows reads everything of a table that exists for the scope of ctx, each row as one text.
func rows(ctx context.Context, db *tenantdb.DB, table string) (found []string, err error) {
	err = db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return tx.Select().TableExpr("? AS r", bun.Ident(table)).ColumnExpr("r::text").Scan(ctx, &found)
	})
	return found, err
}

// tables lists what the migrations made.
func tables(t testing.TB, db *pgtest.Database) (names []string) {
	t.Helper()
	if err := db.Owner.QueryRow(t.Context(), "select array_agg(relname order by relname) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')").Scan(&names); err != nil {
		t.Fatal(err)
	}
	return names
}

// attempt runs one statement as the application, or as the role that seals anew, in the scope of somebody, in a transaction that is thrown away; a
// superuser may arrange something first. It tells how many rows came of it, or what refused it.
func attempt(t testing.TB, db *pgtest.Database, who, arrange, statement string) string {
	t.Helper()
	tx, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tx.Rollback(context.WithoutCancel(t.Context())) }()
	if _, err := tx.Exec(t.Context(), arrange); err != nil {
		t.Fatalf("%s: %v", arrange, err)
	}
	if _, err := tx.Exec(t.Context(), "set local role "+roleOf(who)+"; "+binding(who)); err != nil {
		t.Fatal(err)
	}
	tag, err := tx.Exec(t.Context(), statement)
	var refusal *pgconn.PgError
	switch {
	case errors.As(err, &refusal) && refusal.ConstraintName != "":
		return refusal.ConstraintName
	case errors.As(err, &refusal) && refusal.Code == "42501":
		if strings.Contains(refusal.Message, "row-level security") {
			return "fenced"
		}
		return "not granted"
	case err != nil:
		t.Fatalf("%s: %v", statement, err)
	}
	return fmt.Sprint(tag.RowsAffected())
}

// watch looks through Vaud's journal.
const watch = "the watch in Vaud"

// clock is what does by itself what is due.
const clock = "the clock in Vaud"

// factorOfLea and factorOfClaire show their second factor.
const (
	factorOfLea    = "Léa's factor"
	factorOfClaire = "Claire's factor"
)

// account is that of Léa, or of Claire, in the world.
func account(tenant *cast.Tenant) uuid.UUID { return md5.Sum([]byte(canary(tenant))) }

// rotation acts for a tenant's staff, as the role that seals anew; rotationOfNoe for what Noé has typed, rotationOfLea for
// what is Léa's alone.
const (
	rotation      = "rotation in Vaud"
	rotationOfNoe = "rotation of Noé's"
	rotationOfLea = "rotation of Léa's"
)

// sequencer hashes the journal of Vaud; its role shows nothing in another scope but the names of tenants at the door.
const (
	sequencer          = "sequencer in Vaud"
	sequencerAsStaff   = "sequencer as the staff"
	sequencerAtTheDoor = "sequencer at the door"
)

// platform runs the installation; its role shows nothing in another scope.
const (
	platform        = "platform"
	platformOfVaud  = "platform for Vaud"
	platformAsStaff = "platform as the staff"
	platformAtDoor  = "platform at the door"
)

func roleOf(who string) string {
	if strings.HasPrefix(who, "platform") {
		return "passerelle_platform"
	}
	if strings.HasPrefix(who, "rotation") {
		return "passerelle_rotation"
	}
	if strings.HasPrefix(who, "sequencer") {
		return "passerelle_sequencer"
	}
	return "passerelle_app"
}

// binding is what tenantdb does when it begins a transaction, for statements that go past it; nobody is barred from a dossier.
func binding(who string) string {
	switch bound := bindingOf(who); {
	case who == leaBarred:
		return bindingOf("Léa")
	case bound != "":
		return bound + "; set local app.barred = '{}'"
	default:
		return ""
	}
}

func bindingOf(who string) string {
	people := map[string]cast.Person{"Léa": cast.Lea, "Claire": cast.Claire, "Noé": cast.Noe, "Inès": cast.Ines, "Eva": cast.Eva, "Anna": cast.Anna, "Sami": cast.Sami}
	person, ok := people[who]
	switch {
	case who == platform:
		return "set local app.scope = 'platform'"
	case who == platformOfVaud:
		return fmt.Sprintf("set local app.scope = 'platform'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == platformAsStaff:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == platformAtDoor:
		return "set local app.scope = 'signin'"
	case who == sequencer:
		return fmt.Sprintf("set local app.scope = 'sequencer'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == sequencerAsStaff:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == "sign-in" || who == sequencerAtTheDoor:
		return "set local app.scope = 'signin'"
	case who == vaudsDoor || who == rotationAtTheDoor:
		return fmt.Sprintf("set local app.scope = 'signin'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == directory:
		return fmt.Sprintf("set local app.scope = 'directory'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cast.Vaud.ID, cast.VaudStaff.ID)
	case who == admittance:
		return fmt.Sprintf("set local app.scope = 'admittance'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cast.Vaud.ID, cast.Lea.ID)
	case who == watch:
		return fmt.Sprintf("set local app.scope = 'watch'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == clock:
		return fmt.Sprintf("set local app.scope = 'clock'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == factorOfLea:
		return fmt.Sprintf("set local app.scope = 'factor'; set local app.tenant_id = '%s'; set local app.person_id = '%s'; set local app.identity_id = '%s'", cast.Vaud.ID, cast.Lea.ID, account(cast.Vaud))
	case who == factorOfClaire:
		return fmt.Sprintf("set local app.scope = 'factor'; set local app.tenant_id = '%s'; set local app.person_id = '%s'; set local app.identity_id = '%s'", cast.Geneve.ID, cast.Claire.ID, account(cast.Geneve))
	case who == rotation:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'", cast.Vaud.ID)
	case who == rotationOfLea:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cast.Vaud.ID, cast.Lea.ID)
	case who == rotationOfNoe:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cast.Vaud.ID, cast.Noe.ID)
	case who == rotationOfLea:
		return fmt.Sprintf("set local app.scope = 'staff'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cast.Vaud.ID, cast.Lea.ID)
	case !ok:
		return ""
	case person.Office == nil:
		kind := map[access.Role]string{access.Admin: "admin", access.Statistician: "figures"}[person.Role]
		return fmt.Sprintf("set local app.scope = '%s'; set local app.tenant_id = '%s'; set local app.person_id = '%s'", cmp.Or(kind, "staff"), person.Tenant.ID, person.ID)
	default:
		return fmt.Sprintf("set local app.scope = 'office'; set local app.tenant_id = '%s'; set local app.office_id = '%s'; set local app.person_id = '%s'", person.Tenant.ID, person.Office.ID, person.ID)
	}
}

package tenantdb_test

import (
	"slices"
	"strings"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
)

// probe shows what one policy or trigger does: what somebody's statement comes to with it, and what without.
type probe struct {
	who, statement, with, without string
	// arrange is done first, as a superuser. A restrictive policy is probed beside a stray permissive one, since that
	// is what it is there for.
	arrange string
}

func stray(table string) string {
	return "create policy stray on " + table + " using (true) with check (true); "
}

// reads probes a policy by how many rows of its table somebody sees.
func reads(who, table, with, without string) probe {
	return probe{who: who, statement: "select 1 from " + table, with: with, without: without}
}

// fenced probes a restrictive policy: a stray permissive one opens the table but for it.
func fenced(who, table, with, without string) probe {
	p := reads(who, table, with, without)
	p.arrange = stray(table)
	return p
}

var (
	noe    = "'" + cast.Noe.ID.String() + "'"
	anna   = "'" + cast.Anna.ID.String() + "'"
	lea    = "'" + cast.Lea.ID.String() + "'"
	vaud   = "'" + cast.Vaud.ID.String() + "'"
	newRow = map[string]string{
		"message": "insert into messages (tenant_id, message_id, referral_id, office_id, kind, from_office, author_id, author_name, body) select tenant_id, gen_random_uuid(), referral_id, office_id, 'message', ",
		"entry":   "insert into journal_entries (tenant_id, entry_id, person_id, role, office_id, action, dossier_id) select tenant_id, gen_random_uuid(), ",
		"alert":   "insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at) select tenant_id, gen_random_uuid(), 'decoy', person_id, role, now(), now(), now() from alerts where kind = 'rate'",
		"pause":   "insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) select tenant_id, gen_random_uuid(), " + "'" + cast.ORP.ID.String() + "', person_id, alert_id, now() from alerts where kind = 'rate'",
		"event":   "insert into events (tenant_id, event_id, dossier_id, referral_id, office_id, kind, actor_id, actor_name) select tenant_id, gen_random_uuid(), dossier_id, referral_id, office_id, 'referral_message', ",
	}
)

// noted is an act that is written down in somebody's name.
func noted(deed, by string) string {
	return "insert into member_acts (tenant_id, act_id, at, by_id, by_name, by_role, deed, about_id, about_name, role, detail) values (" + vaud + ", gen_random_uuid(), now(), " + by + ", '', 'admin', " + deed + ", " + by + ", '', '', '')"
}

// policies has a probe for every policy of the schema.
var policies = map[string]probe{
	"connections door_fence":      fenced("Léa", "connections", "0", "3"),
	"connections door":            reads("sign-in", "connections", "3", "0"),
	"identities door_fence":       fenced("Léa", "identities", "0", "2"),
	"identities door":             reads("sign-in", "identities", "2", "0"),
	"signin_attempts door_fence":  fenced("Léa", "signin_attempts", "0", "2"),
	"signin_attempts door":        reads("sign-in", "signin_attempts", "2", "0"),
	"sessions door_fence":         fenced("Léa", "sessions", "0", "2"),
	"sessions door":               reads("sign-in", "sessions", "2", "0"),
	"sessions admin":              reads("Anna", "sessions", "1", "0"),
	"sessions admin_ends":         {who: "Anna", statement: "update sessions set revoked_at = now()", with: "1", without: "0"},
	"logout_tokens door_fence":    fenced("Léa", "logout_tokens", "0", "2"),
	"logout_tokens door":          reads("sign-in", "logout_tokens", "2", "0"),
	"tenants door_fence":          fenced("Léa", "tenants", "1", "2"),
	"tenants door":                reads("sign-in", "tenants", "2", "0"),
	"tenants staff":               reads("Léa", "tenants", "1", "0"),
	"tenants office":              reads("Noé", "tenants", "1", "0"),
	"members door_fence":          fenced("Noé", "members", "0", "9"),
	"members door":                reads("sign-in", "members", "9", "0"),
	"members staff":               reads("Léa", "members", "6", "0"),
	"members clock":               reads(clock, "members", "6", "0"),
	"members admin":               reads("Anna", "members", "6", "0"),
	"connections admin":           reads("Anna", "connections", "1", "0"),
	"tenants admin":               reads("Anna", "tenants", "1", "0"),
	"tenants figures":             reads("Sami", "tenants", "1", "0"),
	"offices admin":               reads("Anna", "offices", "7", "0"),
	"office_members admin":        reads("Anna", "office_members", "6", "0"),
	"offices door_fence":          fenced("Noé", "offices", "1", "9"),
	"offices door":                reads("sign-in", "offices", "9", "0"),
	"offices staff":               reads("Léa", "offices", "7", "0"),
	"offices office":              reads("Noé", "offices", "1", "0"),
	"office_members door_fence":   fenced("Noé", "office_members", "2", "8"),
	"office_members door":         reads("sign-in", "office_members", "8", "0"),
	"office_members staff":        reads("Léa", "office_members", "6", "0"),
	"office_members office":       reads("Noé", "office_members", "2", "0"),
	"invitations tenant_fence":    fenced("Anna", "invitations", "1", "2"),
	"invitations scope_fence":     fenced("Inès", "invitations", "0", "1"),
	"invitations admin":           reads("Anna", "invitations", "1", "0"),
	"invitations office":          reads("Noé", "invitations", "1", "0"),
	"applications door_fence":     fenced("Léa", "applications", "0", "2"),
	"applications door":           reads("sign-in", "applications", "2", "0"),
	"applications admin":          reads("Anna", "applications", "1", "0"),
	"applications admin_answers":  {who: "Anna", statement: "update applications set refused_at = now(), answered_by = " + anna, with: "1", without: "0"},
	"role_proposals tenant_fence": fenced("Anna", "role_proposals", "1", "2"),
	"role_proposals scope_fence":  fenced("Léa", "role_proposals", "0", "1"),
	"role_proposals admin":        reads("Anna", "role_proposals", "1", "0"),
	"member_acts tenant_fence":    fenced("Anna", "member_acts", "1", "2"),
	"member_acts scope_fence":     fenced("Noé", "member_acts", "0", "1"),
	"member_acts both_read":       reads("Léa", "member_acts", "1", "0"),
	"member_acts admin_notes":     {who: "Anna", statement: noted("'disabled'", anna), with: "1", without: "fenced"},
	"member_acts staff_notes":     {who: "Léa", statement: noted("'handed_over'", lea), with: "1", without: "fenced"},
	"handovers tenant_fence":      fenced("Léa", "handovers", "1", "2"),
	"handovers scope_fence":       fenced("Noé", "handovers", "0", "1"),
	"handovers both_read":         reads("Anna", "handovers", "1", "0"),
	"handovers both_write": {who: "Anna", with: "1", without: "fenced",
		statement: "insert into handovers (tenant_id, handover_id, from_id, asked_by, asked_at) values (" + vaud + ", gen_random_uuid(), '" + cast.Karim.ID.String() + "', " + anna + ", now())"},
	"handovers staff_hands_over": {who: "Léa", statement: "update handovers set done_at = now(), done_by = " + lea + ", to_id = '" + cast.Karim.ID.String() + "'", with: "1", without: "0"},
	"members admin_names": {who: "Anna", with: "1", without: "fenced",
		statement: "insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject, joined_at) values (" + vaud + ", gen_random_uuid(), 'x', 'x', 'auditor', '" + cast.VaudStaff.ID + "', 'x', now())"},
	"members admin_changes": {who: "Anna", statement: "update members set ended_at = now(), ended_as = 'left' where member_id = " + lea, with: "1", without: "0"},
	"office_members admin_names": {who: "Anna", with: "1", without: "fenced",
		statement: "insert into office_members (tenant_id, office_member_id, office_id, name, email, role, connection_id, expected_subject, joined_at) values (" + vaud + ", gen_random_uuid(), '" + cast.CSR.ID.String() + "', 'x', 'x', 'office_lead', '" + cast.Offices.ID + "', 'x', now())"},
	"office_members admin_changes": {who: "Anna", statement: "update office_members set role = 'office_lead' where office_member_id = " + noe, with: "1", without: "0"},

	"dossiers tenant_fence":       fenced("Léa", "dossiers", "1", "2"),
	"dossiers scope_fence":        fenced("Noé", "dossiers", "0", "1"),
	"dossiers staff":              reads("Léa", "dossiers", "1", "0"),
	"dossiers erasure_fence":      {who: "Léa", statement: "delete from dossiers", with: "0", without: "referrals_once_sent_stay"},
	"dossier_counts tenant_fence": fenced("Léa", "dossier_counts", "1", "2"),
	"dossier_counts scope_fence":  fenced("Noé", "dossier_counts", "0", "1"),
	"dossier_counts staff":        reads("Léa", "dossier_counts", "1", "0"),
	"beneficiaries tenant_fence":  fenced("Léa", "beneficiaries", "1", "2"),
	"beneficiaries scope_fence":   fenced("Noé", "beneficiaries", "0", "1"),
	"beneficiaries staff":         reads("Léa", "beneficiaries", "1", "0"),
	"situations tenant_fence":     fenced("Léa", "situations", "1", "2"),
	"situations scope_fence":      fenced("Noé", "situations", "0", "1"),
	"situations staff":            reads("Léa", "situations", "1", "0"),
	"consents tenant_fence":       fenced("Léa", "consents", "2", "4"),
	"consents scope_fence":        fenced("Noé", "consents", "0", "2"),
	"consents staff":              reads("Léa", "consents", "2", "0"),

	"referrals tenant_fence": fenced("Léa", "referrals", "5", "10"),
	"referrals scope_fence":  reads("Noé", "referrals", "1", "5"),
	"referrals both_read":    reads("Léa", "referrals", "5", "0"),
	"referrals staff_writes": {who: "Léa", with: "1", without: "fenced",
		statement: "insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, service, created_by) select tenant_id, gen_random_uuid(), 'X', dossier_id, office_id, service, created_by from referrals where reference = 'DRAFT'"},
	"referrals staff_changes":  {who: "Léa", statement: "update referrals set request = 'more' where reference = 'DRAFT'", with: "1", without: "0"},
	"referrals staff_discards": {who: "Léa", statement: "delete from referrals where reference = 'DRAFT'", with: "1", without: "0"},
	"referrals office_answers": {who: "Noé", statement: "update referrals set state = 'taken'", with: "1", without: "0"},
	"messages tenant_fence":    fenced("Léa", "messages", "4", "8"),
	"messages scope_fence":     reads("Noé", "messages", "1", "4"),
	"messages both_read":       reads("Noé", "messages", "1", "0"),
	"messages staff_writes":    {who: "Léa", statement: newRow["message"] + "false, " + lea + ", '', 'x' from referrals where reference = 'LIVE'", with: "1", without: "fenced"},
	"messages office_writes":   {who: "Noé", statement: newRow["message"] + "true, " + noe + ", '', 'x' from referrals where reference = 'LIVE'", with: "1", without: "fenced"},
	"events tenant_fence":      fenced("Léa", "events", "5", "10"),
	"events scope_fence":       reads("Noé", "events", "1", "5"),
	"events both_read":         reads("Noé", "events", "1", "0"),
	"events staff_writes":      {who: "Léa", statement: newRow["event"] + lea + ", '' from referrals where reference = 'LIVE'", with: "1", without: "fenced"},
	"events office_writes":     {who: "Noé", statement: newRow["event"] + noe + ", '' from referrals where reference = 'LIVE'", with: "1", without: "fenced"},

	"journal_entries tenant_fence": fenced("Léa", "journal_entries", "3", "6"),
	"journal_entries scope_fence":  reads("Noé", "journal_entries", "1", "3"),
	"journal_entries both_read":    reads("Noé", "journal_entries", "1", "0"),
	"journal_entries staff_writes": {who: "Léa", with: "1", without: "fenced",
		statement: newRow["entry"] + lea + ", 'caseworker', null, 'dossier_seen', dossier_id from referrals where reference = 'LIVE'"},
	"journal_entries office_writes": {who: "Noé", with: "1", without: "fenced",
		statement: strings.Replace(newRow["entry"], "dossier_id)", "dossier_id, referral_id)", 1) + noe + ", 'office_member', office_id, 'referral_seen', dossier_id, referral_id from referrals where reference = 'LIVE'"},

	"journal_entries watch_reads": reads(watch, "journal_entries", "3", "0"),
	"journal_entries admin_reads": reads("Anna", "journal_entries", "1", "0"),
	"journal_entries admin_writes": {who: "Anna", with: "1", without: "fenced",
		statement: newRow["entry"] + anna + ", 'admin', null, 'journal_seen', null from tenants"},

	"alerts tenant_fence":       fenced("Léa", "alerts", "2", "4"),
	"alerts scope_fence":        fenced("Noé", "alerts", "0", "2"),
	"alerts both_read":          reads("Léa", "alerts", "2", "0"),
	"alerts watch_raises":       {who: watch, statement: newRow["alert"], with: "1", without: "fenced"},
	"alerts staff_acknowledges": {who: "Léa", statement: "update alerts set acknowledged_at = now(), acknowledged_by = " + lea, with: "2", without: "0"},
	"pauses tenant_fence":       fenced("Léa", "pauses", "1", "2"),
	"pauses scope_fence":        fenced("Inès", "pauses", "0", "1"),
	"pauses all_read":           reads("Noé", "pauses", "1", "0"),
	"pauses watch_pauses":       {who: watch, arrange: "update pauses set lifted_at = now(), lifted_by = " + lea + " where tenant_id = " + vaud + "; ", statement: newRow["pause"], with: "1", without: "fenced"},
	"pauses staff_lifts":        {who: "Léa", statement: "update pauses set lifted_at = now(), lifted_by = " + lea, with: "1", without: "0"},
	"decoys tenant_fence":       fenced("Léa", "decoys", "1", "2"),
	"decoys scope_fence":        fenced("Noé", "decoys", "0", "1"),
	"decoys both_read":          reads("Léa", "decoys", "1", "0"),
	"decoys staff_marks": {who: "Léa", statement: "insert into decoys (tenant_id, dossier_id, marked_by, marked_at) values (" + vaud + ", 'd0551e40-0000-4000-8000-000000000002', " + lea + ", now())", with: "1", without: "fenced",
		arrange: "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values (" + vaud + ", 'd0551e40-0000-4000-8000-000000000002', 'Belinda', " + lea + "); "},
	"decoys staff_unmarks":  {who: "Léa", statement: "delete from decoys", with: "1", without: "0"},
	"openings tenant_fence": fenced(watch, "openings", "1", "2"),
	"openings scope_fence":  fenced("Noé", "openings", "0", "1"),
	"openings watch":        reads(watch, "openings", "1", "0"),
	"watches tenant_fence":  fenced(watch, "watches", "1", "2"),
	"watches scope_fence":   fenced("Léa", "watches", "0", "1"),
	"watches watch":         reads(watch, "watches", "1", "0"),

	"agendas clock_reads":          reads(clock, "agendas", "1", "0"),
	"deadlines clock_reads":        reads(clock, "deadlines", "1", "0"),
	"reminders tenant_fence":       fenced("Léa", "reminders", "1", "2"),
	"reminders scope_fence":        fenced("Noé", "reminders", "0", "1"),
	"reminders both_read":          reads("Léa", "reminders", "1", "0"),
	"reminders clock_reminds":      {who: clock, statement: "insert into reminders (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) select tenant_id, gen_random_uuid(), dossier_id, rule, about, due_on, warn_on - 1 from reminders", with: "1", without: "fenced"},
	"reminders staff_acknowledges": {who: "Léa", statement: "update reminders set acknowledged_at = now(), acknowledged_by = " + lea, with: "1", without: "0"},
	"digests tenant_fence":         fenced(clock, "digests", "1", "2"),
	"digests scope_fence":          fenced("Léa", "digests", "0", "1"),
	"digests clock":                reads(clock, "digests", "1", "0"),
	"languages tenant_fence":       fenced("Léa", "languages", "1", "2"),
	"languages scope_fence":        fenced("Noé", "languages", "0", "1"),
	"languages own":                reads("Léa", "languages", "1", "0"),
	"languages clock_reads":        reads(clock, "languages", "1", "0"),

	"parked_forms tenant_fence": {who: "Noé", arrange: stray("parked_forms"), with: "fenced", without: "1",
		statement: "insert into parked_forms (tenant_id, parked_form_id, person_id, page, form_values) values ('" + cast.Geneve.ID.String() + "', gen_random_uuid(), " + noe + ", '', '{}')"},
	"parked_forms scope_fence": fenced("Noé", "parked_forms", "1", "2"),
	"parked_forms own":         reads("Noé", "parked_forms", "1", "0"),

	"passkeys tenant_fence":           fenced(factorOfLea, "passkeys", "1", "2"),
	"passkeys scope_fence":            fenced(factorOfClaire, "passkeys", "1", "2"),
	"passkeys own":                    reads(factorOfLea, "passkeys", "1", "0"),
	"passkey_challenges tenant_fence": fenced(factorOfLea, "passkey_challenges", "1", "2"),
	"passkey_challenges scope_fence":  fenced(factorOfClaire, "passkey_challenges", "1", "2"),
	"passkey_challenges own":          reads(factorOfLea, "passkey_challenges", "1", "0"),
	"passkey_recoveries tenant_fence": fenced(factorOfLea, "passkey_recoveries", "1", "2"),
	"passkey_recoveries scope_fence":  fenced(factorOfClaire, "passkey_recoveries", "1", "2"),
	"passkey_recoveries both_read":    reads("Anna", "passkey_recoveries", "1", "0"),
	"passkey_recoveries own_asks": {who: factorOfLea, arrange: "update passkey_recoveries set withdrawn_at = now(); ", with: "1", without: "fenced",
		statement: "insert into passkey_recoveries (tenant_id, recovery_id, identity_id, person_id, asked_at) values (" + vaud + ", gen_random_uuid(), current_setting('app.identity_id')::uuid, " + lea + ", now())"},
	"passkey_recoveries both_change": {who: "Anna", with: "1", without: "0",
		arrange:   "update members set identity_id = (select identity_id from identities where subject = 'canary of geneve') where member_id = " + anna + "; ",
		statement: "update passkey_recoveries set refused_by = " + anna + ", refused_reason = 'x', refused_at = now()"},
	"journal_entries factor_writes": {who: factorOfLea, with: "1", without: "fenced",
		statement: "insert into journal_entries (tenant_id, entry_id, person_id, role, action) values (" + vaud + ", gen_random_uuid(), " + lea + ", 'caseworker', 'passkey_used')"},

	"drafts tenant_fence": {who: "Léa", with: "fenced", without: "drafts_are_of_a_member",
		statement: "insert into drafts (tenant_id, draft_id, person_id, form_values, saved_at) values ('" + cast.Geneve.ID.String() + "', gen_random_uuid(), " + lea + ", '', now())"},
	"drafts scope_fence": fenced("Léa", "drafts", "1", "6"),
	"drafts staff":       reads("Léa", "drafts", "1", "0"),
	"drafts rotation":    {who: rotationOfLea, statement: "update drafts set form_values = 'anew'", with: "1", without: "0"},

	"journal_leaves tenant_fence":         fenced(sequencer, "journal_leaves", "2", "4"),
	"journal_leaves scope_fence":          fenced(sequencerAsStaff, "journal_leaves", "0", "2"),
	"journal_leaves sequencer_reads":      reads(sequencer, "journal_leaves", "2", "0"),
	"journal_leaves sequencer_adds":       {who: sequencer, statement: newLeaf, with: "1", without: "fenced"},
	"journal_checkpoints tenant_fence":    fenced(sequencer, "journal_checkpoints", "1", "2"),
	"journal_checkpoints scope_fence":     fenced(sequencerAsStaff, "journal_checkpoints", "0", "1"),
	"journal_checkpoints sequencer_reads": reads(sequencer, "journal_checkpoints", "1", "0"),
	"journal_checkpoints sequencer_adds":  {who: sequencer, statement: newCheckpoint, with: "1", without: "fenced"},
	"journal_entries sequencer":           reads(sequencer, "journal_entries", "3", "0"),
	"tenants sequencer":                   {who: sequencerAtTheDoor, statement: "select slug from tenants", with: "2", without: "0"},

	"imports tenant_fence": {who: "Léa", with: "fenced", without: "imports_are_sent_by_a_member",
		statement: "insert into imports (tenant_id, import_id, person_id, total, sheet, created_at) values ('" + cast.Geneve.ID.String() + "', gen_random_uuid(), " + lea + ", 1, '', now())"},
	"imports scope_fence": fenced("Noé", "imports", "0", "1"),
	"imports staff":       reads("Léa", "imports", "1", "0"),

	"year_counts tenant_fence": fenced("Léa", "year_counts", counted, countedTwice),
	"year_counts scope_fence":  fenced("Noé", "year_counts", "0", counted),
	"year_counts staff_reads":  reads("Léa", "year_counts", counted, "0"),
	"year_counts figures":      reads("Sami", "year_counts", counted, "0"),
	"year_counts tally":        {who: "Noé", statement: "update referrals set state = 'taken' where reference = 'LIVE'", with: "1", without: "fenced"},

	"admin_codes door_fence":          fenced("Léa", "admin_codes", "0", "2"),
	"admin_codes door":                reads("sign-in", "admin_codes", "2", "0"),
	"admin_codes platform_adds":       {who: platform, arrange: preparing, statement: newCode, with: "1", without: "fenced"},
	"tenants platform":                {who: platform, statement: "select slug from tenants", with: "2", without: "0"},
	"connections platform_reads":      {who: platform, statement: "select slug from connections", with: "2", without: "0"},
	"connections platform_adds":       {who: platform, arrange: preparing, statement: newConnection, with: "1", without: "fenced"},
	"connections platform_changes":    {who: platformOfVaud, statement: "update connections set name = 'x' where kind = 'staff'", with: "tenants_are_set_up_before_they_are_live", without: "0"},
	"admin_codes platform_reads":      {who: platform, statement: "select name from admin_codes", with: "2", without: "0"},
	"admin_codes platform_renews":     {who: platformOfVaud, statement: "update admin_codes set expires_at = now() where used_at is null", with: "tenants_are_set_up_before_they_are_live", without: "0"},
	"members platform_reads":          {who: platform, statement: "select role from members", with: "3", without: "0"},
	"members platform_adds":           {who: platform, arrange: preparing, statement: newAdministrator, with: "1", without: "fenced"},
	"journal_entries platform_writes": {who: platformOfVaud, statement: newAct, with: "1", without: "fenced"},

	"tenants rotation":       reads(rotation, "tenants", "1", "0"),
	"beneficiaries rotation": {who: rotation, statement: "update beneficiaries set particulars = 'anew'", with: "1", without: "0"},
	"situations rotation":    {who: rotation, statement: "update situations set body = 'anew'", with: "1", without: "0"},
	"consents rotation":      {who: rotation, statement: "update consents set interpreter = 'anew'", with: "2", without: "0"},
	"referrals rotation":     {who: rotation, statement: "update referrals set slice = 'anew', request = 'anew'", with: "5", without: "0"},
	"messages rotation":      {who: rotation, statement: "update messages set body = 'anew'", with: "4", without: "0"},
	"parked_forms rotation":  {who: rotationOfNoe, statement: "update parked_forms set form_values = 'anew'", with: "1", without: "0"},
}

// counted is how many numbers of the year there are in one canton of the world, countedTwice in both.
const (
	counted      = "6"
	countedTwice = "12"
)

// staffTables are the tables of which the world holds one row in each canton, and which staff alone see, by the three
// policies that such tables have.
var staffTables = []string{
	"agendas",
	"facts",
	"deadlines",
	"findings",
	"phase_settings",
	"restrictions",
	"admissions",
	"closures",
	"waivers",
	"reflections",
	"stays",
	"presences",
	"proceedings",
	"places",
	"place_showings",
	"bed_holds",
	"housing_stays",
	"housing_evaluations",
	"interviews",
	"interview_versions",
	"interview_counts",
	"tasks",
	"task_texts",
	"own_task_texts",
	"age_records",
	"guardians",
	"protection_reports",
	"risk_assessments",
	"safety_plans",
	"indicator_sets",
	"identifications",
	"second_readings",
	"projects",
	"project_steps",
	"returns",
	"return_contacts",
	"claims",
	"payers",
	"offences",
	"interpreters",
	"exclusions",
	"appointments",
	"meeting_places",
	"bookings",
	"letters",
	"documents",
	"inquiries",
}

// sealedAnew are, of those, the ones with a column that is sealed.
var sealedAnew = map[string]string{
	"facts":               "facts",
	"imports":             "sheet",
	"findings":            "words",
	"phase_settings":      "words",
	"closures":            "words",
	"waivers":             "words",
	"reflections":         "particulars",
	"stays":               "particulars",
	"presences":           "particulars",
	"proceedings":         "particulars",
	"inquiries":           "particulars",
	"successions":         "words",
	"notes":               "contents",
	"note_versions":       "contents",
	"places":              "address",
	"housing_stays":       "particulars",
	"housing_evaluations": "document",
	"interviews":          "account",
	"interview_versions":  "contents",
	"task_texts":          "body",
	"own_task_texts":      "body",
	"age_records":         "particulars",
	"guardians":           "particulars",
	"protection_reports":  "particulars",
	"risk_assessments":    "particulars",
	"safety_plans":        "particulars",
	"identifications":     "particulars",
	"second_readings":     "particulars",
	"projects":            "project",
	"project_steps":       "details",
	"returns":             "details",
	"return_contacts":     "note",
	"claims":              "details",
	"payers":              "note",
	"offences":            "offence",
	"interpreters":        "particulars",
	"exclusions":          "terms",
	"meeting_places":      "place",
	"bookings":            "terms",
	"letters":             "contents",
	"documents":           "particulars",
	"uploads":             "particulars",
	"upload_parts":        "contents",
}

func init() {
	for _, table := range staffTables {
		policies[table+" tenant_fence"] = fenced("Léa", table, "1", "2")
		policies[table+" scope_fence"] = fenced("Noé", table, "0", "1")
		policies[table+" staff"] = reads("Léa", table, "1", "0")
		visible[table] = map[string]int{"Léa": 1, "Claire": 1}
	}
	for _, table := range []string{"housing_stays", "interview_counts"} {
		visible[table]["Sami"] = 1
		policies[table+" figures"] = reads("Sami", table, "1", "0")
	}
	for _, table := range []string{"agendas", "deadlines"} {
		visible[table][clock] = 1
	}
	const turns = "update dossiers set turns_on = array[current_date], turns_into = array['return']; "
	const decides = "insert into house_rules (tenant_id, house_rule_id, rule, version, warn, valid_from, words, decided_by, decided_at) select tenant_id, gen_random_uuid(), 'majority', 1, '{}', current_date, '', decided_by, now() from house_rules"
	policies["house_rules tenant_fence"] = fenced("Léa", "house_rules", "1", "2")
	policies["house_rules scope_fence"] = fenced("Noé", "house_rules", "0", "1")
	policies["house_rules staff_reads"] = reads("Léa", "house_rules", "1", "0")
	policies["house_rules staff_decides"] = probe{who: "Léa", statement: decides, with: "1", without: "fenced"}
	policies["dossiers clock_reads"] = probe{who: clock, arrange: turns, statement: "select 1 from dossiers", with: "1", without: "0"}
	policies["dossiers clock_turns"] = probe{who: clock, arrange: turns, statement: "update dossiers set phase = 'return'", with: "1", without: "0"}
	policies["events clock_writes"] = probe{who: clock, arrange: turns, statement: "insert into events (tenant_id, event_id, dossier_id, kind, actor_id, actor_name) select tenant_id, gen_random_uuid(), dossier_id, 'phase_turned', gen_random_uuid(), '' from dossiers", with: "1", without: "fenced"}
	triggers["dossiers dossiers_are_turned_alone"] = probe{who: clock, arrange: turns, statement: "update dossiers set phase_set = true", with: "dossiers_are_turned_and_not_changed_by_the_clock", without: "1"}
	sealedAnew["house_rules"] = "words"
	for table, column := range sealedAnew {
		policies[table+" rotation"] = probe{who: rotationOfLea, statement: "update " + table + " set " + column + " = 'anew'", with: "1", without: "0"}
	}
}

// newLeaf and newCheckpoint go on from what the world holds.
var (
	newLeaf       = "insert into journal_leaves (tenant_id, leaf, transaction, entry_id, hashes) values (" + vaud + ", 2, '9', gen_random_uuid(), sha256(''))"
	newCheckpoint = "insert into journal_checkpoints (tenant_id, checkpoint, size, root, complete_until, note) values (" + vaud + ", 2, 2, sha256(''), now(), '')"
)

// erases names Léa's dossier as the one that the transaction may delete.
var erases = "select set_config('app.erases', dossier_id::text, true) from dossiers where tenant_id = '" + cast.Vaud.ID.String() + "'; "

const unending = "grant update (ended_at) on members, office_members to passerelle_app; alter table sessions add constraint unending check (revoked_at is null); "

// triggers has a probe for every trigger of the schema.
var triggers = map[string]probe{
	"tenants tenants_are_set_up_before_they_are_live": {who: platformOfVaud, statement: "update tenants set canton = 'FR' where slug = 'vaud'",
		with: "tenants_are_set_up_before_they_are_live", without: "1"},
	"connections connections_are_set_up_before_the_tenant_is_live": {who: platformOfVaud, statement: "update connections set name = 'x'",
		with: "tenants_are_set_up_before_they_are_live", without: "1"},
	"admin_codes admin_codes_are_renewed_before_the_tenant_is_live": {who: platformOfVaud, statement: "update admin_codes set expires_at = now() where used_at is null",
		with: "tenants_are_set_up_before_they_are_live", without: "1"},
	"dossiers dossiers_are_counted": {who: "Léa", arrange: "alter table dossier_counts add constraint no_second check (dossiers < 2); ",
		statement: "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values (" + vaud + ", gen_random_uuid(), 'Bofadu', " + lea + ")",
		with:      "no_second", without: "1"},
	"dossiers dossiers_are_counted_down": {who: "Léa", arrange: "alter table dossier_counts add constraint no_less check (dossiers > 0); " + erases,
		statement: "delete from dossiers", with: "no_less", without: "1"},
	"interviews interviews_are_counted": {who: "Léa", arrange: "alter table interview_counts add constraint no_second check (interviews < 2); ",
		statement: "insert into interviews (tenant_id, interview_id, dossier_id, kind, held_at, minutes, member_id, hard, noted, account, recorded_at, written_at, written_by) select tenant_id, gen_random_uuid(), dossier_id, kind, held_at, 5, member_id, false, false, '', now(), now(), member_id from interviews",
		with:      "no_second", without: "1"},
	"interviews interviews_are_counted_anew": {who: "Léa", arrange: "alter table interview_counts add constraint no_longer check (minutes <= 20); ",
		statement: "update interviews set minutes = 21", with: "no_longer", without: "1"},
	"interviews interviews_are_counted_down": {who: "Léa", arrange: "delete from interview_versions; grant delete on interviews to passerelle_app; alter table interview_counts add constraint no_less check (interviews > 0); ",
		statement: "delete from interviews", with: "no_less", without: "1"},
	"members members_keep_their_subject": {who: "sign-in", statement: "update members set expected_subject = 'x' where member_id = " + lea, with: "members_keep_their_subject", without: "1"},
	// A session that cannot end keeps the membership in which it acts from ending.
	"members members_end_with_their_sessions": {who: "sign-in", arrange: unending, statement: "update members set ended_at = now() where member_id = " + lea, with: "unending", without: "1"},
	"office_members office_members_end_with_their_sessions": {who: "sign-in", arrange: "update sessions set member_id = null, office_member_id = " + noe + " where tenant_id = " + vaud + "; " + unending,
		statement: "update office_members set ended_at = now() where office_member_id = " + noe, with: "unending", without: "1"},
	"passkey_recoveries passkey_recoveries_are_kept_apart": {who: factorOfLea, with: "passkey_recoveries_are_granted_by_admins", without: "1",
		statement: "update passkey_recoveries set refused_by = " + lea + ", refused_reason = 'x', refused_at = now()"},
	"consents consents_once_withdrawn_stay_withdrawn": {who: "Léa", arrange: "update consents set withdrawn_at = now(), withdrawn_by = " + lea + " where tenant_id = " + vaud + "; ",
		statement: "update consents set withdrawn_at = null, withdrawn_by = null", with: "consents_once_withdrawn_stay_withdrawn", without: "2"},
	"referrals referrals_are_frozen_once_sent": {who: "Léa", statement: "update referrals set request = 'more' where reference = 'LIVE'",
		with: "referrals_are_frozen_once_sent", without: "1"},
	"referrals referrals_each_side_speaks_for_itself": {who: "Léa", statement: "update referrals set state = 'accepted' where reference = 'LIVE'",
		with: "referrals_are_answered_by_the_office_alone", without: "1"},
	"referrals referrals_once_sent_stay": {who: "Léa", statement: "delete from referrals where reference = 'LIVE'", arrange: "delete from messages; delete from events; ",
		with: "referrals_once_sent_stay", without: "1"},
	"member_acts member_acts_stay": {who: "Anna", arrange: stray("member_acts") + "grant update on member_acts to passerelle_app; ",
		statement: "update member_acts set detail = 'other'", with: "not granted", without: "1"},
	"member_acts member_acts_stay_all": {who: "Anna", arrange: "grant truncate on member_acts to passerelle_app; ",
		statement: "truncate member_acts", with: "not granted", without: "0"},
	// Whoever could change it is refused all the same.
	"journal_entries journal_entries_stay": {who: "Léa", arrange: stray("journal_entries") + "grant update on journal_entries to passerelle_app; ",
		statement: "update journal_entries set reason = 'other'", with: "not granted", without: "3"},
	"journal_entries journal_entries_stay_all": {who: "Léa", arrange: "grant truncate on journal_entries to passerelle_app; ",
		statement: "truncate journal_entries", with: "not granted", without: "0"},
	"journal_leaves journal_leaves_follow_each_other": {who: sequencer, statement: strings.Replace(newLeaf, ", 2,", ", 3,", 1), with: "journal_leaves_follow_each_other", without: "1"},
	"journal_checkpoints journal_checkpoints_go_on_from_each_other": {who: sequencer, statement: strings.Replace(newCheckpoint, "2, 2,", "2, 1,", 1),
		with: "journal_checkpoints_go_on_from_each_other", without: "1"},
	"journal_leaves journal_leaves_stay": {who: sequencer, arrange: stray("journal_leaves") + "grant update on journal_leaves to passerelle_sequencer; ",
		statement: "update journal_leaves set hashes = hashes", with: "not granted", without: "2"},
	"journal_leaves journal_leaves_stay_all": {who: sequencer, arrange: "grant truncate on journal_leaves to passerelle_sequencer; ",
		statement: "truncate journal_leaves", with: "not granted", without: "0"},
	"journal_checkpoints journal_checkpoints_stay": {who: sequencer, arrange: stray("journal_checkpoints") + "grant update on journal_checkpoints to passerelle_sequencer; ",
		statement: "update journal_checkpoints set note = note", with: "not granted", without: "1"},
	"journal_checkpoints journal_checkpoints_stay_all": {who: sequencer, arrange: "grant truncate on journal_checkpoints to passerelle_sequencer; ",
		statement: "truncate journal_checkpoints", with: "not granted", without: "0"},
	"messages messages_end_with_their_referral": {who: "Noé", statement: newRow["message"] + "true, " + noe + ", '', 'x' from referrals where reference = 'LIVE'",
		with: "1", without: "fenced"},
	"events events_end_with_their_referral": {who: "Noé", statement: newRow["event"] + noe + ", '' from referrals where reference = 'LIVE'",
		with: "1", without: "fenced"},
}

// What is counted for the year is counted in the transaction of each change: with a count that takes none, nothing changes.
func init() {
	const ended = "update stays set valid_from = current_date; update housing_stays set begins_on = date '2020-01-01', ended_on = date '2020-01-05', went_to = 'other'; "
	const frozen = "alter table year_counts add constraint frozen check (n < 0) not valid; "
	for trigger, statement := range map[string]string{
		"dossiers dossiers_are_counted_for_the_year":                "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values (" + vaud + ", gen_random_uuid(), 'Bofadu', " + lea + ")",
		"dossiers dossiers_are_counted_for_the_year_anew":           "update dossiers set phase = 'integration'",
		"findings findings_are_counted_for_the_year":                "insert into findings (tenant_id, finding_id, dossier_id, body, verdict, found_on, words, recorded_by, recorded_at) select tenant_id, gen_random_uuid(), dossier_id, 'sem', 'recognised', current_date, 'x', recorded_by, now() from findings",
		"findings findings_are_counted_for_the_year_anew":           "update findings set withdrawn_at = now(), withdrawn_by = " + lea,
		"stays stays_are_counted_for_the_year":                      "insert into stays (tenant_id, stay_id, dossier_id, kind, canton, legal_ground, valid_from, opinion, approval, particulars, version, recorded_at, changed_at, changed_by, changed_by_name) select tenant_id, gen_random_uuid(), dossier_id, 'l', '', '', current_date, '', '', 'x', 1, now(), now(), changed_by, '' from stays",
		"stays stays_are_counted_for_the_year_anew":                 "update stays set valid_from = date '2020-01-01'",
		"referrals referrals_are_counted_for_the_year":              "insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, consent_id, service, request, state, slice, created_by, sent_at, visible_until) select tenant_id, gen_random_uuid(), 'X', dossier_id, office_id, consent_id, service, 'x', 'sent', 'x', created_by, now(), now() from referrals where reference = 'LIVE'",
		"referrals referrals_are_counted_for_the_year_anew":         "update referrals set sent_at = now(), state = 'sent', slice = 'x', visible_until = now() + interval '1 hour' where reference = 'DRAFT'",
		"housing_stays housing_stays_are_counted_for_the_year":      "insert into housing_stays (tenant_id, stay_id, dossier_id, kind, beds, begins_on, ended_on, went_to, particulars) select tenant_id, gen_random_uuid(), dossier_id, 'own_flat', 1, date '2020-01-01', date '2020-01-05', 'other', 'x' from housing_stays",
		"housing_stays housing_stays_are_counted_for_the_year_anew": "update housing_stays set begins_on = date '2020-01-01', ended_on = date '2020-01-05', went_to = 'other'",
	} {
		triggers[trigger] = probe{who: "Léa", arrange: frozen, statement: statement, with: "frozen", without: "1"}
	}
	// Whatever hangs on a dossier goes with it, and is counted down.
	for _, table := range []string{"dossiers", "findings", "stays", "referrals", "housing_stays"} {
		triggers[table+" "+table+"_are_counted_for_the_year_down"] = probe{who: "Léa", arrange: alone(table) + ended + frozen + erases, statement: "delete from dossiers", with: "frozen", without: "1"}
	}
}

// alone takes the counting of all other tables away, so that it is this one's that is missed.
func alone(table string) (without string) {
	for _, other := range []string{"dossiers", "findings", "stays", "referrals", "housing_stays"} {
		if other != table {
			without += "drop trigger " + other + "_are_counted_for_the_year_down on " + other + "; "
		}
	}
	return without
}

// Every policy and every trigger changes what somebody sees or may do: none is there for show, and none can go unnoticed.
func TestEveryGuardBites(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for kind, probes := range map[string]map[string]probe{"policy": policies, "trigger": triggers} {
		catalogue := map[string]string{
			"policy":  "select array_agg(tablename || ' ' || policyname) from pg_policies where schemaname = 'public'",
			"trigger": "select array_agg(relname || ' ' || tgname) from pg_trigger g join pg_class c on c.oid = g.tgrelid where not tgisinternal and c.relnamespace = 'public'::regnamespace",
		}[kind]
		var guards []string
		if err := db.Owner.QueryRow(t.Context(), catalogue).Scan(&guards); err != nil {
			t.Fatal(err)
		}
		// What is probed and gone is missed as well.
		for guard := range probes {
			if !slices.Contains(guards, guard) {
				guards = append(guards, guard)
			}
		}
		for _, guard := range guards {
			t.Run(guard, func(t *testing.T) {
				p, ok := probes[guard]
				if !ok {
					t.Fatalf("no probe shows what the %s does", kind)
				}
				table, name, _ := strings.Cut(guard, " ")
				if got := attempt(t, db, p.who, p.arrange, p.statement); got != p.with {
					t.Errorf("with it: %s, want %s", got, p.with)
				}
				if got := attempt(t, db, p.who, p.arrange+"drop "+kind+" if exists "+name+" on "+table, p.statement); got != p.without {
					t.Errorf("without it: %s, want %s", got, p.without)
				}
			})
		}
	}
}

package migrations_test

import (
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/pgtest"
)

// sealed are the columns that only internal/keys writes. What can say who somebody is, where, or what happened, belongs
// here; whoever adds such a column adds it to this list.
var sealed = []string{
	"beneficiaries.particulars", "situations.body", "consents.interpreter", "referrals.request", "referrals.slice", "messages.body",
	"parked_forms.form_values",
	"facts.facts",
	"imports.sheet",
	"findings.words",
	"phase_settings.words",
	"closures.words",
	"emergency_accesses.words",
	"waivers.words",
	"reflections.particulars",
	"stays.particulars",
	"presences.particulars",
	"proceedings.particulars",
	"inquiries.particulars",
	"successions.words", "notes.contents", "note_versions.contents",
	"places.address", "housing_stays.particulars", "housing_stays.address", "housing_evaluations.document",
	"interviews.account", "interview_versions.contents", "drafts.form_values",
	"task_texts.body", "own_task_texts.body",
	"age_records.particulars",
	"guardians.particulars",
	"protection_reports.particulars",
	"risk_assessments.particulars",
	"safety_plans.particulars",
	"identifications.particulars",
	"second_readings.particulars",
	"projects.project", "project_steps.details", "returns.details", "return_contacts.note", "claims.details", "payers.note", "offences.offence",
	"house_rules.words",
	"connection_secrets.secret", "connection_trials.report",
	"interpreters.particulars", "exclusions.terms", "meeting_places.place", "bookings.terms", "letters.contents",
	"moves.particulars", "packages.private_key", "received_files.contents",
	"documents.particulars", "uploads.particulars", "upload_parts.contents", "enclosures.particulars",
}

// inClear are the columns that can be read in a stolen backup, and why each gives away nobody who is accompanied.
// docs/security.md shows this list.
var inClear = []struct {
	columns string
	why     string
}{
	{"dossiers.code_name dossiers.code_name_key", "Invented: letters alone, proposed by the program, refused where it is a name of the person. It is what lists show and are sorted by."},
	{"emergency_accesses.code_name emergency_accesses.reason restrictions.version", "The same code name, and a code of a fixed list. The words to it are sealed."},
	{"dossiers.phase dossiers.reached_through", "Codes of fixed lists, for lists and statistics."},
	{"dossiers.version dossiers.situation_version referrals.version dossier_counts.dossiers", "Numbers that count changes and dossiers."},
	{"situations.data_class consents.data_classes referrals.data_classes", "Codes: which kinds of things are known or may be said, never what. Row-level rules and the ceiling of an office need them."},
	{"consents.purpose referrals.service", "Codes: for what kind of help. The office's kind says the same."},
	{"consents.given_how consents.valid_from consents.valid_until", "How and for how long, since sharing ends by itself on that day."},
	{"referrals.reference", "Random letters and digits, to name a referral on the telephone."},
	{"referrals.state referrals.urgency referrals.answer_by referrals.decline_reason referrals.outcome", "Codes and a day, which an inbox is sorted by and statistics count. The words to them are messages, and sealed."},
	{"messages.kind events.kind events.detail", "Codes: what sort of thing happened. Nobody writes into them."},
	{"journal_entries.action journal_entries.reason journal_entries.data_classes journal_entries.role journal_entries.transaction", "Codes: who as what saw or did what sort of thing, and the number of the transaction. Nobody writes into them, and the database takes codes alone."},
	{"journal_leaves.leaf journal_leaves.transaction journal_leaves.hashes journal_checkpoints.checkpoint journal_checkpoints.size journal_checkpoints.root journal_checkpoints.note", "Numbers, and hashes of entries, which hold random identifiers: no entry can be guessed from its hash. A note is these, signed, and is meant to be given away."},
	{"alerts.kind alerts.role alerts.opened alerts.usual alerts.acknowledged_as", "Codes and numbers: how much somebody who works here was shown, and what the look into it came to. Nobody writes words into them."},
	{"year_counts.measure year_counts.month year_counts.code year_counts.n", "How many of something there were in a month, by codes. A small canton's numbers are small, and tell of nobody what else they say of her."},
	{"imports.total imports.done imports.version", "Numbers: how many rows a file had, and how far it has come."},
	{"facts.source agendas.rules", "Codes: which capability reported, and the digest of the rules by which was computed."},
	{"house_rules.rule house_rules.version house_rules.amount house_rules.unit house_rules.warn house_rules.valid_from", "How an organisation counts, which is about nobody. Why, is sealed."},
	{"dossiers.turns_on dossiers.turns_into dossiers.turned_on", "Days ahead and codes: when a phase turns, for the clock, which opens nothing. What it follows from is sealed."},
	{"deadlines.rule deadlines.about deadlines.due_on deadlines.settled_on", "Which rule gives a dossier which day, for lists and reminders. What follows from a date of birth is kept to the month, and the database takes no other day of it; the facts themselves are sealed."},
	{"findings.body findings.verdict findings.found_on", "Codes and a day: which body found what. The yearly count of newly identified people needs them; the reasons are sealed."},
	{"phase_settings.phase closures.reason", "Codes of fixed lists, for statistics. The words to them are sealed."},
	{"waivers.rule waivers.about", "Codes: which date is done without. The deadlines name the same; the reason is sealed."},
	{"reflections.kind reflections.decision reflections.end_reason reflections.requested_on reflections.decided_on reflections.until_on reflections.ended_on", "Codes and days of a reflection period, for lists and statistics: that there was one, and how it ended. Who declared what, and to whom, is sealed."},
	{"stays.kind stays.canton stays.legal_ground stays.opinion stays.approval stays.valid_from stays.valid_until stays.renewal_requested_on stays.ended_on", "Codes and days of a title of stay, for the list of those that run out and for statistics. Its number and what authorities wrote are sealed."},
	{"proceedings.stage proceedings.complaint proceedings.opened_on proceedings.closed_on", "Codes and days: how far criminal proceedings have come, for statistics. Numbers, people, places and hearings are sealed."},
	{"reflections.version stays.version presences.version proceedings.version inquiries.version", "Numbers that count changes."},
	{"reflections.changed_by_name stays.changed_by_name presences.changed_by_name proceedings.changed_by_name inquiries.changed_by_name", "Who of the staff changed it last, for whoever meets that change while writing."},
	{"places.kind places.code_name places.beds places.genders places.languages places.opens_on places.closes_on places.version",
		"Places by an invented name, letters and a number at most, refused where it looks like an address; codes, numbers and days, by which the board says where somebody may live and when."},
	{"bed_holds.beds bed_holds.from_on bed_holds.until_on", "Numbers and days: how many beds of a place are kept for whom, by identifier, until when."},
	{"housing_stays.kind housing_stays.beds housing_stays.begins_on housing_stays.planned_end_on housing_stays.leaves_on housing_stays.help_ended_on housing_stays.ended_on housing_stays.went_to housing_stays.version",
		"Codes, numbers and days: the board counts beds by them and the year nights. Where the place is, and why somebody lives there, is sealed."},
	{"housing_evaluations.evaluated_on housing_evaluations.decision housing_evaluations.prolonged_until", "A code and days, for statistics. What was considered, and why, is sealed."},
	{"place_showings.reason", "A code: for what an address was shown."},
	{"interviews.kind interviews.month interviews.minutes", "Codes and numbers: of what kind an interview was, in which month, how long. Lists and the year are made of them."},
	{"interviews.version interview_versions.version interview_counts.month interview_counts.kind interview_counts.interviews interview_counts.minutes", "Numbers that count changes and interviews."},
	{"member_professions.profession circles.profession", "A code: whose secret somebody of the staff is bound by, and that those of a profession keep notes on a dossier. What is in them is sealed."},
	{"notes.noted_on notes.version note_versions.noted_on note_versions.version", "Days and numbers, by which the notes of a profession are sorted, and which count changes."},
	{"tasks.kind tasks.due_on tasks.every tasks.unit tasks.anchor_on tasks.version tasks.outcome", "Codes, days and numbers: what sort of thing is to be done by when. What exactly is sealed beside it."},
	{"age_records.finding age_records.found_on guardians.role guardians.since guardians.until", "Codes and days: what was found of an age, never the age, and since when somebody acts for a child. Who that is, is sealed."},
	{"protection_reports.reported_on protection_reports.answered_on guardians.version protection_reports.version safety_plans.version", "Days, and numbers that count changes. To which authority and what, is sealed."},
	{"risk_assessments.kind risk_assessments.level risk_assessments.child_scale risk_assessments.assessed_on risk_assessments.review_on", "Codes, a step from 1 to 5 and days, by which lists are sorted. Where the danger comes from is sealed."},
	{"identifications.set_digest identifications.assessed_on", "Which list was asked, and on which day. The answers are sealed."},
	{"indicator_sets.digest indicator_sets.name indicator_sets.edition indicator_sets.definition", "A list of questions that a specialist body hands out, before anybody has answered."},
	{"projects.version project_steps.version returns.version claims.version payers.version offences.version", "Numbers that count changes."},
	{"project_steps.kind project_steps.state project_steps.due_on project_steps.begun_on project_steps.ended_on project_steps.level project_steps.exam_on project_steps.percent project_steps.sector project_steps.asked_on project_steps.decided_on project_steps.decision", "Codes of fixed lists, days and a number, which statistics count: that somebody learns a language or works, in which branch and how much. With whom, and what for, is sealed."},
	{"returns.considered_on returns.programme returns.planned_on returns.decided_on returns.abandoned_on returns.departed_on returns.concluded_on return_contacts.contacted_on return_contacts.channel", "Days and codes: that a return is prepared, by which programme, and how one keeps in touch. Where to and with whom is sealed."},
	{"claims.kind claims.asked_on claims.decided_on claims.decision claims.granted_until payers.payer payers.from_on payers.until_on", "Days and codes: what is asked of victim assistance, and what kind of body pays. Sums, offices and the days of the offence are sealed."},
	{"interpreters.active_until interpreters.version appointments.version", "A last day and numbers that count changes."},
	{"appointments.kind appointments.minutes appointments.reminder appointments.outcome bookings.state", "Codes and a number, which calendars are made of: what sort of meeting, how long, what came of it. Where and with whom is sealed."},
	{"documents.data_class documents.kind documents.bytes documents.state documents.version uploads.bytes uploads.received upload_parts.at",
		"Codes and numbers: what sort of thing a document tells of, of which kind and how large its file is, whether a scanner has looked at it, and how much of a file has arrived. What it is called is sealed, and so is the file."},
	{"enclosures.place enclosures.data_class enclosures.kind enclosures.bytes referrals.documents",
		"The same of a document that went along with a referral, in which order, and which a draft is to take along."},
	{"download_tickets.ticket_hash download_tickets.session_hash enclosure_tickets.ticket_hash enclosure_tickets.session_hash", "Hashes of random texts, good for a minute."},
	{"exports.subject exports.format exports.reason exports.people", "Codes and a number: what sort of file somebody asked for and why, and how many people the tenant accompanies."},
	{"letters.template letters.language", "Codes: what sort of letter, in which of four languages."},
	{"deadlines.rule deadlines.about deadlines.due_on deadlines.settled_on deadlines.warn_on", "Which rule gives a dossier which day, for lists and reminders. What follows from a date of birth is kept to the month, and the database takes no other day of it; the facts themselves are sealed."},
	{"reminders.rule reminders.about reminders.due_on reminders.warn_on", "Of which such date somebody was reminded, and on which day."},
	{"digests.kind digests.day languages.language", "On which day somebody of the staff was told that something waits, and in which language."},
	{"events.actor_name events.office_name messages.author_name referrals.sent_by_name referrals.taken_by_name", "Names of those who work with dossiers, as they were at the time."},
	{"invitations.name invitations.email invitations.role invitations.language invitations.letter invitations.code_hash", "Whom somebody invites to work here, as what, and the hash of a code that is used once. Who is accompanied is none of it."},
	{"applications.subject applications.name applications.email applications.groups role_proposals.group_name role_proposals.role", "What a provider says of somebody who waits at the door, and which role its groups propose."},
	{"provisionings.subject_from provisioning_tokens.token_hash provisioning_acts.deed provisioning_acts.reason", "Codes, and hashes of 256 random bits that a directory shows."},
	{"provisioned_people.external_id provisioned_people.user_name provisioned_people.given_name provisioned_people.family_name provisioned_people.display_name provisioned_people.email provisioned_people.subject provisioned_groups.external_id provisioned_groups.name provisioned_memberships.group_name", "What an organisation's directory says of those who work there. Who is accompanied is none of it."},
	{"member_acts.by_name member_acts.by_role member_acts.deed member_acts.about_name member_acts.role member_acts.detail", "Who invited, admitted or shut out whom of those who work here. Of a dossier it knows nothing."},
	{"handovers.dossiers handovers.tasks handovers.referrals handovers.appointments members.ended_as office_members.ended_as", "Numbers of what was handed over, and codes of why somebody is no longer here."},
	{"members.name members.email members.role members.expected_subject", "The staff of an organisation, who have to be found at sign-in, before any key is at hand."},
	{"office_members.name office_members.email office_members.role office_members.expected_subject", "The people of an office, likewise."},
	{"identities.issuer identities.subject identities.display_name identities.display_email", "What a provider says of somebody who signs in, likewise."},
	{"announcements.kind announcements.words_fr announcements.words_de announcements.words_it announcements.words_en announcements.version announcements.written_by", "What everybody reads before they sign in, and which operator wrote it."},
	{"usage_reports.members usage_reports.office_people usage_reports.active usage_reports.storage_mib usage_reports.jobs_waiting usage_reports.jobs_late usage_reports.jobs_failed usage_reports.signed_in_on usage_reports.providers usage_reports.providers_silent signin_refusals.reason signin_refusals.n", "Numbers of those who work here, of jobs, of refusals by code, and of bytes, rounded up to sixteen mebibytes, so that no single dossier is seen in them. Nothing counts who is accompanied."},
	{"tenant_limits.members tenant_limits.office_people tenant_limits.storage_mib tenant_limits.reason tenant_limits.version tenant_limits.set_by", "How much an organisation may use by its agreement."},
	{"retention_rules.reason retention_rules.months retention_rules.outcome retention_terms.grace_days", "How long an organisation keeps what, and what becomes of it; it names nobody."},
	{"postponements.until postponements.ground", "Lists of what is kept on ask the database; the ground is one of six codes."},
	{"removals.outcome removals.due_on", "What is about to go is found by its day; the outcome is one of two codes."},
	{"tenant_removals.reason", "Why an organisation leaves: a code."},
	{"handover_keys.recipient handover_keys.version", "A public key: it encrypts and opens nothing."},
	{"moves.to_name moves.from_name received_files.from_name moves.reason moves.answer_by moves.decline_reason moves.colleague arrivals.from_name arrivals.reason arrivals.answer_by arrivals.decline_reason arrivals.colleague",
		"That an organisation asks another whether it takes somebody over: names of organisations and of those who work there, a day and codes of fixed lists. It says nothing of whom, since the other side has no key yet."},
	{"moves.asker_name moves.asker_phone moves.asker_email arrivals.asker_name arrivals.asker_phone arrivals.asker_email", "How a colleague of the other organisation is reached at work."},
	{"moves.public_key arrivals.public_key", "A public key: it encrypts and opens nothing."},
	{"packages.contents", "Encrypted to that public key; the private one is sealed beside it."},
	{"mandates.asked_name mandates.purpose mandates.acts mandates.hours mandate_acts.act mandate_acts.by_name mandate_acts.about", "What operators asked a tenant to let them do, and did in its registry. They know no dossier of which they could write."},
	{"tenants.languages tenants.regime tenants.suspended_for tenants.confirmed_steps tenants.blueprint_hash admin_codes.code_hash", "Of a tenant, codes and the hash of what its blueprint is read from; and the hash of a code of 256 random bits, which is used once."},
	{"admin_codes.name", "To whom a code is handed, as those wrote it down who hand it over and have no key."},
	{"tenants.slug tenants.name tenants.canton offices.name offices.kind offices.place", "Organisations, as a directory lists them. The place of a shelter is left empty: nothing but the person who enters it sees to that."},
	{"connections.slug connections.name connections.kind connections.issuer connections.client_id connections.email_domains connections.scopes connections.name_claim connections.email_claim", "How an organisation's provider is reached."},
	{"connections.client_secret", "Empty. Those who set an installation up hand a secret in here; the application seals it before it is used, and at start."},
	{"connection_changes.kind connection_changes.name connection_changes.issuer connection_changes.client_id connection_changes.scopes connection_changes.name_claim connection_changes.email_claim connection_changes.email_domains connection_changes.version connection_changes.tried_version", "How a provider is to be reached, as it will lie in connections. The secret is sealed apart."},
	{"connection_trials.version connection_trials.outcome connection_settings.delay_hours connection_settings.next_hours connection_settings.version signin_attempts.change_version", "Numbers, and a code for how a trial went. What the provider said is sealed."},
	{"offices.organisation_kind offices.authority_kind offices.valid_from offices.services offices.languages offices.hours offices.capacity offices.capacity_unit offices.capacity_said_on offices.capacity_said_by offices.phone offices.secure_mail offices.post_address offices.website offices.contact offices.reach_note offices.version", "What a directory of services says, and how one reaches them: business data, about nobody who is accompanied. It is kept in clear because whoever administers keeps it and has no key. The database takes no address of a shelter."},
	{"bodies.kind bodies.name bodies.website bodies.authority_kind bodies.valid_from bodies.valid_until bodies.ends_on bodies.successor_ends_on bodies.version office_regions.valid_from office_regions.region_kind", "Organisations, regions and authorities, and from when until when: as the official gazette has them."},
	{"agreements.subject agreements.valid_from agreements.valid_until agreements.document agreements.filed_at agreements.contact agreements.remind_days agreements.version", "What was agreed with a service, until when, where the paper lies and whom to ask: business data, about nobody who is accompanied."},
	{"sessions.session_hash sessions.csrf_token signin_attempts.state_hash signin_attempts.browser_hash", "Hashes of what only a browser has, and a token that is worth nothing without it."},
	{"sessions.provider_session logout_tokens.token_hash", "Hashes of what a provider calls a session, and of its word that one is over."},
	{"sessions.browser sessions.system", "The family of a browser and of its system, by which somebody knows their own sessions again; too little to tell people apart."},
	{"signin_attempts.nonce signin_attempts.pkce_verifier", "Used once, within ten minutes, together with what only the browser and the provider have."},
	{"passkeys.credential_id passkeys.public_key passkeys.sign_count passkeys.transports", "What anybody may know of a passkey: it opens nothing without the key that never leaves its device."},
	{"passkeys.name", "What somebody of the staff or of an office calls a device of her or his own. The page says that nothing about a person who is accompanied belongs there."},
	{"passkey_challenges.session_hash passkey_challenges.purpose passkey_challenges.ceremony", "Random bytes that were asked to be signed, for five minutes, and which passkeys may sign them."},
	{"passkey_recoveries.first_reason passkey_recoveries.second_reason passkey_recoveries.refused_reason", "How an administrator made sure that a colleague is who she says: of colleagues, never of a person who is accompanied, and the page says so. The scope of those who administer finds no keyset but their own, which the other one of two could not open."},
	{"signin_attempts.return_to parked_forms.page", "Addresses of pages: identifiers and code names."},
}

// unlisted are the columns that are in neither list or in the wrong one, of the types that can hold what somebody knows.
func unlisted(t *testing.T, conn *pgx.Conn) (found []string) {
	t.Helper()
	var listed []string
	for _, group := range inClear {
		listed = append(listed, strings.Fields(group.columns)...)
	}
	rows, err := conn.Query(t.Context(), `select c.relname || '.' || a.attname, format_type(a.atttypid, null), coalesce(col_description(c.oid, a.attnum), '')
		from pg_class c join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
		where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'm') and a.atttypid not in ('uuid'::regtype, 'bool'::regtype, 'timestamptz'::regtype)`)
	if err != nil {
		t.Fatal(err)
	}
	var name, kind, comment string
	var met []string
	_, err = pgx.ForEachRow(rows, []any{&name, &kind, &comment}, func() error {
		met = append(met, name)
		isClear, isSealed := slices.Contains(listed, name), slices.Contains(sealed, name)
		switch {
		case !isClear && !isSealed:
			found = append(found, name+" is neither sealed nor said to be clear, with a reason")
		case isClear && isSealed:
			found = append(found, name+" cannot be both")
		case isSealed && kind != "bytea":
			found = append(found, name+" ought to be sealed and is "+kind)
		case isSealed && !strings.HasPrefix(comment, "Sealed under the keyset of "):
			found = append(found, name+" does not say under which keyset it is sealed")
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range append(listed, sealed...) {
		if !slices.Contains(met, name) {
			found = append(found, name+" is no column")
		}
	}
	return found
}

func TestWhatIsNotSealedSaysWhy(t *testing.T) {
	conn, err := pgx.Connect(t.Context(), pgtest.New(t).OwnerConnString)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(t.Context())
	for _, problem := range unlisted(t, conn) {
		t.Error(problem)
	}
	for breach, want := range map[string]string{
		"alter table beneficiaries add column nickname text":                                "beneficiaries.nickname is neither sealed nor said to be clear, with a reason",
		"alter table dossiers add column born date":                                         "dossiers.born is neither sealed nor said to be clear, with a reason",
		"alter table events add column more jsonb":                                          "events.more is neither sealed nor said to be clear, with a reason",
		"create table remarks (remark bytea)":                                               "remarks.remark is neither sealed nor said to be clear, with a reason",
		"alter table messages alter column body type text using ''":                         "messages.body ought to be sealed and is text",
		"comment on column situations.body is 'What is known.'":                             "situations.body does not say under which keyset it is sealed",
		"alter table referrals rename column outcome to result":                             "referrals.outcome is no column",
		"alter table beneficiaries drop column particulars, add column particulars varchar": "beneficiaries.particulars ought to be sealed and is character varying",
		"create materialized view everything as select code_name || '' as who_it_is, particulars from dossiers natural join beneficiaries": "everything.who_it_is is neither",
	} {
		tx, err := conn.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), breach); err != nil {
			t.Fatalf("%s: %v", breach, err)
		}
		if got := unlisted(t, conn); !slices.ContainsFunc(got, func(problem string) bool { return strings.HasPrefix(problem, want) }) {
			t.Errorf("%s: %v", breach, got)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

// The document for those who run an installation says the same as the guard.
func TestSecurityShowsWhatLiesInClear(t *testing.T) {
	const path, begin, end = "../docs/security.md", "<!-- begin: what lies in clear, from migrations/clear_test.go -->\n", "<!-- end: what lies in clear -->"
	var table strings.Builder
	table.WriteString("| Columns | Why they give nobody away |\n|---|---|\n")
	for _, group := range inClear {
		fmt.Fprintf(&table, "| `%s` | %s |\n", strings.Join(strings.Fields(group.columns), "`, `"), group.why)
	}
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	before, rest, found := strings.Cut(string(text), begin)
	_, after, closed := strings.Cut(rest, end)
	if !found || !closed {
		t.Fatalf("%s does not hold %q", path, begin)
	}
	want := before + begin + table.String() + end + after
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	} else if string(text) != want {
		t.Errorf("%s shows another list: run `go test ./migrations -update`", path)
	}
}

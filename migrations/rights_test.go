package migrations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/pgtest"
)

// everyTable stands for all tables of the data.
const everyTable = "every table"

// rights are all that anybody but the owner may do, and what for. Which rows it is done to, row-level security decides;
// most rights to change are to single columns, named after their table.
var rights = []struct{ role, act, to, why string }{
	{"passerelle_app", "select", "connections identities signin_attempts sessions tenants members offices office_members dossiers dossier_counts beneficiaries situations consents referrals messages events journal_entries parked_forms",
		"Pages show what the scope lets them."},
	{"passerelle_app", "insert", "identities signin_attempts sessions", "Somebody signs in."},
	{"passerelle_app", "select", "logout_tokens", "Whether a provider's word has been heard before."},
	{"passerelle_app", "insert", "logout_tokens", "It is heard."},
	{"passerelle_app", "delete", "logout_tokens", "It is too old to be said again."},
	{"passerelle_app", "insert", "dossiers dossier_counts beneficiaries situations consents referrals messages events parked_forms", "Somebody works."},
	{"passerelle_app", "insert", "journal_entries.tenant_id journal_entries.entry_id journal_entries.person_id journal_entries.role journal_entries.office_id journal_entries.action journal_entries.dossier_id journal_entries.referral_id journal_entries.data_classes journal_entries.reason journal_entries.request_id",
		"Somebody saw or did something. When, and in which transaction, the database says."},
	{"passerelle_app", "update", "identities sessions members.identity_id office_members.identity_id", "Somebody signs in again."},
	{"passerelle_app", "update", "dossier_counts", "A trigger counts, as whoever opened the dossier."},
	{"passerelle_app", "update", "dossiers.code_name dossiers.phase dossiers.responsible_id dossiers.reached_through dossiers.updated_at dossiers.version dossiers.situation_version beneficiaries situations.updated_at situations.body",
		"A dossier goes on."},
	{"passerelle_app", "update", "consents.withdrawn_by consents.withdrawn_at", "A consent is withdrawn; nothing else of it ever changes."},
	{"passerelle_app", "update", "referrals", "A draft is written; what may change once it is sent, and by whom, triggers say."},
	{"passerelle_app", "delete", "signin_attempts sessions parked_forms", "What has served its purpose goes."},
	{"passerelle_app", "select", "passkeys passkey_challenges passkey_recoveries", "Somebody shows a second factor; admins see who has lost hers or his."},
	{"passerelle_app", "insert", "passkeys passkey_challenges passkey_recoveries.tenant_id passkey_recoveries.recovery_id passkey_recoveries.identity_id passkey_recoveries.person_id passkey_recoveries.office_id passkey_recoveries.asked_at", "A passkey is registered, asked for, or lost. Nobody asks with the answer."},
	{"passerelle_app", "update", "passkeys.sign_count passkeys.backed_up passkeys.used_at", "Somebody confirms with it; whose it is and what it is never changes."},
	{"passerelle_app", "update", "passkey_recoveries.first_by passkey_recoveries.first_reason passkey_recoveries.first_at passkey_recoveries.second_by passkey_recoveries.second_reason passkey_recoveries.second_at passkey_recoveries.refused_by passkey_recoveries.refused_reason passkey_recoveries.refused_at passkey_recoveries.withdrawn_at passkey_recoveries.used_at", "Admins answer, the person takes it back or uses it; who says which, a trigger says. The accounts of the admins it looks up itself."},
	{"passerelle_app", "delete", "passkeys passkey_challenges", "A passkey is removed, a challenge used up."},
	{"passerelle_app", "delete", "situations referrals dossiers", "A text is emptied, a draft discarded, a dossier erased with all that hangs on it."},

	{"passerelle_app", "select", "alerts pauses decoys openings watches", "The coordinator looks into what was raised; the gate and the watch count."},
	{"passerelle_app", "insert", "alerts.tenant_id alerts.alert_id alerts.kind alerts.person_id alerts.role alerts.office_id alerts.dossier_id alerts.referral_id alerts.opened alerts.usual alerts.since alerts.until alerts.at pauses.tenant_id pauses.pause_id pauses.office_id pauses.person_id pauses.alert_id pauses.paused_at",
		"Somebody read beyond the usual. What is raised is not acknowledged yet, nor what is paused lifted."},
	{"passerelle_app", "update", "alerts.acknowledged_at alerts.acknowledged_by alerts.acknowledged_as pauses.lifted_at pauses.lifted_by", "The coordinator has looked into it."},
	{"passerelle_app", "insert", "decoys.tenant_id decoys.dossier_id decoys.marked_by decoys.marked_at", "A coordinator marks a decoy."},
	{"passerelle_app", "delete", "decoys", "A coordinator unmarks it."},
	{"passerelle_app", "insert", "openings watches", "What was opened within the hour, and until when was looked."},
	{"passerelle_app", "update", "openings.at watches.until", "It is opened again; somebody has looked again."},
	{"passerelle_app", "delete", "openings", "The hour is over."},

	{"passerelle_app", "select", "agendas facts deadlines", "Which dates follow, and why."},
	{"passerelle_app", "insert", "agendas facts deadlines", "A capability reports, and the dates are computed."},
	{"passerelle_app", "update", "agendas.rules agendas.computed_at facts.facts", "It reports anew."},
	{"passerelle_app", "delete", "facts deadlines", "It has nothing to report any more; what followed before follows no longer."},
	{"passerelle_rotation", "select", "facts.tenant_id facts.dossier_id facts.source facts.facts", "Facts, and where they stand."},
	{"passerelle_rotation", "update", "facts.facts", "They are sealed anew."},

	{"passerelle_app", "select", "year_counts", "The year is shown."},
	{"passerelle_app", "insert", "year_counts", "It is counted, by triggers, as whoever changes what is counted."},
	{"passerelle_app", "update", "year_counts.n", "It is counted on."},
	{"passerelle_app", "select", "imports", "Somebody looks at the file that he or she sent."},
	{"passerelle_app", "insert", "imports", "A caseload is brought in."},
	{"passerelle_app", "update", "imports.sheet imports.version imports.done imports.begun_at imports.finished_at", "Its columns are given a meaning; rows are imported; the file goes with the last."},
	{"passerelle_app", "delete", "imports", "It is thrown away."},
	{"passerelle_rotation", "select", "imports.tenant_id imports.import_id imports.person_id imports.sheet", "Files, and whose they are."},
	{"passerelle_rotation", "update", "imports.sheet", "They are sealed anew."},
	{"passerelle_app", "select", "restrictions admissions emergency_accesses", "Which dossiers are not there for somebody, and who opened one all the same."},
	{"passerelle_app", "execute", "function_admit(text,text) function_barred_dossiers()", "A transaction begins by knowing which dossiers are not there."},
	{"passerelle_app", "execute", "function_circle_holders(uuid) function_enter_circles()", "Whoever asks for notes of a profession says so first, and is shown those of her or his circles."},
	{"passerelle_app", "insert", "restrictions admissions", "A dossier is limited to named members."},
	{"passerelle_app", "insert", "emergency_accesses.tenant_id emergency_accesses.emergency_access_id emergency_accesses.dossier_id emergency_accesses.member_id emergency_accesses.code_name emergency_accesses.reason emergency_accesses.words", "Somebody opens one in an emergency. Since when and until when, the database says."},
	{"passerelle_app", "update", "restrictions.version emergency_accesses.responsible_saw_at emergency_accesses.responsible_saw_by emergency_accesses.coordination_saw_at emergency_accesses.coordination_saw_by", "Others are named; those who have to look at it have."},
	{"passerelle_app", "delete", "restrictions admissions", "It is limited no longer, or somebody is named no longer."},
	{"passerelle_rotation", "select", "emergency_accesses.tenant_id emergency_accesses.emergency_access_id emergency_accesses.dossier_id emergency_accesses.words", "Why, in words, and where they stand."},
	{"passerelle_rotation", "update", "emergency_accesses.words", "They are sealed anew."},
	{"passerelle_app", "select", "findings phase_settings closures waivers", "The path of an accompaniment, and why."},
	{"passerelle_app", "insert", "findings phase_settings closures waivers", "A body found, a phase was set, an accompaniment closed, a date waived."},
	{"passerelle_app", "update", "findings.words findings.withdrawn_at findings.withdrawn_by phase_settings.ended_at closures.words closures.aftercare_by closures.aftercare_at closures.reopened_by closures.reopened_at", "A finding is withdrawn, a phase given back, a dossier followed up or reopened; what was written stays."},
	{"passerelle_app", "update", "dossiers.phase_set dossiers.closed_at dossiers.aftercare_at", "A dossier's phase is set, and it is closed."},
	{"passerelle_app", "delete", "waivers", "A waiver is taken back."},
	{"passerelle_rotation", "select", "findings.tenant_id findings.dossier_id findings.finding_id findings.words phase_settings.tenant_id phase_settings.dossier_id phase_settings.setting_id phase_settings.words closures.tenant_id closures.dossier_id closures.closure_id closures.words waivers.tenant_id waivers.dossier_id waivers.rule waivers.about waivers.words", "The words to them, and where they stand."},
	{"passerelle_rotation", "update", "findings.words phase_settings.words closures.words waivers.words", "They are sealed anew."},
	{"passerelle_app", "select", "reflections stays presences proceedings inquiries", "A dossier's pages of rights."},
	{"passerelle_app", "insert", "reflections stays presences proceedings inquiries", "Somebody records what an authority said, or what the person asks for."},
	{"passerelle_app", "update", "reflections.kind reflections.requested_on reflections.decision reflections.decided_on reflections.until_on reflections.ended_on reflections.end_reason reflections.particulars reflections.version reflections.changed_at reflections.changed_by reflections.changed_by_name",
		"A reflection period goes on."},
	{"passerelle_app", "update", "stays.kind stays.canton stays.legal_ground stays.valid_from stays.valid_until stays.renewal_requested_on stays.opinion stays.approval stays.ended_on stays.particulars stays.version stays.changed_at stays.changed_by stays.changed_by_name",
		"A title of stay is renewed, decided on, replaced."},
	{"passerelle_app", "update", "presences.particulars presences.version presences.changed_at presences.changed_by presences.changed_by_name", "More is known of a person's stay in the country."},
	{"passerelle_app", "update", "proceedings.stage proceedings.complaint proceedings.opened_on proceedings.closed_on proceedings.particulars proceedings.version proceedings.changed_at proceedings.changed_by proceedings.changed_by_name",
		"Proceedings go on."},
	{"passerelle_app", "update", "inquiries.particulars inquiries.version inquiries.changed_at inquiries.changed_by inquiries.changed_by_name", "A request for access is extended and answered."},
	{"passerelle_rotation", "select", "reflections.tenant_id reflections.reflection_id reflections.dossier_id reflections.particulars stays.tenant_id stays.stay_id stays.dossier_id stays.particulars presences.tenant_id presences.dossier_id presences.particulars proceedings.tenant_id proceedings.proceeding_id proceedings.dossier_id proceedings.particulars inquiries.tenant_id inquiries.inquiry_id inquiries.dossier_id inquiries.particulars",
		"The documents of rights, and where they stand."},
	{"passerelle_rotation", "update", "reflections.particulars stays.particulars presences.particulars proceedings.particulars inquiries.particulars", "They are sealed anew."},
	{"passerelle_app", "execute", "function_neighbours() function_cross_over(uuid,uuid) function_come_back(text,text) function_note_crossing(text,uuid) function_send_move(uuid,bytea) function_clear_arrival(uuid)", "One side of a move tells the other, about that move alone."},
	{"passerelle_app", "select", "moves arrivals packages received_files", "Who is to move to another canton, who asks to be taken over, what was handed over."},
	{"passerelle_app", "insert", "moves arrivals packages received_files", "A move is proposed, which the other side is told; a key pair is made; what came is kept."},
	{"passerelle_app", "update", "moves.withdrawn_by moves.withdrawn_at moves.answered_at moves.decline_reason moves.colleague moves.public_key moves.sent_by moves.sent_at moves.expires_at moves.opened_at",
		"A move is answered by the other side, sent, taken back, opened. A trigger says which side says what."},
	{"passerelle_app", "update", "arrivals.withdrawn_at arrivals.answered_by arrivals.answered_at arrivals.decline_reason arrivals.responsible_id arrivals.colleague arrivals.public_key arrivals.sent_at arrivals.expires_at arrivals.opened_by arrivals.opened_at arrivals.cleared_at packages.contents packages.expires_at",
		"The same on the receiving side; the package is laid down beside its key."},
	{"passerelle_app", "delete", "packages", "What was opened, taken back or has expired."},
	{"passerelle_rotation", "select", "moves.tenant_id moves.move_id moves.dossier_id moves.particulars packages.tenant_id packages.move_id packages.private_key received_files.tenant_id received_files.dossier_id received_files.contents", "Consents to a move, private keys, what was handed over, and where they stand."},
	{"passerelle_rotation", "update", "moves.particulars packages.private_key received_files.contents", "They are sealed anew."},
	{"passerelle_app", "select", "places place_showings bed_holds housing_stays housing_evaluations", "Where somebody lives, and where a bed is free."},
	{"passerelle_app", "insert", "places place_showings bed_holds housing_stays housing_evaluations", "Somebody is housed, by somebody who may."},
	{"passerelle_app", "update", "places.code_name places.beds places.genders places.minors places.children places.couples places.accessible places.languages places.opens_on places.closes_on places.address places.address_forgotten_at places.version",
		"A place changes; its kind stays."},
	{"passerelle_app", "update", "housing_stays.beds housing_stays.begins_on housing_stays.planned_end_on housing_stays.leaves_on housing_stays.help_ended_on housing_stays.ended_on housing_stays.went_to housing_stays.particulars housing_stays.address housing_stays.version",
		"A stay goes on and ends; whose it is, and where, stays."},
	{"passerelle_app", "delete", "bed_holds", "A bed is let go, or taken by whom it was kept for."},
	{"passerelle_rotation", "select", "places.tenant_id places.place_id places.address housing_stays.tenant_id housing_stays.stay_id housing_stays.dossier_id housing_stays.particulars housing_stays.address housing_evaluations.tenant_id housing_evaluations.evaluation_id housing_evaluations.dossier_id housing_evaluations.document",
		"Addresses, reasons and findings, and where they stand."},
	{"passerelle_rotation", "update", "places.address housing_stays.particulars housing_stays.address housing_evaluations.document", "They are sealed anew."},
	{"passerelle_app", "select", "interviews interview_versions interview_counts", "What was said, before it was corrected as well, and how often."},
	{"passerelle_app", "insert", "interviews interview_versions interview_counts", "An interview is written down, corrected, counted."},
	{"passerelle_app", "update", "interviews.kind interviews.held_at interviews.minutes interviews.hard interviews.noted interviews.account interviews.version interviews.written_at interviews.written_by interview_counts.interviews interview_counts.minutes",
		"It is corrected, and counted anew. Whose it is and who held it stays."},
	{"passerelle_app", "select", "drafts", "Somebody goes on writing."},
	{"passerelle_app", "insert", "drafts", "Somebody begins to write."},
	{"passerelle_app", "update", "drafts.dossier_id drafts.form_values drafts.saved_at", "Somebody writes on."},
	{"passerelle_app", "delete", "drafts", "What was written is handed in, thrown away, or a week old."},
	{"passerelle_app", "select", "tasks task_texts own_task_texts", "What is to be done."},
	{"passerelle_app", "insert", "tasks task_texts own_task_texts", "Somebody has something to do."},
	{"passerelle_app", "update", "tasks.assignee_id tasks.kind tasks.due_on tasks.every tasks.unit tasks.anchor_on tasks.version tasks.changed_by tasks.ended_at tasks.ended_by tasks.outcome task_texts.body",
		"A task is put off, handed over, done. For which dossier stays."},
	{"passerelle_app", "delete", "own_task_texts", "A task without a dossier is handed over, and sealed under another person's keys."},
	{"passerelle_rotation", "select", "interviews.tenant_id interviews.interview_id interviews.dossier_id interviews.account interview_versions.tenant_id interview_versions.interview_id interview_versions.version interview_versions.dossier_id interview_versions.contents",
		"Interviews, and where they stand."},
	{"passerelle_rotation", "update", "interviews.account interview_versions.contents", "They are sealed anew."},
	{"passerelle_rotation", "select", "drafts.tenant_id drafts.draft_id drafts.person_id drafts.form_values", "Drafts, and where they stand."},
	{"passerelle_rotation", "update", "drafts.form_values", "They are sealed anew."},
	{"passerelle_rotation", "select", "task_texts.tenant_id task_texts.task_id task_texts.dossier_id task_texts.body own_task_texts.tenant_id own_task_texts.task_id own_task_texts.assignee_id own_task_texts.body",
		"Texts of tasks, and where they stand."},
	{"passerelle_rotation", "update", "task_texts.body own_task_texts.body", "They are sealed anew."},
	{"passerelle_app", "select", "age_records guardians protection_reports", "Whether somebody is a child, and who acts for a child."},
	{"passerelle_app", "insert", "age_records guardians protection_reports", "Somebody finds, or names, or reports."},
	{"passerelle_app", "update", "guardians.until guardians.particulars guardians.version guardians.written_by guardians.written_at protection_reports.answered_on protection_reports.particulars protection_reports.version protection_reports.written_by protection_reports.written_at",
		"Somebody stops acting for a child; the authority answers."},
	{"passerelle_app", "select", "risk_assessments safety_plans", "How great the danger is, and what is done about it."},
	{"passerelle_app", "insert", "risk_assessments safety_plans", "Somebody assesses it; a plan is made."},
	{"passerelle_app", "update", "safety_plans.particulars safety_plans.version safety_plans.written_by safety_plans.written_at", "The plan is changed."},
	{"passerelle_app", "select", "indicator_sets identifications second_readings", "What speaks for being a victim."},
	{"passerelle_app", "insert", "indicator_sets identifications second_readings", "A set is loaded or used; somebody assesses, and somebody else reads it."},
	{"passerelle_rotation", "select", "age_records.tenant_id age_records.age_record_id age_records.dossier_id age_records.particulars guardians.tenant_id guardians.guardian_id guardians.dossier_id guardians.particulars protection_reports.tenant_id protection_reports.protection_report_id protection_reports.dossier_id protection_reports.particulars risk_assessments.tenant_id risk_assessments.risk_assessment_id risk_assessments.dossier_id risk_assessments.particulars safety_plans.tenant_id safety_plans.dossier_id safety_plans.particulars identifications.tenant_id identifications.identification_id identifications.dossier_id identifications.particulars second_readings.tenant_id second_readings.identification_id second_readings.dossier_id second_readings.particulars",
		"What protects the person, and where it stands."},
	{"passerelle_rotation", "update", "age_records.particulars guardians.particulars protection_reports.particulars risk_assessments.particulars safety_plans.particulars identifications.particulars second_readings.particulars", "It is sealed anew."},
	{"passerelle_app", "select", "projects project_steps returns return_contacts claims payers offences", "What leads to an independent life, a return, and what is claimed."},
	{"passerelle_app", "insert", "projects project_steps returns return_contacts claims payers offences", "It is written down."},
	{"passerelle_app", "update", "project_steps.kind project_steps.state project_steps.due_on project_steps.begun_on project_steps.ended_on project_steps.level project_steps.exam_on project_steps.percent project_steps.sector project_steps.asked_on project_steps.decided_on project_steps.decision project_steps.version project_steps.updated_at project_steps.details", "A step goes on."},
	{"passerelle_app", "update", "returns.considered_on returns.programme returns.planned_on returns.decided_on returns.abandoned_on returns.departed_on returns.concluded_on returns.version returns.details", "A return is prepared, and decided on. What was noted of a contact stays."},
	{"passerelle_app", "update", "claims.kind claims.asked_on claims.decided_on claims.decision claims.granted_until claims.version claims.details payers.payer payers.from_on payers.until_on payers.version payers.note offences.version offences.offence", "A claim is decided on, another pays, more is known of the offence."},
	{"passerelle_app", "delete", "payers", "A payer was entered by mistake."},
	{"passerelle_rotation", "select", "projects.tenant_id projects.dossier_id projects.version projects.project project_steps.tenant_id project_steps.step_id project_steps.dossier_id project_steps.details returns.tenant_id returns.return_id returns.dossier_id returns.details return_contacts.tenant_id return_contacts.contact_id return_contacts.dossier_id return_contacts.note claims.tenant_id claims.claim_id claims.dossier_id claims.details payers.tenant_id payers.payer_id payers.dossier_id payers.note offences.tenant_id offences.dossier_id offences.offence", "What of them is sealed, and where it stands."},
	{"passerelle_rotation", "update", "projects.project project_steps.details returns.details return_contacts.note claims.details payers.note offences.offence", "It is sealed anew."},
	{"passerelle_app", "select", "connection_secrets connection_changes connection_trials connection_settings", "A code is redeemed; administrators see what a connection is to become."},
	{"passerelle_app", "insert", "connection_secrets connection_changes connection_trials connection_settings connections.connection_id connections.tenant_id connections.slug connections.name connections.kind connections.issuer connections.client_id connections.live_at", "Administrators write what a connection is to become, and try it."},
	{"passerelle_app", "update", "connections.name connections.issuer connections.client_id connections.client_secret connections.secret_id connections.scopes connections.name_claim connections.email_claim connections.email_domains connections.live_at connections.ended_at", "At the door, a change takes effect, and a secret that was handed in is sealed."},
	{"passerelle_app", "update", "connection_changes.name connection_changes.issuer connection_changes.client_id connection_changes.secret_id connection_changes.scopes connection_changes.name_claim connection_changes.email_claim connection_changes.email_domains connection_changes.keeps_subjects connection_changes.version connection_changes.tried_version connection_changes.written_by connection_changes.written_at connection_changes.proposed_by connection_changes.proposed_at connection_changes.approved_by connection_changes.approved_at connection_changes.takes_effect_at connection_changes.took_effect_at connection_changes.withdrawn_by connection_changes.withdrawn_at", "A change is written anew, tried, proposed, approved, done, withdrawn."},
	{"passerelle_app", "update", "connection_settings.delay_hours connection_settings.next_hours connection_settings.next_from connection_settings.version connection_settings.set_by connection_settings.set_at", "The delay is chosen."},
	{"passerelle_app", "delete", "connection_secrets connection_trials", "What is shown to nobody any more goes, and what a provider said in a trial."},
	{"passerelle_rotation", "select", "connection_secrets.secret_id connection_secrets.connection_id connection_secrets.secret connection_trials.tenant_id connection_trials.trial_id connection_trials.connection_id connection_trials.report", "Secrets and trials, and where they stand."},
	{"passerelle_rotation", "update", "connection_secrets.secret connection_trials.report", "They are sealed anew."},
	{"passerelle_app", "select", "interpreters exclusions appointments meeting_places bookings letters", "When somebody meets somebody, and who interprets; what was written."},
	{"passerelle_app", "insert", "interpreters exclusions appointments meeting_places bookings letters", "It is agreed, asked for, written."},
	{"passerelle_app", "update", "interpreters.particulars interpreters.active_until interpreters.version", "An entry of the directory changes."},
	{"passerelle_app", "update", "exclusions.lifted_by exclusions.lifted_at", "An exclusion is lifted."},
	{"passerelle_app", "update", "appointments.member_id appointments.kind appointments.starts_at appointments.minutes appointments.reminder meeting_places.place appointments.outcome appointments.changed_by appointments.changed_at appointments.version",
		"An appointment moves, and something comes of it."},
	{"passerelle_app", "update", "bookings.state bookings.changed_at", "An interpreter answers."},
	{"passerelle_rotation", "select", "interpreters.tenant_id interpreters.interpreter_id interpreters.particulars exclusions.tenant_id exclusions.exclusion_id exclusions.dossier_id exclusions.terms meeting_places.tenant_id meeting_places.appointment_id meeting_places.dossier_id meeting_places.place bookings.tenant_id bookings.booking_id bookings.dossier_id bookings.terms letters.tenant_id letters.letter_id letters.dossier_id letters.contents",
		"What of them is sealed, and where it stands."},
	{"passerelle_rotation", "update", "interpreters.particulars exclusions.terms meeting_places.place bookings.terms letters.contents", "It is sealed anew."},
	{"passerelle_app", "select", "documents uploads upload_parts download_tickets", "Documents are listed and given out, for a ticket; a file on its way goes on."},
	{"passerelle_app", "insert", "documents uploads upload_parts download_tickets", "Something is handed in, in parts, and asked for."},
	{"passerelle_app", "update", "documents.data_class documents.particulars documents.version documents.state uploads.received", "A document is called otherwise, and looked at by a scanner; a part arrives."},
	{"passerelle_app", "delete", "documents uploads upload_parts download_tickets", "A document is thrown away, a file has arrived, a ticket is used up."},
	{"passerelle_rotation", "select", "documents.tenant_id documents.document_id documents.dossier_id documents.particulars uploads.tenant_id uploads.upload_id uploads.dossier_id uploads.particulars upload_parts.tenant_id upload_parts.upload_id upload_parts.at upload_parts.dossier_id upload_parts.contents",
		"What of them is sealed, and where it stands."},
	{"passerelle_rotation", "update", "documents.particulars uploads.particulars upload_parts.contents", "It is sealed anew."},
	{"passerelle_app", "select", "exports", "Who asked for which file, and who granted it, is listed."},
	{"passerelle_app", "insert", "exports", "A file is asked for."},
	{"passerelle_app", "update", "exports.answered_by exports.answered_at exports.granted exports.taken_at", "It is granted or not, and taken."},
	{"passerelle_app", "select", "enclosures enclosure_tickets", "What went along with a referral is listed, and given out for a ticket."},
	{"passerelle_app", "insert", "enclosures enclosure_tickets", "A referral is sent with documents; an office asks for one."},
	{"passerelle_app", "delete", "enclosure_tickets", "A ticket is used up."},
	{"passerelle_rotation", "select", "enclosures.tenant_id enclosures.enclosure_id enclosures.referral_id enclosures.particulars", "What of them is sealed, and where it stands."},
	{"passerelle_rotation", "update", "enclosures.particulars", "It is sealed anew."},
	{"passerelle_app", "select", "bodies office_regions agreements", "The directory of offices is read, and what was agreed with them."},
	{"passerelle_app", "insert", "offices bodies office_regions agreements", "Somebody keeps the directory."},
	{"passerelle_app", "update", "offices.name offices.place offices.closed_at offices.organisation_id offices.authority_id offices.valid_from offices.successor_id offices.successor_ends_at offices.services offices.languages offices.hours offices.capacity offices.capacity_unit offices.capacity_said_on offices.capacity_said_by offices.phone offices.secure_mail offices.post_address offices.website offices.contact offices.reach_note offices.version offices.changed_at offices.changed_by",
		"An entry of the directory changes. Its kind never does: people have consented under it."},
	{"passerelle_app", "update", "bodies.name bodies.website bodies.authority_id bodies.valid_from bodies.valid_until bodies.successor_id bodies.successor_ends_on bodies.version bodies.changed_at bodies.changed_by office_regions.region_id office_regions.recorded_at office_regions.recorded_by agreements.subject agreements.valid_from agreements.valid_until agreements.document agreements.filed_at agreements.contact agreements.remind_days agreements.version agreements.changed_at agreements.changed_by",
		"Regions merge, and what was agreed is prolonged."},
	{"passerelle_app", "delete", "offices bodies office_regions agreements", "What was entered by mistake, and nothing refers to, is taken out."},
	{"passerelle_app", "select", "house_rules", "The rules of a house apply."},
	{"passerelle_app", "insert", "house_rules", "Somebody decides. What was decided stays."},
	{"passerelle_app", "update", "dossiers.turns_on dossiers.turns_into dossiers.turned_on", "Something is known ahead, and its day comes."},
	{"passerelle_rotation", "select", "house_rules.tenant_id house_rules.house_rule_id house_rules.words", "Reasons, and where they stand."},
	{"passerelle_rotation", "update", "house_rules.words", "They are sealed anew."},
	{"passerelle_app", "select", "provisionings provisioning_tokens provisioned_people provisioned_groups provisioned_memberships provisioning_acts", "What a directory has said, and what it shows."},
	{"passerelle_app", "insert", "provisionings provisioning_tokens provisioned_people provisioned_groups provisioned_memberships provisioning_acts applications.announced_at", "An admin gives a directory a token, and it announces people."},
	{"passerelle_app", "update", "provisionings.subject_from provisionings.set_by provisionings.set_at provisioning_tokens.valid_until provisioning_tokens.used_at provisioned_people.external_id provisioned_people.user_name provisioned_people.given_name provisioned_people.family_name provisioned_people.display_name provisioned_people.email provisioned_people.active provisioned_people.subject provisioned_people.changed_at provisioned_groups.external_id provisioned_groups.name provisioned_groups.changed_at applications.announced_at",
		"It says something else of them; a token is used, and ends."},
	{"passerelle_app", "delete", "provisioned_people provisioned_groups provisioned_memberships provisioning_acts applications", "It says nothing of them any more; who waited for its sake waits no longer; what is a month old goes."},
	{"passerelle_app", "select", "member_professions circles circle_members successions", "Which profession keeps notes on a dossier, and who is in it."},
	{"passerelle_app", "select", "notes note_versions", "What is written under a professional secret, for those within."},
	{"passerelle_app", "insert", "member_professions", "An administrator writes down whose secret somebody is bound by."},
	{"passerelle_app", "delete", "member_professions", "Somebody is of a profession no more."},
	{"passerelle_app", "insert", "circles circle_members successions", "Somebody begins to keep notes, names a colleague, or hands on what nobody holds."},
	{"passerelle_app", "update", "circles.closed_by circles.closed_at", "Nothing more is noted."},
	{"passerelle_app", "delete", "circle_members", "Somebody leaves, or is named no more."},
	{"passerelle_app", "insert", "notes note_versions", "A note is written, and what it said is kept when it is corrected."},
	{"passerelle_app", "update", "notes.noted_on notes.contents notes.version notes.written_by notes.written_at notes.struck_by notes.struck_at", "A note is corrected, or struck."},
	{"passerelle_rotation", "select", "successions.tenant_id successions.succession_id successions.dossier_id successions.words notes.tenant_id notes.note_id notes.dossier_id notes.contents note_versions.tenant_id note_versions.note_id note_versions.version note_versions.dossier_id note_versions.contents", "Notes of a profession, and where they stand."},
	{"passerelle_rotation", "update", "successions.words notes.contents note_versions.contents", "They are sealed anew."},
	{"passerelle_app", "select", "invitations applications role_proposals member_acts handovers", "Who is invited, who waits, what was done about whom."},
	{"passerelle_app", "insert", "invitations.tenant_id invitations.invitation_id invitations.name invitations.email invitations.role invitations.office_id invitations.connection_id invitations.language invitations.invited_by invitations.invited_at applications.tenant_id applications.application_id applications.identity_id applications.connection_id applications.subject applications.name applications.email applications.groups applications.first_at applications.last_at role_proposals member_acts handovers.tenant_id handovers.handover_id handovers.from_id handovers.asked_by handovers.asked_at",
		"Somebody is invited, knocks, is proposed a role; what was done is noted. How it ends, nobody says at its beginning."},
	{"passerelle_app", "update", "invitations.code_hash invitations.expires_at invitations.letter invitations.begun_at invitations.sent_at invitations.withdrawn_at invitations.withdrawn_by invitations.redeemed_at invitations.identity_id applications.name applications.email applications.groups applications.last_at applications.refused_at applications.accepted_at applications.answered_by role_proposals.role handovers.to_id handovers.done_by handovers.done_at handovers.dossiers handovers.tasks handovers.referrals handovers.appointments",
		"An invitation is sent, renewed, used or withdrawn; who waits is answered; work goes to a colleague. To whom a role was offered stays."},
	{"passerelle_app", "delete", "role_proposals", "A group proposes nothing any more."},
	{"passerelle_app", "insert", "members.tenant_id members.member_id members.name members.email members.role members.connection_id members.expected_subject members.identity_id members.joined_at office_members.tenant_id office_members.office_member_id office_members.office_id office_members.name office_members.email office_members.role office_members.connection_id office_members.expected_subject office_members.identity_id office_members.joined_at",
		"Somebody joins."},
	{"passerelle_app", "update", "members.seen_at members.role members.ended_at members.ended_as office_members.seen_at office_members.role office_members.ended_at office_members.ended_as", "Somebody signs in, gets another role, leaves, comes back."},
	{"passerelle_app", "update", "members.expected_subject", "Whoever is bound by a code is known by what she or he came as. One that is known stays, by a trigger."},
	{"passerelle_app", "select", "reminders digests languages", "What waits is shown, and told."},
	{"passerelle_app", "insert", "reminders.tenant_id reminders.reminder_id reminders.dossier_id reminders.rule reminders.about reminders.due_on reminders.warn_on digests.tenant_id digests.digest_id digests.member_id digests.kind digests.day",
		"A day has come. When that was noted, the database says."},
	{"passerelle_app", "insert", "languages", "Somebody chooses a language."},
	{"passerelle_app", "update", "reminders.acknowledged_at reminders.acknowledged_by digests.begun_at digests.sent_at languages.language",
		"A reminder is seen, an e-mail begun and sent, another language chosen."},
	{"passerelle_app", "select", "jobs.river_job jobs.river_leader jobs.river_notification jobs.river_queue jobs.river_migration", "Jobs are looked for."},
	{"passerelle_app", "insert", "jobs.river_job jobs.river_leader jobs.river_notification jobs.river_queue", "They are planned, and somebody leads."},
	{"passerelle_app", "update", "jobs.river_job jobs.river_leader jobs.river_notification jobs.river_queue", "They are begun, done, or put off."},
	{"passerelle_app", "delete", "jobs.river_job jobs.river_leader jobs.river_notification jobs.river_queue", "What was done long ago goes."},
	{"passerelle_app", "usage", "jobs.river_job_id_seq jobs.river_notification_id_seq", "They are numbered."},
	{"passerelle_app", "execute", "function_jobs.river_job_state_in_bitmask(bit,jobs.river_job_state)", "Two that are alike are one."},

	{"passerelle_sequencer", "select", "journal_entries journal_leaves journal_checkpoints tenants.tenant_id tenants.slug", "What is hashed, and whose it is."},
	{"passerelle_sequencer", "insert", "journal_leaves.tenant_id journal_leaves.leaf journal_leaves.transaction journal_leaves.entry_id journal_leaves.hashes journal_checkpoints.tenant_id journal_checkpoints.checkpoint journal_checkpoints.size journal_checkpoints.root journal_checkpoints.complete_until journal_checkpoints.note",
		"It is hashed, and signed. When, the database says."},

	{"passerelle_rotation", "select", "tenants.tenant_id tenants.slug beneficiaries.tenant_id beneficiaries.dossier_id beneficiaries.particulars situations.tenant_id situations.dossier_id situations.data_class situations.body consents.tenant_id consents.consent_id consents.dossier_id consents.interpreter referrals.tenant_id referrals.referral_id referrals.request referrals.slice messages.tenant_id messages.message_id messages.referral_id messages.body parked_forms.tenant_id parked_forms.parked_form_id parked_forms.person_id parked_forms.form_values",
		"What is sealed, and where it stands."},
	{"passerelle_rotation", "update", "beneficiaries.particulars situations.body consents.interpreter referrals.request referrals.slice messages.body parked_forms.form_values", "It is sealed anew."},

	{"passerelle_keys", "select", "keys.tenant_keysets keys.keysets keys.tombstones keys.certificates keys.removals", "Keys are used."},
	{"passerelle_keys", "insert", "keys.tenant_keysets keys.keysets keys.tombstones keys.certificates keys.removals", "Keys are made; what was destroyed is remembered."},
	{"passerelle_keys", "delete", "keys.keysets", "Erasing a dossier is destroying its keys."},
	{"passerelle_keys_rotation", "select", "keys.tenant_keysets keys.keysets keys.tombstones", "What is wrapped by which key, and what is gone."},
	{"passerelle_keys_rotation", "update", "keys.tenant_keysets.wrapped keys.keysets.wrapped", "Keysets are wrapped anew."},

	{"passerelle_app", "usage", "schema public", "The data."},
	{"passerelle_app", "usage", "schema jobs", "The queue."},
	{"passerelle_rotation", "usage", "schema public", "The data."},
	{"passerelle_sequencer", "usage", "schema public", "The data."},
	{"passerelle_platform", "usage", "schema public", "The registry of tenants, and nothing else of it."},
	{"passerelle_platform", "select", "tenants.tenant_id tenants.slug tenants.name tenants.canton tenants.languages tenants.regime tenants.created_at tenants.live_at tenants.suspended_at tenants.suspended_for tenants.resumed_at tenants.confirmed_steps tenants.blueprint_hash tenants.blueprint_at connections.connection_id connections.tenant_id connections.slug connections.kind connections.issuer connections.name connections.client_id connections.scopes connections.email_domains connections.has_secret admin_codes.tenant_id admin_codes.member_id admin_codes.name admin_codes.expires_at admin_codes.used_at members.tenant_id members.member_id members.role members.identity_id members.ended_at",
		"Which tenants there are, whether people can sign in there, and whether its administrators have."},
	{"passerelle_platform", "insert", "tenants.tenant_id tenants.slug tenants.name tenants.canton tenants.languages tenants.regime connections.connection_id connections.tenant_id connections.slug connections.name connections.kind connections.issuer connections.client_id connections.client_secret connections.email_domains connections.scopes members.tenant_id members.member_id members.name members.email members.role members.connection_id members.expected_subject admin_codes.tenant_id admin_codes.member_id admin_codes.name admin_codes.code_hash admin_codes.expires_at",
		"A tenant is made, with its way to sign in and its first administrators."},
	{"passerelle_platform", "update", "tenants.live_at tenants.suspended_at tenants.suspended_for tenants.resumed_at", "It goes live, is suspended and resumed."},
	{"passerelle_platform", "update", "tenants.name tenants.canton tenants.languages tenants.regime tenants.confirmed_steps tenants.blueprint_hash tenants.blueprint_at connections.name connections.issuer connections.client_id connections.client_secret connections.scopes connections.email_domains admin_codes.code_hash admin_codes.expires_at",
		"It is set up step by step, and a code that was lost is made anew; not once it is live, which triggers say."},
	{"passerelle_platform", "insert", "journal_entries.tenant_id journal_entries.entry_id journal_entries.person_id journal_entries.role journal_entries.action journal_entries.reason",
		"Its journal tells what was done with it."},
	{"passerelle_app", "select", "announcements usage_reports signin_refusals tenant_limits mandates mandate_acts", "What is announced is shown, what is limited is counted, and who administers sees what was asked and done."},
	{"passerelle_app", "insert", "usage_reports signin_refusals", "How much is used, and how often somebody was refused, is written down once an hour."},
	{"passerelle_app", "update", "usage_reports.members usage_reports.office_people usage_reports.active usage_reports.storage_mib usage_reports.jobs_waiting usage_reports.jobs_late usage_reports.jobs_failed usage_reports.signed_in_on usage_reports.tree_behind usage_reports.providers usage_reports.providers_silent signin_refusals.n", "Another process counts in the same hour."},
	{"passerelle_app", "delete", "usage_reports signin_refusals", "After ninety days it goes."},
	{"passerelle_app", "update", "mandates.approved_by mandates.approved_at mandates.ends_at mandates.refused_by mandates.refused_at mandates.ended_by mandates.ended_at", "Who administers a tenant answers, and ends it. What was asked stays."},
	{"passerelle_platform", "select", "announcements usage_reports signin_refusals tenant_limits mandates mandate_acts", "The console shows what it wrote, and how tenants are."},
	{"passerelle_platform", "insert", "announcements tenant_limits mandate_acts mandates.tenant_id mandates.mandate_id mandates.asked_by mandates.asked_name mandates.purpose mandates.acts mandates.hours mandates.asked_at", "Something is announced, limited, asked for, or done within a mandate. No mandate is asked for with its answer."},
	{"passerelle_platform", "update", "announcements.tenant_id announcements.kind announcements.words_fr announcements.words_de announcements.words_it announcements.words_en announcements.from_at announcements.until_at announcements.version announcements.written_by announcements.written_at announcements.withdrawn_at tenant_limits.members tenant_limits.office_people tenant_limits.storage_mib tenant_limits.reason tenant_limits.version tenant_limits.set_by tenant_limits.set_at mandates.ended_at", "An announcement or a limit changes; a mandate is given back."},
	{"passerelle_platform", "select", "retention_rules", "How long dossiers of a tenant are kept, while it is set up."},
	{"passerelle_platform", "insert", "retention_rules", "It is decided for the first time."},
	{"passerelle_platform", "update", "retention_rules.months retention_rules.outcome retention_rules.decided_by retention_rules.decided_at", "Or differently, before the tenant is live."},
	{"passerelle_app", "select", "retention_rules", "Whether a closed dossier is still to be kept."},
	{"passerelle_app", "insert", "retention_rules", "The coordination decides how long."},
	{"passerelle_app", "update", "retention_rules.months retention_rules.outcome retention_rules.decided_by retention_rules.decided_at", "And differently."},
	{"passerelle_app", "select", "retention_terms", "How long a removal can be taken back."},
	{"passerelle_app", "insert", "retention_terms", "The coordination decides how long."},
	{"passerelle_app", "update", "retention_terms.grace_days retention_terms.decided_by retention_terms.decided_at", "And differently."},
	{"passerelle_app", "select", "postponements", "Which dossiers are kept on, and why."},
	{"passerelle_app", "insert", "postponements", "Somebody keeps one on."},
	{"passerelle_app", "update", "postponements.until postponements.ground postponements.postponed_by postponements.postponed_at", "Until another day."},
	{"passerelle_app", "select", "removals", "Which dossiers are about to be removed."},
	{"passerelle_app", "insert", "removals", "The coordination orders it."},
	{"passerelle_app", "delete", "removals", "It is taken back, or lapses."},
	{"passerelle_platform", "select", "tenant_removals", "Who leaves, and when."},
	{"passerelle_platform", "insert", "tenant_removals.tenant_id tenant_removals.due_at tenant_removals.reason", "It is planned that a tenant is deleted; when that was, the database says."},
	{"passerelle_platform", "update", "tenant_removals.withdrawn_at", "It is taken back."},
	{"passerelle_app", "select", "handover_keys tenant_removals", "Who administers a tenant sees for whom an archive is encrypted, and whether it is to be deleted."},
	{"passerelle_app", "insert", "handover_keys", "The key is given."},
	{"passerelle_app", "update", "handover_keys.recipient handover_keys.version handover_keys.written_by handover_keys.written_at handover_keys.confirmed_by handover_keys.confirmed_at", "Another key is given, or confirmed."},
	{"passerelle_transfer", "usage", "schema public schema jobs schema console", "Whole tenants."},
	{"passerelle_transfer", "insert", "console.acts.act_id console.acts.operator_id console.acts.about_id console.acts.tenant_id console.acts.action console.acts.reason", "What was done by command stands with what was done at the console."},
	{"passerelle_transfer", "select", everyTable, "A tenant is exported."},
	{"passerelle_transfer", "insert", everyTable, "It is brought in by another installation. Nothing is ever changed."},
	{"passerelle_transfer", "delete", everyTable, "It has left; of the journal, a trigger asks whether the waiting period is over."},
	{"passerelle_transfer", "execute", "function_rows_of_a_tenant(text) function_written_columns(text) function_tenant_rows(text,uuid) function_bring_tenant_rows(text,uuid,jsonb) function_remove_tenant_rows(text,uuid) function_broken_references(uuid) function_tenant_jobs(uuid) function_remove_tenant_jobs(uuid)", "The same, table by table."},
	{"passerelle_transfer", "execute", "function_jobs.river_job_state_in_bitmask(bit,jobs.river_job_state)", "An index of the queue asks it."},
	{"passerelle_transfer", "select", "jobs.river_job", "What is planned for it goes along."},
	{"passerelle_transfer", "insert", "jobs.river_job", "The same."},
	{"passerelle_transfer", "update", "jobs.river_job.kind", "River finds so that a job is planned already."},
	{"passerelle_transfer", "delete", "jobs.river_job", "Or goes away."},
	{"passerelle_transfer", "usage", "jobs.river_job_id_seq", "Jobs have numbers."},
	{"passerelle_platform", "update", "tenants.name tenants.languages tenants.regime", "What the registry says is corrected: of a live tenant within a mandate, which a trigger asks for."},
	{"passerelle_platform", "usage", "schema console", "Who runs the installation, and what they have done: the console's own, and nobody else's."},
	{"passerelle_platform", "select", "console.operators console.attempts console.sessions console.passkeys console.challenges console.acts", "Its door, and the page of what was done."},
	{"passerelle_platform", "insert", "console.attempts console.sessions console.passkeys console.challenges", "Somebody signs in, and confirms."},
	{"passerelle_platform", "delete", "console.attempts console.sessions console.passkeys console.challenges", "What is used up or over goes; lost passkeys are taken away."},
	{"passerelle_platform", "insert", "console.operators.operator_id console.operators.name console.operators.email console.operators.issuer console.operators.subject console.operators.code_hash console.operators.code_expires_at console.acts.act_id console.acts.operator_id console.acts.about_id console.acts.tenant_id console.acts.action console.acts.reason", "Somebody is given a place, or does something. When, the database says."},
	{"passerelle_platform", "update", "console.operators.issuer console.operators.subject console.operators.code_hash console.operators.code_expires_at console.operators.arrived_at console.operators.removed_at console.sessions.operator_id console.sessions.token_hash console.sessions.seen_at console.sessions.bound_at console.sessions.confirmed_at console.sessions.revoked_at console.passkeys.sign_count console.passkeys.backed_up console.passkeys.used_at", "A code is used, a session goes on or ends, a passkey counts. What was done stays."},
	{"passerelle_app", "select", "admin_codes", "A code is redeemed at the door."},
	{"passerelle_app", "update", "admin_codes.used_at", "It is used once."},
	{"passerelle_keys", "usage", "schema keys", "The keys."},
	{"passerelle_keys_rotation", "usage", "schema keys", "The keys."},
}

// granted are the rights that there are, of every role but the owner, public included: to relations, columns, functions
// and schemas.
const granted = `
with objects as (
	select c.oid as id, c.relnamespace, case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as name, c.relowner as owner, c.relacl as acl
	from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'keys', 'migrations', 'jobs', 'console') and c.relkind not in ('i', 'I')
), rights as (
	select name, owner, acl from objects
	union all select o.name || '.' || a.attname, o.owner, a.attacl from objects o join pg_attribute a on a.attrelid = o.id and not a.attisdropped
	union all select 'function ' || p.oid::regprocedure, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'keys', 'migrations', 'jobs', 'console')
	union all select 'schema ' || nspname, nspowner, nspacl from pg_namespace where nspname in ('public', 'keys', 'migrations', 'jobs', 'console')
)
select coalesce(r.rolname, 'everybody') || ' ' || lower(a.privilege_type) || ' ' || name
from rights, aclexplode(acl) a left join pg_roles r on r.oid = a.grantee
where a.grantee <> owner order by 1`

// surplus are the rights that nothing is said of, and what is said and not granted.
func surplus(t *testing.T, tx pgx.Tx) (found []string) {
	t.Helper()
	var said, tables []string
	if err := tx.QueryRow(t.Context(), "select array_agg(relname::text) from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')").Scan(&tables); err != nil {
		t.Fatal(err)
	}
	for _, right := range rights {
		if right.to == everyTable {
			right.to = strings.Join(tables, " ")
		}
		for _, to := range strings.Fields(strings.ReplaceAll(right.to, "schema ", "schema_")) {
			said = append(said, right.role+" "+right.act+" "+strings.NewReplacer("schema_", "schema ", "function_", "function ").Replace(to))
		}
	}
	rows, err := tx.Query(t.Context(), granted)
	if err != nil {
		t.Fatal(err)
	}
	there, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	for _, right := range there {
		if !slices.Contains(said, right) {
			found = append(found, right+": nothing says what for")
		}
	}
	for _, right := range said {
		if !slices.Contains(there, right) {
			found = append(found, right+": it is not granted")
		}
	}
	return found
}

// TestNobodyMayMore: a right that nobody needs is one that somebody will use.
func TestNobodyMayMore(t *testing.T) {
	db := pgtest.New(t)
	for breach, want := range map[string]string{
		"": "",
		"grant delete on events to passerelle_app":                                 "passerelle_app delete events: nothing says what for",
		"grant update (valid_until) on consents to passerelle_app":                 "passerelle_app update consents.valid_until: nothing says what for",
		"grant select on dossiers to passerelle_platform":                          "passerelle_platform select dossiers: nothing says what for",
		"grant select on console.sessions to passerelle_app":                       "passerelle_app select console.sessions: nothing says what for",
		"grant update (reason) on console.acts to passerelle_platform":             "passerelle_platform update console.acts.reason: nothing says what for",
		"grant usage on schema console to passerelle_app":                          "passerelle_app usage schema console: nothing says what for",
		"grant select on keys.certificates to passerelle_keys_rotation":            "passerelle_keys_rotation select keys.certificates: nothing says what for",
		"grant select on offices to public":                                        "everybody select offices: nothing says what for",
		"grant select on migrations.bun_migrations to passerelle_app":              "passerelle_app select migrations.bun_migrations: nothing says what for",
		"grant usage on schema keys to passerelle_platform":                        "passerelle_platform usage schema keys: nothing says what for",
		"create function f() returns int language sql as 'select 1'":               "everybody execute function f(): nothing says what for",
		"create sequence s; grant usage on sequence s to passerelle_app":           "passerelle_app usage s: nothing says what for",
		"revoke delete on referrals from passerelle_app":                           "passerelle_app delete referrals: it is not granted",
		"create view v as select 1 as x; grant select on v to passerelle_platform": "passerelle_platform select v: nothing says what for",
	} {
		tx, err := db.Owner.Begin(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := tx.Exec(t.Context(), breach); err != nil {
			t.Fatal(err)
		}
		found := strings.Join(surplus(t, tx), "\n")
		if want == "" && found != "" || !strings.Contains(found, want) {
			t.Errorf("%s: %s", breach, found)
		}
		if err := tx.Rollback(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	for _, right := range rights {
		if strings.TrimSpace(right.why) == "" {
			t.Errorf("%s may %s %s, and nothing says why", right.role, right.act, right.to)
		}
	}
}

package migrations_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/pgtest"
)

// rights are all that anybody but the owner may do, and what for. Which rows it is done to, row-level security decides;
// most rights to change are to single columns, named after their table.
var rights = []struct{ role, act, to, why string }{
	{"passerelle_app", "select", "connections identities signin_attempts sessions tenants members offices office_members dossiers dossier_counts beneficiaries situations consents referrals messages events journal_entries parked_forms",
		"Pages show what the scope lets them."},
	{"passerelle_app", "insert", "identities signin_attempts sessions", "Somebody signs in."},
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

	{"passerelle_keys", "select", "keys.tenant_keysets keys.keysets keys.tombstones keys.certificates", "Keys are used."},
	{"passerelle_keys", "insert", "keys.tenant_keysets keys.keysets keys.tombstones keys.certificates", "Keys are made; what was destroyed is remembered."},
	{"passerelle_keys", "delete", "keys.keysets", "Erasing a dossier is destroying its keys."},
	{"passerelle_keys_rotation", "select", "keys.tenant_keysets keys.keysets keys.tombstones", "What is wrapped by which key, and what is gone."},
	{"passerelle_keys_rotation", "update", "keys.tenant_keysets.wrapped keys.keysets.wrapped", "Keysets are wrapped anew."},

	{"passerelle_app", "usage", "schema public", "The data."},
	{"passerelle_app", "usage", "schema jobs", "The queue."},
	{"passerelle_rotation", "usage", "schema public", "The data."},
	{"passerelle_sequencer", "usage", "schema public", "The data."},
	{"passerelle_platform", "usage", "schema public", "The console of those who run the installation, which sees nothing of it."},
	{"passerelle_keys", "usage", "schema keys", "The keys."},
	{"passerelle_keys_rotation", "usage", "schema keys", "The keys."},
}

// granted are the rights that there are, of every role but the owner, public included: to relations, columns, functions
// and schemas.
const granted = `
with objects as (
	select c.oid as id, c.relnamespace, case n.nspname when 'public' then '' else n.nspname || '.' end || c.relname as name, c.relowner as owner, c.relacl as acl
	from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname in ('public', 'keys', 'migrations', 'jobs') and c.relkind not in ('i', 'I')
), rights as (
	select name, owner, acl from objects
	union all select o.name || '.' || a.attname, o.owner, a.attacl from objects o join pg_attribute a on a.attrelid = o.id and not a.attisdropped
	union all select 'function ' || p.oid::regprocedure, p.proowner, coalesce(p.proacl, acldefault('f', p.proowner)) from pg_proc p join pg_namespace n on n.oid = p.pronamespace where n.nspname in ('public', 'keys', 'migrations', 'jobs')
	union all select 'schema ' || nspname, nspowner, nspacl from pg_namespace where nspname in ('public', 'keys', 'migrations', 'jobs')
)
select coalesce(r.rolname, 'everybody') || ' ' || lower(a.privilege_type) || ' ' || name
from rights, aclexplode(acl) a left join pg_roles r on r.oid = a.grantee
where a.grantee <> owner order by 1`

// surplus are the rights that nothing is said of, and what is said and not granted.
func surplus(t *testing.T, tx pgx.Tx) (found []string) {
	t.Helper()
	var said []string
	for _, right := range rights {
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

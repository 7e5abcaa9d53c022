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
}

// inClear are the columns that can be read in a stolen backup, and why each gives away nobody who is accompanied.
// docs/security.md shows this list.
var inClear = []struct {
	columns string
	why     string
}{
	{"dossiers.code_name dossiers.code_name_key", "Invented: letters alone, proposed by the program, refused where it is a name of the person. It is what lists show and are sorted by."},
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
	{"facts.source agendas.rules", "Codes: which capability reported, and the digest of the rules by which was computed."},
	{"deadlines.rule deadlines.about deadlines.due_on deadlines.settled_on deadlines.warn_on", "Which rule gives a dossier which day, for lists and reminders. What follows from a date of birth is kept to the month, and the database takes no other day of it; the facts themselves are sealed."},
	{"reminders.rule reminders.about reminders.due_on reminders.warn_on", "Of which such date somebody was reminded, and on which day."},
	{"digests.kind digests.day languages.language", "On which day somebody of the staff was told that something waits, and in which language."},
	{"events.actor_name events.office_name messages.author_name referrals.sent_by_name referrals.taken_by_name", "Names of those who work with dossiers, as they were at the time."},
	{"members.name members.email members.role members.expected_subject", "The staff of an organisation, who have to be found at sign-in, before any key is at hand."},
	{"office_members.name office_members.email office_members.expected_subject", "The people of an office, likewise."},
	{"identities.issuer identities.subject identities.display_name identities.display_email", "What a provider says of somebody who signs in, likewise."},
	{"tenants.slug tenants.name tenants.canton offices.name offices.kind offices.place", "Organisations, as a directory lists them. The place of a shelter is left empty: nothing but the person who enters it sees to that."},
	{"connections.slug connections.name connections.kind connections.issuer connections.client_id connections.email_domains", "How an organisation's provider is reached."},
	{"connections.client_secret", "What this installation shows to a provider. It opens no account by itself; after a theft it has to be changed at the provider."},
	{"sessions.session_hash sessions.csrf_token signin_attempts.state_hash signin_attempts.browser_hash", "Hashes of what only a browser has, and a token that is worth nothing without it."},
	{"signin_attempts.nonce signin_attempts.pkce_verifier", "Used once, within ten minutes, together with what only the browser and the provider have."},
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
		"create table notes (note bytea)":                                                   "notes.note is neither sealed nor said to be clear, with a reason",
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

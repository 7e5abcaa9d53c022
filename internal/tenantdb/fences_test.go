package tenantdb_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/uptrace/bun"

	"passerelle/internal/cast"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// visible is how many rows of each table of the world exist for whom; those who are not named see none. staffTables are
// added to it.
var visible = map[string]map[string]int{
	"tenants":            {"Léa": 1, "Claire": 1, "Noé": 1, "Inès": 1, "Eva": 1, "Anna": 1, "Sami": 1, "sign-in": 2},
	"connections":        {"Anna": 1, "sign-in": 3},
	"identities":         {"sign-in": 2},
	"members":            {"Léa": 6, "Claire": 3, "Anna": 6, "sign-in": 9, clock: 6},
	"offices":            {"Léa": 7, "Claire": 2, "Anna": 7, "Noé": 1, "Inès": 1, "Eva": 1, "sign-in": 9},
	"office_members":     {"Léa": 6, "Claire": 2, "Anna": 6, "Noé": 2, "Inès": 1, "Eva": 1, "sign-in": 8},
	"signin_attempts":    {"sign-in": 2},
	"sessions":           {"Anna": 1, "sign-in": 2},
	"logout_tokens":      {"sign-in": 2},
	"dossiers":           {"Léa": 1, "Claire": 1, clock: 1},
	"emergency_accesses": {"Léa": 1, "Claire": 1},
	"dossier_counts":     {"Léa": 1, "Claire": 1},
	"beneficiaries":      {"Léa": 1, "Claire": 1},
	"situations":         {"Léa": 1, "Claire": 1},
	"imports":            {"Léa": 1, "Claire": 1},
	"year_counts":        {"Léa": 6, "Claire": 6, "Sami": 6},
	"house_rules":        {"Léa": 1, "Claire": 1},
	"consents":           {"Léa": 2, "Claire": 2},
	"referrals":          {"Léa": 5, "Claire": 5, "Noé": 1, "Inès": 1, "Eva": 1},
	"messages":           {"Léa": 4, "Claire": 4, "Noé": 1, "Inès": 1, "Eva": 1},
	"events":             {"Léa": 5, "Claire": 5, "Noé": 1, "Inès": 1, "Eva": 1},
	"journal_entries":    {"Léa": 3, "Claire": 3, "Anna": 1, "Noé": 1, "Eva": 1, watch: 3},
	"alerts":             {"Léa": 2, "Claire": 2, watch: 2},
	"decoys":             {"Léa": 1, "Claire": 1, watch: 1},
	"pauses":             {"Léa": 1, "Claire": 1, "Noé": 1, "Eva": 1, watch: 1},
	"openings":           {watch: 1},
	"watches":            {watch: 1},
	"drafts":             {"Léa": 1, "Claire": 1},
	"reminders":          {"Léa": 1, "Claire": 1, clock: 1},
	"digests":            {clock: 1},
	"languages":          {"Léa": 1, "Claire": 1, clock: 1},
	"parked_forms":       {"Léa": 1, "Claire": 1, "Noé": 1, "Eva": 1},
	"passkeys":           {factorOfLea: 1, factorOfClaire: 1},
	"passkey_challenges": {factorOfLea: 1, factorOfClaire: 1},
	"passkey_recoveries": {factorOfLea: 1, factorOfClaire: 1, "Anna": 1},
	"invitations":        {"Anna": 1, "Noé": 1, "Eva": 1},
	"applications":       {"Anna": 1, "sign-in": 2},
	"role_proposals":     {"Anna": 1},
	"member_acts":        {"Léa": 1, "Claire": 1, "Anna": 1},
	"handovers":          {"Léa": 1, "Claire": 1, "Anna": 1},
	"admin_codes":        {"sign-in": 2},
	"announcements":      {"sign-in": 2},
	"usage_reports":      {"Anna": 1, "sign-in": 2},
	"signin_refusals":    {"sign-in": 2},
	"tenant_limits":      {"Anna": 1},
	"mandates":           {"Anna": 1, "sign-in": 2},
	"mandate_acts":       {"Anna": 1},
}

// ungranted are the tables that the application's role has no right to at all.
var ungranted = []string{"journal_leaves", "journal_checkpoints"}

// notGranted says that somebody has no right to a table, whatever the fences show.
func notGranted(err error) bool {
	var refusal *tenantdb.Error
	return errors.As(err, &refusal) && refusal.Code == "42501"
}

// look compares what everybody sees of every table with visible, and that nobody sees the other canton's texts.
func look(t *testing.T, db *pgtest.Database) {
	foreign := map[string]string{
		"Léa": canary(cast.Geneve), "Noé": canary(cast.Geneve), "Inès": canary(cast.Geneve), watch: canary(cast.Geneve), clock: canary(cast.Geneve),
		"Anna": canary(cast.Geneve), "Sami": canary(cast.Geneve), "Claire": canary(cast.Vaud), "Eva": canary(cast.Vaud), directory: canary(cast.Geneve), "sign-in": "no canary", vaudsDoor: "no canary",
		factorOfLea: canary(cast.Geneve), factorOfClaire: canary(cast.Vaud),
	}
	for _, table := range tables(t, db) {
		if closed := slices.Contains(ungranted, table); visible[table] == nil && !closed {
			t.Errorf("say in visible who sees %s", table)
		}
		for who := range scopes {
			found, err := rows(as(t, who), db.App, table)
			if slices.Contains(ungranted, table) {
				if !notGranted(err) {
					t.Errorf("%s sees %d rows of %s, %v: nobody has a right to it", who, len(found), table, err)
				}
				continue
			}
			if err != nil {
				t.Fatalf("%s, %s: %v", who, table, err)
			}
			if len(found) != visible[table][who] {
				t.Errorf("%s sees %d rows of %s, want %d", who, len(found), table, visible[table][who])
			}
			if strings.Contains(strings.Join(found, "\n"), foreign[who]) {
				t.Errorf("%s sees the other canton in %s", who, table)
			}
		}
	}
}

// T08: as the application in the scope of an office, or of anybody, every table shows what is assigned to them and nothing of
// others. T12: what is past its visible_until (EXPIRED) is not among it, with no job having run.
func TestEachSeesOnlyWhatIsTheirs(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	look(t, db)

	t.Run("a scope of nobody sees nothing", func(t *testing.T) {
		strangers := []tenantdb.Scope{
			tenantdb.Staff(tenantdb.TenantID{}, tenantdb.PersonID{}),
			tenantdb.Administration(tenantdb.TenantID{}, cast.Anna.ID),
			tenantdb.Figures(tenantdb.TenantID{}, cast.Sami.ID),
			tenantdb.AtOffice(cast.Vaud.ID, tenantdb.OfficeID{}, cast.Noe.ID),
			tenantdb.AtOffice(cast.Geneve.ID, cast.CSR.ID, cast.Noe.ID),
			tenantdb.AtOffice(cast.Vaud.ID, cast.Hospice.ID, cast.Eva.ID),
		}
		for _, stranger := range strangers {
			for table := range visible {
				found, err := rows(tenantdb.WithScope(t.Context(), stranger), db.App, table)
				if err != nil {
					t.Fatal(err)
				}
				// The name of the canton's NGO is no secret, and what one typed oneself belongs to the person.
				if len(found) > 0 && table != "tenants" && table != "parked_forms" {
					t.Errorf("sees %d rows of %s", len(found), table)
				}
			}
		}
	})
	t.Run("nothing exists outside of tenantdb", func(t *testing.T) {
		conn, err := pgx.Connect(t.Context(), db.AppConnString)
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		for table := range visible {
			var count int
			if err := conn.QueryRow(t.Context(), "select count(*) from "+table).Scan(&count); err != nil || count != 0 {
				t.Errorf("%d rows of %s, %v", count, table, err)
			}
		}
	})
}

// T10: a migration that adds a permissive policy for everybody opens nothing, and the check stays green. That the restrictive
// ones are what holds is shown by TestEveryGuardBites, which takes each away.
func TestAStrayPolicyOpensNothing(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for _, table := range tables(t, db) {
		db.Exec(t, "create policy stray on "+table+" using (true) with check (true)")
	}
	look(t, db)
	if err := db.App.Check(t.Context()); err != nil {
		t.Error(err)
	}
}

// Each side of a referral may do its part and nothing else.
func TestSides(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const (
		message = "insert into messages (tenant_id, message_id, referral_id, office_id, visible_until, kind, from_office, author_id, author_name, body) select tenant_id, gen_random_uuid(), referral_id, "
		event   = "insert into events (tenant_id, event_id, dossier_id, referral_id, office_id, visible_until, kind, actor_id, actor_name) select tenant_id, gen_random_uuid(), "
	)
	noe, lea, claire := "'"+cast.Noe.ID.String()+"'", "'"+cast.Lea.ID.String()+"'", "'"+cast.Claire.ID.String()+"'"
	on := func(reference string) string { return " from referrals where reference = '" + reference + "'" }
	set := func(reference, assignments string) string {
		return "update referrals set " + assignments + " where reference = '" + reference + "'"
	}
	// What somebody knows who has seen the rows once, or guesses.
	var remembered = map[string]string{}
	for _, reference := range []string{live, revoked, other} {
		var values string
		if err := db.Owner.QueryRow(t.Context(), `select format('%L, gen_random_uuid(), %L, %L', tenant_id, referral_id, office_id) from referrals where tenant_id = $1 and reference = $2`, cast.Vaud.ID, reference).Scan(&values); err != nil {
			t.Fatal(err)
		}
		remembered[reference] = "insert into messages (tenant_id, message_id, referral_id, office_id, visible_until, kind, from_office, author_id, author_name, body) values (" + values + ", now() + '1 hour', 'message', "
	}
	db.Exec(t, "update referrals set office_news_at = now() - interval '1 hour' where reference = $1", other)
	const dossier = "d0551e40-0000-4000-8000-000000000001"
	db.Exec(t, "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ($1, $2, 'Belinda', $3)", cast.Vaud.ID, dossier, cast.Lea.ID)
	const (
		answered = "referrals_are_answered_and_not_changed_by_an_office"
		alone    = "referrals_are_answered_by_the_office_alone"
		frozen   = "referrals_are_frozen_once_sent"
	)
	for name, c := range map[string]struct{ who, statement, want string }{
		"the office takes":                 {"Noé", set(live, "state = 'taken', taken_by = "+noe+", taken_by_name = 'Noé', taken_at = now(), updated_at = now(), version = version + 1"), "1"},
		"the office accepts, with news":    {"Noé", set(live, "state = 'accepted', answered_at = now(), news_at = now()"), "1"},
		"the office closes":                {"Noé", set(live, "state = 'closed', closed_at = now(), outcome = 'got'"), "1"},
		"the office declines":              {"Noé", set(live, "state = 'declined', answered_at = now(), decline_reason = 'other'"), "1"},
		"not back to draft":                {"Noé", set(live, "state = 'draft'"), answered},
		"not revoke":                       {"Noé", set(live, "state = 'revoked'"), answered},
		"not prolong":                      {"Noé", set(live, "visible_until = visible_until + interval '1 day'"), "referrals_access_is_never_prolonged"},
		"not end":                          {"Noé", set(live, "visible_until = visible_until - interval '1 minute'"), answered},
		"not acknowledge its own answer":   {"Noé", set(live, "acknowledged_at = now()"), answered},
		"not make news of nothing":         {"Noé", set(live, "office_news_at = now()"), answered},
		"the office has read the message":  {"Inès", set(other, "office_news_at = null"), "1"},
		"not as if it came later":          {"Inès", set(other, "office_news_at = now() + interval '1 minute'"), answered},
		"not change the request":           {"Noé", set(live, "request = 'more'"), frozen},
		"not change the slice":             {"Noé", set(live, `slice = '{"sections": []}'`), frozen},
		"not hand on to another office":    {"Noé", set(live, "office_id = '"+cast.ORP.ID.String()+"'"), frozen},
		"not become the author":            {"Noé", set(live, "created_by = "+noe), frozen},
		"not write a referral":             {"Noé", "insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, service, created_by) select tenant_id, gen_random_uuid(), 'X', dossier_id, office_id, service, created_by" + on(live), answered},
		"not throw away":                   {"Noé", "delete from referrals", "0"},
		"not touch what is revoked":        {"Noé", set(revoked, "state = 'taken'"), "0"},
		"not touch what has expired":       {"Noé", set(expired, "state = 'taken'"), "0"},
		"not touch a draft":                {"Noé", set(draft, "state = 'taken'"), "0"},
		"not touch another office's":       {"Noé", set(other, "state = 'taken'"), "0"},
		"the office writes":                {"Noé", message + "office_id, visible_until, 'answer', true, " + noe + ", 'Noé', 'yes'" + on(live), "1"},
		"a message ends with its referral": {"Noé", message + "office_id, 'infinity', 'answer', true, " + noe + ", 'Noé', 'yes'" + on(live), "1"},
		"not in the name of the NGO":       {"Noé", message + "office_id, visible_until, 'answer', false, " + noe + ", 'Léa', 'yes'" + on(live), "fenced"},
		"not in the name of another":       {"Noé", message + "office_id, visible_until, 'answer', true, " + lea + ", 'Léa', 'yes'" + on(live), "fenced"},
		"not as another office":            {"Noé", message + "'" + cast.ORP.ID.String() + "', visible_until, 'answer', true, " + noe + ", 'Noé', 'yes'" + on(live), "fenced"},
		"remembering still writes":         {"Noé", remembered[live] + "true, " + noe + ", 'Noé', 'yes')", "1"},
		"not after revocation":             {"Noé", remembered[revoked] + "true, " + noe + ", 'Noé', 'yes')", "fenced"},
		"not to another office's":          {"Noé", remembered[other] + "true, " + noe + ", 'Noé', 'yes')", "fenced"},
		"not for the other canton":         {"Eva", remembered[live] + "true, '" + cast.Eva.ID.String() + "', 'Eva', 'yes')", "fenced"},
		"an office's event":                {"Noé", event + "dossier_id, referral_id, office_id, visible_until, 'referral_taken', " + noe + ", 'Noé'" + on(live), "1"},
		"not an event of the NGO":          {"Noé", event + "dossier_id, referral_id, office_id, visible_until, 'referral_revoked', " + noe + ", 'Noé'" + on(live), "fenced"},
		"not an event of another person":   {"Noé", event + "dossier_id, referral_id, office_id, visible_until, 'referral_taken', " + lea + ", 'Léa'" + on(live), "fenced"},
		"not an event of no referral":      {"Noé", event + "dossier_id, null, null, null, 'referral_taken', " + noe + ", 'Noé'" + on(live), "fenced"},
		"not an event of another dossier":  {"Noé", event + "'" + dossier + "', referral_id, office_id, visible_until, 'referral_taken', " + noe + ", 'Noé'" + on(live), "events_of_a_referral_are_of_its_dossier"},
		"not change what was written":      {"Noé", "update messages set body = 'no'", "not granted"},
		"not see its event for longer":     {"Noé", "update events set visible_until = 'infinity'", "not granted"},

		"the NGO sends":                   {"Léa", set(draft, "state = 'sent', sent_at = now(), sent_by_name = 'Léa', slice = '{}', visible_until = now() + interval '1 day'"), "1"},
		"the NGO revokes":                 {"Léa", set(live, "state = 'revoked', revoked_at = now(), visible_until = now()"), "1"},
		"the NGO has read the answer":     {"Léa", set(live, "acknowledged_at = now()"), "1"},
		"the NGO has news for the office": {"Léa", set(live, "office_news_at = now()"), "1"},
		"and more news":                   {"Léa", set(other, "office_news_at = now()"), "1"},
		"not read for the office":         {"Léa", set(other, "office_news_at = null"), "referrals_are_read_by_the_office_alone"},
		"not answer for the office":       {"Léa", set(live, "answered_at = now()"), alone},
		"not accept for the office":       {"Léa", set(live, "state = 'accepted'"), alone},
		"not decline for the office":      {"Léa", set(live, "decline_reason = 'other'"), alone},
		"not take for the office":         {"Léa", set(live, "taken_by = "+noe+", taken_by_name = 'Noé'"), alone},
		"not close for the office":        {"Léa", set(live, "closed_at = now(), outcome = 'got'"), alone},
		"not unsend":                      {"Léa", set(live, "state = 'draft'"), alone},
		"not send twice":                  {"Léa", set(revoked, "state = 'sent'"), alone},
		"not answered from the beginning": {"Léa", "insert into referrals (tenant_id, referral_id, reference, dossier_id, office_id, service, created_by, answered_at) select tenant_id, gen_random_uuid(), 'X', dossier_id, office_id, service, created_by, now()" + on(draft), alone},
		"not prolong, either":             {"Léa", set(live, "visible_until = visible_until + interval '1 day'"), "referrals_access_is_never_prolonged"},
		"not change what was sent":        {"Léa", set(live, "request = 'more'"), frozen},
		"not throw away what was sent":    {"Léa", "delete from referrals where reference = '" + live + "'", "referrals_once_sent_stay"},
		"throw away a draft":              {"Léa", "delete from referrals where reference = '" + draft + "'", "1"},
		"the NGO writes":                  {"Léa", message + "office_id, visible_until, 'message', false, " + lea + ", 'Léa', 'thanks'" + on(live), "1"},
		"not as the office":               {"Léa", message + "office_id, visible_until, 'answer', true, " + lea + ", 'Noé', 'yes'" + on(live), "fenced"},
		"not as a colleague":              {"Léa", message + "office_id, visible_until, 'message', false, '" + cast.Karim.ID.String() + "', 'Karim', 'thanks'" + on(live), "fenced"},
		"not an event of a colleague":     {"Léa", event + "dossier_id, null, null, null, 'dossier_changed', '" + cast.Karim.ID.String() + "', 'Karim'" + on(live), "fenced"},
		"the NGO's own event":             {"Léa", event + "dossier_id, null, null, null, 'dossier_changed', " + lea + ", 'Léa'" + on(live), "1"},
		"not change the timeline":         {"Léa", "update events set detail = 'no'", "not granted"},
		"not forget":                      {"Léa", "delete from events", "not granted"},

		"withdraw a consent":                {"Léa", "update consents set withdrawn_at = now(), withdrawn_by = " + lea, "2"},
		"not for the other canton's person": {"Léa", "update consents set withdrawn_at = now(), withdrawn_by = " + claire, "consents_are_withdrawn_with_a_member"},
		"not widen a consent":               {"Léa", "update consents set data_classes = '{health}'", "not granted"},
		"not move a dossier away":           {"Léa", "update dossiers set tenant_id = '" + cast.Geneve.ID.String() + "'", "not granted"},
		"not open one in the other canton":  {"Léa", "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ('" + cast.Geneve.ID.String() + "', gen_random_uuid(), 'Zora', " + claire + ")", "fenced"},
		"not under a foreign member":        {"Léa", "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ('" + cast.Vaud.ID.String() + "', gen_random_uuid(), 'Zora', " + claire + ")", "dossiers_have_a_responsible_member"},
		"a code name is free elsewhere":     {"Léa", "insert into dossiers (tenant_id, dossier_id, code_name, responsible_id) values ('" + cast.Vaud.ID.String() + "', gen_random_uuid(), 'Amina', " + lea + ")", "dossiers_have_a_code_name_of_their_own"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, "", c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
}

// What hangs on a referral ends in the statement that ends the referral, and not for other referrals.
func TestRevocationTakesEverythingAlong(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	const revoke = "update referrals set state = 'revoked', revoked_at = now(), visible_until = now() where reference = 'LIVE'"
	for _, table := range []string{"referrals", "messages", "events", "enclosures"} {
		if got := attempt(t, db, "Noé", "set local role passerelle_app; "+binding("Léa")+"; "+revoke, "select 1 from "+table); got != "0" {
			t.Errorf("after revocation Noé sees %s rows of %s", got, table)
		}
		if got := attempt(t, db, "Inès", "set local role passerelle_app; "+binding("Léa")+"; "+revoke, "select 1 from "+table); got != "1" {
			t.Errorf("after another's revocation Inès sees %s rows of %s", got, table)
		}
	}
}

// A column that is new is nobody's until it is said here whose it is.
func TestAnOfficeChangesOnlyItsAnswer(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	answer := []string{"state", "taken_by", "taken_by_name", "taken_at", "answered_at", "decline_reason", "closed_at", "outcome", "news_at", "updated_at", "version"}
	values := map[string]string{
		"uuid": "'" + cast.Noe.ID.String() + "'", "text": "'closed'", "timestamp with time zone": "now() - interval '1 minute'", "date": "current_date",
		"bytea": "'sealed'", "ARRAY": "'{" + cast.Noe.ID.String() + "}'", "integer": "7",
	}
	columns, err := db.Owner.Query(t.Context(), "select column_name, data_type from information_schema.columns where table_name = 'referrals' and is_generated = 'NEVER'")
	if err != nil {
		t.Fatal(err)
	}
	all, err := pgx.CollectRows(columns, pgx.RowToStructByPos[struct{ Name, Type string }])
	if err != nil {
		t.Fatal(err)
	}
	for _, column := range all {
		got := attempt(t, db, "Noé", "", "update referrals set "+column.Name+" = "+values[column.Type]+" where reference = 'LIVE'")
		if mine := slices.Contains(answer, column.Name); mine != (got == "1") {
			t.Errorf("an office sets %s: %s", column.Name, got)
		}
	}
}

// What an office writes at the very moment of revocation goes with the rest.
func TestRevocationWaitsForWhatIsBeingWritten(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	writing, err := db.Owner.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = writing.Rollback(context.WithoutCancel(t.Context())) }()
	for _, statement := range []string{"set local role passerelle_app; " + binding("Noé"), policies["messages office_writes"].statement} {
		if _, err := writing.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	revoked := make(chan error, 1)
	go func() {
		revoked <- db.App.Write(as(t, "Léa"), func(ctx context.Context, tx tenantdb.Tx) error {
			return tenantdb.Affected(tx.Update().TableExpr("referrals").Set("state = ?", "revoked").Set("revoked_at = now()").
				Set("visible_until = now()").Where("reference = ?", live).Exec(ctx))
		})
	}()
	for waiting := false; !waiting; time.Sleep(5 * time.Millisecond) {
		if err := db.Owner.QueryRow(t.Context(), "select exists (select from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock')").Scan(&waiting); err != nil {
			t.Fatal(err)
		}
		if len(revoked) > 0 {
			t.Fatalf("it did not wait: %v", <-revoked)
		}
	}
	if err := writing.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := <-revoked; err != nil {
		t.Fatal(err)
	}
	found, err := rows(as(t, "Noé"), db.App, "messages")
	if err != nil || len(found) > 0 {
		t.Errorf("Noé still sees %d messages, %v", len(found), err)
	}
}

// Who of an office reads too much is paused, and neither that person nor anybody else at the office lifts it, sees what was
// raised, or learns which dossiers are decoys; the watch does its part and nothing else; what was raised stays.
func TestWhatWatches(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	lea, karim, claire := "'"+cast.Lea.ID.String()+"'", "'"+cast.Karim.ID.String()+"'", "'"+cast.Claire.ID.String()+"'"
	const (
		alert   = "insert into alerts (tenant_id, alert_id, kind, person_id, role, office_id, since, until, at) select tenant_id, gen_random_uuid(), 'rate', office_member_id, 'office_member', office_id, now(), now(), now() from office_members where name like 'Noé%'"
		raise   = "insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at) select tenant_id, gen_random_uuid(), 'unreadable', person_id, 'caseworker', now(), now(), now() from alerts where kind = 'rate'"
		again   = "insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at) select tenant_id, gen_random_uuid(), kind, person_id, role, since, until, now() from alerts where kind = 'rate'"
		twice   = "insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) select tenant_id, gen_random_uuid(), office_id, person_id, alert_id, now() from alerts where kind = 'ceiling'"
		lifts   = "update pauses set lifted_at = now(), lifted_by = "
		settles = "update alerts set acknowledged_at = now(), acknowledged_by = "
	)
	for name, c := range map[string]struct{ who, statement, want string }{
		"the office lifts nothing":              {"Noé", lifts + "person_id", "0"},
		"nor for a member":                      {"Noé", lifts + lea, "0"},
		"nor a colleague's":                     {"Inès", lifts + lea, "0"},
		"nor throws a pause away":               {"Noé", "delete from pauses", "not granted"},
		"nor puts an alert away":                {"Noé", settles + lea, "0"},
		"nor raises one":                        {"Noé", alert, "fenced"},
		"nor pauses anybody":                    {"Noé", "insert into pauses (tenant_id, pause_id, office_id, person_id, alert_id, paused_at) select tenant_id, gen_random_uuid(), office_id, office_member_id, gen_random_uuid(), now() from office_members", "fenced"},
		"nor forgets what was opened":           {"Noé", "delete from openings", "0"},
		"nor says it was earlier":               {"Noé", "update openings set at = now() - interval '2 hours'", "0"},
		"nor unmarks a decoy":                   {"Noé", "delete from decoys", "0"},
		"nor stops the watch":                   {"Noé", "update watches set until = 'infinity'", "0"},
		"the NGO lifts":                         {"Léa", lifts + lea, "1"},
		"not in another's name":                 {"Léa", lifts + karim, "fenced"},
		"not the other canton's":                {"Claire", "update pauses set lifted_at = now(), lifted_by = " + claire + " where tenant_id = " + vaud, "0"},
		"the NGO puts away":                     {"Léa", settles + lea, "2"},
		"not in a colleague's name":             {"Léa", settles + karim, "fenced"},
		"the NGO raises nothing":                {"Léa", raise, "fenced"},
		"and throws nothing away":               {"Léa", "delete from alerts", "not granted"},
		"what it tells stays":                   {"Léa", "update alerts set opened = 0", "not granted"},
		"who was paused stays":                  {"Léa", "update pauses set person_id = " + lea, "not granted"},
		"the NGO does not watch":                {"Léa", "update watches set until = 'infinity'", "0"},
		"a decoy is marked in one's own name":   {"Léa", "insert into decoys (tenant_id, dossier_id, marked_by, marked_at) select tenant_id, gen_random_uuid(), " + karim + ", now() from decoys", "fenced"},
		"and is a dossier of the tenant":        {"Léa", "insert into decoys (tenant_id, dossier_id, marked_by, marked_at) select tenant_id, gen_random_uuid(), " + lea + ", now() from decoys", "decoys_are_dossiers"},
		"the watch raises":                      {watch, raise, "1"},
		"once an hour":                          {watch, again, "alerts_are_raised_once_an_hour"},
		"nobody is paused twice":                {watch, twice, "pauses_once_at_a_time"},
		"the watch puts nothing away":           {watch, settles + lea, "0"},
		"lifts nothing":                         {watch, lifts + lea, "0"},
		"writes nothing into the journal":       {watch, "insert into journal_entries (tenant_id, entry_id, person_id, role, action) values (" + vaud + ", gen_random_uuid(), " + lea + ", 'caseworker', 'dossiers_searched')", "fenced"},
		"marks no decoy":                        {watch, "insert into decoys (tenant_id, dossier_id, marked_by, marked_at) select tenant_id, dossier_id, marked_by, now() from decoys", "fenced"},
		"and raises nothing in another canton":  {watch, "insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at) values ('" + cast.Geneve.ID.String() + "', gen_random_uuid(), 'rate', " + claire + ", 'caseworker', now(), now(), now())", "fenced"},
		"an alert is not put away by its maker": {watch, "insert into alerts (tenant_id, alert_id, kind, person_id, role, since, until, at, acknowledged_at) select tenant_id, gen_random_uuid(), 'decoy', person_id, role, since, until, at, now() from alerts", "not granted"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := attempt(t, db, c.who, "", c.statement); got != c.want {
				t.Errorf("%s\n got %s, want %s", c.statement, got, c.want)
			}
		})
	}
	t.Run("what is done is done for good", func(t *testing.T) {
		for statement, table := range map[string]string{lifts + lea: "pauses", settles + lea: "alerts"} {
			if got := attempt(t, db, "Léa", "set local role passerelle_app; "+binding("Léa")+"; "+statement, statement); got != "0" {
				t.Errorf("%s once more: %s", table, got)
			}
		}
	})
}

type yearCount struct {
	bun.BaseModel `bun:"table:year_counts"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	Measure       string            `bun:"measure"`
	Month         time.Time         `bun:"month,type:date"`
	Code          string            `bun:"code"`
	N             int               `bun:"n"`
}

// The counts of the year are kept by what happens alone: nobody writes one, and who made one change sees no more than before.
func TestNobodyCountsByHand(t *testing.T) {
	db := pgtest.New(t)
	fill(t, db)
	for _, who := range []string{"Léa", "Noé", clock} {
		err := db.App.Write(as(t, who), func(ctx context.Context, tx tenantdb.Tx) error {
			result, err := tx.Update().TableExpr("year_counts").Set("n = n + 1").Where("true").Exec(ctx)
			if err != nil {
				return err
			}
			if n, err := result.RowsAffected(); err != nil || n > 0 {
				t.Errorf("%s changes %d counts, %v", who, n, err)
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", who, err)
		}
		err = db.App.Write(as(t, who), func(ctx context.Context, tx tenantdb.Tx) error {
			row := yearCount{TenantID: cast.Vaud.ID, Measure: "opened", Month: time.Date(2020, time.January, 1, 0, 0, 0, 0, time.UTC), N: 1}
			_, err := tx.Insert().Model(&row).Exec(ctx)
			return err
		})
		if !notGranted(err) {
			t.Errorf("%s adds a count: %v", who, err)
		}
	}
	err := db.App.Write(as(t, "Noé"), func(ctx context.Context, tx tenantdb.Tx) error {
		if _, err := tx.Update().TableExpr("referrals").Set("state = 'taken'").Where("state = 'sent'").Exec(ctx); err != nil {
			return err
		}
		var counts, referrals int
		if err := tx.Select().TableExpr("year_counts").ColumnExpr("count(*)").Scan(ctx, &counts); err != nil {
			return err
		}
		if err := tx.Select().TableExpr("referrals").ColumnExpr("count(*)").Scan(ctx, &referrals); err != nil {
			return err
		}
		if counts != 0 || referrals != 1 {
			t.Errorf("an office that has answered sees %d counts and %d referrals", counts, referrals)
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
	var taken int
	if err := db.Owner.QueryRow(t.Context(), "select coalesce(sum(n), 0) from year_counts where measure = 'outcome' and code = 'taken'").Scan(&taken); err != nil || taken != 1 {
		t.Errorf("%d are counted as taken, %v", taken, err)
	}
}

package app_test

import (
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/ids"
	"passerelle/internal/retention"
	"passerelle/internal/statistics"
	"passerelle/internal/webtest"
)

// keptAs is where the number of a dossier that was made anonymous stays, and why: it is random, and nothing else there says anything of it.
var keptAs = map[string]string{
	"public.journal_entries":  "who did what stays, without what it was about",
	"public.journal_leaves":   "the hashes of that",
	"keys.tombstones":         "its keys do not come back",
	"keys.certificates":       "that it is gone, without its code name",
	"pg_catalog.pg_statistic": "samples of the above",
	"jobs.river_job":          "what is done, until the queue forgets it after a day",
}

// TestAnonymised: what is made anonymous leaves the numbers of the year as they were, in every table of its page, and nothing else. What
// is deleted goes from the numbers as well.
func TestAnonymised(t *testing.T) {
	t.Parallel()
	for _, as := range retention.Removals {
		t.Run(string(as), func(t *testing.T) {
			t.Parallel()
			var ahead atomic.Int64
			site := webtest.Start(t, func(o *app.Options) {
				o.Clock = func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
			})
			about := amina(t, site)
			id := ids.MustParse[dossiers.Dossier](about.dossier)
			var name string
			if err := site.Database.Owner.QueryRow(t.Context(), "select code_name from dossiers where dossier_id = $1", id).Scan(&name); err != nil {
				t.Fatal(err)
			}
			// Everything that holds a closing or a removal up is brought to its end, and it was long ago; one stay goes on.
			for _, statement := range []string{
				"update findings set verdict = 'identified' where dossier_id = $1",
				"update housing_stays set ended_on = begins_on + 5, went_to = 'other' where dossier_id = $1 and ended_on is null",
				"insert into housing_stays (tenant_id, stay_id, dossier_id, kind, beds, begins_on, particulars) select tenant_id, gen_random_uuid(), dossier_id, 'own_flat', 1, date_trunc('year', now())::date - 10, '' from dossiers where dossier_id = $1",
				"update proceedings set closed_on = coalesce(opened_on, current_date) where dossier_id = $1",
				"update claims set asked_on = coalesce(asked_on, current_date - 9), decided_on = coalesce(decided_on, current_date), decision = 'refused', granted_until = null where dossier_id = $1",
				"update tasks set ended_at = now(), ended_by = assignee_id, outcome = 'done' where dossier_id = $1 and ended_at is null",
				"update deadlines set settled_on = current_date where dossier_id = $1",
				"update circles set closed_at = now(), closed_by = opened_by where dossier_id = $1",
				"delete from age_records where dossier_id = $1",
				"update dossiers set phase = 'closed', phase_set = false, closed_at = now(), aftercare_at = null where dossier_id = $1",
				"insert into closures (tenant_id, closure_id, dossier_id, reason, words, closed_by, closed_at) select tenant_id, gen_random_uuid(), dossier_id, 'return', '', responsible_id, now() - interval '11 years' from dossiers where dossier_id = $1",
			} {
				site.Database.Exec(t, statement, id)
			}
			karim := cast.Karim.Context(t.Context())
			if err := site.App.Erasures.Order(karim, []dossiers.ID{id}, as); err != nil {
				standing, _ := site.App.Erasures.Standing(karim, id)
				t.Fatalf("%v: %+v", err, standing.Facts)
			}
			ahead.Store(int64(31 * 24 * time.Hour))
			years := func() (all []statistics.Year) {
				t.Helper()
				for y := time.Now().Year() - 1; y <= time.Now().Add(31*24*time.Hour).Year(); y++ {
					counted, err := site.App.Statistics.Of(karim, y)
					if err != nil {
						t.Fatal(err)
					}
					all = append(all, counted)
				}
				return all
			}
			before := years()
			var job erasures.Removing
			if err := site.Database.Owner.QueryRow(t.Context(), "select (args->>'tenant')::uuid, (args->>'by')::uuid, (args->>'dossier')::uuid, args->>'on' from jobs.river_job where kind = 'removal'").
				Scan(&job.Tenant, &job.By, &job.Dossier, &job.On); err != nil {
				t.Fatal(err)
			}
			if err := site.App.Remover.Remove(t.Context(), job); err != nil {
				t.Fatal(err)
			}
			if n := counted(t, site, "select count(*) from dossiers where dossier_id = $1", id); n != 0 {
				t.Fatal("it is still there")
			}
			if same := reflect.DeepEqual(before, years()); same != (as == retention.Anonymise) {
				t.Errorf("the numbers of the years are the same: %v\nbefore %+v\nafter  %+v", same, before, years())
			}
			if as != retention.Anonymise {
				return
			}
			dump := dumped(t, site)
			for _, number := range append([]string{about.dossier, about.sent, about.draft, about.consent}, of(about.others, "/findings/", "/interviews/", "/claims/", "/stays/")...) {
				for _, table := range inDump(dump, number) {
					if keptAs[table] == "" {
						t.Errorf("%s is in %s", number, table)
					}
				}
			}
			named := regexp.MustCompile(`\b` + name + `\b`)
			for table, content := range dump {
				if named.Match(content) {
					t.Errorf("the code name %s is in %s", name, table)
				}
				if strings.Contains(string(content), "Canary") && table != "pg_catalog.pg_description" {
					t.Errorf("words are in %s", table)
				}
			}
		})
	}
}

func of(others map[string]string, kinds ...string) (found []string) {
	for kind, id := range others {
		if slices.Contains(kinds, kind) {
			found = append(found, id)
		}
	}
	return found
}

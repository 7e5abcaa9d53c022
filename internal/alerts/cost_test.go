package alerts_test

import (
	"fmt"
	"testing"

	"passerelle/internal/cast"
)

// BenchmarkWatch is what a look costs at a tenant with a hundred thousand entries, of sixty people over eight weeks.
func BenchmarkWatch(b *testing.B) {
	h := open(b)
	h.Exec(b, `insert into journal_entries (tenant_id, entry_id, at, person_id, role, action, dossier_id)
		select $1, gen_random_uuid(), now() - random() * interval '56 days', ('00000000-0000-4000-8000-' || lpad((n % 60)::text, 12, '0'))::uuid, 'caseworker', 'dossier_seen', ('00000000-0000-4000-8001-' || lpad((random() * 5000)::int::text, 12, '0'))::uuid
		from generate_series(1, 100000) as n`, cast.Vaud.ID)
	h.Exec(b, "analyze journal_entries")
	must(b, h.watch.Look(b.Context()))
	for _, busy := range []int{0, 5, 60} {
		b.Run(fmt.Sprintf("%d people read", busy), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				h.Exec(b, `insert into journal_entries (tenant_id, entry_id, at, person_id, role, action, dossier_id)
					select $1, gen_random_uuid(), now(), ('00000000-0000-4000-8000-' || lpad(n::text, 12, '0'))::uuid, 'caseworker', 'dossier_seen', gen_random_uuid() from generate_series(0, $2 - 1) as n`, cast.Vaud.ID, busy)
				b.StartTimer()
				must(b, h.watch.Look(b.Context()))
			}
		})
	}
}

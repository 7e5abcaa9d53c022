package offices_test

import (
	"math/rand/v2"
	"testing"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

// TestNoChainComesBack: whatever is written down in whatever order, as far as the rule lets it, every chain has an end, each step ends
// later than the one before, and what something has become by a later day lies further along the chain.
func TestNoChainComesBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 6))
		var known offices.Bodies
		for range 12 {
			known = append(known, offices.Body{BodyID: ids.New[offices.Body](), Kind: offices.Region, Name: "R"})
		}
		taken := 0
		for range 300 {
			i := r.IntN(len(known))
			p := known[i].Particulars()
			switch r.IntN(3) {
			case 0:
				p.ValidUntil = nil
			default:
				until := now.AddDate(0, 0, r.IntN(30))
				p.ValidUntil = &until
			}
			p.SuccessorID = offices.BodyID{}
			if r.IntN(4) > 0 {
				p.SuccessorID = known[r.IntN(len(known))].BodyID
			}
			if p.Check(known[i].BodyID, known) == nil {
				known[i].Validity = p.Validity
				taken++
			}
		}
		if taken < 50 {
			t.Fatalf("seed %d: the rule let only %d of 300 be", seed, taken)
		}
		for _, body := range known {
			seen, last := map[offices.BodyID]bool{}, time.Time{}
			for id := body.BodyID; !id.Zero(); id = known.Among(id).SuccessorID {
				if seen[id] {
					t.Fatalf("seed %d: a chain comes back", seed)
				}
				seen[id] = true
				until := known.Among(id).ValidUntil
				if until == nil {
					until = on("9999-12-31")
				}
				if !until.After(last) {
					t.Fatalf("seed %d: what follows does not end later", seed)
				}
				last = *until
			}
			if len(known.Chain(body.BodyID)) != len(seen) {
				t.Fatalf("seed %d: the chain is cut", seed)
			}
			place := 0
			for d := range 40 {
				there := known.On(body.BodyID, now.AddDate(0, 0, d))
				at := 0
				for i, step := range known.Chain(body.BodyID) {
					if step.BodyID == there.BodyID {
						at = i
					}
				}
				if at < place {
					t.Fatalf("seed %d: a later day is earlier in the chain", seed)
				}
				place = at
			}
		}
	}
}

// TestACircleWouldHaveAnEnd: even if a circle stood in the rows, nothing would go round for ever.
func TestACircleWouldHaveAnEnd(t *testing.T) {
	t.Parallel()
	a, b := ids.New[offices.Body](), ids.New[offices.Body]()
	until := now.AddDate(0, 0, -1)
	circle := offices.Bodies{{BodyID: a, Validity: offices.Validity{ValidUntil: &until, SuccessorID: b}}, {BodyID: b, Validity: offices.Validity{ValidUntil: &until, SuccessorID: a}}}
	if len(circle.Chain(a)) != 2 || circle.On(a, now).BodyID.Zero() {
		t.Error("a circle is followed wrongly")
	}
	one, two := ids.New[tenantdb.Office](), ids.New[tenantdb.Office]()
	closed := now
	round := []offices.Office{{OfficeID: one, ClosedAt: &closed, SuccessorID: two}, {OfficeID: two, ClosedAt: &closed, SuccessorID: one}}
	if offices.SuccessorOf(round[0], round).OfficeID.Zero() {
		t.Error("nothing comes after")
	}
}

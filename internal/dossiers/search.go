package dossiers

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/google/uuid"
	"golang.org/x/sync/errgroup"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// MostHits is how many dossiers a search shows: who finds more has to type more.
const MostHits = 20

// Hit is a dossier that fits what was sought, with what tells two people of the same name apart.
type Hit struct {
	Row
	Quality Quality
	// Beneficiary has the name and what is known of the age; nothing else was read.
	Beneficiary Beneficiary
}

// Found is what a search came to. Hits are at most MostHits, the best first.
type Found struct {
	Hits []Hit
	// More says that there would be more.
	More bool
	// Unreadable are the dossiers that could not be opened, and so not be looked at.
	Unreadable []ID
	// Restricted says that what was typed is, letter by letter, the code name of a dossier that is kept from whoever asks.
	Restricted bool
	Staff      []members.Member
}

// Responsible is the name of the member who is responsible for a hit.
func (f Found) Responsible(hit Hit) string { return Page{Staff: f.Staff}.Responsible(hit.Row) }

// Search opens what is known of each person of the tenant and compares it, every time anew and always to the end: nothing
// is kept that could be searched by somebody else, and how long it takes tells nothing of what was found.
func (s *Service) Search(ctx context.Context, sought Sought) (Found, error) {
	principal, err := access.Require(ctx, access.DossierSearch)
	if err != nil {
		return Found{}, err
	}
	leave, err := s.line.enter(ctx, principal.Person)
	if err != nil {
		return Found{}, fmt.Errorf("wait to search: %w", err)
	}
	defer leave()
	var found Found
	if err := s.db.Read(ctx, members.Recent(&found.Staff)); err != nil {
		return Found{}, fmt.Errorf("search dossiers: %w", err)
	}
	if err := s.lookThrough(ctx, sought, &found); err != nil {
		return Found{}, fmt.Errorf("search dossiers: %w", err)
	}
	slices.SortFunc(found.Hits, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Quality, b.Quality), strings.Compare(a.CodeName.Key(), b.CodeName.Key()))
	})
	if found.More = len(found.Hits) > MostHits; found.More {
		found.Hits = slices.Clone(found.Hits[:MostHits])
	}
	if err := s.lookBehind(ctx, sought, &found); err != nil {
		return Found{}, fmt.Errorf("search dossiers: %w", err)
	}
	if err := s.leaveEntries(ctx, found); err != nil {
		return Found{}, fmt.Errorf("search dossiers: %w", err)
	}
	return found, nil
}

// lookBehind looks for a restricted dossier of exactly that code name.
func (s *Service) lookBehind(ctx context.Context, sought Sought, found *Found) error {
	mention, barred, err := Behind(ctx, s.db, sought.name)
	if errors.Is(err, fault.NotFound()) {
		return nil
	}
	if err != nil || !barred {
		return err
	}
	found.Restricted = true
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return journal.Record(ctx, tx, journal.Entry{Action: journal.RestrictedFound, Dossier: TimelineID(mention.DossierID)})
	})
}

// leaveEntries has the journal say who searched, and whom the answer shows; what was compared and is not shown, nobody
// sees. Without the entries there is no answer.
func (s *Service) leaveEntries(ctx context.Context, found Found) error {
	entries := []tenantdb.Question{journal.Searched(ctx)}
	for _, id := range found.Unreadable[:min(len(found.Unreadable), MostHits)] {
		entries = append(entries, journal.FoundUnreadable(ctx, TimelineID(id)))
	}
	for _, hit := range found.Hits {
		keys.Shown(ctx, HolderOf(hit.DossierID))
		entries = append(entries, journal.Found(ctx, TimelineID(hit.DossierID)))
	}
	return s.db.Read(ctx, entries...)
}

const (
	// portionSize is how many dossiers are fetched at once, with their keysets: it bounds memory, however many there are.
	portionSize = 1000
	// batchSize is how many of them one goroutine opens at a time.
	batchSize = 50
)

// batch is some dossiers, sealed, and the keysets of the portion that they are from.
type batch struct {
	rows  []sealedPerson
	bunch *keys.Bunch
}

// lookThrough reads portions and has every core open them, while the next portion is on its way.
func (s *Service) lookThrough(ctx context.Context, sought Sought, found *Found) error {
	group, ctx := errgroup.WithContext(ctx)
	batches := make(chan batch, portionSize/batchSize)
	group.Go(func() error {
		defer close(batches)
		return s.readPortions(ctx, batches)
	})
	var mu sync.Mutex
	for range runtime.GOMAXPROCS(0) {
		group.Go(func() error {
			for batch := range batches {
				hits, unreadable := batch.compare(ctx, sought)
				mu.Lock()
				found.Hits, found.Unreadable = append(found.Hits, hits...), append(found.Unreadable, unreadable...)
				mu.Unlock()
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

func (s *Service) readPortions(ctx context.Context, batches chan<- batch) error {
	var last ID
	for {
		var rows []sealedPerson
		if err := s.db.Read(ctx, askPersons(last, &rows)); err != nil {
			return err
		}
		if len(rows) == 0 {
			return nil
		}
		holders := make([]uuid.UUID, len(rows))
		for i, row := range rows {
			holders[i] = row.DossierID.UUID()
		}
		bunch, err := s.keys.Bunch(ctx, keys.Dossier, holders)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(rows, batchSize) {
			select {
			case batches <- batch{part, bunch}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if len(rows) < portionSize {
			return nil
		}
		last = rows[len(rows)-1].DossierID
	}
}

// compare opens each of the dossiers, whatever was found already.
func (b batch) compare(ctx context.Context, sought Sought) (hits []Hit, unreadable []ID) {
	for i := range b.rows {
		if ctx.Err() != nil {
			return nil, nil
		}
		row := &b.rows[i]
		if err := row.open(b.bunch); err != nil {
			unreadable = append(unreadable, row.DossierID)
			continue
		}
		person := row.Particulars.Get()
		if quality := sought.fit(row.CodeName, person); quality < none {
			hits = append(hits, Hit{
				Row: Row{DossierID: row.DossierID, CodeName: row.CodeName, Phase: row.Phase, ResponsibleID: row.ResponsibleID}, Quality: quality,
				Beneficiary: Beneficiary{
					FamilyName: person.FamilyName, GivenNames: person.GivenNames, BirthDate: person.BirthDate,
					EstimatedAge: person.EstimatedAge, AgeEstimatedOn: person.AgeEstimatedOn,
				},
			})
		}
		// What was read is let go of at once, and not only when the portion is through.
		*row = sealedPerson{}
	}
	return hits, unreadable
}

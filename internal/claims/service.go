package claims

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// source is how the agenda knows what claims report.
const source agenda.Source = "claims"

// limits are the rules of the time in which sums are claimed (LAVI art. 25).
var limits = []deadlines.RuleID{limit, "compensation_claim_minor", "compensation_after_judgement"}

// Service is what can be done with claims.
type Service struct {
	db       *tenantdb.DB
	keys     *keys.Ring
	now      func() time.Time
	dossiers *dossiers.Service
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, dossiers *dossiers.Service) *Service {
	return &Service{db, ring, now, dossiers}
}

// Sheet is what the page of victim assistance shows.
type Sheet struct {
	Dossier   dossiers.Mention
	Territory Territory
	Dated     Dated
	Claims    []Claim
	Payers    []Payer
	// Usual is the chain of payers that is usual in the canton.
	Usual []deadlines.Payer
	Dates deadlines.List
	// Later is the limit counted from the last day of an offence that lasted, if it did.
	Later *deadlines.Deadline
	Now   time.Time
}

// Offence is what is known of the offence.
func (s Sheet) Offence() Offence { return s.Dated.Offence.Get() }

// Opens says whether a kind of claim is open.
func (s Sheet) Opens(kind Kind) Access { return Opens(kind, s.Territory, s.Offence().LivedHere) }

// Paid is who pays, as it may be told without opening anything.
type Paid struct {
	Payer   Code
	UntilOn *time.Time
}

// Show opens what is asked of victim assistance for a dossier.
func (s *Service) Show(ctx context.Context, dossier dossiers.ID) (Sheet, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{Now: s.now()}
	var dated []Dated
	var reported []agenda.Reported
	file, err := s.dossiers.Find(ctx, dossier, tenantdb.Many(&sheet.Claims, claimsStatement.With(dossier)), tenantdb.Many(&sheet.Payers, payersStatement.With(dossier)),
		tenantdb.Many(&dated, offenceStatement.With(dossier)), agenda.OfDossier(dossiers.TimelineID(dossier), &reported))
	if err != nil {
		return Sheet{}, fmt.Errorf("find the claims of a dossier: %w", err)
	}
	for i := range sheet.Claims {
		if err := file.Open(&sheet.Claims[i]); err != nil {
			return Sheet{}, fmt.Errorf("open claim: %w", err)
		}
	}
	for i := range sheet.Payers {
		if err := file.Open(&sheet.Payers[i]); err != nil {
			return Sheet{}, fmt.Errorf("open payer: %w", err)
		}
	}
	if sheet.Dated.DossierID = dossier; len(dated) > 0 {
		if err := file.Open(&dated[0]); err != nil {
			return Sheet{}, fmt.Errorf("open offence: %w", err)
		}
		sheet.Dated = dated[0]
	}
	sheet.Dossier = dossiers.Mention{DossierID: dossier, CodeName: file.CodeName}
	sheet.Territory = TerritoryOf(file.Beneficiary)
	list, err := agenda.Of(ctx, s.db, file.Open, reported)
	if err != nil {
		return Sheet{}, err
	}
	sheet.Dates = agenda.Only(list, limits...)
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return Sheet{}, err
	}
	sheet.Usual = rules.Payers()
	if later, ok := sheet.Offence().Later(rules); ok {
		sheet.Later = &later
	}
	return sheet, nil
}

// Date writes down when the offence was committed, over what somebody saw in a version; 0 is none yet.
func (s *Service) Date(ctx context.Context, dossier dossiers.ID, version int, offence Offence) error {
	if _, err := access.Require(ctx, access.ClaimWrite); err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Event, error) {
		if err := offence.Check(c.territory, forms.Today(s.now())); err != nil {
			return timeline.Event{}, err
		}
		if c.dated.Version > 0 && offence.same(c.dated.Offence.Get()) {
			return timeline.Event{}, nil
		}
		if c.dated.Version != version {
			return timeline.Event{}, fault.Conflict("claims.conflict")
		}
		next := Dated{DossierID: dossier, Version: version + 1, Offence: keys.Of(offence)}
		return timeline.Event{Kind: timeline.OffenceDated}, writeOffence(ctx, c.tx, c.by.Tenant, c.box, next)
	})
}

// Claim writes a claim down: a new one, whose version is 0, or one that somebody saw in a version. The same form sent twice
// is done once.
func (s *Service) Claim(ctx context.Context, dossier dossiers.ID, claim Claim) error {
	if _, err := access.Require(ctx, access.ClaimWrite); err != nil {
		return err
	}
	claim.DossierID = dossier
	claim = claim.fitting()
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Event, error) {
		if err := claim.Check(c.territory, c.dated.Offence.Get().LivedHere, forms.Today(s.now())); err != nil {
			return timeline.Event{}, err
		}
		current, err := findClaim(ctx, c.tx, claim.ClaimID)
		if err != nil {
			return timeline.Event{}, err
		}
		if done, err := c.settled(current.DossierID, current.Version, claim.Version, &current, func() bool { return claim.same(current) }); done || err != nil {
			return timeline.Event{}, err
		}
		claim.Version++
		return timeline.Event{Kind: newOr(current.Version, timeline.ClaimRecorded, timeline.ClaimChanged), Detail: string(claim.Kind)},
			writeClaim(ctx, c.tx, c.by.Tenant, c.box, claim)
	})
}

// Assign writes down who pays, in the same way.
func (s *Service) Assign(ctx context.Context, dossier dossiers.ID, payer Payer) error {
	if _, err := access.Require(ctx, access.ClaimWrite); err != nil {
		return err
	}
	payer.DossierID = dossier
	if err := payer.Check(); err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Event, error) {
		current, err := findPayer(ctx, c.tx, payer.PayerID)
		if err != nil {
			return timeline.Event{}, err
		}
		if done, err := c.settled(current.DossierID, current.Version, payer.Version, &current, func() bool { return payer.same(current) }); done || err != nil {
			return timeline.Event{}, err
		}
		payer.Version++
		return timeline.Event{Kind: newOr(current.Version, timeline.PayerRecorded, timeline.PayerChanged), Detail: string(payer.Payer)},
			writePayer(ctx, c.tx, c.by.Tenant, c.box, payer)
	})
}

// Remove takes away a payer that was entered by mistake. One that is not there any more is removed.
func (s *Service) Remove(ctx context.Context, dossier dossiers.ID, id PayerID) error {
	if _, err := access.Require(ctx, access.ClaimWrite); err != nil {
		return err
	}
	return s.change(ctx, dossier, func(ctx context.Context, c change) (timeline.Event, error) {
		removed, err := deletePayer(ctx, c.tx, dossier, id)
		if err != nil || !removed {
			return timeline.Event{}, err
		}
		return timeline.Event{Kind: timeline.PayerRemoved}, nil
	})
}

func newOr(version int, fresh, changed timeline.Kind) timeline.Kind {
	if version == 0 {
		return fresh
	}
	return changed
}

// change is what a change of a dossier's claims begins with.
type change struct {
	by        access.Principal
	tx        tenantdb.Tx
	box       *keys.Box
	dossier   dossiers.ID
	territory Territory
	dated     Dated
}

// settled looks at what there is under an identifier: done says that it already is what somebody wrote. What belongs to
// another dossier, and what would be changed and is not there, is not found; what changed meanwhile is a conflict.
func (c change) settled(of dossiers.ID, there, seen int, row keys.Row, same func() bool) (done bool, err error) {
	switch {
	case there == 0 && seen == 0:
		return false, nil
	case there == 0 || of != c.dossier:
		return false, fault.NotFound()
	}
	if err := c.box.Open(row); err != nil {
		return false, fmt.Errorf("open what there is: %w", err)
	}
	if same() {
		return true, nil
	}
	if there != seen {
		return false, fault.Conflict("claims.conflict")
	}
	return false, nil
}

// change holds the dossier, does something, and tells the agenda and the timeline of it; without a kind, nothing was done.
func (s *Service) change(ctx context.Context, dossier dossiers.ID, do func(context.Context, change) (timeline.Event, error)) error {
	by, err := access.Require(ctx, access.ClaimWrite)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		file, err := dossiers.Load(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		c := change{by: by, tx: tx, box: box, dossier: dossier, territory: TerritoryOf(file.Beneficiary)}
		if c.dated, err = openOffence(ctx, tx, box, dossier); err != nil {
			return err
		}
		event, err := do(ctx, c)
		if err != nil || event.Kind == "" {
			return err
		}
		if c.dated, err = openOffence(ctx, tx, box, dossier); err != nil {
			return err
		}
		claims, err := listClaims(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, facts(c.dated.Offence.Get(), claims), s.now()); err != nil {
			return err
		}
		event.Dossier = dossiers.TimelineID(dossier)
		return timeline.Record(ctx, tx, by, event)
	})
}

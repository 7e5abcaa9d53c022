package identifications

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
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/minors"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done to identify somebody.
type Service struct {
	db       *tenantdb.DB
	keys     *keys.Ring
	dossiers *dossiers.Service
	now      func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, dossiers *dossiers.Service, now func() time.Time) *Service {
	return &Service{db, ring, dossiers, now}
}

// source is what the agenda knows this capability by.
const source agenda.Source = "identifications"

// Entry is an assessment with the set that it answers, and what a second reader made of it.
type Entry struct {
	Assessment
	Set     Set
	Reasons []Reason
	Second  *SecondReading
	// Writer and Reader are what the two are called.
	Writer, Reader string
}

// History is all that was found, newest first.
type History struct {
	Dossier dossiers.Mention
	// Child says that the person counts as a child today, or did at an offence: nobody asks for the means.
	Child   bool
	Entries []Entry
	// Offered are the sets that a new assessment can answer: the last edition of each.
	Offered []Set
}

// Choose is the offered set that somebody names, or else the first: one that the tenant has loaded comes before ours.
func (h History) Choose(digest string) (Set, bool) {
	for _, set := range h.Offered {
		if set.Digest == digest || digest == "" {
			return set, true
		}
	}
	return Set{}, false
}

// OfDossier gives what was found, and by which sets one can go on.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID) (History, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return History{}, err
	}
	var assessments []Assessment
	var readings []SecondReading
	var used, offered []storedSet
	var ages []minors.AgeRecord
	var staff []members.Member
	var reported []agenda.Reported
	file, err := s.dossiers.Find(ctx, dossier, tenantdb.Many(&assessments, assessmentsOf.With(dossier)), tenantdb.Many(&readings, readingsOf.With(dossier)),
		tenantdb.Many(&used, setsOf.With(dossier)), tenantdb.Many(&offered, offeredSets.With()), minors.Ages(dossier, &ages), members.Recent(&staff),
		agenda.OfDossier(dossiers.TimelineID(dossier), &reported))
	if err != nil {
		return History{}, fmt.Errorf("find identifications: %w", err)
	}
	rules, err := agenda.Rules(ctx, s.db)
	if err != nil {
		return History{}, err
	}
	history := History{Dossier: dossiers.Mention{DossierID: dossier, CodeName: file.CodeName}}
	facts, err := agenda.Open(file.Open, reported)
	if err != nil {
		return History{}, err
	}
	history.Child = childOn(minors.AgeOf(file.Beneficiary.BirthDate, ages), forms.Today(s.now()), facts, rules)
	if history.Offered, err = offer(offered); err != nil {
		return History{}, err
	}
	sets := map[string]Set{}
	for _, stored := range used {
		if sets[stored.Digest], err = stored.set(); err != nil {
			return History{}, err
		}
	}
	names := map[tenantdb.PersonID]string{}
	for _, member := range staff {
		names[member.MemberID] = member.Name
	}
	for i := range assessments {
		if err := file.Open(&assessments[i]); err != nil {
			return History{}, fmt.Errorf("open identification: %w", err)
		}
		entry := Entry{Assessment: assessments[i], Set: sets[assessments[i].SetDigest], Writer: names[assessments[i].WrittenBy]}
		entry.Reasons = Reasons(entry.Set, entry.Particulars.Get().Answers, history.Child)
		for j := range readings {
			if readings[j].IdentificationID == entry.IdentificationID {
				if err := file.Open(&readings[j]); err != nil {
					return History{}, fmt.Errorf("open second reading: %w", err)
				}
				entry.Second, entry.Reader = &readings[j], names[readings[j].ReadBy]
			}
		}
		history.Entries = append(history.Entries, entry)
	}
	return history, nil
}

// childOn says whether somebody counts as a child today, or did when an offence was committed.
func childOn(age minors.Age, today time.Time, facts []deadlines.Fact, rules *deadlines.Rules) bool {
	child, _ := age.On(today, rules)
	for _, fact := range facts {
		if fact.Trigger == deadlines.Offence {
			then, _ := age.On(fact.On, rules)
			child = child || then
		}
	}
	return child
}

// offer is the tenant's own sets, and then ours in its last edition.
func offer(stored []storedSet) (offered []Set, err error) {
	for _, one := range stored {
		if one.Name == OurName {
			continue
		}
		set, err := one.set()
		if err != nil {
			return nil, err
		}
		offered = append(offered, set)
	}
	shipped, err := ours()
	return append(offered, shipped), err
}

// Assess records what somebody found. It replaces nothing that was found before.
func (s *Service) Assess(ctx context.Context, dossier dossiers.ID, id ID, digest string, f Finding) error {
	by, err := access.Require(ctx, access.IdentificationWrite)
	if err != nil {
		return err
	}
	if digest == "" {
		return fault.Invalid("", "identifications.set.missing")
	}
	shipped, err := ours()
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		set := shipped
		if digest == shipped.Digest {
			_, err = insertSet(ctx, tx, by.Tenant, by.Person, shipped, s.now())
		} else {
			set, err = findSet(ctx, tx, digest)
		}
		if err != nil {
			return err
		}
		if err := f.Check(set, forms.Today(s.now())); err != nil {
			return err
		}
		assessment := Assessment{
			IdentificationID: id, DossierID: dossier, SetDigest: digest, AssessedOn: *f.AssessedOn, Particulars: keys.Of(f.Details),
			WrittenBy: by.Person, WrittenAt: s.now(),
		}
		if isNew, err := insertAssessment(ctx, tx, by.Tenant, box, assessment); err != nil || !isNew {
			return err
		}
		begun, err := firstAssessed(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := dossiers.Report(ctx, tx, box, dossier, source, []deadlines.Fact{{Trigger: deadlines.IdentificationBegun, On: begun}}, s.now()); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.Identified, Dossier: dossiers.TimelineID(dossier)})
	})
}

// ReadSecond records what another member makes of an assessment, once. Whoever comes second hears that somebody was quicker.
func (s *Service) ReadSecond(ctx context.Context, dossier dossiers.ID, id ID, details SecondDetails) error {
	by, err := access.Require(ctx, access.IdentificationWrite)
	if err != nil {
		return err
	}
	if err := details.Check(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		assessment, err := findAssessment(ctx, tx, dossier, id)
		if err != nil {
			return err
		}
		if !assessment.Readable(by.Person) {
			return fault.Refused("identifications.second.own")
		}
		reading := SecondReading{IdentificationID: id, DossierID: dossier, Particulars: keys.Of(details), ReadBy: by.Person, ReadAt: s.now()}
		isNew, err := insertReading(ctx, tx, by.Tenant, box, reading)
		if err != nil {
			return err
		}
		if !isNew {
			return alreadyRead(ctx, tx, box, dossier, id, by, details)
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.SecondRead, Dossier: dossiers.TimelineID(dossier)})
	})
}

// alreadyRead is nothing when the form was sent twice.
func alreadyRead(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier dossiers.ID, id ID, by access.Principal, details SecondDetails) error {
	there, err := findReading(ctx, tx, id)
	if err != nil {
		return err
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(dossier)}); err != nil {
		return err
	}
	if err := box.Open(&there); err != nil {
		return err
	}
	if there.ReadBy == by.Person && there.Particulars.Get() == details {
		return nil
	}
	return tenantdb.AndCommit(fault.Conflict("identifications.second.already"))
}

// Sets gives all sets that were loaded or used, and ours.
func (s *Service) Sets(ctx context.Context) ([]Set, error) {
	if _, err := access.Require(ctx, access.IndicatorSetLoad); err != nil {
		return nil, err
	}
	var stored []storedSet
	if err := s.db.Read(ctx, tenantdb.Many(&stored, loadedSets.With())); err != nil {
		return nil, fmt.Errorf("list sets: %w", err)
	}
	shipped, err := ours()
	if err != nil {
		return nil, err
	}
	sets := []Set{shipped}
	for _, one := range stored {
		if one.Digest == shipped.Digest {
			continue
		}
		set, err := one.set()
		if err != nil {
			return nil, err
		}
		sets = append(sets, set)
	}
	return sets, nil
}

// Load takes a file as the newest edition of a set. Editions before it stay, for the assessments that answer them.
func (s *Service) Load(ctx context.Context, name, edition string, file []byte) error {
	by, err := access.Require(ctx, access.IndicatorSetLoad)
	if err != nil {
		return err
	}
	var problems fault.Problems
	switch name {
	case "":
		problems.Add("name", "identifications.set.name_missing")
	case OurName:
		problems.Add("name", "identifications.set.name_ours")
	}
	if edition == "" {
		problems.Add("edition", "identifications.set.edition_missing")
	}
	if len(file) == 0 {
		problems.Add("file", "identifications.file.missing")
	}
	if err := problems.Err(); err != nil {
		return err
	}
	set, err := read(name, edition, string(file))
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if isNew, err := insertSet(ctx, tx, by.Tenant, by.Person, set, s.now()); err != nil || !isNew {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: journal.IndicatorSetLoaded})
	})
}

package dossiers

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/forms"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Hold keeps a dossier as it is until the transaction of a capability's change ends, and gives what its fields are sealed
// with. Such a change begins with it: what the scope has no such dossier for is fault.NotFound, and a closed one is refused.
func Hold(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (Mention, *keys.Box, error) {
	dossier, box, err := hold(ctx, tx, ring, id, Dossier.takesChanges)
	return Mention{id, dossier.CodeName}, box, err
}

// HoldForContact is Hold for what goes on in aftercare as well, when the dossier stays closed: somebody calls, is met, or has
// to be called back.
func HoldForContact(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (Mention, *keys.Box, error) {
	dossier, box, err := hold(ctx, tx, ring, id, Dossier.takesContacts)
	return Mention{id, dossier.CodeName}, box, err
}

// HoldForAccess is Hold for what goes on with a closed dossier as well: the person may ask at any time what is kept about her, and
// notes of a profession outlive the closing. It gives who is responsible.
func HoldForAccess(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID) (tenantdb.PersonID, *keys.Box, error) {
	dossier, box, err := hold(ctx, tx, ring, id, nil)
	return dossier.ResponsibleID, box, err
}

// Unchanged leaves the entry of a change that came to nothing, because what it would have written is there already: whoever
// asked for it has seen the dossier.
func Unchanged(ctx context.Context, tx tenantdb.Tx, id ID) error {
	return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)})
}

// hold locks a dossier that takes what is to be done with it; without a condition, also a closed one.
func hold(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID, takes func(Dossier) error) (Dossier, *keys.Box, error) {
	dossier, err := lockDossier(ctx, tx, id)
	if err != nil {
		return Dossier{}, nil, err
	}
	if takes != nil {
		if err := takes(dossier); err != nil {
			return Dossier{}, nil, err
		}
	}
	box, err := ring.Box(ctx, HolderOf(id))
	return dossier, box, err
}

// Report tells a dossier's agenda all that a capability knows of dates, in the transaction that changed it, so that the
// deadlines are never older than what they follow from; nor is the phase, unless a person has set it. What is known ahead turns
// the phase on its day, which is written down for the clock (Turn).
func Report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id ID, source agenda.Source, facts []deadlines.Fact, now time.Time) error {
	all, err := agenda.Report(ctx, tx, box, TimelineID(id), source, facts)
	if err != nil {
		return fmt.Errorf("report dossier %s: %w", id, err)
	}
	return follow(ctx, tx, id, all, forms.Today(now))
}

// Recompute computes the dates and the phase of a dossier anew, by the rules that apply now. A closed one is computed as well: it may
// be reopened. Whoever asks is shown nothing of it; the entry says that its facts were opened for that.
func Recompute(ctx context.Context, tx tenantdb.Tx, ring *keys.Ring, id ID, now time.Time) error {
	_, box, err := hold(ctx, tx, ring, id, nil)
	if err != nil {
		return err
	}
	all, err := agenda.Recompute(ctx, tx, box, TimelineID(id))
	if err != nil {
		return fmt.Errorf("recompute dossier %s: %w", id, err)
	}
	if err := follow(ctx, tx, id, all, forms.Today(now)); err != nil {
		return err
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.DossierRecomputed, Dossier: TimelineID(id)})
}

// follow writes which phase follows from the facts today, and on which days ahead it turns.
func follow(ctx context.Context, tx tenantdb.Tx, id ID, facts []deadlines.Fact, today time.Time) error {
	if err := updatePhase(ctx, tx, id, PhaseOf(facts, today).Phase); err != nil {
		return err
	}
	return updateTurns(ctx, tx, id, TurnsOf(facts, today))
}

// Source is under which name a dossier reports what it knows itself.
const Source agenda.Source = "particulars"

// Facts are those that a beneficiary gives. Of an estimated age nothing follows: whoever is of age certainly is.
func (b Beneficiary) Facts() []deadlines.Fact {
	if b.BirthDate == nil {
		return nil
	}
	return []deadlines.Fact{{Trigger: deadlines.Born, On: *b.BirthDate}}
}

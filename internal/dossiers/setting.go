package dossiers

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// SettingID identifies a setting.
type SettingID = ids.ID[Setting]

// Setting is a phase that a person has set, and why. It holds until somebody sets another one, gives the phase back to the
// facts, or closes the dossier.
type Setting struct {
	SettingID SettingID
	DossierID ID
	Phase     Phase
	// Words are the reason, sealed; empty where the phase was noted when the dossier was opened.
	Words   keys.Sealed[string] `bun:"words"`
	SetAt   time.Time
	EndedAt *time.Time
	// By is the name of the member who set it.
	By string `bun:",scanonly"`
}

// Place says where the sealed reason stands.
func (s *Setting) Place() keys.Place {
	return keys.Place{Table: "phase_settings", Row: s.SettingID.String()}
}

// Choice is what the form for setting a phase says.
type Choice struct {
	ID     SettingID
	Phase  Phase
	Reason string
	// Seen is the setting that held when the form was opened; the zero one where the phase followed from the facts.
	Seen SettingID
}

// Check says what has to be corrected.
func (c Choice) Check() fault.Problems {
	var problems fault.Problems
	if !slices.Contains(SettablePhases, c.Phase) {
		problems.Add("phase", "dossiers.phase.missing")
	}
	if c.Reason == "" {
		problems.Add("reason", "dossiers.phase.reason_missing")
	}
	return problems
}

// SetPhase sets the phase against what follows from the facts, until it is given back. Where another setting holds than the
// one that was seen, it is a fault.Conflict.
func (s *Service) SetPhase(ctx context.Context, id ID, choice Choice) error {
	by, err := access.Require(ctx, access.PhaseSet)
	if err != nil {
		return err
	}
	if err := choice.Check().Err(); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		held, err := currentSetting(ctx, tx, id)
		switch {
		case err != nil:
			return err
		case held.SettingID == choice.ID:
			return nil // the form was sent twice
		case held.SettingID != choice.Seen:
			return fault.Conflict("dossiers.phase.set_meanwhile")
		}
		now := s.now()
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		if err := setPhase(ctx, tx, box, by, Setting{SettingID: choice.ID, DossierID: id, Phase: choice.Phase, Words: keys.Of(choice.Reason), SetAt: now}); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.UpdatedAt = choice.Phase, true, now
		if err := updateStanding(ctx, tx, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.PhaseSet, Dossier: TimelineID(id), Detail: string(choice.Phase)})
	})
}

func setPhase(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, setting Setting) error {
	if err := box.Seal(&setting); err != nil {
		return fmt.Errorf("seal setting of the phase: %w", err)
	}
	return insertSetting(ctx, tx, by.Tenant, by.Person, setting)
}

// ReleasePhase lets the phase follow from the facts again.
func (s *Service) ReleasePhase(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.PhaseSet)
	if err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		dossier, box, err := hold(ctx, tx, s.keys, id, Dossier.takesChanges)
		if err != nil {
			return err
		}
		if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: TimelineID(id)}); err != nil || !dossier.PhaseSet {
			return err
		}
		facts, err := agenda.Known(ctx, tx, box, TimelineID(id))
		if err != nil {
			return err
		}
		now := s.now()
		if err := endSetting(ctx, tx, id, now); err != nil {
			return err
		}
		dossier.Phase, dossier.PhaseSet, dossier.UpdatedAt = PhaseOf(facts, forms.Today(now)).Phase, false, now
		if err := updateStanding(ctx, tx, dossier); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.PhaseReleased, Dossier: TimelineID(id), Detail: string(dossier.Phase)})
	})
}

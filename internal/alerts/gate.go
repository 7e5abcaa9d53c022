package alerts

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/live"
	"passerelle/internal/tenantdb"
)

// Gate stands before every referral that somebody of an office opens.
type Gate struct {
	db  *tenantdb.DB
	now func() time.Time
}

// NewGate makes it; now is the clock.
func NewGate(db *tenantdb.DB, now func() time.Time) *Gate { return &Gate{db, now} }

// window is the time within which openings count against the ceiling.
const window = time.Hour

// standing is what is known of somebody of an office who asks for a referral.
type standing struct {
	Paused bool
	// Decoy says that the referral is of a dossier that nobody has a reason to open.
	Decoy bool
	// Opened is how many referrals the person opened within the window, since the last pause was lifted, from Since until
	// Until; Again says that this one is among them.
	Opened       int
	Again        bool
	Since, Until *time.Time
}

// verdict is what becomes of it: whether the referral is shown, and what is raised, with a pause.
type verdict struct {
	shown  bool
	raised Kind
}

// judge decides. Nothing of a referral beyond the ceiling is shown. A decoy is shown, since what it says is invented, and
// a refusal would tell which of many it was; the pause holds from the next request on.
func (s standing) judge(limit access.Reading) verdict {
	switch {
	case s.Paused:
		return verdict{}
	case !s.Again && s.Opened >= limit.Ceiling:
		return verdict{raised: Ceiling}
	case s.Decoy:
		return verdict{shown: true, raised: Decoy}
	default:
		return verdict{shown: true}
	}
}

// Admit says whether a referral may be shown to whoever asks at an office, before anything of it is read: ErrPaused if not.
// It notes that it was opened, and pauses whoever is to be paused, in a transaction of its own, in the scope of the watch.
// Those of one person come one after the other, from all processes, so that not one more passes than may.
func (g *Gate) Admit(ctx context.Context, referral ids.ID[journal.Referral]) error {
	by, _ := access.From(ctx)
	var paused []Paused
	var about []dossierOf
	if err := g.db.Read(ctx, AskPause(ctx, &paused), askDossier(referral, &about)); err != nil {
		return err
	}
	if err := NotPaused(paused); err != nil {
		return err
	}
	if len(about) == 0 {
		return fault.NotFound()
	}
	at := g.now()
	err := g.db.Write(tenantdb.WithScope(ctx, tenantdb.Watch(by.Tenant)), func(ctx context.Context, tx tenantdb.Tx) error {
		if err := lockReader(ctx, tx, by); err != nil {
			return err
		}
		s, err := findStanding(ctx, tx, by, about[0].DossierID, referral, at.Add(-window))
		if err != nil {
			return err
		}
		v := s.judge(access.ReadingOf(by.Role))
		if v.shown {
			if err := upsertOpening(ctx, tx, by, referral, at, at.Add(-window)); err != nil {
				return err
			}
		}
		if v.raised != "" {
			if err := pause(ctx, tx, by, s.alert(v.raised, by, about[0].DossierID, referral, at)); err != nil {
				return err
			}
		}
		if !v.shown {
			return tenantdb.AndCommit(ErrPaused)
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("admit to referral %s: %w", referral, err)
	}
	return nil
}

// alert is what the gate raises.
func (s standing) alert(kind Kind, by access.Principal, dossier ids.ID[journal.Dossier], referral ids.ID[journal.Referral], at time.Time) Alert {
	alert := Alert{AlertID: ids.New[Alert](), Kind: kind, PersonID: by.Person, Role: by.Role, OfficeID: by.Office, Opened: s.Opened, Since: at, Until: at, At: at}
	switch {
	case kind == Decoy:
		alert.DossierID, alert.ReferralID, alert.Opened = dossier, referral, 1
	case s.Since != nil:
		alert.Since, alert.Until = *s.Since, *s.Until
	}
	return alert
}

// pause keeps the person from reading on, and tells every open page.
func pause(ctx context.Context, tx tenantdb.Tx, by access.Principal, alert Alert) error {
	if _, err := insertAlert(ctx, tx, by.Tenant, alert); err != nil {
		return err
	}
	p := Pause{PauseID: ids.New[Pause](), OfficeID: by.Office, PersonID: by.Person, AlertID: alert.AlertID, PausedAt: alert.At}
	if err := insertPause(ctx, tx, by.Tenant, p); err != nil {
		return err
	}
	return live.Announce(ctx, tx, live.Change{Tenant: by.Tenant, Office: by.Office, Person: by.Person, Alerts: true})
}

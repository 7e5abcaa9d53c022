package connections

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/keys"
	"passerelle/internal/mail"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"

	"github.com/google/uuid"
)

// Door is what becomes of changes without anybody who asks: a trial comes back, a change takes effect, administrators are told.
// It acts in the scope of the tenant's door.
type Door struct {
	db     *tenantdb.DB
	keys   *keys.Ring
	now    func() time.Time
	post   mail.Post
	origin string
}

// NewDoor makes it. Without a post nothing is sent; origin is where the link of an e-mail leads.
func NewDoor(db *tenantdb.DB, ring *keys.Ring, now func() time.Time, post mail.Post, origin string) *Door {
	return &Door{db, ring, now, post, origin}
}

// Handle has the queue give it its jobs.
func (d *Door) Handle(queue *jobs.Queue) {
	jobs.Handle(queue, d.Take)
	jobs.Handle(queue, d.Tell)
}

func doorOf(ctx context.Context, tenant tenantdb.TenantID) context.Context {
	return tenantdb.WithScope(ctx, tenantdb.SignInOf(tenant))
}

// Effect is the job of a change that was approved.
type Effect struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Change ChangeID          `json:"change"`
}

// Kind names the job.
func (Effect) Kind() string { return "connection_effect" }

// errEarly has a job tried again whose time has not come by the clock of this process.
var errEarly = errors.New("the change of a connection is not due yet")

// Take has a change take effect whose time has come, and ends the sessions of all who came in through the connection. Doing it
// twice does it once; one that was withdrawn meanwhile is let be.
func (d *Door) Take(ctx context.Context, job Effect) error {
	var change Change
	err := d.db.Write(doorOf(ctx, job.Tenant), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if change, err = lockChange(ctx, tx, job.Change); err != nil {
			return err
		}
		now := d.now()
		switch {
		case !change.Open() || change.ApprovedAt == nil:
			change = Change{}
			return nil
		case !change.Due(now):
			return errEarly
		}
		return d.take(ctx, tx, job.Tenant, change, now)
	})
	if err != nil {
		return fmt.Errorf("take change %s: %w", job.Change, err)
	}
	if change.Kind == End {
		holder := keys.Holder{Kind: keys.Connection, ID: change.ConnectionID.UUID()}
		if err := d.keys.Destroy(doorOf(ctx, job.Tenant), holder); err != nil {
			return fmt.Errorf("destroy the keys of connection %s: %w", change.ConnectionID, err)
		}
	}
	return nil
}

func (d *Door) take(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, change Change, now time.Time) error {
	before, err := findConnection(ctx, tx, change.ConnectionID)
	if err != nil {
		return err
	}
	if err := updateConnection(ctx, tx, change, now); err != nil {
		return err
	}
	kept := change.Terms.SecretID
	if change.Kind == End {
		kept = signin.SecretID{}
	} else if before.Live() && before.Terms.Issuer != change.Terms.Issuer {
		if err := d.moveOn(ctx, tx, tenant, before, change, now); err != nil {
			return err
		}
	}
	if err := deleteSecrets(ctx, tx, change.ConnectionID, kept); err != nil {
		return err
	}
	if err := deleteTrials(ctx, tx, change.ChangeID); err != nil {
		return err
	}
	if err := signin.EndSessionsThrough(ctx, tx, change.ConnectionID, now); err != nil {
		return err
	}
	change.TookEffectAt = &now
	return updateChange(ctx, tx, tenant, change)
}

// moveOn says who the people of a connection are to the provider that takes over: either it names all as before, or those
// administrators are known to it who have tried it, and the others are admitted anew.
func (d *Door) moveOn(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, before Connection, change Change, now time.Time) error {
	if change.Terms.KeepsSubjects {
		return moveIdentities(ctx, tx, change.ConnectionID, before.Terms.Issuer, change.Terms.Issuer)
	}
	trials, err := listTrials(ctx, tx, change.ChangeID)
	if err != nil {
		return err
	}
	for _, row := range trials {
		trial, err := d.open(ctx, tenant, row)
		if err != nil {
			return err
		}
		if !trial.Passed() || trial.Version != change.Version {
			continue
		}
		if err := rebind(ctx, tx, tenant, change.ConnectionID, change.Terms.Issuer, row.MemberID, trial.Report, now); err != nil {
			return err
		}
	}
	return nil
}

// open opens a trial.
func (d *Door) open(ctx context.Context, tenant tenantdb.TenantID, row trialRow) (*Trial, error) {
	box, err := signin.BoxOf(ctx, d.keys, tenant, row.ConnectionID)
	if err != nil {
		return nil, fmt.Errorf("open trial: %w", err)
	}
	if err := box.Open(&row); err != nil {
		return nil, fmt.Errorf("open trial: %w", err)
	}
	return &Trial{row.Version, row.TriedAt, row.Outcome, row.Report.Get()}, nil
}

// forgetSecrets deletes what a connection shows to nobody any more.
func (d *Door) forgetSecrets(ctx context.Context, tenant tenantdb.TenantID, id ID, but signin.SecretID) error {
	return d.db.Write(doorOf(ctx, tenant), func(ctx context.Context, tx tenantdb.Tx) error { return deleteSecrets(ctx, tx, id, but) })
}

// Tried is the connection as it would become by a change, while that is as it was when the trial began.
func (d *Door) Tried(ctx context.Context, connection signin.Connection, trial signin.Trial) (tried signin.Connection, err error) {
	err = d.db.View(doorOf(ctx, connection.TenantID), func(ctx context.Context, tx tenantdb.Tx) error {
		change, err := findChange(ctx, tx, trial.Change)
		if err != nil {
			return err
		}
		if change.ConnectionID != connection.ID || !change.Open() || change.Version != trial.Version {
			return fault.NotFound()
		}
		tried = become(connection.TenantID, Connection{ConnectionID: connection.ID, Slug: connection.Slug, Kind: connection.Kind}, change)
		return nil
	})
	return tried, err
}

// What would become of somebody whom the provider vouches for.
const (
	FateKnown     = "known"     // the person has a place, and is let in
	FateAwaited   = "awaited"   // a place waits for exactly this person
	FateMoves     = "moves"     // the person is known to the old provider by the same subject, which the change keeps
	FateRebound   = "rebound"   // it is the administrator who tries, whom the new provider calls otherwise
	FateStranger  = "stranger"  // nobody waits: the person would be let in nowhere
	FateDifferent = "different" // the change says that subjects stay, and this one did not
)

// outcomeDifferent is a trial that went well but for the subject.
const outcomeDifferent = "subject_differs"

// Report keeps how a trial went, and leads to the page that shows it.
func (d *Door) Report(ctx context.Context, outcome signin.Outcome) (string, error) {
	connection := outcome.Connection
	scoped := doorOf(ctx, connection.TenantID)
	box, err := signin.BoxOf(ctx, d.keys, connection.TenantID, connection.ID)
	if err != nil {
		return "", fmt.Errorf("report trial: %w", err)
	}
	err = d.db.Write(scoped, func(ctx context.Context, tx tenantdb.Tx) error {
		change, err := lockChange(ctx, tx, outcome.Change)
		if err != nil {
			return err
		}
		before, err := findConnection(ctx, tx, connection.ID)
		if err != nil {
			return err
		}
		report := Report{Claims: claimsOf(outcome.Claims), Subject: outcome.Subject, Name: outcome.Name, Email: outcome.Email}
		code := string(outcome.Reason)
		if code == "" {
			if err := d.foretell(ctx, tx, outcome, before, change, &report); err != nil {
				return err
			}
			if report.Fate == FateDifferent {
				code = outcomeDifferent
			}
		}
		row := trialRow{
			TenantID: connection.TenantID, TrialID: ids.New[Trial](), ConnectionID: connection.ID, ChangeID: outcome.Change, Version: outcome.Version,
			MemberID: outcome.By, TriedAt: d.now(), Outcome: code, Report: keys.Of(report),
		}
		if err := replaceTrial(ctx, tx, box, row); err != nil {
			return err
		}
		if code != "" {
			return nil
		}
		return markTried(ctx, tx, outcome.Change, outcome.Version)
	})
	if err != nil {
		return "", fmt.Errorf("report trial of %s: %w", connection.Slug, err)
	}
	return "/connections/" + connection.ID.String() + "/trial", nil
}

// foretell says what would become of the person.
func (d *Door) foretell(ctx context.Context, tx tenantdb.Tx, outcome signin.Outcome, before Connection, change Change, report *Report) error {
	tenant, connection := outcome.Connection.TenantID, outcome.Connection
	if _, domain, ok := strings.Cut(report.Email, "@"); ok {
		report.OutsideDomain = !slices.Contains(connection.EmailDomains, strings.ToLower(domain))
	}
	say := func(fate string, found []somebody) {
		report.Fate = fate
		if len(found) > 0 {
			report.Person, report.Role, report.Office = found[0].Name, found[0].Role, found[0].Office
		}
	}
	moves := before.Live() && before.Terms.Issuer != connection.Issuer
	if moves {
		subject, err := subjectOf(ctx, tx, tenant, connection.ID, before.Terms.Issuer, outcome.By)
		if err != nil {
			return err
		}
		if change.Terms.KeepsSubjects && subject != "" && subject != outcome.Subject {
			say(FateDifferent, nil)
			return nil
		}
		if change.Terms.KeepsSubjects {
			found, err := listKnown(ctx, tx, tenant, connection.ID, before.Terms.Issuer, outcome.Subject)
			if err != nil || len(found) > 0 {
				say(FateMoves, found)
				return err
			}
		}
	}
	found, err := listKnown(ctx, tx, tenant, connection.ID, connection.Issuer, outcome.Subject)
	if err != nil || len(found) > 0 {
		say(FateKnown, found)
		return err
	}
	if found, err = listAwaited(ctx, tx, tenant, connection.ID, outcome.Subject); err != nil || len(found) > 0 {
		say(FateAwaited, found)
		return err
	}
	say(FateStranger, nil)
	if moves && !change.Terms.KeepsSubjects {
		own, err := comesThrough(ctx, tx, tenant, connection.ID, outcome.By)
		if err != nil {
			return err
		}
		if own {
			say(FateRebound, nil)
		}
	}
	return nil
}

const (
	mostClaims   = 60
	longestClaim = 400
)

// claimsOf are claims as a page shows them, by name.
func claimsOf(said map[string]any) (claims []Claim) {
	for _, name := range slices.Sorted(maps.Keys(said)) {
		if len(claims) == mostClaims {
			break
		}
		text, ok := said[name].(string)
		if !ok {
			written, err := json.Marshal(said[name])
			if err != nil {
				continue
			}
			text = string(written)
		}
		claims = append(claims, Claim{short(name), short(text)})
	}
	return claims
}

// short keeps what a provider says displayable.
func short(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if runes := []rune(text); len(runes) > longestClaim {
		return string(runes[:longestClaim]) + "…"
	}
	return text
}

// Notice is the job of one e-mail to one administrator. About tells one occasion from another, and nothing of it.
type Notice struct {
	Tenant tenantdb.TenantID `json:"tenant"`
	Member tenantdb.PersonID `json:"member"`
	About  string            `json:"about"`
}

// Kind names the job.
func (Notice) Kind() string { return "connection_notice" }

// Tell sends an e-mail that says that something waits; what it is, the page says. One that is tried again has the same number, by
// which mailboxes tell that they have it already.
func (d *Door) Tell(ctx context.Context, job Notice) error {
	if d.post == nil {
		return nil // it was planned by an installation that sent e-mails
	}
	var to addressee
	err := d.db.View(tenantdb.WithScope(ctx, tenantdb.Clock(job.Tenant)), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		to, err = findAddressee(ctx, tx, job.Member)
		return err
	})
	if errors.Is(err, fault.NotFound()) { // the person has left
		return nil
	}
	if err != nil {
		return fmt.Errorf("tell an administrator: %w", err)
	}
	reader := i18n.With(ctx, to.Language)
	err = d.post.Send(ctx, mail.Message{
		ID: uuid.NewSHA1(job.Member.UUID(), []byte(job.About)).String(), To: to.Email, Subject: i18n.T(reader, "connections.mail.subject"),
		Text: i18n.T(reader, "connections.mail.text", "Link", d.origin+"/connections"),
	})
	if errors.Is(err, mail.ErrUncertain) {
		return nil
	}
	return err
}

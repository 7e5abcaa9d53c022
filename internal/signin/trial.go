package signin

import (
	"context"
	"errors"
	"fmt"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Change marks identifiers here, below the capability that owns them: what a connection is to become.
type Change struct{}

// Trial is a sign-in that opens no session: it shows what a provider says before a connection, or a change of it, is live.
type Trial struct {
	Change  ids.ID[Change]
	Version int
	// By is who tries it.
	By tenantdb.PersonID
}

// under says whether there is one.
func (t Trial) under() bool { return !t.Change.Zero() }

// Outcome is how a trial went.
type Outcome struct {
	Trial
	Connection Connection
	// Reason is why nobody would have been let in; empty where somebody would.
	Reason Reason
	// Claims are what the provider said, as far as it came to that; the others what is read of them.
	Claims               map[string]any
	Subject, Name, Email string
}

// Trials knows what is tried, and hears how it went.
type Trials interface {
	// Tried is the connection as it would become by a change, of the version that is tried.
	Tried(ctx context.Context, connection Connection, trial Trial) (Connection, error)
	// Report hears how it went and says which page shows that.
	Report(ctx context.Context, outcome Outcome) (page string, err error)
}

// OnTrial says who knows of trials.
func (s *Service) OnTrial(trials Trials) { s.trials = trials }

// BeginTrial is Begin for what is not live. The answer comes in at the same address, and opens no session.
func (s *Service) BeginTrial(ctx context.Context, connection Connection, trial Trial, departure Departure) (target, browser string, err error) {
	_, others, err := s.find(ctx, connection.Slug)
	if err != nil {
		return "", "", err
	}
	provider, err := s.providers.discover(ctx, connection, others)
	if err != nil {
		return "", "", err
	}
	return s.depart(ctx, provider, departure, trial)
}

// finishTrial looks at the answer as if somebody were to be let in, and has it told.
func (s *Service) finishTrial(ctx context.Context, connection Connection, others []Connection, started attempt, answer Answer) (Arrival, error) {
	tried, err := s.trials.Tried(ctx, connection, started.trial)
	if err != nil {
		return Arrival{}, fmt.Errorf("finish trial of %s: %w", connection.Slug, err)
	}
	outcome := Outcome{Trial: started.trial, Connection: tried}
	provider, err := s.providers.discover(ctx, tried, others)
	var refusal *Refusal
	switch {
	case errors.As(err, &refusal):
		outcome.Reason = refusal.Reason
	case err != nil:
		return Arrival{}, err
	default:
		var who vouched
		if who, outcome.Reason, err = s.judge(ctx, provider, answer, started); err != nil {
			return Arrival{}, fmt.Errorf("finish trial of %s: %w", connection.Slug, err)
		}
		outcome.Claims, outcome.Subject, outcome.Name, outcome.Email = who.claims, who.subject, who.name, who.email
	}
	page, err := s.trials.Report(ctx, outcome)
	return Arrival{ReturnTo: page}, err
}

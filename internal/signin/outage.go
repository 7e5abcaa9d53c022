package signin

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"

	"passerelle/internal/keys"
)

// Reachable is told whether the provider of a live connection answers. It must not wait.
type Reachable func(connection Connection, answers bool)

// OnReach says who is told. Before Watch asks, only those who sign in find out.
func (s *Service) OnReach(told Reachable) { s.providers.told = told }

// reached tells what became of asking the provider of a live connection. One that was asked too often was not asked, and one that names
// another's addresses has answered.
func (p *providers) reached(connection Connection, err error) {
	if p.told == nil || !connection.Live || errors.Is(err, errTooOften) {
		return
	}
	refusal, refused := Refused(err)
	p.told(connection, err == nil || refused && refusal.Reason == ReasonForeignAddress)
}

// Watch asks the providers through which somebody has wanted to sign in whether they answer, every so often, until ctx ends: what they
// have said of themselves is remembered for an hour, and whoever is sent to a page of theirs that does not answer is seen no more.
func (s *Service) Watch(ctx context.Context, every time.Duration) {
	tick := time.NewTicker(every)
	defer tick.Stop()
	watched := map[ConnectionID]Connection{}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		connections, _, err := s.list(ctx)
		if err != nil {
			continue // without the database nobody signs in, whoever answers
		}
		var all sync.WaitGroup
		before := watched
		watched = map[ConnectionID]Connection{}
		for _, connection := range connections {
			if !connection.Live || !s.providers.asked(connection.ID) {
				continue
			}
			watched[connection.ID] = connection
			all.Go(func() {
				_, err := oidc.NewProvider(oidc.ClientContext(ctx, s.providers.client), connection.Issuer)
				if ctx.Err() == nil {
					s.providers.reached(connection, err)
				}
			})
		}
		all.Wait()
		for id, connection := range before {
			if _, still := watched[id]; !still && s.providers.told != nil {
				s.providers.told(connection, true) // nobody misses it any more
			}
		}
	}
}

// asked says whether somebody has wanted to sign in through a connection.
func (p *providers) asked(id ConnectionID) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.allowances[id] != nil
}

// shown is what was shown to a provider the last time: with it people still come in while the keys cannot be had. What opens a dossier
// is not kept like that.
type shown struct {
	mu sync.Mutex
	of map[ConnectionID]shownSecret
}

type shownSecret struct {
	id     SecretID
	secret string
}

// or gives what was opened, and remembers it; where the keys cannot be had, what is remembered of the very same secret.
func (s *shown) or(connection Connection, secret string, err error) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch last := s.of[connection.ID]; {
	case err == nil:
		s.of[connection.ID] = shownSecret{connection.SecretID, secret}
	case errors.Is(err, keys.ErrUnavailable) && last.id == connection.SecretID && !last.id.Zero():
		return last.secret, nil
	case errors.Is(err, keys.ErrDestroyed):
		delete(s.of, connection.ID)
	}
	return secret, err
}

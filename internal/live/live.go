// Package live tells open pages that something of theirs changed, within this process and across processes, through
// Postgres NOTIFY. What travels are identifiers; a page then asks for its contents again, through its own fences.
package live

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/tenantdb"
)

const channel = "passerelle_changes"

// Change says whose things changed.
type Change struct {
	Tenant   tenantdb.TenantID `json:"tenant"`
	Dossier  uuid.UUID         `json:"dossier"`
	Office   tenantdb.OfficeID `json:"office"`
	Referral uuid.UUID         `json:"referral"`
	// Person is whose reading was paused or may go on; Alerts says that an alert was raised or is done with.
	Person tenantdb.PersonID `json:"person,omitzero"`
	Alerts bool              `json:"alerts,omitempty"`
	// Emergency says that somebody opened a restricted dossier in an emergency, or that this was looked at.
	Emergency bool `json:"emergency,omitempty"`
	// HandedIn says that those who set the installation up have handed in a secret, which is to be sealed; nothing else is said.
	HandedIn bool `json:"handed_in,omitempty"`
	// Session is the hash of a session that ended, in hexadecimal, or EverySession; the other fields are empty then.
	Session string `json:"session,omitempty"`
}

// Ends says whether the session with that hash is over, or may be.
func (c Change) Ends(session string) bool {
	return c.Session != "" && (c.Session == session || c.Session == EverySession)
}

// EverySession stands for all sessions, of which some are over: each process asks again for whatever it remembers.
const EverySession = "*"

// Announce tells everybody once the transaction commits.
func Announce(ctx context.Context, tx tenantdb.Tx, change Change) error {
	payload, err := json.Marshal(change)
	if err != nil {
		return fmt.Errorf("announce a change: %w", err)
	}
	return tx.Notify(ctx, channel, string(payload))
}

// Hub hands changes to whoever subscribed.
type Hub struct {
	mu          sync.Mutex
	subscribers map[*subscriber]struct{}
	onSession   []func(hash string)
	onHandedIn  []func()
	connected   bool
	// name tells this process's positions from another's; recent holds the last changes, the newest being number last.
	name   string
	last   int
	recent []Change
	// silence is how long nothing may be heard before the connection is asked whether it still stands.
	silence time.Duration
}

// remembered is how many changes a page that comes back can be told of; one that was away longer looks anew.
const remembered = 1024

type subscriber struct {
	matches func(Change) bool
	signal  chan struct{}
}

// NewHub makes a hub; Listen fills it.
func NewHub() *Hub {
	return &Hub{subscribers: map[*subscriber]struct{}{}, name: rand.Text()[:8], silence: tenantdb.Silence}
}

// Position names the present moment, for Subscribe to begin from: a page that takes it before it reads anything misses nothing
// of what happens until it listens.
func (h *Hub) Position() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.name + "-" + strconv.Itoa(h.last)
}

// Subscribe gives a channel that receives a signal after one or more changes that match, until leave is called. With
// the position at which an earlier subscription ended, changes since then count as well; an unknown position counts
// as a change. The empty position begins now.
func (h *Hub) Subscribe(matches func(Change) bool, since string) (signal <-chan struct{}, leave func()) {
	s := &subscriber{matches: matches, signal: make(chan struct{}, 1)}
	h.mu.Lock()
	defer h.mu.Unlock()
	h.subscribers[s] = struct{}{}
	if since != "" && h.missed(matches, since) {
		s.wake()
	}
	return s.signal, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		delete(h.subscribers, s)
	}
}

// missed says whether something that matches changed since a position, or may have.
func (h *Hub) missed(matches func(Change) bool, since string) bool {
	name, number, _ := strings.Cut(since, "-")
	seen, err := strconv.Atoi(number)
	if err != nil || name != h.name || seen > h.last || h.last-seen > len(h.recent) {
		return true
	}
	return slices.ContainsFunc(h.recent[len(h.recent)-(h.last-seen):], matches)
}

// OnSessionEnd calls forget with the hash of every session that ends, in whichever process; and with "" when
// notifications may have been missed, so that everything remembered has to be asked for again.
func (h *Hub) OnSessionEnd(forget func(hash string)) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.onSession = append(h.onSession, forget)
}

// Connected says whether notifications arrive at present: what is remembered without them may be stale.
func (h *Hub) Connected() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.connected
}

// OnHandedIn calls seal when a secret may have been handed in; it must not wait.
func (h *Hub) OnHandedIn(seal func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.onHandedIn = append(h.onHandedIn, seal)
}

func (h *Hub) deliver(change Change) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if change.HandedIn {
		h.secretHandedIn()
		return
	}
	if change.Session != "" {
		ended := change.Session
		if ended == EverySession {
			ended = ""
		}
		for _, forget := range h.onSession {
			forget(ended)
		}
	}
	h.last++
	h.recent = append(h.recent, change)
	if len(h.recent) > remembered {
		h.recent = slices.Delete(h.recent, 0, len(h.recent)-remembered)
	}
	for s := range h.subscribers {
		if s.matches(change) {
			s.wake()
		}
	}
}

func (h *Hub) setConnected(connected bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.connected = connected
	for _, forget := range h.onSession {
		forget("")
	}
	if connected {
		h.secretHandedIn()
		// What changed while nobody listened is unknown: positions given out before say so.
		h.name, h.last, h.recent = rand.Text()[:8], 0, nil
		for s := range h.subscribers {
			s.wake()
		}
	}
}

func (h *Hub) secretHandedIn() {
	for _, seal := range h.onHandedIn {
		seal()
	}
}

// wake never waits: a page that has not yet looked at the last signal will see everything when it does.
func (s *subscriber) wake() {
	select {
	case s.signal <- struct{}{}:
	default:
	}
}

// Listen receives notifications on a connection of its own until ctx ends, and connects again when it breaks.
func (h *Hub) Listen(ctx context.Context, connString string) {
	tenantdb.Ear{ConnString: connString, Channel: channel, Silence: h.silence, Connected: h.setConnected, Heard: h.read}.Listen(ctx)
}

func (h *Hub) read(payload string) error {
	var change Change
	if err := json.Unmarshal([]byte(payload), &change); err != nil {
		return err
	}
	h.deliver(change)
	return nil
}

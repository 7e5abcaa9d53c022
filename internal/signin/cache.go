package signin

import (
	"sync"
	"time"
)

const (
	cachedFor  = 5 * time.Second
	cachedMost = 10_000
)

// cache keeps sessions for a few seconds, so that a page costs no question about who is asking. It is emptied of a
// session at the moment when this process, or another by Postgres' notification, ends it.
type cache struct {
	mu         sync.Mutex
	generation uint64
	entries    map[string]cached
}

type cached struct {
	session Session
	until   time.Time
}

func (c *cache) get(hash []byte, now time.Time) (Session, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	found, ok := c.entries[string(hash)]
	return found.session, ok && now.Before(found.until)
}

// reading is called before a session is read, and its result handed to put after: what was ended in between is
// not kept.
func (c *cache) reading() uint64 {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.generation
}

func (c *cache) put(session Session, now time.Time, generation uint64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if generation != c.generation {
		return
	}
	if len(c.entries) >= cachedMost {
		clear(c.entries)
	}
	c.entries[string(session.hash)] = cached{session, now.Add(cachedFor)}
}

func (c *cache) forget(matches func(Session) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.generation++
	for hash, entry := range c.entries {
		if matches(entry.session) {
			delete(c.entries, hash)
		}
	}
}

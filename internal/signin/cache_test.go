package signin

import (
	"crypto/rand"
	"testing"
	"time"
)

func TestCache(t *testing.T) {
	now := time.Now()
	session := func() Session { return Session{hash: hashOf(rand.Text())} }
	t.Run("does not keep what ended while it was being read", func(t *testing.T) {
		c, s := cache{entries: map[string]cached{}}, session()
		generation := c.reading()
		c.forget(func(Session) bool { return true })
		c.put(s, now, generation)
		if _, ok := c.get(s.hash, now); ok {
			t.Error("an ended session is kept")
		}
	})
	t.Run("keeps for seconds", func(t *testing.T) {
		c, s := cache{entries: map[string]cached{}}, session()
		c.put(s, now, c.reading())
		if _, ok := c.get(s.hash, now.Add(cachedFor-1)); !ok {
			t.Error("forgot too early")
		}
		if _, ok := c.get(s.hash, now.Add(cachedFor)); ok {
			t.Error("kept too long")
		}
	})
	t.Run("is bounded", func(t *testing.T) {
		c := cache{entries: map[string]cached{}}
		for range cachedMost + 10 {
			c.put(session(), now, c.reading())
		}
		if len(c.entries) > cachedMost {
			t.Errorf("%d entries", len(c.entries))
		}
	})
}

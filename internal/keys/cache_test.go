package keys

import (
	"testing"
	"testing/synctest"
	"time"
)

// What is unwrapped stays in memory for five minutes at most, however often it is used, and so much of it.
func TestMemoryIsShortAndBounded(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := newCache[int, string]()
		c.keep(1, "one", c.now())
		for range 9 {
			time.Sleep(keptFor / 10)
			if _, ok := c.find(1); !ok {
				t.Fatal("forgotten too early")
			}
		}
		time.Sleep(keptFor/10 + time.Millisecond)
		if _, ok := c.find(1); ok {
			t.Error("kept for longer than it may be, since it was in use")
		}
		if keptFor > 5*time.Minute {
			t.Errorf("kept for %s", keptFor)
		}
	})
	c := newCache[int, string]()
	for i := range mostKept + 10 {
		c.keep(i, "", c.now())
	}
	if n := c.kept.Len(); n != mostKept {
		t.Errorf("%d are kept", n)
	}
}

// Whoever has read before something was forgotten keeps nothing.
func TestWhatWasReadTooEarlyIsNotKept(t *testing.T) {
	for name, forget := range map[string]func(*cache[int, string]){
		"forgotten": func(c *cache[int, string]) { c.forget(func(int) bool { return false }) },
		"off, on":   func(c *cache[int, string]) { c.enable(false); c.enable(true) },
	} {
		c := newCache[int, string]()
		early := c.now()
		forget(c)
		c.keep(1, "one", early)
		if _, ok := c.find(1); ok {
			t.Errorf("%s: kept", name)
		}
		c.keep(1, "one", c.now())
		if _, ok := c.find(1); !ok {
			t.Errorf("%s: not kept although it was read later", name)
		}
		c.enable(false)
		if _, ok := c.find(1); ok {
			t.Errorf("%s: remembered although it is off", name)
		}
	}
}

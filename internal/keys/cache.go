package keys

import (
	"sync"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// Unwrapped keysets stay in memory for some minutes, and so many of them.
const (
	keptFor  = 5 * time.Minute
	mostKept = 10_000
)

// cache forgets what it was given, whether that is in use or not.
type cache[K comparable, V any] struct {
	kept *ttlcache.Cache[K, V]

	mu       sync.Mutex
	forgot   uint64
	disabled bool
}

// moment is a state of a cache: what was read before something was forgotten is not kept afterwards.
type moment uint64

func newCache[K comparable, V any]() *cache[K, V] {
	return &cache[K, V]{kept: ttlcache.New(ttlcache.WithTTL[K, V](keptFor), ttlcache.WithCapacity[K, V](mostKept), ttlcache.WithDisableTouchOnHit[K, V]())}
}

func (c *cache[K, V]) find(key K) (value V, ok bool) {
	if item := c.kept.Get(key); item != nil {
		return item.Value(), true
	}
	return value, false
}

// now is to be asked before the value is read that keep will be given.
func (c *cache[K, V]) now() moment {
	c.mu.Lock()
	defer c.mu.Unlock()
	return moment(c.forgot)
}

// keep also lets go of what has run out, which would otherwise stay in memory until somebody asks for it.
func (c *cache[K, V]) keep(key K, value V, read moment) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.kept.DeleteExpired()
	if !c.disabled && read == moment(c.forgot) {
		c.kept.Set(key, value, ttlcache.DefaultTTL)
	}
}

func (c *cache[K, V]) forget(which func(K) bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgot++
	for _, key := range c.kept.Keys() {
		if which(key) {
			c.kept.Delete(key)
		}
	}
}

// enable lets the cache keep something, or has it forget everything and keep nothing.
func (c *cache[K, V]) enable(yes bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forgot++
	c.disabled = !yes
	c.kept.DeleteAll()
}

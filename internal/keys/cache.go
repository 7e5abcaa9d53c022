package keys

import (
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// Unwrapped keysets stay in memory for some minutes, and so many of them.
const (
	keptFor  = 5 * time.Minute
	mostKept = 10_000
)

// cache forgets what it was given, whether that is in use or not.
type cache[K comparable, V any] struct{ kept *ttlcache.Cache[K, V] }

func newCache[K comparable, V any]() cache[K, V] {
	return cache[K, V]{ttlcache.New(ttlcache.WithTTL[K, V](keptFor), ttlcache.WithCapacity[K, V](mostKept), ttlcache.WithDisableTouchOnHit[K, V]())}
}

func (c cache[K, V]) find(key K) (value V, ok bool) {
	if item := c.kept.Get(key); item != nil {
		return item.Value(), true
	}
	return value, false
}

// keep also lets go of what has run out, which would otherwise stay in memory until somebody asks for it.
func (c cache[K, V]) keep(key K, value V) {
	c.kept.DeleteExpired()
	c.kept.Set(key, value, ttlcache.DefaultTTL)
}

func (c cache[K, V]) forget(which func(K) bool) {
	for _, key := range c.kept.Keys() {
		if which(key) {
			c.kept.Delete(key)
		}
	}
}

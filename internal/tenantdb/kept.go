package tenantdb

import (
	"slices"
	"time"

	"github.com/jellydator/ttlcache/v3"
)

// keptFor is how old a kept answer may be, and mostKept how many there are.
const (
	keptFor  = 5 * time.Second
	mostKept = 1_000
)

// keptKey says whose answer it is, and to what. A scope is all that the fences know of who asks, the person included:
// what they let through once, they would let through again.
type keptKey struct {
	scope Scope
	text  string
}

type keptAnswers = ttlcache.Cache[keptKey, any]

func newKeptAnswers() *keptAnswers {
	return ttlcache.New(ttlcache.WithTTL[keptKey, any](keptFor), ttlcache.WithCapacity[keptKey, any](mostKept), ttlcache.WithDisableTouchOnHit[keptKey, any]())
}

// Kept asks for all rows of a statement, which takes no arguments, and its answer may be some seconds old: for what
// changes rarely and decides nothing, such as the names of the staff.
func Kept[T any](into *[]T, statement Statement) Question {
	question := Many(into, statement.With())
	question.kept = statement.text
	question.take = func() any { return slices.Clone(*into) }
	question.give = func(answer any) { *into = slices.Clone(answer.([]T)) }
	return question
}

// Forget lets go of the answers to a statement that this process has kept, whoever asked: what it asks for has just changed.
func (db *DB) Forget(statement Statement) {
	for _, key := range db.kept.Keys() {
		if key.text == statement.text {
			db.kept.Delete(key)
		}
	}
}

// recall answers a question that was answered a moment ago.
func (db *DB) recall(scope Scope, question Question) bool {
	if question.kept == "" {
		return false
	}
	item := db.kept.Get(keptKey{scope, question.kept})
	if item == nil {
		return false
	}
	question.give(item.Value())
	return true
}

// keep holds on to answers; it is called once they are known to be whole.
func (db *DB) keep(scope Scope, questions []Question) {
	for _, question := range questions {
		if question.kept != "" {
			db.kept.Set(keptKey{scope, question.kept}, question.take(), ttlcache.DefaultTTL)
		}
	}
}

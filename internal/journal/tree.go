package journal

import (
	"fmt"

	"golang.org/x/mod/sumdb/tlog"
)

// tree is a Merkle tree (RFC 6962) of which some hashes are known: all of them, or those at its right edge, with which it
// grows and of which its root is made.
type tree struct {
	size   int64
	hashes map[int64]tlog.Hash
}

// edge are the places of the hashes of which the root of a tree of this size is made, by tlog.StoredHashIndex.
func edge(size int64) (places []int64) {
	// TreeHash asks for them, once.
	_, _ = tlog.TreeHash(size, tlog.HashReaderFunc(func(indexes []int64) ([]tlog.Hash, error) {
		places = append(places, indexes...)
		return make([]tlog.Hash, len(indexes)), nil
	}))
	return places
}

// ReadHashes gives hashes to tlog.
func (t *tree) ReadHashes(places []int64) ([]tlog.Hash, error) {
	hashes := make([]tlog.Hash, len(places))
	for i, place := range places {
		hash, ok := t.hashes[place]
		if !ok {
			return nil, fmt.Errorf("the hash at %d of a tree of %d leaves is not at hand", place, t.size)
		}
		hashes[i] = hash
	}
	return hashes, nil
}

// add puts a leaf at the end and gives what has to be stored with it: its hash, and those of the subtrees it completes.
func (t *tree) add(leaf tlog.Hash) ([]tlog.Hash, error) {
	stored, err := tlog.StoredHashesForRecordHash(t.size, leaf, t)
	if err != nil {
		return nil, err
	}
	first := tlog.StoredHashIndex(0, t.size)
	for i, hash := range stored {
		t.hashes[first+int64(i)] = hash
	}
	t.size++
	return stored, nil
}

// root is the hash of the tree when it had so many leaves.
func (t *tree) root(size int64) (tlog.Hash, error) { return tlog.TreeHash(size, t) }

// storedWith says with which leaf the hash at a place was stored, and as the how manieth.
func storedWith(place int64) (leaf int64, nth int) {
	level, n := tlog.SplitStoredHashIndex(place)
	return (n+1)<<level - 1, level
}

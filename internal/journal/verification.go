package journal

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Held is a checkpoint as somebody holds it: a file outside of whoever rules the database.
type Held struct {
	Name string
	File []byte
}

// Kept is a checkpoint at which everything was as it is in the export.
type Kept struct {
	Name    string
	Entries int64
	Until   time.Time
}

// Verdict is what an export comes to that holds against every checkpoint.
type Verdict struct {
	Tenant string
	// Entries is how many the export holds; those after the last checkpoint are proven by nothing yet.
	Entries int64
	Kept    []Kept
}

// Breach is the first entry that is not as it was. It is an error: the journal was tampered with.
type Breach struct {
	Kind BreachKind
	// Place is where it stands or stood, counted from one; Last is where the search had to end when no fingerprint tells
	// which entry of several it is.
	Place, Last int64
	// Here is the entry that stands there; Before and After those around what was removed.
	Here, Before, After *Standpoint
	// By is the checkpoint that shows it.
	By Kept
}

// Standpoint is what is known of an entry.
type Standpoint struct {
	ID uuid.UUID
	At time.Time
}

// String says which entry and of when.
func (s *Standpoint) String() string { return fmt.Sprintf("%s of %s", s.ID, said(s.At)) }

// BreachKind is what was done.
type BreachKind string

// What can have been done to an entry.
const (
	Changed   BreachKind = "changed"
	Removed   BreachKind = "removed"
	SlippedIn BreachKind = "slipped in"
	Moved     BreachKind = "moved"
	// Backdated: slipped in after the end of what a checkpoint holds, with a time that lies before it.
	Backdated BreachKind = "backdated"
	// Somewhere: one of several was changed, removed or slipped in.
	Somewhere BreachKind = "somewhere"
)

// Error says it in a sentence.
func (b *Breach) Error() string {
	var what string
	switch b.Kind {
	case Changed:
		what = fmt.Sprintf("entry %d was changed: %s stands there", b.Place, b.Here)
	case Removed:
		what = fmt.Sprintf("entry %d was removed%s", b.Place, b.around())
	case SlippedIn:
		what = fmt.Sprintf("entry %d was slipped in: %s", b.Place, b.Here)
	case Moved:
		what = fmt.Sprintf("entry %d was put in another place: %s stands there", b.Place, b.Here)
	case Backdated:
		what = fmt.Sprintf("entry %d was slipped in with an old time: %s was not there at %s", b.Place, b.Here, said(b.By.Until))
	case Somewhere:
		what = fmt.Sprintf("one of the entries %d to %d was changed, removed or slipped in; which one, only a checkpoint tells that holds the leaves of these", b.Place, b.Last)
	}
	return fmt.Sprintf("the journal was tampered with: %s. The checkpoint %s shows it: %d entries until %s", what, b.By.Name, b.By.Entries, said(b.By.Until))
}

func (b *Breach) around() string {
	switch {
	case b.Before != nil && b.After != nil:
		return fmt.Sprintf(": it stood between %s and %s", b.Before, b.After)
	case b.Before != nil:
		return fmt.Sprintf(": it stood after %s", b.Before)
	case b.After != nil:
		return fmt.Sprintf(": it stood before %s", b.After)
	default:
		return ""
	}
}

func said(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

// backdating is by how much the clocks of servers may differ: an entry that is older by more than that than a checkpoint
// which does not hold it was not written at its time.
const backdating = 5 * time.Minute

// Verify holds an export against every checkpoint, with the public key that came with the first of them. It needs no
// database and believes nothing that does not come from outside of it. Its error is a Breach where the journal was tampered
// with, and else a sentence about a file that does not serve.
func Verify(export io.Reader, checkpoints []Held, key string) (Verdict, error) {
	verifier, err := note.NewVerifier(strings.TrimSpace(key))
	if err != nil || !strings.HasPrefix(verifier.Name(), originPrefix) {
		return Verdict{}, errors.New("the key is none: it is one line that begins with " + originPrefix + ", as passerelle journal checkpoint printed it")
	}
	if len(checkpoints) == 0 {
		return Verdict{}, errors.New("without a checkpoint there is nothing to hold the export against")
	}
	var held []opened
	for _, file := range checkpoints {
		c, err := openBundle(file.File, verifier)
		if err != nil {
			return Verdict{}, fmt.Errorf("the checkpoint %s %w", file.Name, err)
		}
		held = append(held, opened{Kept{file.Name, c.N, c.until}, c})
	}
	slices.SortStableFunc(held, func(a, b opened) int {
		return cmp.Or(cmp.Compare(a.N, b.N), a.until.Compare(b.until))
	})
	if err := agree(held); err != nil {
		return Verdict{}, err
	}
	read, err := readExport(export)
	if err != nil {
		return Verdict{}, err
	}
	if origin(read.head.TenantID) != verifier.Name() {
		return Verdict{}, fmt.Errorf("the export is of another tenant (%s) than the key (%s)", origin(read.head.TenantID), verifier.Name())
	}
	if err := read.against(held); err != nil {
		return Verdict{}, err
	}
	verdict := Verdict{Tenant: read.head.Tenant, Entries: read.tree.size}
	for _, c := range held {
		verdict.Kept = append(verdict.Kept, c.Kept)
	}
	return verdict, nil
}

// opened is a checkpoint whose signature is good.
type opened struct {
	Kept
	checkpoint
}

// agree refuses checkpoints that were all signed, and tell different histories.
func agree(held []opened) error {
	for i, a := range held {
		for _, b := range held[i+1:] {
			forked := a.N == b.N && a.Hash != b.Hash || b.until.Before(a.until) && b.N > a.N
			for leaf := int64(0); leaf < a.N && a.prints != nil && b.prints != nil && !forked; leaf++ {
				one, ofOne := a.prints.of(leaf)
				other, ofOther := b.prints.of(leaf)
				forked = ofOne && ofOther && one != other
			}
			if forked {
				return fmt.Errorf("the checkpoints %s and %s contradict each other: both are signed, and no journal can have been both. Whoever signs has told two histories", a.Name, b.Name)
			}
		}
	}
	return nil
}

// readJournal is an export that was read: the tree over its entries, and what is known of each.
type readJournal struct {
	head    exportHead
	tree    *tree
	entries []Standpoint
}

// errExport is told of a file that no export is.
var errExport = errors.New("the file is no export of a journal, or not whole: make it again with passerelle journal export")

// maxLine bounds a line of an export; a record is some hundred bytes long.
const maxLine = 1 << 16

func readExport(export io.Reader) (*readJournal, error) {
	lines := bufio.NewScanner(export)
	lines.Buffer(make([]byte, maxLine), maxLine)
	j := &readJournal{tree: &tree{hashes: map[int64]tlog.Hash{}}}
	if !lines.Scan() || strict(lines.Bytes(), &j.head) != nil || j.head.Format != exportFormat {
		return nil, errExport
	}
	for number := 2; lines.Scan(); number++ {
		var tail exportTail
		if strict(lines.Bytes(), &tail) == nil {
			if tail.Entries != j.tree.size || lines.Scan() {
				return nil, errExport
			}
			return j, nil
		}
		var entry record
		if err := strict(lines.Bytes(), &entry); err != nil || entry.Version != recordVersion || entry.TenantID != j.head.TenantID.UUID() || !entry.writtenAs(lines.Bytes()) {
			return nil, fmt.Errorf("line %d of the export is no entry of the journal of %s: make it again with passerelle journal export", number, j.head.Tenant)
		}
		if _, err := j.tree.add(tlog.RecordHash(lines.Bytes())); err != nil {
			return nil, err
		}
		j.entries = append(j.entries, Standpoint{entry.EntryID, entry.At.at})
	}
	return nil, errExport
}

func strict(line []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(line))
	decoder.DisallowUnknownFields()
	return decoder.Decode(into)
}

// against compares with each checkpoint, the smallest first.
func (j *readJournal) against(held []opened) error {
	var proven int64
	for i, c := range held {
		if j.head.MadeAt.at.Before(c.until) {
			return fmt.Errorf("the checkpoint %s is newer than the export, which was made at %s: make the export again", c.Name, said(j.head.MadeAt.at))
		}
		if c.N <= j.tree.size {
			root, err := j.tree.root(c.N)
			if err != nil {
				return err
			}
			if root == c.Hash {
				proven = c.N
				continue
			}
		}
		if later := held[i+1:]; slices.ContainsFunc(later, j.fits) {
			return fmt.Errorf("the checkpoint %s contradicts a later one, with which the export agrees: both are signed, and no journal can have been both. Whoever signs has told two histories", c.Name)
		}
		return j.locate(held, c, proven)
	}
	return j.backdated(held)
}

// fits says whether everything was at a checkpoint as it is here.
func (j *readJournal) fits(c opened) bool {
	if c.N > j.tree.size {
		return false
	}
	root, err := j.tree.root(c.N)
	return err == nil && root == c.Hash
}

// locate finds the first entry that is not as the checkpoint has it, from the one up to which an earlier checkpoint has
// proven everything.
func (j *readJournal) locate(held []opened, c opened, proven int64) *Breach {
	was := func(leaf int64) (fingerprint, bool) {
		for _, other := range held {
			if print, ok := other.prints.of(leaf); ok {
				return print, true
			}
		}
		return fingerprint{}, false
	}
	for leaf := proven; leaf < c.N; leaf++ {
		before, known := was(leaf)
		if !known {
			return &Breach{Kind: Somewhere, Place: leaf + 1, Last: c.N, By: c.Kept}
		}
		if leaf < j.tree.size && j.print(leaf) == before {
			continue
		}
		breach := &Breach{Place: leaf + 1, Here: j.at(leaf), By: c.Kept}
		stays := leaf < j.tree.size && slices.ContainsFunc(j.prints(leaf), func(print fingerprint) bool { return print == before })
		isOld := leaf < j.tree.size && anyOf(leaf+1, c.N, func(later int64) bool {
			print, known := was(later)
			return known && print == j.print(leaf)
		})
		switch {
		case stays && isOld:
			breach.Kind = Moved
		case stays:
			breach.Kind = SlippedIn
		// What came after the checkpoint has moved up.
		case isOld || leaf >= j.tree.size || j.entries[leaf].At.After(c.until):
			breach.Kind, breach.Here, breach.Before, breach.After = Removed, nil, j.at(leaf-1), j.at(leaf)
		default:
			breach.Kind = Changed
		}
		return breach
	}
	return &Breach{Kind: Somewhere, Place: proven + 1, Last: c.N, By: c.Kept}
}

func anyOf(from, until int64, is func(int64) bool) bool {
	for i := from; i < until; i++ {
		if is(i) {
			return true
		}
	}
	return false
}

// backdated finds what came after a checkpoint, and says that it came before.
func (j *readJournal) backdated(held []opened) error {
	for place := range j.entries {
		for _, c := range held {
			if int64(place) >= c.N && j.entries[place].At.Before(c.until.Add(-backdating)) {
				return &Breach{Kind: Backdated, Place: int64(place) + 1, Here: &j.entries[place], By: c.Kept}
			}
		}
	}
	return nil
}

func (j *readJournal) at(leaf int64) *Standpoint {
	if leaf < 0 || leaf >= j.tree.size {
		return nil
	}
	return &j.entries[leaf]
}

func (j *readJournal) print(leaf int64) fingerprint {
	hash := j.tree.hashes[tlog.StoredHashIndex(0, leaf)]
	return fingerprint(hash[:fingerprintSize])
}

// prints are the fingerprints of a leaf and all after it.
func (j *readJournal) prints(leaf int64) (prints []fingerprint) {
	for ; leaf < j.tree.size; leaf++ {
		prints = append(prints, j.print(leaf))
	}
	return prints
}

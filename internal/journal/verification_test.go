package journal_test

import (
	"crypto/ed25519"
	"errors"
	"slices"
	"strings"
	"testing"

	"golang.org/x/mod/sumdb/note"

	"passerelle/internal/cast"
	"passerelle/internal/journal"
)

func TestWhatIsAsItWasIsSaidToBe(t *testing.T) {
	w := newWorld(t)
	empty := w.bundle(t, cast.Lea, 0)
	w.leave(t, cast.Lea, 7)
	w.leave(t, cast.Claire, 2)
	w.pass(t)
	first := w.bundle(t, cast.Lea, 0)
	w.leave(t, cast.Karim, 5)
	second := w.bundle(t, cast.Lea, first.Size)
	w.leave(t, cast.Lea, 3) // hashed by nobody yet
	verdict, err := verify(w.export(t, cast.Lea), first.Key, second.File, first.File, empty.File)
	if err != nil {
		t.Fatal(err)
	}
	if verdict.Tenant != "vaud" || verdict.Entries != 15 || len(verdict.Kept) != 3 || verdict.Kept[0].Entries != 0 || verdict.Kept[1].Entries != 7 || verdict.Kept[2].Entries != 12 {
		t.Errorf("got %+v", verdict)
	}
	// The other canton's journal and key are its own.
	theirs := w.bundle(t, cast.Claire, 0)
	if _, err := verify(w.export(t, cast.Claire), theirs.Key, theirs.File); err != nil {
		t.Error(err)
	}
	if theirs.Size != 2 || theirs.Key == first.Key {
		t.Errorf("%d entries, under the key %s", theirs.Size, theirs.Key)
	}
	var breach *journal.Breach
	for sentence, try := range map[string]func() error{
		"the export is of another tenant": func() error { _, err := verify(w.export(t, cast.Claire), first.Key, first.File); return err },
		"the checkpoint first is of another tenant": func() error {
			_, err := verify(w.export(t, cast.Lea), first.Key, theirs.File)
			return err
		},
	} {
		if err := try(); err == nil || errors.As(err, &breach) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
}

// T43: a superuser switches the triggers off, changes something, and makes the whole tree anew. Whoever holds a checkpoint of
// before is told which entry is the first that is not as it was.
func TestWhoeverRulesTheDatabaseIsFoundOut(t *testing.T) {
	const (
		tenth    = "(select entry_id from journal_leaves where leaf = 9 and tenant_id = :vaud)"
		insert   = "insert into journal_entries (tenant_id, transaction, entry_id, at, person_id, role, action) select tenant_id, "
		ofTenth  = " from journal_entries where entry_id = " + tenth
		backward = "at - interval '1 hour'"
	)
	for name, c := range map[string]struct {
		attack string
		kind   journal.BreachKind
		place  int64
	}{
		"nothing":                {"select", "", 0},
		"who":                    {"update journal_entries set person_id = gen_random_uuid() where entry_id = " + tenth, journal.Changed, 10},
		"when":                   {"update journal_entries set at = " + backward + " where entry_id = " + tenth, journal.Changed, 10},
		"what":                   {"update journal_entries set action = 'consent_seen' where entry_id = " + tenth, journal.Changed, 10},
		"the first":              {"update journal_entries set reason = 'asked' where entry_id = (select entry_id from journal_leaves where leaf = 0 and tenant_id = :vaud)", journal.Changed, 1},
		"the last":               {"update journal_entries set reason = 'asked' where entry_id = (select entry_id from journal_leaves where leaf = 19 and tenant_id = :vaud)", journal.Changed, 20},
		"one is gone":            {"delete from journal_entries where entry_id = " + tenth, journal.Removed, 10},
		"the last is gone":       {"delete from journal_entries where entry_id = (select entry_id from journal_leaves where leaf = 19 and tenant_id = :vaud)", journal.Removed, 20},
		"three are gone":         {"delete from journal_entries where entry_id in (select entry_id from journal_leaves where leaf in (9, 10, 15) and tenant_id = :vaud)", journal.Removed, 10},
		"all are gone":           {"delete from journal_entries where tenant_id = :vaud", journal.Removed, 1},
		"one more in between":    {insert + "transaction, 'ffffffff-ffff-4fff-bfff-ffffffffffff', at, person_id, role, 'consent_seen'" + ofTenth, journal.SlippedIn, 11},
		"one more before all":    {insert + "'3', gen_random_uuid(), " + backward + ", person_id, role, 'consent_seen'" + ofTenth, journal.SlippedIn, 1},
		"one more with old time": {insert + "pg_current_xact_id(), gen_random_uuid(), " + backward + ", person_id, role, 'consent_seen'" + ofTenth, journal.Backdated, 21},
		"numbers of transactions": {"update journal_entries set transaction = case entry_id when " + tenth + " then (select transaction from journal_leaves where leaf = 11 and tenant_id = :vaud) else (select transaction from journal_leaves where leaf = 9 and tenant_id = :vaud) end" +
			" where entry_id in (select entry_id from journal_leaves where leaf in (9, 11) and tenant_id = :vaud)", journal.Changed, 10},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.leave(t, cast.Lea, 12)
			w.leave(t, cast.Claire, 1)
			first := w.bundle(t, cast.Lea, 0)
			w.leave(t, cast.Lea, 8)
			second := w.bundle(t, cast.Lea, first.Size)
			entries := w.leaves(t, cast.Lea)

			off, on := "", ""
			for _, table := range []string{"journal_entries", "journal_leaves", "journal_checkpoints"} {
				off += "alter table " + table + " disable trigger all; "
				on += "alter table " + table + " enable trigger all; "
			}
			w.Exec(t, off+strings.ReplaceAll(c.attack, ":vaud", "'"+cast.Vaud.ID.String()+"'")+"; truncate journal_leaves; truncate journal_checkpoints; "+on)
			w.Exec(t, "alter table journal_entries enable always trigger journal_entries_stay, enable always trigger journal_entries_stay_all")
			w.pass(t) // all hashes anew, and signed again

			verdict, err := verify(w.export(t, cast.Lea), first.Key, first.File, second.File)
			var breach *journal.Breach
			if c.kind == "" {
				if err != nil || verdict.Entries != 20 {
					t.Errorf("%+v, %v", verdict, err)
				}
				return
			}
			if !errors.As(err, &breach) || breach.Kind != c.kind || breach.Place != c.place {
				t.Fatalf("got %v, want %s at %d", err, c.kind, c.place)
			}
			if c.kind == journal.Changed && name != "numbers of transactions" && !strings.Contains(err.Error(), entries[c.place-1].String()) {
				t.Errorf("%v does not name %s", err, entries[c.place-1])
			}
			if c.kind == journal.Removed && c.place == 10 && !strings.Contains(err.Error(), "between "+entries[8].String()) {
				t.Errorf("%v does not say where it stood", err)
			}
			// The other canton's journal is as it was, but for the checkpoint that was thrown away.
			theirs := w.bundle(t, cast.Claire, 0)
			if _, err := verify(w.export(t, cast.Claire), theirs.Key, theirs.File); err != nil {
				t.Error(err)
			}
		})
	}
}

// Leaves can be put in another order without an entry being touched.
func TestAnotherOrderOfLeavesIsFound(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 6)
	signed := w.bundle(t, cast.Lea, 0)
	lines := strings.Split(w.export(t, cast.Lea), "\n")
	lines[3], lines[5] = lines[5], lines[3]
	_, err := verify(strings.Join(lines, "\n"), signed.Key, signed.File)
	var breach *journal.Breach
	if !errors.As(err, &breach) || breach.Kind != journal.Moved || breach.Place != 3 {
		t.Errorf("got %v", err)
	}
}

// What stands behind the end of the tree, with an old number of a transaction, is no way around.
func TestWhatIsSlippedInBehindTheTreeIsFound(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 5)
	w.pass(t)
	signed := w.bundle(t, cast.Lea, 0)
	w.Exec(t, `insert into journal_entries (tenant_id, transaction, entry_id, at, person_id, role, action)
		values ($1, '3', gen_random_uuid(), now() - interval '1 day', $2, 'caseworker', 'dossiers_searched')`, cast.Vaud.ID, cast.Lea.ID)
	for _, when := range []string{"not hashed", "hashed"} {
		_, err := verify(w.export(t, cast.Lea), signed.Key, signed.File)
		var breach *journal.Breach
		if !errors.As(err, &breach) || breach.Kind != journal.Backdated || breach.Place != 6 {
			t.Errorf("%s: %v", when, err)
		}
		w.bundle(t, cast.Lea, 0)
	}
	if got := len(w.leaves(t, cast.Lea)); got != 6 {
		t.Errorf("%d leaves: what stood behind the tree has none", got)
	}
}

// Without fingerprints the breach is found, and where it lies as far as checkpoints tell.
func TestWithoutFingerprintsARangeIsNamed(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 4)
	first := w.bundle(t, cast.Lea, 0)
	w.leave(t, cast.Lea, 4)
	second := w.bundle(t, cast.Lea, 8) // none go along
	lines := strings.Split(w.export(t, cast.Lea), "\n")
	lines[7] = strings.Replace(lines[7], `"reason":""`, `"reason":"asked"`, 1)
	_, err := verify(strings.Join(lines, "\n"), first.Key, first.File, second.File)
	var breach *journal.Breach
	if !errors.As(err, &breach) || breach.Kind != journal.Somewhere || breach.Place != 5 || breach.Last != 8 {
		t.Errorf("got %v", err)
	}
}

// A file that does not serve is told apart from a journal that was tampered with.
func TestFilesThatDoNotServe(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 4)
	w.leave(t, cast.Claire, 2)
	first := w.bundle(t, cast.Lea, 0)
	before := w.export(t, cast.Lea)
	w.leave(t, cast.Lea, 2)
	later, theirs := w.bundle(t, cast.Lea, 0), w.bundle(t, cast.Claire, 0)
	export := w.export(t, cast.Lea)
	lines := strings.SplitAfter(export, "\n")
	signature, block, _ := strings.Cut(string(first.File), "\n-----BEGIN")
	var breach *journal.Breach
	for sentence, c := range map[string]struct {
		export, key string
		file        string
	}{
		"the key is none":                      {export, "a key", string(first.File)},
		"the checkpoint first was not signed":  {export, theirKeyFor(t, first.Key), string(first.File)},
		"is of another tenant (":               {export, theirs.Key, string(first.File)},
		"is no checkpoint of a journal":        {export, first.Key, export},
		"was changed after it was signed":      {export, first.Key, strings.Replace(string(first.File), "\n4\n", "\n3\n", 1)},
		"are damaged or missing":               {export, first.Key, signature},
		"are damaged or missing: take":         {export, first.Key, signature + "\n-----BEGIN" + strings.Replace(block, "\n", "\nAAAA", 1)},
		"is newer than the export":             {before, first.Key, string(later.File)},
		"no export of a journal, or not whole": {strings.Join(lines[:len(lines)-2], ""), first.Key, string(first.File)},
		"or not whole: make":                   {strings.Join(slices.Delete(slices.Clone(lines), 2, 3), ""), first.Key, string(first.File)},
		"the file is no export":                {string(first.File), first.Key, string(first.File)},
		"line 3 of the export is no entry":     {strings.Replace(export, lines[2], " "+lines[2], 1), first.Key, string(first.File)},
		"line 2 of the export is no entry":     {strings.Replace(export, lines[1], "{\"v\":2}\n", 1), first.Key, string(first.File)},
		"the export is of another tenant":      {w.export(t, cast.Claire), first.Key, string(first.File)},
	} {
		if _, err := verify(c.export, c.key, []byte(c.file)); err == nil || errors.As(err, &breach) || !strings.Contains(err.Error(), sentence) {
			t.Errorf("%s: %v", sentence, err)
		}
	}
	// What a mailbox does to the ends of lines harms nothing.
	if _, err := verify(strings.ReplaceAll(export, "\n", "\r\n"), first.Key+"\n", []byte(strings.ReplaceAll(string(first.File), "\n", "\r\n"))); err != nil {
		t.Error(err)
	}
	if size, err := journal.HeldSize(later.File); err != nil || size != 6 {
		t.Errorf("the next one would begin at %d, %v", size, err)
	}
	if _, err := journal.HeldSize([]byte(export)); err == nil {
		t.Error("an export passes for a checkpoint")
	}
}

// theirKeyFor is another key under the name of one.
func theirKeyFor(t *testing.T, key string) string {
	t.Helper()
	name, _, _ := strings.Cut(key, "+")
	public, _, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	other, err := note.NewEd25519VerifierKey(name, public)
	if err != nil {
		t.Fatal(err)
	}
	return other
}

// Two histories that were both signed contradict each other, whatever the export says.
func TestTwoSignedHistoriesContradictEachOther(t *testing.T) {
	w := newWorld(t)
	w.leave(t, cast.Lea, 4)
	first := w.bundle(t, cast.Lea, 0)
	// Who rules the machine of the application as well signs what was made up.
	w.Exec(t, "alter table journal_entries disable trigger all; alter table journal_leaves disable trigger all; alter table journal_checkpoints disable trigger all; "+
		"update journal_entries set reason = 'asked'; truncate journal_leaves; truncate journal_checkpoints; "+
		"alter table journal_entries enable always trigger journal_entries_stay, enable always trigger journal_entries_stay_all; "+
		"alter table journal_leaves enable always trigger journal_leaves_stay, enable always trigger journal_leaves_stay_all, enable always trigger journal_leaves_follow_each_other; "+
		"alter table journal_checkpoints enable always trigger journal_checkpoints_stay, enable always trigger journal_checkpoints_stay_all, enable always trigger journal_checkpoints_go_on_from_each_other")
	forged := w.bundle(t, cast.Lea, 0)
	if _, err := verify(w.export(t, cast.Lea), first.Key, forged.File); err != nil {
		t.Errorf("alone it says nothing: %v", err)
	}
	if _, err := verify(w.export(t, cast.Lea), first.Key, first.File, forged.File); err == nil || !strings.Contains(err.Error(), "contradict each other") {
		t.Errorf("got %v", err)
	}
}

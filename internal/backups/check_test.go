package backups_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/backups"
	"passerelle/internal/cast"
	"passerelle/internal/demo"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

// world is an installation of two cantons, with a dossier each.
type world struct {
	*pgtest.Database
	ring *keys.Ring
}

func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{Database: pgtest.New(t)}
	pgtest.Cast(t, w.Database)
	w.ring = w.Ring(t)
	reach := func(role string) string {
		return strings.Replace(w.AppConnString, "user=passerelle_app", "user="+role, 1)
	}
	if err := demo.OpenOne(t.Context(), backups.Installation{Data: reach, Keys: reach, Master: pgtest.Master()}); err != nil {
		t.Fatal(err)
	}
	return w
}

func (w *world) reach() backups.Reach {
	return backups.Reach{App: w.AppConnString, Sequencer: w.SequencerConnString, Keys: w.KeysConnString, Counting: []string{w.TransferConnString}, Master: pgtest.Master(), Now: time.Now}
}

// sign signs the journal of a canton, and gives what its officer keeps.
func (w *world) sign(t *testing.T, who cast.Person) journal.Held {
	t.Helper()
	db, err := tenantdb.Open(t.Context(), w.SequencerConnString, tenantdb.Options{MaxConns: 2})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	sequencer, err := journal.NewSequencer(t.Context(), db, w.ring, slog.New(slog.DiscardHandler), time.Now)
	if err != nil {
		t.Fatal(err)
	}
	bundle, err := sequencer.Bundle(t.Context(), who.Tenant.ID, 0)
	if err != nil {
		t.Fatal(err)
	}
	return journal.Held{Name: "kept.txt", File: bundle.File}
}

// enter leaves an entry of the journal.
func (w *world) enter(t *testing.T, who cast.Person, entry journal.Entry) {
	t.Helper()
	if err := w.App.Write(who.Context(t.Context()), func(ctx context.Context, tx tenantdb.Tx) error { return journal.Record(ctx, tx, entry) }); err != nil {
		t.Fatal(err)
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	kept := w.sign(t, cast.Lea)
	reach := w.reach()
	reach.Checkpoints = []journal.Held{kept}
	found, err := backups.Check(t.Context(), reach)
	if err != nil {
		t.Fatal(err)
	}
	if found.Opened != 2 || found.Dossiers != 2 || found.Brought != 0 || len(found.Journals) != 2 {
		t.Errorf("found %+v", found)
	}
	refused := func(t *testing.T, reach backups.Reach, want string) {
		t.Helper()
		if _, err := backups.Check(t.Context(), reach); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want %q, got %v", want, err)
		}
	}
	t.Run("another master key", func(t *testing.T) {
		text, err := keys.NewMaster()
		if err != nil {
			t.Fatal(err)
		}
		other := w.reach()
		if other.Master, err = keys.MasterFromText(text); err != nil {
			t.Fatal(err)
		}
		refused(t, other, "the master key does not open the keys of vaud")
	})
	t.Run("keys that are older than the data", func(t *testing.T) {
		w := newWorld(t)
		w.Exec(t, "set session_replication_role = replica; delete from keys.keysets where kind = 'dossier' and tenant_id = '"+cast.Vaud.ID.String()+"'")
		refused(t, w.reach(), "1 dossiers of vaud have no keys, and nobody has erased them")
	})
	t.Run("a dossier that an old backup brought back", func(t *testing.T) {
		w := newWorld(t)
		w.Exec(t, "delete from keys.keysets where kind = 'dossier'")
		if found, err := backups.Check(t.Context(), w.reach()); err != nil || found.Brought != 2 || found.Dossiers != 0 {
			t.Errorf("found %+v, %v", found, err)
		}
	})
	t.Run("a journal that is shorter than what was signed", func(t *testing.T) {
		shorter := w.reach()
		w.enter(t, cast.Lea, journal.Entry{Action: journal.DossierSeen, Dossier: ids.New[journal.Dossier]()})
		shorter.Checkpoints = []journal.Held{w.sign(t, cast.Lea)}
		// What was written last is not in the backup: neither the entry, nor its leaf, nor that it was signed.
		for _, table := range []string{"journal_leaves", "journal_checkpoints", "journal_entries"} {
			w.Exec(t, "alter table "+table+" disable trigger user")
		}
		w.Exec(t, `with last as (delete from journal_leaves where (tenant_id, leaf) = (select tenant_id, max(leaf) from journal_leaves where tenant_id = '`+cast.Vaud.ID.String()+`' group by 1) returning entry_id),
			signed as (delete from journal_checkpoints where (tenant_id, checkpoint) = (select tenant_id, max(checkpoint) from journal_checkpoints where tenant_id = '`+cast.Vaud.ID.String()+`' group by 1))
			delete from journal_entries where entry_id in (select entry_id from last)`)
		for _, table := range []string{"journal_leaves", "journal_checkpoints", "journal_entries"} {
			w.Exec(t, `do $$ declare one record; begin
				for one in select tgname from pg_trigger where tgrelid = '`+table+`'::regclass and not tgisinternal loop
					execute format('alter table `+table+` enable always trigger %I', one.tgname);
				end loop; end $$`)
		}
		refused(t, shorter, "entry 2 was removed")
		if _, err := backups.Check(t.Context(), w.reach()); err != nil {
			t.Errorf("without what is kept elsewhere: %v", err)
		}
	})
	t.Run("a fence that is open", func(t *testing.T) {
		w := newWorld(t)
		w.Exec(t, "alter table dossiers no force row level security")
		refused(t, w.reach(), "the database is not fenced")
	})
}

// TestErasedStaysErased puts keys of an older backup beside a journal that knows what was erased since.
func TestErasedStaysErased(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx := cast.Lea.Context(t.Context())
	holder := func(kind keys.Kind) keys.Holder {
		h := keys.Holder{Kind: kind, ID: uuid.New()}
		if err := w.ring.Create(ctx, h); err != nil {
			t.Fatal(err)
		}
		return h
	}
	erased, sent, draft, stays := holder(keys.Dossier), holder(keys.Referral), holder(keys.Referral), holder(keys.Dossier)
	dossier := func(h keys.Holder) ids.ID[journal.Dossier] { return ids.MustParse[journal.Dossier](h.ID.String()) }
	referral := func(h keys.Holder) ids.ID[journal.Referral] {
		return ids.MustParse[journal.Referral](h.ID.String())
	}
	w.enter(t, cast.Lea, journal.Entry{Action: journal.DraftSeen, Dossier: dossier(erased), Referral: referral(sent)})
	w.enter(t, cast.Lea, journal.Entry{Action: journal.DossierErased, Dossier: dossier(erased), Reason: "person_asked"})
	w.enter(t, cast.Lea, journal.Entry{Action: journal.DraftDiscarded, Dossier: dossier(stays), Referral: referral(draft)})
	for _, want := range []int{3, 0} {
		if destroyed, err := backups.EraseAgain(t.Context(), w.reach()); err != nil || destroyed != want {
			t.Fatalf("destroyed %d, want %d, %v", destroyed, want, err)
		}
	}
	for _, gone := range []keys.Holder{erased, sent, draft} {
		if _, err := w.ring.Box(ctx, gone); !errors.Is(err, keys.ErrDestroyed) {
			t.Errorf("a %s opens: %v", gone.Kind, err)
		}
	}
	if _, err := w.ring.Box(ctx, stays); err != nil {
		t.Errorf("the dossier of a draft that was thrown away: %v", err)
	}
}

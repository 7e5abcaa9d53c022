package documents_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
)

// A file that somebody changed where it lies, or exchanged for another one, opens nowhere, and is told apart from one that is away.
func TestAForgedFile(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	id, other := h.added(), h.added()
	theirs, err := h.shelf.Get(t.Context(), cast.Vaud.ID, h.fileOf(other))
	if err != nil {
		t.Fatal(err)
	}
	own, err := h.shelf.Get(t.Context(), cast.Vaud.ID, h.fileOf(id))
	if err != nil {
		t.Fatal(err)
	}
	own[len(own)/2] ^= 1
	for what, put := range map[string][]byte{"changed": own, "another document's": theirs, "cut off": theirs[:20]} {
		if err := h.shelf.Put(t.Context(), cast.Vaud.ID, h.fileOf(id), put); err != nil {
			t.Fatal(err)
		}
		var forged *keys.ForgedError
		if body, err := h.taken(cast.Lea, id); body != nil || !errors.As(err, &forged) || forged.Holder != dossiers.HolderOf(h.amina) {
			t.Errorf("%s: %d bytes, %v", what, len(body), err)
		}
	}
}

// TestT48 uses a ticket twice, late, from another session, for another document, and as somebody else.
func TestT48(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	id, other := h.added(), h.added()
	ticket := func() string {
		t.Helper()
		ticket, err := h.Ticket(h.as(cast.Lea), id, "session")
		if err != nil {
			t.Fatal(err)
		}
		return ticket
	}
	refused := func(what string, who cast.Person, document documents.ID, session, ticket string) {
		t.Helper()
		if taken, err := h.Take(h.as(who), document, session, ticket); taken.Body != nil || problem(err) != "documents.ticket.spent" && !errors.Is(err, fault.NotFound()) && !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %d bytes, %v", what, len(taken.Body), err)
		}
	}
	once := ticket()
	if taken, err := h.Take(h.as(cast.Lea), id, "session", once); err != nil || len(taken.Body) == 0 {
		t.Fatalf("%d bytes, %v", len(taken.Body), err)
	}
	refused("twice", cast.Lea, id, "session", once)
	refused("another session", cast.Lea, id, "another", ticket())
	refused("another document", cast.Lea, other, "session", ticket())
	refused("a colleague", cast.Karim, id, "session", ticket())
	refused("another canton", cast.Claire, id, "session", ticket())
	refused("an office", cast.Noe, id, "session", ticket())
	refused("none", cast.Lea, id, "session", "")
	refused("nonsense", cast.Lea, id, "session", strings.Repeat("a", 26))
	late := ticket()
	h.clock = h.clock.Add(61 * time.Second)
	refused("after 61 seconds", cast.Lea, id, "session", late)
	if h.count("select count(*) from download_tickets where ticket_hash = $1", []byte(late)) != 0 {
		t.Error("a ticket lies in clear")
	}
	// At once, one of many gets it.
	var wg sync.WaitGroup
	var mu sync.Mutex
	got, same := 0, ticket()
	for range 8 {
		wg.Go(func() {
			if taken, err := h.Take(h.as(cast.Lea), id, "session", same); err == nil && taken.Body != nil {
				mu.Lock()
				got++
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if got != 1 {
		t.Errorf("one ticket gave it out %d times", got)
	}
}

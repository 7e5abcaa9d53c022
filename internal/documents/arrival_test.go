package documents_test

import (
	"bytes"
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// send brings a file in parts, from a place on, and gives how much of it has arrived.
func (h *house) send(id documents.UploadID, body []byte, from, to int) int {
	h.t.Helper()
	received := from
	for at := from; at < to; at += documents.MostAtOnce {
		var err error
		if received, err = h.Receive(h.as(cast.Lea), id, at, body[at:min(at+documents.MostAtOnce, to)]); err != nil {
			h.t.Fatal(err)
		}
	}
	return received
}

func TestAFileInParts(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	body := picture(t, 1400)
	if len(body) < 2*documents.MostAtOnce {
		t.Fatalf("the picture has %d bytes: too few parts", len(body))
	}
	upload := ids.New[documents.Upload]()
	announced := documents.Announced{Name: "photo.png", Type: "image/png", Bytes: len(body)}
	if received, err := h.Begin(h.as(cast.Lea), h.amina, upload, announced); err != nil || received != 0 {
		t.Fatal(received, err)
	}
	h.send(upload, body, 0, documents.MostAtOnce)
	// The network was away: it is announced again, and goes on where it was. A part that comes again is taken once.
	received, err := h.Begin(h.as(cast.Lea), h.amina, upload, announced)
	if err != nil || received != documents.MostAtOnce {
		t.Fatal(received, err)
	}
	if again := h.send(upload, body, 0, documents.MostAtOnce); again != received {
		t.Errorf("%d, want %d", again, received)
	}
	folder, err := h.OfDossier(h.as(cast.Lea), h.amina)
	if err != nil || len(folder.UnderWay) != 1 || folder.UnderWay[0].Particulars.Get().Name != "photo.png" || folder.UnderWay[0].Percent() == 0 {
		t.Fatalf("%+v, %v", folder.UnderWay, err)
	}
	id := ids.New[documents.Document]()
	if err := h.Add(h.as(cast.Lea), h.amina, id, documents.Handed{Label: permit, Upload: upload}); problem(err) != "documents.upload.partial" {
		t.Errorf("half a file: %v", err)
	}
	for at, wrong := range map[int]int{-1: 10, 2 * documents.MostAtOnce: 10, documents.MostAtOnce: 0, len(body) - 5: 10} {
		if got, err := h.Receive(h.as(cast.Lea), upload, at, make([]byte, wrong)); problem(err) != "documents.part.wrong" || got != received {
			t.Errorf("%d bytes at %d: %d, %v", wrong, at, got, err)
		}
	}
	h.send(upload, body, received, len(body))
	// What was said of it is wrong: the file stays.
	if err := h.Add(h.as(cast.Lea), h.amina, id, documents.Handed{Label: documents.Label{Title: "x"}, Upload: upload}); problem(err) != "documents.data_class.missing" {
		t.Errorf("no class: %v", err)
	}
	if err := h.Add(h.as(cast.Lea), h.amina, id, documents.Handed{Label: documents.Label{DataClass: access.Permit}, Upload: upload}); err != nil {
		t.Fatal(err)
	}
	if h.count("select count(*) from uploads")+h.count("select count(*) from upload_parts") != 0 {
		t.Error("the parts are still there")
	}
	shown, err := h.Find(h.as(cast.Lea), id)
	if err != nil || shown.Title() != "photo" {
		t.Errorf("%q, %v", shown.Title(), err)
	}
	// A file that is refused is thrown away with its parts; one that never ends, after a day.
	bad := ids.New[documents.Upload]()
	if _, err := h.Begin(h.as(cast.Lea), h.amina, bad, documents.Announced{Name: "a.png", Bytes: 10}); err != nil {
		t.Fatal(err)
	}
	h.send(bad, []byte("not a png!"), 0, 10)
	if err := h.Add(h.as(cast.Lea), h.amina, ids.New[documents.Document](), documents.Handed{Label: permit, Upload: bad}); problem(err) != "documents.file.kind" || h.count("select count(*) from uploads") != 0 {
		t.Errorf("a bad file stays: %v", err)
	}
	endless := ids.New[documents.Upload]()
	if _, err := h.Begin(h.as(cast.Lea), h.amina, endless, announced); err != nil {
		t.Fatal(err)
	}
	// To everybody else, colleagues as well, it is not there.
	for _, who := range []cast.Person{cast.Karim, cast.Claire, cast.Noe, cast.Ruth} {
		if _, err := h.Receive(h.as(who), endless, 0, body[:10]); !errors.Is(err, fault.NotFound()) && !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s sends a part: %v", who.Name, err)
		}
		if _, err := h.Begin(h.as(who), h.amina, endless, announced); err == nil {
			t.Errorf("%s goes on with it", who.Name)
		}
		if _, err := h.Abort(h.as(who), endless); err == nil {
			t.Errorf("%s throws it away", who.Name)
		}
	}
	if err := h.Abandon(t.Context(), documents.Abandon{Tenant: cast.Vaud.ID, Upload: endless, Person: cast.Lea.ID}); err != nil || h.count("select count(*) from uploads") != 0 {
		t.Errorf("what nobody ended stays: %v", err)
	}
}

// TestTwoParts has the same part arrive twice at once, many times: there is never more, and never a gap.
func TestTwoParts(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	body := bytes.Repeat([]byte("0123456789"), 200)
	upload := ids.New[documents.Upload]()
	if _, err := h.Begin(h.as(cast.Lea), h.amina, upload, documents.Announced{Name: "a.png", Bytes: len(body)}); err != nil {
		t.Fatal(err)
	}
	for at := 0; at < len(body); at += 100 {
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() {
				if received, err := h.Receive(h.as(cast.Lea), upload, at, body[at:at+100]); err != nil || received != at+100 {
					t.Errorf("at %d: %d, %v", at, received, err)
				}
			})
		}
		wg.Wait()
	}
	if n := h.count("select count(*) from upload_parts"); n != len(body)/100 {
		t.Errorf("%d parts", n)
	}
}

// A file that nobody came to look at in time has not been refused: it stays, to be handed in once more.
func TestAFileWaitsItsTurn(t *testing.T) {
	t.Parallel()
	h := open(t, false)
	body := picture(t, 40)
	upload := ids.New[documents.Upload]()
	if _, err := h.Begin(h.as(cast.Lea), h.amina, upload, documents.Announced{Name: "a.png", Bytes: len(body)}); err != nil {
		t.Fatal(err)
	}
	h.send(upload, body, 0, len(body))
	release := h.OccupyTurn()
	hurried, cancel := context.WithTimeout(h.as(cast.Lea), 300*time.Millisecond)
	defer cancel()
	handed := documents.Handed{Label: permit, Upload: upload}
	if err := h.Add(hurried, h.amina, ids.New[documents.Document](), handed); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("it did not wait: %v", err)
	}
	release()
	if err := h.Add(h.as(cast.Lea), h.amina, ids.New[documents.Document](), handed); err != nil {
		t.Errorf("what had arrived is lost: %v", err)
	}
}

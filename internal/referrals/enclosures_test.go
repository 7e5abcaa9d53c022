package referrals_test

import (
	"bytes"
	"errors"
	"image"
	"image/png"
	"slices"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/referrals"
)

// paper hands a document in for a dossier.
func (h *house) paper(t testing.TB, who cast.Person, dossier dossiers.ID, title string, class access.DataClass) documents.ID {
	t.Helper()
	var body bytes.Buffer
	if err := png.Encode(&body, image.NewGray(image.Rect(0, 0, 4, 4))); err != nil {
		t.Fatal(err)
	}
	id := ids.New[documents.Document]()
	handed := documents.Handed{Label: documents.Label{Title: title, DataClass: class}, File: documents.File{Name: "Amina Okafor.png", Type: "image/png", Body: body.Bytes()}}
	if err := h.documents.Add(as(t, who), dossier, id, handed); err != nil {
		t.Fatal(err)
	}
	return id
}

// with is the revision of a draft that takes documents along.
func with(office *cast.Office, version int, enclosed ...documents.ID) referrals.Revision {
	r := revision(office, version, access.Identity)
	r.Documents = enclosed
	return r
}

// unwrapped is what somebody of an office gets who asks for an enclosure.
func (h *house) unwrapped(t testing.TB, who cast.Person, id documents.EnclosureID) ([]byte, error) {
	t.Helper()
	ticket, err := h.inbox.Ticket(as(t, who), id, "session")
	if err != nil {
		return nil, err
	}
	taken, err := h.inbox.Unwrap(as(t, who), id, "session", ticket)
	return taken.Body, err
}

// A document goes along with a referral as it was in the preview. The office takes it, nobody else of any office does, and it outlives the
// document until the office no longer sees the referral.
func TestDocumentsGoAlong(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	h.consent(t, amina, cast.CSR, access.Identity, access.Permit)
	permit, lease := h.paper(t, cast.Lea, amina, "Permis B", access.Permit), h.paper(t, cast.Lea, amina, "Acte de naissance", access.Identity)
	h.paper(t, cast.Lea, amina, "Certificat médical", access.Health)
	draft := h.draft(t, amina, cast.CSR)
	must[referrals.Referral](t)(h.referrals.Write(as(t, cast.Lea), draft.ReferralID, with(cast.CSR, draft.Version, lease, permit)))
	preview := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), draft.ReferralID))
	titles := func(enclosures []documents.Enclosure) (found []string) {
		for _, enclosure := range enclosures {
			found = append(found, enclosure.Title())
		}
		return found
	}
	want := []string{"Acte de naissance", "Permis B"}
	if got := titles(preview.AsSent.Enclosures); len(preview.Problems) > 0 || !slices.Equal(got, want) {
		t.Fatalf("the preview shows %v, %v", got, preview.Problems)
	}
	must[referrals.Referral](t)(h.referrals.Send(as(t, cast.Lea), draft.ReferralID, preview.Seal()))

	opened := must[inbox.Opened](t)(h.inbox.Open(as(t, cast.Noe), draft.ReferralID))
	file := must[referrals.File](t)(h.referrals.Find(as(t, cast.Lea), draft.ReferralID))
	again := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), draft.ReferralID))
	for where, enclosures := range map[string][]documents.Enclosure{"the office": opened.Enclosures, "the NGO": file.Referral.Enclosures, "the preview afterwards": again.AsSent.Enclosures} {
		if got := titles(enclosures); !slices.Equal(got, want) || enclosures[0].Particulars.Get().Name != "" || enclosures[0].Scanned {
			t.Fatalf("%s sees %v", where, enclosures)
		}
	}
	id := opened.Enclosures[1].EnclosureID
	got, err := h.unwrapped(t, cast.Noe, id)
	if err != nil || !bytes.HasPrefix(got, []byte("\x89PNG")) {
		t.Fatalf("%d bytes, %v", len(got), err)
	}
	for _, who := range []cast.Person{cast.Ines, cast.Eva, cast.Lea, cast.Claire, cast.Ruth, cast.Anna} {
		if body, err := h.unwrapped(t, who, id); body != nil || !errors.Is(err, fault.NotFound()) && !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s takes it: %d bytes, %v", who.Name, len(body), err)
		}
	}
	// The document of the dossier is none of the office's, by whatever name.
	if body, err := h.unwrapped(t, cast.Noe, ids.From[documents.Enclosure](permit.UUID())); body != nil || !errors.Is(err, fault.NotFound()) {
		t.Errorf("the document itself: %d bytes, %v", len(body), err)
	}

	// It is thrown away at the NGO, and stays with what was sent, also when the queue comes to throw the file away.
	if _, err := h.documents.Destroy(as(t, cast.Lea), permit); err != nil {
		t.Fatal(err)
	}
	for _, job := range h.discards(t) {
		if err := h.porter.Discard(t.Context(), job); err != nil {
			t.Fatal(err)
		}
	}
	if still, err := h.unwrapped(t, cast.Noe, id); err != nil || !bytes.Equal(still, got) {
		t.Fatalf("after it was thrown away: %d bytes, %v", len(still), err)
	}
	if _, err := h.referrals.Revoke(as(t, cast.Lea), draft.ReferralID); err != nil {
		t.Fatal(err)
	}
	if body, err := h.unwrapped(t, cast.Noe, id); body != nil || !errors.Is(err, fault.NotFound()) {
		t.Errorf("after the referral was revoked: %d bytes, %v", len(body), err)
	}
	if file := must[referrals.File](t)(h.referrals.Find(as(t, cast.Lea), draft.ReferralID)); !slices.Equal(titles(file.Referral.Enclosures), want) {
		t.Errorf("the NGO no longer knows what was sent: %v", file.Referral.Enclosures)
	}

	// When the dossier is erased, all of its files go, those of what was sent alone as well.
	before := len(h.discards(t))
	var name string
	if err := h.db.Owner.QueryRow(t.Context(), "select code_name from dossiers where dossier_id = $1", amina).Scan(&name); err != nil {
		t.Fatal(err)
	}
	order := erasures.Order{Reason: "person_asked", CodeName: name}
	if err := erasures.New(h.db.App, h.ring, time.Now, 7).Erase(as(t, cast.Karim), amina, order); err != nil {
		t.Fatal(err)
	}
	if planned := len(h.discards(t)) - before; planned != 3 {
		t.Errorf("%d files are thrown away, want those of two documents and of one that was sent", planned)
	}
}

// discards are the files that are planned to be thrown away.
func (h *house) discards(t testing.TB) (found []documents.Discard) {
	t.Helper()
	rows, err := h.db.Owner.Query(t.Context(), "select args from jobs.river_job where kind = 'file_discard'")
	if err != nil {
		t.Fatal(err)
	}
	found, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (job documents.Discard, err error) { return job, row.Scan(&job) })
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// A ticket of an office is good once, for a minute, in its session, for that enclosure and that person.
func TestTicketsOfAnOffice(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	h.consent(t, amina, cast.CSR, access.Identity)
	draft := h.draft(t, amina, cast.CSR)
	first, second := h.paper(t, cast.Lea, amina, "Un", access.Identity), h.paper(t, cast.Lea, amina, "Deux", access.Identity)
	must[referrals.Referral](t)(h.referrals.Write(as(t, cast.Lea), draft.ReferralID, with(cast.CSR, draft.Version, first, second)))
	must[referrals.Referral](t)(h.send(t, draft.ReferralID))
	opened := must[inbox.Opened](t)(h.inbox.Open(as(t, cast.Noe), draft.ReferralID))
	id, other := opened.Enclosures[0].EnclosureID, opened.Enclosures[1].EnclosureID
	ticket := func() string { return must[string](t)(h.inbox.Ticket(as(t, cast.Noe), id, "session")) }
	once := ticket()
	if taken, err := h.inbox.Unwrap(as(t, cast.Noe), id, "session", once); err != nil || len(taken.Body) == 0 {
		t.Fatalf("%d bytes, %v", len(taken.Body), err)
	}
	late := ticket()
	h.db.Exec(t, "update enclosure_tickets set expires_at = now() - interval '1 second'")
	for what, c := range map[string]struct {
		who             cast.Person
		id              documents.EnclosureID
		session, ticket string
	}{
		"twice":           {cast.Noe, id, "session", once},
		"late":            {cast.Noe, id, "session", late},
		"another session": {cast.Noe, id, "another", ticket()},
		"another one":     {cast.Noe, other, "session", ticket()},
		"a colleague":     {cast.Olga, id, "session", ticket()},
		"none":            {cast.Noe, id, "session", ""},
	} {
		taken, err := h.inbox.Unwrap(as(t, c.who), c.id, c.session, c.ticket)
		wantProblem(t, what, err, "documents.ticket.spent")
		if taken.Body != nil || taken.FileID != (documents.Enclosure{}).FileID || taken.ReferralID != draft.ReferralID {
			t.Errorf("%s: given %+v", what, taken)
		}
	}
}

// What may not go along does not, at whatever moment that comes about.
func TestDocumentsThatDoNotGoAlong(t *testing.T) {
	h := open(t)
	amina, zora := h.amina(t), h.amina(t)
	h.consent(t, amina, cast.CSR, access.Identity, access.Permit, access.Income)
	foreign := ids.New[dossiers.Dossier]()
	if err := h.dossiers.Open(as(t, cast.Claire), foreign, dossiers.Particulars{CodeName: dossiers.Propose(), Phase: dossiers.FirstContact, ResponsibleID: cast.Claire.ID}); err != nil {
		t.Fatal(err)
	}
	permit, health := h.paper(t, cast.Lea, amina, "Permis", access.Permit), h.paper(t, cast.Lea, amina, "Certificat", access.Health)
	waits := h.paper(t, cast.Lea, amina, "Scan", access.Identity)
	h.db.Exec(t, "update documents set state = 'quarantined' where document_id = $1", waits)
	var many []documents.ID
	for range documents.MostEnclosed + 1 {
		many = append(many, h.paper(t, cast.Lea, amina, "Page", access.Identity))
	}
	draft := h.draft(t, amina, cast.CSR)
	write := func(enclosed ...documents.ID) error {
		revision := with(cast.CSR, draft.Version, enclosed...)
		written, err := h.referrals.Write(as(t, cast.Lea), draft.ReferralID, revision)
		if err == nil {
			draft = written
		}
		return err
	}
	wantProblem(t, "health, to income support", write(health), "referrals.documents.above_ceiling")
	wantProblem(t, "in quarantine", write(waits), "referrals.documents.gone")
	wantProblem(t, "another dossier's", write(h.paper(t, cast.Lea, zora, "Permis", access.Permit)), "referrals.documents.gone")
	wantProblem(t, "another canton's", write(h.paper(t, cast.Claire, foreign, "Permis", access.Permit)), "referrals.documents.gone")
	wantProblem(t, "too many", write(many...), "referrals.documents.many")
	housing := h.paper(t, cast.Lea, amina, "Bail", access.Housing)
	wantProblem(t, "without consent", write(housing), "referrals.documents.no_consent")
	kept := with(cast.CSR, draft.Version, permit, housing, health, waits)
	kept.DropUnpermitted = true
	draft = must[referrals.Referral](t)(h.referrals.Write(as(t, cast.Lea), draft.ReferralID, kept))
	if !slices.Equal(draft.Documents, []documents.ID{permit}) {
		t.Errorf("saved on the way to the consent: %v", draft.Documents)
	}

	relabel := func(title string, class access.DataClass) {
		t.Helper()
		shown := must[documents.Shown](t)(h.documents.Find(as(t, cast.Lea), permit))
		if err := h.documents.Relabel(as(t, cast.Lea), permit, shown.Version, documents.Label{Title: title, DataClass: class}); err != nil {
			t.Fatal(err)
		}
	}
	preview := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), draft.ReferralID))
	for _, to := range []documents.Label{{Title: "Permis B", DataClass: access.Permit}, {Title: "Permis", DataClass: access.Income}} {
		relabel(to.Title, to.DataClass)
		if _, err := h.referrals.Send(as(t, cast.Lea), draft.ReferralID, preview.Seal()); !errors.Is(err, fault.Conflict("")) {
			t.Errorf("what was previewed has become %v: %v", to, err)
		}
	}
	for class, want := range map[access.DataClass]string{access.Health: "referrals.sending.above_ceiling", access.Housing: "referrals.sending.no_consent"} {
		relabel("Permis", class)
		_, err := h.send(t, draft.ReferralID)
		wantProblem(t, "it tells of "+string(class), err, want)
	}
	relabel("Permis", access.Permit)
	if _, err := h.documents.Destroy(as(t, cast.Lea), permit); err != nil {
		t.Fatal(err)
	}
	_, err := h.send(t, draft.ReferralID)
	wantProblem(t, "it is gone", err, "referrals.documents.gone")
	if h.seenBy(t, cast.Noe, draft.ReferralID) {
		t.Error("it was sent")
	}
}

package browsertest

import (
	"bytes"
	"context"
	"image"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/clamd"
	"passerelle/internal/clamd/clamdtest"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

// attach chooses a file of this machine in a form.
func (p *person) attach(name, path string) {
	p.t.Helper()
	p.do(chromedp.ActionFunc(func(ctx context.Context) error {
		found, _, err := runtime.Evaluate(`document.querySelector('input[type=file][name="` + name + `"]')`).Do(ctx)
		if err != nil {
			return err
		}
		return dom.SetFileInputFiles([]string{path}).WithObjectID(found.ObjectID).Do(ctx)
	}))
}

// photograph is a picture of so many points a side, which takes several parts, as a file of this machine.
func photograph(t testing.TB, name string, side int) (path string, size int) {
	t.Helper()
	noisy := image.NewGray(image.Rect(0, 0, side, side))
	_, _ = rand.NewChaCha8([32]byte{}).Read(noisy.Pix)
	var body bytes.Buffer
	check(t, jpeg.Encode(&body, noisy, &jpeg.Options{Quality: 95}))
	path = filepath.Join(t.TempDir(), name)
	check(t, os.WriteFile(path, body.Bytes(), 0o600))
	return path, body.Len()
}

// TestDocuments: Léa adds a photograph of a permit, of which a part had arrived before, forgets what it is about, and says it; the scanner
// looks at it while she reads the list; she takes it, calls it otherwise, and throws it away.
func TestDocuments(t *testing.T) {
	for _, s := range []style{{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow, noScript: true}, {lang: i18n.EN, width: wide}} {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			daemon := clamdtest.Start(t)
			daemon.Stop()
			site := webtest.Start(t, func(options *app.Options) {
				scanner, err := clamd.Open(daemon.Address)
				check(t, err)
				options.Scanner = scanner
			})
			id := ids.New[dossiers.Dossier]()
			hers := cast.Lea.Context(t.Context())
			check(t, site.App.Dossiers.Open(hers, id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}))
			path, size := photograph(t, "Permis B.jpg", 900)
			raw, err := os.ReadFile(path)
			check(t, err)
			upload := ids.New[documents.Upload]()
			_, err = site.App.Documents.Begin(hers, id, upload, documents.Announced{Name: "Permis B.jpg", Type: "image/jpeg", Bytes: size})
			check(t, err)
			_, err = site.App.Documents.Receive(hers, upload, 0, raw[:documents.MostAtOnce])
			check(t, err)

			lea := sit(t, site, s)
			lea.signedIn(cast.Lea)
			lea.visit(paths.Documents(id))
			lea.at("documents.title")
			lea.sees(lea.say("documents.empty.title"))
			lea.sees("Permis B.jpg")
			lea.press(words(lea.say("documents.new.link")))
			lea.at("documents.new.title")
			lea.attach("file", path)
			lea.press(words(lea.say("documents.new.submit")))
			lea.wanted = []int64{422}
			lea.sees(lea.say("documents.data_class.missing"))
			lea.at("documents.new.title")
			lea.wanted = nil
			if s.noScript {
				lea.attach("file", path)
			} else {
				lea.sees(lea.say("documents.upload.arrived", "Name", "Permis B.jpg"))
				sent := 0
				for _, address := range lea.journal.requests() {
					if strings.HasSuffix(address, "/parts") {
						sent++
					}
				}
				if want := (size+documents.MostAtOnce-1)/documents.MostAtOnce - 1; sent != want {
					t.Errorf("%d parts were sent, want %d: what had arrived stays", sent, want)
				}
			}
			lea.choose("data_class", "permit")
			lea.press(words(lea.say("documents.new.submit")))
			lea.at("documents.title")
			lea.sees(lea.say("documents.added"))
			lea.sees(lea.say("documents.state.quarantined"))
			daemon.Resume()
			// It is asked again later and later: here at once.
			site.Database.Exec(t, "update jobs.river_job set scheduled_at = now() where kind = 'document_scan' and state = 'retryable'")
			lea.until("the scanner has looked", func() bool {
				if s.noScript {
					lea.visit(paths.Documents(id))
					lea.at("documents.title")
				}
				return strings.Contains(lea.state().Text, lea.say("documents.state.clean"))
			})
			lea.press(on("#documents tbody a"))
			lea.at("Permis B")
			lea.touch(on(`form[action$="/ticket"] button`))
			lea.until("the document has left", func() bool {
				var taken int
				check(t, site.Database.Owner.QueryRow(t.Context(), "select count(*) from journal_entries where action = 'document_taken'").Scan(&taken))
				return taken == 1
			})
			lea.fill("title", "Permis B, recto")
			lea.press(words(lea.say("documents.edit.submit")))
			lea.at("Permis B, recto")
			lea.sees(lea.say("documents.changed"))
			lea.touch(words(lea.say("documents.destroy.title")))
			lea.press(words(lea.say("documents.destroy.submit")))
			lea.at("documents.title")
			lea.sees(lea.say("documents.destroyed"))
		})
	}
}

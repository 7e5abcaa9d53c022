package documentsweb_test

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"math/rand/v2"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/clamd"
	"passerelle/internal/clamd/clamdtest"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

func picture(t testing.TB, side int) []byte {
	t.Helper()
	noisy := image.NewGray(image.Rect(0, 0, side, side))
	_, _ = rand.NewChaCha8([32]byte{}).Read(noisy.Pix)
	var body bytes.Buffer
	if err := png.Encode(&body, noisy); err != nil {
		t.Fatal(err)
	}
	return body.Bytes()
}

// send posts a form that carries a file.
func send(t testing.TB, site *webtest.Site, b *webtest.Browser, path, field, name, kind string, body []byte, values url.Values) *webtest.Page {
	t.Helper()
	var form bytes.Buffer
	w := multipart.NewWriter(&form)
	for key := range values {
		if err := w.WriteField(key, values.Get(key)); err != nil {
			t.Fatal(err)
		}
	}
	if name != "" {
		part, err := w.CreatePart(textproto.MIMEHeader{"Content-Disposition": {`form-data; name="` + field + `"; filename="` + name + `"`}, "Content-Type": {kind}})
		if err == nil {
			_, err = part.Write(body)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+path, &form)
	if err != nil {
		t.Fatal(err)
	}
	request.Header.Set("Content-Type", w.FormDataContentType())
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	return b.Do(request)
}

// opened is Léa's dossier.
func opened(t *testing.T, site *webtest.Site) dossiers.ID {
	t.Helper()
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestADocument is handed in, kept back until the scanner has looked, and given out as a file that no page shows.
func TestADocument(t *testing.T) {
	t.Parallel()
	daemon := clamdtest.Start(t)
	daemon.Stop()
	site := webtest.Start(t, func(options *app.Options) {
		scanner, err := clamd.Open(daemon.Address)
		if err != nil {
			t.Fatal(err)
		}
		options.Scanner = scanner
	})
	folder := "/dossiers/" + opened(t, site).String() + "/documents"
	lea := site.SignIn(t, cast.Lea)
	if page := lea.Get(folder); page.Status != http.StatusOK || !page.Has(".pas-empty") || !page.Has("a[href='"+folder+"/new']") {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	form := lea.Get(folder + "/new").Values("form.pas-form")
	wrong := send(t, site, lea, folder, "file", "scan.png", "image/png", []byte("no picture"), form)
	if wrong.Status != http.StatusUnprocessableEntity || !wrong.Has("#file-error") || !wrong.Has(".govuk-error-summary a[href='#data_class']") {
		t.Fatalf("%d:\n%s", wrong.Status, wrong.Text())
	}
	form.Set("title", "<b>Permis</b>")
	form.Set("data_class", "permit")
	if page := send(t, site, lea, folder, "file", "", "", nil, form); page.Status != http.StatusUnprocessableEntity || !page.Has("#file-error") || page.Values("form.pas-form").Get("title") != "<b>Permis</b>" {
		t.Errorf("no file: %d\n%s", page.Status, page.Text())
	}
	var list *webtest.Page
	for range 2 { // pressed twice
		list = send(t, site, lea, folder, "file", "scan.png", "image/png", picture(t, 60), form)
	}
	if list.Status != http.StatusOK || list.Document.Find("#documents tbody tr").Length() != 1 || list.Has("main b") {
		t.Fatalf("%d:\n%s", list.Status, list.Text())
	}
	shown := list.Follow("#documents tbody a")
	if shown.Status != http.StatusOK || shown.Has("form[action$='/ticket']") {
		t.Fatalf("given out of quarantine: %d\n%s", shown.Status, shown.Text())
	}
	if page := lea.Post(shown.URL.Path+"/ticket", url.Values{"_csrf": {lea.Token()}}); page.Status != http.StatusConflict || page.Header.Get("Content-Disposition") != "" {
		t.Errorf("a ticket for what is in quarantine: %d", page.Status)
	}
	daemon.Resume()
	for waited := time.Now(); !shown.Has("form[action$='/ticket']"); shown = lea.Get(shown.URL.Path) {
		if time.Since(waited) > time.Minute {
			t.Fatalf("the scanner is back, and nothing is looked at:\n%s", shown.Text())
		}
		time.Sleep(200 * time.Millisecond)
	}
	file := shown.Submit("form[action$='/ticket']", nil)
	for header, want := range map[string]string{
		"Content-Type": "image/png", "Content-Disposition": `attachment; filename="document.png"`, "X-Content-Type-Options": "nosniff",
		"Content-Security-Policy": "sandbox; default-src 'none'; frame-ancestors 'none'", "Cross-Origin-Resource-Policy": "same-origin", "Cache-Control": "no-store",
	} {
		if got := file.Header.Get(header); file.Status != http.StatusOK || got != want {
			t.Errorf("%d, %s: %q, want %q", file.Status, header, got, want)
		}
	}
	if !strings.HasPrefix(file.Body, "\x89PNG") {
		t.Error("what is given out is no picture")
	}
	// The same address once more, and in another session of hers.
	again, elsewhere := lea.Get(file.URL.RequestURI()), site.SignIn(t, cast.Lea)
	if again.Header.Get("Content-Disposition") != "" || !again.Has(".govuk-error-summary") {
		t.Errorf("a ticket twice: %d\n%s", again.Status, again.Text())
	}
	ticket := lea.Post(shown.URL.Path+"/ticket", url.Values{"_csrf": {lea.Token()}})
	if page := elsewhere.Get(ticket.URL.RequestURI()); page.Header.Get("Content-Disposition") != "" {
		t.Error("a ticket of another session")
	}
	if strings.Contains(site.Log.String(), "ticket=") || strings.Contains(site.Log.String(), "scan.png") {
		t.Error("the log tells of tickets or files")
	}
	conflict := shown.Values("form[action='" + shown.URL.Path + "']")
	conflict.Set("title", "Permis C")
	if page := lea.Post(shown.URL.Path, conflict); page.Status != http.StatusOK || !strings.Contains(page.Document.Find("h1").Text(), "Permis C") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	conflict.Set("title", "Permis L")
	if page := lea.Post(shown.URL.Path, conflict); page.Status != http.StatusConflict || page.Values("form[action='"+shown.URL.Path+"']").Get("title") != "Permis L" {
		t.Errorf("two editors: %d\n%s", page.Status, page.Text())
	}
	ruth := site.SignIn(t, cast.Ruth)
	if page := ruth.Get(shown.URL.Path); page.Status != http.StatusOK || page.Has("main form") {
		t.Errorf("an auditor: %d\n%s", page.Status, page.Text())
	}
	claire := site.SignIn(t, cast.Claire)
	for _, path := range []string{folder, folder + "/new", shown.URL.Path, file.URL.RequestURI()} {
		if page := claire.Get(path); page.Status != http.StatusNotFound {
			t.Errorf("%s: %d", path, page.Status)
		}
	}
	if page := lea.Get(shown.URL.Path).Submit("main form[action$='/destroy']", nil); page.Status != http.StatusOK || !page.Has(".pas-empty") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

// TestParts has a script send a file: what is answered is how much there is.
func TestParts(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	dossier, lea := opened(t, site), site.SignIn(t, cast.Lea)
	folder := "/dossiers/" + dossier.String()
	form := lea.Get(folder + "/documents/new").Values("form.pas-form")
	body := picture(t, 1100)
	answer := func(page *webtest.Page, status, received int, problem bool) {
		t.Helper()
		var said struct {
			Received int
			Problem  string
		}
		if err := json.Unmarshal([]byte(page.Body), &said); err != nil || page.Status != status || said.Received != received || (said.Problem != "") != problem {
			t.Fatalf("%d %s, want %d and %d: %v", page.Status, page.Body, status, received, err)
		}
	}
	announce := url.Values{"_csrf": {lea.Token()}, "upload": {form.Get("upload")}, "name": {"a.png"}, "type": {"image/png"}, "bytes": {strconv.Itoa(len(body))}}
	answer(lea.Post(folder+"/uploads", announce), http.StatusOK, 0, false)
	parts := "/uploads/" + form.Get("upload") + "/parts"
	part := func(at, most int) *webtest.Page {
		t.Helper()
		return send(t, site, lea, parts, "part", "blob", "application/octet-stream", body[at:min(at+most, len(body))], url.Values{"at": {strconv.Itoa(at)}, "_csrf": {lea.Token()}})
	}
	answer(part(0, documents.MostAtOnce), http.StatusOK, documents.MostAtOnce, false)
	answer(part(0, documents.MostAtOnce), http.StatusOK, documents.MostAtOnce, false)
	answer(part(3, 10), http.StatusOK, documents.MostAtOnce, false)
	answer(part(len(body)-5, 5), http.StatusUnprocessableEntity, documents.MostAtOnce, true)
	answer(part(documents.MostAtOnce, documents.MostAtOnce+1), http.StatusUnprocessableEntity, documents.MostAtOnce, true)
	answer(lea.Post(folder+"/uploads", announce), http.StatusOK, documents.MostAtOnce, false)
	announce.Set("bytes", strconv.Itoa(30<<20))
	announce.Set("upload", ids.New[documents.Upload]().String())
	answer(lea.Post(folder+"/uploads", announce), http.StatusUnprocessableEntity, 0, true)
	form.Set("arrived", "yes")
	form.Set("data_class", "permit")
	if page := send(t, site, lea, folder+"/documents", "file", "", "", nil, form); page.Status != http.StatusUnprocessableEntity || !page.Has("#file-error") || !page.Has("progress") && !page.Has("#file") {
		t.Fatalf("half a file: %d\n%s", page.Status, page.Text())
	}
	for at := documents.MostAtOnce; at < len(body); at += documents.MostAtOnce {
		answer(part(at, documents.MostAtOnce), http.StatusOK, min(at+documents.MostAtOnce, len(body)), false)
	}
	form.Del("data_class")
	wrong := send(t, site, lea, folder+"/documents", "file", "", "", nil, form)
	if wrong.Status != http.StatusUnprocessableEntity || wrong.Has("input[type=file]") || !wrong.Has("input[name=arrived]") {
		t.Fatalf("the file has to be chosen anew: %d\n%s", wrong.Status, wrong.Text())
	}
	if page := wrong.Submit("form[action$='/documents']", url.Values{"data_class": {"permit"}}); page.Status != http.StatusOK || page.Document.Find("#documents tbody tr").Length() != 1 {
		t.Fatalf("%d:\n%s", page.Status, page.Text())
	}
	// Somebody who thinks better of it.
	other := ids.New[documents.Upload]().String()
	announce.Set("bytes", "100")
	announce.Set("upload", other)
	answer(lea.Post(folder+"/uploads", announce), http.StatusOK, 0, false)
	page := lea.Get(folder + "/documents")
	if page = page.Submit("form[action='/uploads/"+other+"/destroy']", nil); page.Status != http.StatusOK || page.Has("progress") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
}

// TestALargeForm is refused where nobody is signed in, before it is read, and where it is larger than a form may be.
func TestALargeForm(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	folder := "/dossiers/" + opened(t, site).String() + "/documents"
	lea := site.SignIn(t, cast.Lea)
	form := lea.Get(folder + "/new").Values("form.pas-form")
	form.Set("data_class", "permit")
	if page := send(t, site, lea, folder, "file", "a.png", "image/png", picture(t, 1900), form); page.Status != http.StatusOK {
		t.Errorf("a file of 3.6 MB: %d\n%s", page.Status, page.Text())
	}
	large := append([]byte("\x89PNG\r\n\x1a\n"), make([]byte, 4<<20)...)
	form.Set("id", ids.New[documents.Document]().String())
	if page := send(t, site, lea, folder, "file", "a.png", "image/png", large, form); page.Status != http.StatusUnprocessableEntity || !page.Has("#file-error") {
		t.Errorf("a file of 4 MB: %d\n%s", page.Status, page.Text())
	}
	if page := send(t, site, site.Open(t), folder, "file", "a.png", "image/png", make([]byte, 1<<20), form); page.Status != http.StatusRequestEntityTooLarge {
		t.Errorf("a stranger's file was read: %d", page.Status)
	}
}

// What somebody hands in is written to no disk in clear, not even for the moment in which the form is read, as it would be by a server
// that streams bodies: here nothing can be written where a program writes what is for a moment.
func TestNothingLiesInClearForAMoment(t *testing.T) {
	site := webtest.Start(t)
	folder := "/dossiers/" + opened(t, site).String()
	lea := site.SignIn(t, cast.Lea)
	form := lea.Get(folder + "/documents/new").Values("form.pas-form")
	form.Set("data_class", "permit")
	t.Setenv("TMPDIR", "/dev/null/nowhere")
	if page := send(t, site, lea, folder+"/documents", "file", "a.png", "image/png", picture(t, 1900), form); page.Status != http.StatusOK || page.Document.Find("#documents tbody tr").Length() != 1 {
		t.Errorf("a form with a file: %d\n%s", page.Status, page.Text())
	}
	upload := ids.New[documents.Upload]().String()
	lea.Post(folder+"/uploads", url.Values{"_csrf": {lea.Token()}, "upload": {upload}, "name": {"a.png"}, "bytes": {strconv.Itoa(documents.MostAtOnce)}})
	part := send(t, site, lea, "/uploads/"+upload+"/parts", "part", "blob", "application/octet-stream", make([]byte, documents.MostAtOnce), url.Values{"at": {"0"}, "_csrf": {lea.Token()}})
	if part.Status != http.StatusOK || !strings.Contains(part.Body, strconv.Itoa(documents.MostAtOnce)) {
		t.Errorf("a part: %d %s", part.Status, part.Body)
	}
}

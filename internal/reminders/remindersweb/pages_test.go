package remindersweb_test

import (
	"context"
	"net/http"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/mail"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// ending is a dossier of Léa's in which a reflection period ends on a day.
func ending(t *testing.T, site *webtest.Site, name dossiers.CodeName, on time.Time) dossiers.ID {
	t.Helper()
	id, ctx := ids.New[dossiers.Dossier](), cast.Lea.Context(t.Context())
	if err := site.App.Dossiers.Open(ctx, id, dossiers.Particulars{CodeName: name, Phase: dossiers.Reflection, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	ring := site.Database.Ring(t)
	if err := site.App.DB.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		_, box, err := dossiers.Hold(ctx, tx, ring, id)
		if err != nil {
			return err
		}
		return dossiers.Report(ctx, tx, box, id, "reflection", []deadlines.Fact{{Trigger: deadlines.ReflectionUntil, On: on}}, time.Now())
	}); err != nil {
		t.Fatal(err)
	}
	return id
}

// TestTheDayBeginsWithWhatIsDue goes the whole way: a date is planned for, its day comes, the queue reminds, and Léa says that
// she has seen it.
func TestTheDayBeginsWithWhatIsDue(t *testing.T) {
	t.Parallel()
	mails := t.TempDir()
	site := webtest.Start(t, func(options *app.Options) { options.Post = mail.Folder(mails) })
	today := forms.Today(time.Now())
	dossier := ending(t, site, "Lomidak", today.AddDate(0, 0, 20))
	lea := site.SignIn(t, cast.Lea)
	if page := lea.Get("/work"); page.Status != http.StatusOK || page.Has("#work-reminders") {
		t.Fatalf("%d, reminded before the day:\n%s", page.Status, page.Text())
	}

	// The day has come for one that is planned.
	site.Database.Exec(t, "update jobs.river_job set scheduled_at = now() where kind = 'warning' and args->>'on' = $1", today.AddDate(0, 0, 13).Format(time.DateOnly))
	page := lea.Get("/work")
	for deadline := time.Now().Add(20 * time.Second); !page.Has("#work-reminders") && time.Now().Before(deadline); page = lea.Get("/work") {
		time.Sleep(200 * time.Millisecond)
	}
	if !page.Has("#work-reminders a[href='/dossiers/" + dossier.String() + "']") {
		t.Fatalf("Léa is not reminded:\n%s", page.Text())
	}
	if site.SignIn(t, cast.Karim).Get("/work").Has("#work-reminders") {
		t.Error("Karim is reminded of what is not his")
	}
	page = page.Submit("#work-reminders form", nil)
	if page.Status != http.StatusOK || page.URL.Path != "/work" || page.Has("#work-reminders") {
		t.Errorf("%d %s: seen, and there still:\n%s", page.Status, page.URL, page.Text())
	}
	if foreign := lea.Post("/reminders/"+dossier.String()+"/acknowledgement", url.Values{}); foreign.Status != http.StatusForbidden && foreign.Status != http.StatusNotFound {
		t.Errorf("a reminder that is none: %d", foreign.Status)
	}

	// A morning has come as well: the e-mail is in the language that she chooses.
	page = page.SubmitButton("button[name=language][value=it]")
	if !strings.Contains(page.Text(), "Il mio lavoro") {
		t.Errorf("the language is not the one that was chosen:\n%s", page.Text())
	}
	var language string
	if err := site.Database.Owner.QueryRow(t.Context(), "select language from languages where member_id = $1", cast.Lea.ID).Scan(&language); err != nil || language != "it" {
		t.Errorf("e-mails come in %q: %v", language, err)
	}
	if _, err := os.ReadDir(mails); err != nil {
		t.Error(err)
	}
}

func TestTeamPage(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	ending(t, site, "Lomidak", forms.Today(time.Now()).AddDate(0, 0, -2))
	karim := site.SignIn(t, cast.Karim)
	page := karim.Get("/team")
	if page.Status != http.StatusOK || !strings.Contains(page.Text(), cast.Lea.Name) || !strings.Contains(page.Text(), "n’envoie pas de messages") {
		t.Errorf("%d:\n%s", page.Status, page.Text())
	}
	if !page.Has("nav a[href='/team'][aria-current=page]") {
		t.Error("nothing leads there")
	}
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
		if page := site.SignIn(t, stranger).Get("/team"); page.Status != http.StatusForbidden {
			t.Errorf("%s: %d", stranger.Name, page.Status)
		}
	}
}

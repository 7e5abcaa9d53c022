package app_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/erasures"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

func init() {
	hanging = append(hanging, confided)
	onlyLea := func(who column) bool { return who.ID == cast.Lea.ID }
	sees["/circles/"], sees["/notes/"] = onlyLea, onlyLea
}

// confided is a note that Léa, a psychologist, keeps under the secret of her profession, corrected once, and a circle of lawyers that was
// handed on once and in which nobody is left.
func confided(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	practising(t, site, cast.Lea.ID, members.Psychological)
	lea, today := cast.Lea.Context(t.Context()), forms.Today(time.Now())
	circle, note, orphan := ids.New[confidences.Circle](), ids.New[confidences.Note](), ids.New[confidences.Circle]()
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(site.App.Confidences.Open(lea, dossier, circle, members.Psychological))
	must(site.App.Confidences.Write(lea, circle, note, confidences.Draft{On: &today, Text: "Canarysecret"}))
	_, err := site.App.Confidences.Correct(lea, note, 1, confidences.Draft{On: &today, Text: "Canarysecret, corrected"})
	must(err)
	practising(t, site, cast.Lea.ID, members.Legal)
	must(site.App.Confidences.Open(lea, dossier, orphan, members.Legal))
	must(site.App.Confidences.Write(lea, orphan, ids.New[confidences.Note](), confidences.Draft{On: &today, Text: "Canarysecret of law"}))
	withdrawn(t, site, cast.Lea.ID, members.Legal)
	return map[string]string{"/circles/": circle.String(), "/notes/": note.String(), ":orphan": orphan.String()}
}

func practising(t *testing.T, site *webtest.Site, member tenantdb.PersonID, profession members.Profession) {
	t.Helper()
	site.Database.Exec(t, "insert into member_professions (tenant_id, member_id, profession, granted_by, granted_at) values ($1, $2, $3, $4, now()) on conflict do nothing", cast.Vaud.ID, member, profession, cast.Anna.ID)
}

func withdrawn(t *testing.T, site *webtest.Site, member tenantdb.PersonID, profession members.Profession) {
	t.Helper()
	site.Database.Exec(t, "delete from member_professions where member_id = $1 and profession = $2", member, profession)
}

// TestAConfidenceReachesNobodyElse opens everything of a dossier that leads anywhere, as those who see it and as those who administer: of a
// note nothing is on any page, and its own pages are those of what never was, to the byte.
func TestAConfidenceReachesNobodyElse(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	about := amina(t, site)
	never := ids.New[confidences.Circle]().String()
	own := func(circle, note string) []string {
		return []string{"/circles/" + circle, "/circles/" + circle + "/notes/new", "/notes/" + note + "/edit", "/notes/" + note + "/striking"}
	}
	opened := 0
	for _, who := range []cast.Person{cast.Karim, cast.Ruth, cast.Anna, cast.Claire, cast.Noe, cast.Lea} {
		browser := site.SignIn(t, who)
		pages := []string{"/work", "/team", "/dossiers", "/journal", "/statistics", "/members", "/members/" + cast.Lea.ID.String(), "/retention"}
		for _, part := range strings.Fields("overview person deadlines interviews appointments tasks letters documents timeline identification risk childhood admission confidences reflection stays proceedings assistance inquiries housing integration return path closure journal sheet erasure") {
			if part == "overview" {
				part = ""
			}
			pages = append(pages, strings.TrimSuffix("/dossiers/"+about.dossier+"/"+part, "/"))
		}
		for _, path := range pages {
			page := browser.Get(path)
			if page.Status == http.StatusOK {
				opened++
			}
			if strings.Contains(page.Body, "Canarysecret") {
				t.Errorf("%s shows %s of a note", path, who.Name)
			}
		}
		theirs, nothing := own(about.others["/circles/"], about.others["/notes/"]), own(never, never)
		for i := range theirs {
			got, want := browser.Get(theirs[i]), browser.Get(nothing[i])
			if who.ID == cast.Lea.ID {
				if got.Status != http.StatusOK {
					t.Errorf("Léa opens %s: %d", theirs[i], got.Status)
				}
				continue
			}
			if got.Status == http.StatusOK || got.Status != want.Status || got.Text() != want.Text() {
				t.Errorf("%s tells a note that is there from one that never was: %s, %d and %d", who.Name, theirs[i], got.Status, want.Status)
			}
		}
	}
	if opened < 60 {
		t.Errorf("only %d pages were opened: the test sees too little", opened)
	}
	order := erasures.Order{Reason: "person_asked"}
	id := ids.MustParse[dossiers.Dossier](about.dossier)
	prospect, err := site.App.Erasures.Prepare(cast.Karim.Context(t.Context()), id)
	if err != nil || prospect.Circles != 2 {
		t.Fatalf("%+v, %v", prospect, err)
	}
	order.CodeName = string(prospect.Mention.CodeName)
	if err := site.App.Erasures.Erase(cast.Karim.Context(t.Context()), id, order); !errors.Is(err, fault.Refused("")) {
		t.Errorf("what a profession keeps notes on is erased: %v", err)
	}
	lea := site.SignIn(t, cast.Lea)
	if page := lea.Get(paths.Circle(ids.MustParse[confidences.Circle](about.others["/circles/"]))); !strings.Contains(page.Body, "Canarysecret, corrected") {
		t.Errorf("Léa does not read her own: %d", page.Status)
	}
}

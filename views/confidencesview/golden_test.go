package confidencesview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func circleOf(last string, profession members.Profession, insiders ...confidences.Insider) confidences.Circle {
	return confidences.Circle{CircleID: ids.MustParse[confidences.Circle]("c1c1e000-0000-4000-8000-00000000000" + last), DossierID: amina.DossierID, Profession: profession, OpenedBy: cast.Lea.ID, OpenedAt: now.AddDate(0, -2, 0), Members: insiders}
}

func insider(who cast.Person, holds bool) confidences.Insider {
	return confidences.Insider{MemberID: who.ID, Name: who.Name, NamedAt: now.AddDate(0, -1, 0), Holds: holds}
}

func noteOf(last string, day int) confidences.Note {
	return confidences.Note{
		NoteID: ids.MustParse[confidences.Note]("a07e0000-0000-4000-8000-00000000000" + last), DossierID: amina.DossierID, NotedOn: time.Date(2026, time.November, day, 0, 0, 0, 0, time.UTC),
		Contents: keys.Of(confidences.Contents{Text: hostile}), AuthorID: cast.Lea.ID, RecordedAt: now, Version: 2, WrittenBy: cast.Lea.ID, WrittenAt: now,
	}
}

func staff(practising ...members.Practising) confidences.Staff {
	all := []members.Member{}
	for _, who := range []cast.Person{cast.Karim, cast.Lea, cast.Ruth} {
		all = append(all, members.Member{MemberID: who.ID, Name: who.Name, Role: who.Role})
	}
	return confidences.Staff{All: all, Practising: practising}
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	psychologist := func(who cast.Person) members.Practising {
		return members.Practising{MemberID: who.ID, Profession: members.Psychological}
	}
	held, orphan := circleOf("1", members.Psychological, insider(cast.Lea, true)), circleOf("2", members.Legal, insider(cast.Ruth, false))
	closed := circleOf("3", members.Medical, insider(cast.Karim, true))
	closed.ClosedAt, closed.ClosedBy = &now, cast.Karim.ID
	all := Overview{Overview: confidences.Overview{Mention: amina, Circles: []confidences.Circle{closed, held, orphan}, Staff: staff(psychologist(cast.Lea), members.Practising{MemberID: cast.Lea.ID, Profession: members.Medical})}, ID: "c1c1e000-0000-4000-8000-000000000009"}
	of := func(o Overview, who cast.Person) Overview {
		o.By = who.ID
		return o
	}
	struck, corrected := noteOf("2", 12), noteOf("1", 20)
	struck.StruckAt, struck.StruckBy, struck.Contents = &now, cast.Lea.ID, keys.Of(confidences.Contents{Text: hostile, Struck: hostile})
	corrected.Earlier = []confidences.Earlier{{NotedOn: corrected.NotedOn, Contents: keys.Of(confidences.Contents{Text: hostile}), WrittenBy: cast.Karim.ID, WrittenAt: now, Version: 1}}
	full := Sheet{By: cast.Lea.ID, Sheet: confidences.Sheet{
		Mention: amina, Circle: circleOf("1", members.Psychological, insider(cast.Lea, true), insider(cast.Ruth, false)), Staff: staff(psychologist(cast.Karim), psychologist(cast.Lea)),
		Notes: []confidences.Note{corrected, struck}, Next: struck.NoteID,
		Successions: []confidences.Succession{{SuccessorID: cast.Lea.ID, NamedBy: cast.Karim.ID, NamedAt: now, Words: keys.Of(hostile)}},
	}}
	last := full
	last.Problems = fault.Problems{{Key: "confidences.member.last"}}
	done := Sheet{By: cast.Karim.ID, Older: true, Sheet: confidences.Sheet{Mention: amina, Circle: closed, Staff: staff(), Notes: []confidences.Note{noteOf("1", 20)}}}
	file := confidences.File{Mention: amina, Circle: held, Note: corrected, Staff: staff()}
	typed := url.Values{"noted_on": {"31.2.2027"}, "text": {hostile}}
	wrong := fault.Problems{{Field: "noted_on", Key: "forms.date.unreadable"}, {Field: "text", Key: "confidences.text.missing"}}
	succession := SuccessionForm{File: confidences.File{Mention: amina, Circle: orphan, Staff: staff(members.Practising{MemberID: cast.Lea.ID, Profession: members.Legal})}, By: cast.Karim.ID, ID: "5cce0000-0000-4000-8000-000000000001"}
	refused := succession
	refused.Typed, refused.Problems = url.Values{"words": {hostile}}, fault.Problems{{Field: "successor", Key: "confidences.succession.missing"}}
	nobody := succession
	nobody.File.Staff = staff()
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"overview":              {cast.Lea, OverviewPage(of(all, cast.Lea))},
		"overview_coordination": {cast.Karim, OverviewPage(of(all, cast.Karim))},
		"overview_an_audit":     {cast.Ruth, OverviewPage(of(all, cast.Ruth))},
		"overview_none":         {cast.Karim, OverviewPage(Overview{Overview: confidences.Overview{Mention: amina}, By: cast.Karim.ID})},
		"circle":                {cast.Lea, CirclePage(full)},
		"circle_last":           {cast.Lea, CirclePage(last)},
		"circle_closed":         {cast.Karim, CirclePage(done)},
		"new":                   {cast.Lea, NewPage(Form{File: file, ID: "a07e0000-0000-4000-8000-000000000009", Typed: url.Values{"noted_on": {"24.11.2026"}}})},
		"edit_wrong":            {cast.Lea, FormPage(Form{File: file, Version: 2, Typed: typed, Problems: wrong})},
		"edit_conflict":         {cast.Lea, FormPage(Form{File: file, Version: 2, Typed: url.Values{"noted_on": {"20.11.2026"}, "text": {"other"}}, Problems: fault.Problems{{Key: "confidences.conflict"}}, Theirs: TypedOf(corrected)})},
		"striking":              {cast.Lea, FormPage(Form{File: file, Version: 2, Striking: true})},
		"waiting":               {cast.Karim, Waiting([]confidences.Waiting{{CircleID: held.CircleID, DossierID: amina.DossierID, CodeName: "<b>Lo", Profession: members.Psychological, Handed: true}, {CircleID: orphan.CircleID, DossierID: amina.DossierID, CodeName: "Lomidak", Profession: members.Legal}})},
		"succession":            {cast.Karim, SuccessionPage(succession)},
		"succession_wrong":      {cast.Karim, SuccessionPage(refused)},
		"succession_nobody":     {cast.Karim, SuccessionPage(nobody)},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			compare(t, name+"_"+string(lang), lang, test.person, test.component)
		}
	}
	if access.May(cast.Ruth.Role, access.ConfidenceKeep) {
		t.Error("who only looks keeps notes")
	}
}

func compare(t *testing.T, name string, lang i18n.Lang, person cast.Person, component templ.Component) {
	t.Helper()
	ctx := ui.WithRequest(i18n.With(person.Context(context.Background()), lang), ui.Request{
		Nonce: "NONCE", CSRF: "TOKEN", Path: "/dossiers", Person: &ui.Person{Name: person.Name, TenantName: person.Tenant.Name},
	})
	var html bytes.Buffer
	if err := component.Render(ctx, &html); err != nil {
		t.Fatal(err)
	}
	got := html.String()
	if _, main, ok := strings.Cut(got, "<main"); ok {
		main, _, _ = strings.Cut(main, "</main>")
		got = "<main" + main + "</main>"
	}
	got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
	if strings.Contains(got, hostile) {
		t.Errorf("%s: a text that somebody typed became a script", name)
	}
	golden := filepath.Join("testdata", name+".html")
	if *update {
		if err := os.MkdirAll("testdata", 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(golden)
	if err != nil {
		t.Fatal(err)
	}
	if got != string(want) {
		t.Errorf("%s differs; read the difference, then run with -update\n%s", golden, got)
	}
}

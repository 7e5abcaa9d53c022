package inquiriesview

import (
	"bytes"
	"context"
	"flag"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/inquiries"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func on(month time.Month, day int) time.Time {
	return time.Date(2026, month, day, 0, 0, 0, 0, time.UTC)
}

func numbered(last string, p inquiries.Particulars) inquiries.Inquiry {
	return inquiries.Inquiry{InquiryID: ids.MustParse[inquiries.Inquiry]("1a4e0000-0000-4000-8000-00000000000" + last), DossierID: amina.DossierID, Version: 3, Particulars: p}
}

func extended() inquiries.Inquiry {
	return numbered("1", inquiries.Particulars{
		Terms:     inquiries.Terms{ReceivedOn: on(time.November, 2), Channel: "by_letter", AskedBy: inquiries.Lawyer, Representative: "Me Rochat", Note: hostile},
		Extension: &inquiries.Extension{ToldOn: on(time.November, 20), Until: on(time.December, 18), Reason: hostile},
	})
}

func replied() inquiries.Inquiry {
	return numbered("2", inquiries.Particulars{
		Terms:  inquiries.Terms{ReceivedOn: on(time.May, 2), Channel: "in_person", AskedBy: inquiries.Herself},
		Answer: &inquiries.Answer{On: on(time.May, 20), Outcome: inquiries.Partial, Check: inquiries.Known, Ground: "third_parties", Reason: hostile, LeftOut: hostile},
	})
}

func sheet(t *testing.T) inquiries.Sheet {
	t.Helper()
	book, err := deadlines.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	rules, err := book.For("VD")
	if err != nil {
		t.Fatal(err)
	}
	open := numbered("3", inquiries.Particulars{Terms: inquiries.Terms{ReceivedOn: on(time.November, 21), Channel: "by_email", AskedBy: inquiries.Guardian, Representative: "APEA"}})
	return inquiries.Sheet{
		Dossier: amina, Inquiries: []inquiries.Inquiry{open, extended(), replied()}, MayAnswer: true,
		Dates: rules.Deadlines([]deadlines.Fact{
			{Trigger: deadlines.AccessRequested, On: on(time.November, 2), Of: "a"}, {Trigger: deadlines.AccessExtended, On: on(time.November, 20), Of: "a"},
			{Trigger: deadlines.AccessExtendedUntil, On: on(time.December, 18), Of: "a"}, {Trigger: deadlines.AccessRequested, On: on(time.November, 21), Of: "b"},
		}),
	}
}

// of is the form about an inquiry, as it is known.
func of(i inquiries.Inquiry, typed url.Values) Form {
	return Form{Dossier: amina, Inquiry: i, Version: 3, Typed: typed}
}

func wrong() Form {
	typed := TypedOf(extended())
	typed.Set("received_on", "31.2.2027")
	return of(extended(), nil).With(typed, fault.Problems{{Field: "received_on", Key: "forms.date.unreadable"}, {Field: "channel", Key: "inquiries.channel.missing"}})
}

// extract is a request of which a text was decided, another has changed since, and others wait on a second page.
func extract() inquiries.Extract {
	told := disclosure.Chapter{Name: "interviews"}
	for i := range TextsShown + 1 {
		var facts disclosure.Facts
		facts.Words("interviews.note.label", hostile+strings.Repeat("!", i))
		told.Add(strconv.Itoa(i), "inquiries.thing.interview", facts)
	}
	e := inquiries.Extract{Dossier: amina, Inquiry: extended(), Chapters: []disclosure.Chapter{told, {Name: "tasks"}}}
	all := e.Texts("interviews")
	e.Inquiry.Choices = map[string]inquiries.Choice{
		all[0].Ref: {Digest: all[0].Digest(), Decision: inquiries.Struck, Passages: []string{hostile}},
		all[1].Ref: {Digest: "another", Decision: inquiries.Whole},
	}
	return e
}

func texts(problems fault.Problems) TextsForm {
	form := TextsForm{Extract: extract(), Chapter: extract().Chapters[0], Version: 3, Problems: problems}
	form.Typed = TypedOfTexts(form)
	return form
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	colleague := sheet(t)
	colleague.MayAnswer = false
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"list":             {cast.Lea, List(sheet(t), now)},
		"list_a_colleague": {cast.Lea, List(colleague, now)},
		"list_an_audit":    {cast.Ruth, List(colleague, now)},
		"list_none":        {cast.Lea, List(inquiries.Sheet{Dossier: amina}, now)},
		"new":              {cast.Lea, New(Form{Dossier: amina, ID: "1a4e0000-0000-4000-8000-000000000004"})},
		"edit_wrong":       {cast.Lea, Edit(wrong())},
		"extension":        {cast.Lea, Extend(of(extended(), TypedOfExtension(extended())))},
		"answer":           {cast.Lea, Reply(of(extended(), TypedOfAnswer(extended())))},
		"answer_correct":   {cast.Lea, Reply(of(replied(), TypedOfAnswer(replied())))},
		"extract":          {cast.Lea, Extract(extract())},
		"extract_answered": {cast.Lea, Extract(inquiries.Extract{Dossier: amina, Inquiry: replied()})},
		"texts":            {cast.Lea, Texts(texts(nil))},
		"texts_wrong":      {cast.Lea, Texts(texts(fault.Problems{{Field: "passages-" + extract().Texts("interviews")[0].Ref, Key: "inquiries.passages.absent", Args: []any{"Passage", hostile}}}))},
		"taking":           {cast.Karim, Taking(TakingForm{Extract: extract(), Typed: url.Values{"language": {"de"}}})},
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			compare(t, name+"_"+string(lang), lang, test.person, test.component)
		}
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

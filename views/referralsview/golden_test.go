package referralsview

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
	"passerelle/internal/cleaning"
	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/offices"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	soon  = time.Date(2026, time.November, 30, 0, 0, 0, 0, time.UTC)
	late  = time.Date(2026, time.November, 20, 0, 0, 0, 0, time.UTC)
	until = time.Date(2027, time.May, 23, 22, 0, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
)

const hostile = `<script>alert(1)</script>`

func officeOf(o *cast.Office) offices.Office {
	return offices.Office{OfficeID: o.ID, Name: o.Name, Kind: o.Kind, Place: o.Place}
}

func line(state referrals.State) referrals.Line {
	l := referrals.Line{
		ReferralID: ids.MustParse[timeline.Referral]("4efe0000-0000-4000-8000-000000000001"), Reference: "7GX4QP", DossierID: amina.DossierID,
		CodeName: amina.CodeName, OfficeID: cast.CSR.ID, OfficeName: cast.CSR.Name, OfficeKind: cast.CSR.Kind, Service: cast.CSR.Kind,
		Urgency: referrals.Urgent, AnswerBy: &soon, State: state, CreatedAt: now, UpdatedAt: now,
	}
	if state != referrals.Draft {
		l.SentAt, l.VisibleUntil = &now, &until
	}
	return l
}

func referral(state referrals.State) referrals.Referral {
	r := referrals.Referral{
		Line: line(state), Request: "Un revenu d’insertion dès décembre.\n" + hostile, DataClasses: []access.DataClass{access.Identity, access.Income}, Version: 3,
		CreatedByName: cast.Lea.Name,
	}
	if state != referrals.Draft {
		r.SentByName = cast.Lea.Name
		r.Slice = &referrals.Slice{Sections: []disclosure.Section{
			{Class: access.Identity, Facts: []disclosure.Fact{
				{Label: "dossiers.family_name.label", Kind: disclosure.Text, Values: []string{"Okafor " + hostile}},
				{Label: "dossiers.birth_date.label", Kind: disclosure.Date, Values: []string{"2001-03-04"}},
				{Label: "dossiers.nationalities.label", Kind: disclosure.Country, Values: []string{"NG", "XX"}},
				{Label: "dossiers.gender.label", Kind: disclosure.Message, Values: []string{"dossiers.gender.female"}},
				{Label: "dossiers.languages.label", Kind: disclosure.Language, Values: []string{"bin", "fra"}},
			}},
			{Class: access.Income, Facts: []disclosure.Fact{{Label: "access.data_class.income", Kind: disclosure.Message, Values: []string{"dossiers.disclosure.nothing_recorded"}}}},
		}}
	}
	return r
}

func paper(n byte, title string, class access.DataClass) documents.Document {
	id := [16]byte{15: n}
	return documents.Document{
		DocumentID: ids.From[documents.Document](id), DataClass: class, Kind: cleaning.PDF, Bytes: 345_678, State: documents.Clean, Particulars: keys.Of(documents.Particulars{Title: title}),
	}
}

// enclosing is a desk with documents: one that is to go along, one that could, and one that may not.
func enclosing() referrals.Desk {
	d := desk()
	d.Documents = []documents.Document{paper(1, "Permis "+hostile, access.Identity), paper(2, "Budget", access.Income), paper(3, "Certificat", access.Health)}
	d.Referral.Documents = []documents.ID{d.Documents[0].DocumentID}
	return d
}

// enclosed is a referral that was sent with two documents, one of which no scanner has seen.
func enclosed() referrals.Referral {
	r, d := referral(referrals.Sent), enclosing()
	d.Documents[1].State = documents.Unscanned
	r.Enclosures = documents.Enclosed(d.Documents, []documents.ID{d.Documents[0].DocumentID, d.Documents[1].DocumentID})
	return r
}

// desk is a draft for which consent covers only a part.
func desk() referrals.Desk {
	return referrals.Desk{
		Referral: referral(referrals.Draft), Office: officeOf(cast.CSR), At: now,
		Consents: []consents.Consent{
			{OfficeID: cast.CSR.ID, Purpose: cast.CSR.Kind, DataClasses: []access.DataClass{access.Identity, access.Income}, ValidFrom: late, ValidUntil: soon},
			{OfficeID: cast.CSR.ID, Purpose: cast.CSR.Kind, DataClasses: []access.DataClass{access.Housing}, ValidFrom: late, ValidUntil: late},
		},
	}
}

func conflicting() EditForm {
	form := FormOf(desk())
	form.Theirs = true
	form.Typed.Set("request", "Ce que j’ai écrit.")
	form.Typed["data_classes"] = []string{"identity"}
	return form
}

func wrong() EditForm {
	form := FormOf(desk())
	form.Typed.Set("answer_by", "31.2.2027")
	form.Typed["data_classes"] = []string{"identity", "housing"}
	form.Problems = fault.Problems{{Field: "answer_by", Key: "forms.date.unreadable"}, {Field: "data_classes", Key: "referrals.sending.consent_ended"}}
	return form
}

func file() referrals.File {
	r := referral(referrals.Accepted)
	r.TakenByName, r.TakenAt, r.AnsweredAt, r.NewsAt = cast.Noe.Name, &now, &now, &now
	return referrals.File{
		Referral: r, At: now,
		Messages: []messages.Message{
			{Kind: messages.Question, Body: "A-t-elle un permis ?\n" + hostile, FromOffice: true, AuthorName: cast.Noe.Name, SentAt: now},
			{Kind: messages.Answer, Body: "Pas encore.", AuthorName: cast.Lea.Name, SentAt: now},
		},
		Events: []timeline.Entry{{Kind: timeline.ReferralSent, At: now, ActorName: cast.Lea.Name}, {Kind: timeline.ReferralAccepted, At: now, ActorName: cast.Noe.Name}},
	}
}

func revoked() referrals.File {
	f := file()
	f.Referral.State, f.Referral.RevokedAt, f.Referral.VisibleUntil, f.Referral.NewsAt = referrals.Revoked, &now, &now, nil
	return f
}

func work() referrals.Work {
	overdue, expired := line(referrals.Taken), line(referrals.Sent)
	overdue.AnswerBy, overdue.Urgency = &late, referrals.Normal
	expired.VisibleUntil = &late
	return referrals.Work{
		News: []referrals.Line{file().Referral.Line}, Overdue: []referrals.Line{overdue}, Unanswered: []referrals.Line{line(referrals.Sent), expired},
		Drafts: []referrals.Line{line(referrals.Draft)}, More: true, At: now,
	}
}

// lettered is how an office is shown it: each document can be asked for.
func lettered(r referrals.Referral) Letter {
	letter := LetterOf(r, cast.Vaud.Name)
	letter.Ticket = func(id documents.EnclosureID) string { return "/enclosures/" + id.String() + "/ticket" }
	return letter
}

func reply() ReplyForm {
	return ReplyForm{ID: "3e550000-0000-4000-8000-000000000001", Typed: url.Values{"kind": {"answer"}}}
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	asSent := referral(referrals.Sent)
	problems := fault.Problems{{Field: "data_classes", Key: "referrals.sending.consent_ended"}}
	all := offices.Directory{Today: now, Entries: []offices.Entry{
		{Office: officeOf(cast.Foyer)}, {Office: officeOf(cast.CSR), Works: true, Languages: []string{"fra"}}, {Office: officeOf(cast.Clinic), Reach: offices.Reach{Phone: "+41 21 000 00 03"}},
	}}
	choice := NewForm{Dossier: amina, Offices: all, ID: line(referrals.Draft).ReferralID}
	for name, test := range map[string]struct {
		person    cast.Person
		component templ.Component
	}{
		"work":              {cast.Lea, WorkLists(work())},
		"new":               {cast.Lea, NewPage(choice)},
		"new_of_kind":       {cast.Lea, NewPage(NewForm{Dossier: amina, Offices: all, ID: choice.ID, Kind: cast.Clinic.Kind})},
		"new_none":          {cast.Lea, NewPage(NewForm{Dossier: amina})},
		"edit":              {cast.Lea, EditPage(FormOf(desk()))},
		"edit_documents":    {cast.Lea, EditPage(FormOf(enclosing()))},
		"letter_documents":  {cast.Noe, LetterView(lettered(enclosed()))},
		"preview_documents": {cast.Lea, PreviewPage(referrals.Preview{Referral: referral(referrals.Draft), AsSent: enclosed()}, cast.Vaud.Name, nil)},
		"edit_wrong":        {cast.Lea, EditPage(wrong())},
		"conflict":          {cast.Lea, EditPage(conflicting())},
		"preview":           {cast.Lea, PreviewPage(referrals.Preview{Referral: referral(referrals.Draft), AsSent: asSent}, cast.Vaud.Name, nil)},
		"preview_refused":   {cast.Lea, PreviewPage(referrals.Preview{Referral: referral(referrals.Draft), AsSent: asSent, Problems: problems}, cast.Vaud.Name, problems)},
		"preview_an_audit":  {cast.Ruth, PreviewPage(referrals.Preview{Referral: referral(referrals.Draft), AsSent: asSent}, cast.Vaud.Name, nil)},
		"show":              {cast.Lea, ShowPage(file(), reply(), cast.Vaud.Name)},
		"show_an_audit":     {cast.Ruth, ShowPage(file(), reply(), cast.Vaud.Name)},
		"show_revoked":      {cast.Lea, ShowPage(revoked(), reply(), cast.Vaud.Name)},
		"revocation":        {cast.Lea, RevocationPage(line(referrals.Taken))},
		"panel":             {cast.Lea, Panel(amina.DossierID, []referrals.Line{file().Referral.Line, line(referrals.Draft)}, now)},
		"panel_none":        {cast.Ruth, Panel(amina.DossierID, nil, now)},
		"slice_none":        {cast.Noe, SliceView(referrals.Slice{})},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := ui.WithRequest(i18n.With(test.person.Context(context.Background()), i18n.FR), ui.Request{
				Nonce: "NONCE", CSRF: "TOKEN", Path: "/referrals", Person: &ui.Person{Name: test.person.Name, TenantName: test.person.Tenant.Name},
			})
			var html bytes.Buffer
			if err := test.component.Render(ctx, &html); err != nil {
				t.Fatal(err)
			}
			got := html.String()
			if _, main, ok := strings.Cut(got, "<main"); ok {
				main, _, _ = strings.Cut(main, "</main>")
				got = "<main" + main + "</main>"
			}
			got = strings.ReplaceAll(got, "><", ">\n<") + "\n"
			if strings.Contains(got, hostile) {
				t.Error("a text that somebody typed became a script")
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
		})
	}
}

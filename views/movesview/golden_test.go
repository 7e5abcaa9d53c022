package movesview

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
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/moves"
	"passerelle/views/ui"
)

var update = flag.Bool("update", false, "write the golden files anew")

var (
	now   = time.Date(2026, time.November, 24, 9, 30, 0, 0, time.UTC)
	amina = dossiers.Mention{DossierID: ids.MustParse[dossiers.Dossier]("d0551e00-0000-4000-8000-000000000001"), CodeName: "Lomidak"}
	id    = ids.MustParse[moves.Move]("30e50000-0000-4000-8000-000000000001")
)

const hostile = `<script>alert(1)</script>`

// stages are those of a move up to a standing.
func stages(to moves.Standing) (s moves.Stages) {
	later := now.AddDate(0, 0, 14)
	s = moves.Stages{Reason: "safety", AnswerBy: time.Date(2026, time.December, 1, 0, 0, 0, 0, time.UTC), ProposedAt: now}
	switch to {
	case moves.Withdrawn:
		s.WithdrawnAt = &now
	case moves.Declined:
		s.AnsweredAt, s.DeclineReason = &now, "no_place"
	case moves.Accepted, moves.Sent, moves.Opened:
		s.AnsweredAt, s.Colleague, s.PublicKey = &now, hostile, []byte("key")
	}
	if to == moves.Sent || to == moves.Opened {
		s.SentAt, s.ExpiresAt = &now, &later
	}
	if to == moves.Opened {
		s.OpenedAt = &now
	}
	return s
}

func asker() moves.Asker { return moves.Asker{AskerName: hostile, AskerPhone: "021 000 00 00"} }

func moveIn(to moves.Standing) moves.Move {
	return moves.Move{MoveID: id, DossierID: amina.DossierID, ToName: "Passerelle Genève", Asker: asker(), Stages: stages(to),
		Particulars: keys.Of(moves.Particulars{Consent: moves.Consent{GivenOn: now, How: "orally", Interpreter: hostile}, Chapters: []moves.Chapter{moves.Situation, "stays"}})}
}

func contents() moves.Contents {
	told := disclosure.Chapter{Name: "situation"}
	var facts disclosure.Facts
	facts.Words("access.data_class.health", hostile)
	facts.Day("inquiries.recorded_at.label", now)
	told.Add("", "inquiries.thing.situation", facts)
	return moves.Contents{Person: dossiers.Beneficiary{FamilyName: hostile, Nationalities: []string{"NG"}}, ReachedThrough: "police_justice", Chapters: []disclosure.Chapter{told, {Name: "stays"}}}
}

// TestGolden compares what stands between header and footer; the frame has its own tests.
func TestGolden(t *testing.T) {
	t.Parallel()
	sheet := func(may bool, list ...moves.Move) Sheet {
		return Sheet{Sheet: moves.Sheet{Mention: amina, Moves: list, MayPropose: may, MayWithdraw: true, At: now}}
	}
	received := sheet(true)
	received.Received = &moves.Received{FromName: "Passerelle Vaud", ReceivedAt: now, Contents: keys.Of(contents())}
	form := Form{Sheet: moves.Sheet{Mention: amina, MayPropose: true, At: now, Neighbours: []moves.Neighbour{{TenantID: cast.Geneve.ID, Name: cast.Geneve.Name}}}, ID: id.String(), Typed: url.Values{"phone": {hostile}, "chapters": {"stays"}}}
	wrong := form
	wrong.Problems = fault.Problems{{Field: "to", Key: "moves.to.missing"}}
	sending := Sending{Sending: moves.Sending{Mention: amina, Move: moveIn(moves.Accepted), Contents: contents(), Seal: "seal"}}
	another := sending
	another.Refused = fault.Refused("moves.send.another")
	another.Problems = fault.Problems{{Key: "moves.send.another"}}
	desk := func(to moves.Standing) Desk {
		return Desk{Desk: moves.Desk{Arrival: moves.Arrival{MoveID: id, FromName: "Passerelle Vaud", Asker: asker(), Stages: stages(to)}, Candidates: []members.Member{{MemberID: cast.Claire.ID, Name: cast.Claire.Name, Role: access.Caseworker}}, DossierID: amina.DossierID},
			ID: amina.DossierID.String(), Typed: url.Values{"code_name": {"Rubenil"}}, At: now}
	}
	for name, page := range map[string]templ.Component{
		"sheet_none": SheetPage(sheet(true)), "sheet_accepted": SheetPage(sheet(false, moveIn(moves.Accepted))), "sheet_opened": SheetPage(sheet(false, moveIn(moves.Opened), moveIn(moves.Declined))),
		"sheet_received": SheetPage(received), "new": NewPage(form), "new_wrong": NewPage(wrong), "sending": SendingPage(sending), "sending_another": SendingPage(another),
		"arrivals": ListPage([]moves.Arrival{desk(moves.Proposed).Arrival, desk(moves.Sent).Arrival}, now), "arrivals_none": ListPage(nil, now),
		"arrival_proposed": ArrivalPage(desk(moves.Proposed)), "arrival_accepted": ArrivalPage(desk(moves.Accepted)), "arrival_sent": ArrivalPage(desk(moves.Sent)), "arrival_opened": ArrivalPage(desk(moves.Opened)), "arrival_withdrawn": ArrivalPage(desk(moves.Withdrawn)),
	} {
		for _, lang := range []i18n.Lang{i18n.FR, i18n.DE} {
			compare(t, name+"_"+string(lang), lang, cast.Karim, page)
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

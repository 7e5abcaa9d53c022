package app_test

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/moves"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, moved) }

// moved is a move of a dossier of Vaud that Genève has accepted, and what Genève asks of Vaud about a dossier of its own.
func moved(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	karim, marc := cast.Karim.Context(t.Context()), cast.Marc.Context(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	today := forms.Today(time.Now())
	by := today.AddDate(0, 0, 7)
	asked := func(to *cast.Tenant) moves.Proposal {
		return moves.Proposal{ToTenantID: to.ID, Reason: "safety", AnswerBy: &by, Phone: "021 000 00 00", GivenOn: &today, How: "orally", Interpreter: "Canarynote", Chapters: moves.Chapters}
	}
	there, here := ids.New[moves.Move](), ids.New[moves.Move]()
	must(site.App.Moves.Propose(karim, dossier, there, asked(cast.Geneve)))
	must(site.App.Moves.Accept(marc, there, cast.Claire.ID))
	other := ids.New[dossiers.Dossier]()
	must(site.App.Dossiers.Open(marc, other, dossiers.Particulars{CodeName: dossiers.Propose(), ResponsibleID: cast.Claire.ID}))
	must(site.App.Moves.Propose(marc, other, here, asked(cast.Vaud)))
	return map[string]string{":move": there.String(), "/moves/": here.String()}
}

package movesweb_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
	"passerelle/views/paths"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// TestAParkedProposal comes back as it was typed, as the same one: what was done meanwhile by another window is not done again.
func TestAParkedProposal(t *testing.T) {
	site := webtest.Start(t)
	id := ids.New[dossiers.Dossier]()
	if err := site.App.Dossiers.Open(cast.Lea.Context(t.Context()), id, dossiers.Particulars{CodeName: "Lomidak", ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	lea := site.SignIn(t, cast.Lea)
	const form = "form[action$='/moves']"
	typed := lea.Get(paths.NewMove(id)).Values(form)
	typed.Set("phone", "021 000 00 00")
	got := lea.Get(lea.Post("/parked-forms", typed).Header.Get("Location")).Values(form)
	if typed.Get("id") == "" || got.Get("id") != typed.Get("id") || got.Get("phone") != "021 000 00 00" {
		t.Errorf("%v came back as %v", typed, got)
	}
}

package app_test

import (
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/restrictions"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

func init() { hanging = append(hanging, kept) }

// kept is that Karim opened, in an emergency, a dossier that is kept from him.
func kept(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	lea, id := cast.Lea.Context(t.Context()), ids.New[dossiers.Dossier]()
	name, err := site.App.Dossiers.Propose(lea)
	if err != nil {
		t.Fatal(err)
	}
	if err := site.App.Dossiers.Open(lea, id, dossiers.Particulars{CodeName: name, ResponsibleID: cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Restrictions.Restrict(lea, id, 0, []tenantdb.PersonID{cast.Lea.ID}); err != nil {
		t.Fatal(err)
	}
	opened := ids.New[restrictions.Emergency]()
	if _, err := site.App.Restrictions.Open(cast.Karim.Context(t.Context()), restrictions.Order{ID: opened, CodeName: name, Reason: "danger", Words: "Canaryreason, and more"}); err != nil {
		t.Fatal(err)
	}
	// It was the day before yesterday: there are as many as tests need.
	site.Database.Exec(t, "update emergency_accesses set opened_at = opened_at - interval '2 days', until = until - interval '2 days' where emergency_access_id = $1", opened)
	return map[string]string{"/emergencies/": opened.String()}
}

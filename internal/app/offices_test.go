package app_test

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/webtest"
)

// since is from when an office belongs to a region.
var since = time.Date(2024, time.February, 1, 0, 0, 0, 0, time.UTC)

// listed is an office of the directory to which nothing was sent yet, what was agreed with it, and a region.
func listed(t *testing.T, site *webtest.Site, _ dossiers.ID) map[string]string {
	t.Helper()
	ctx, today := cast.Karim.Context(t.Context()), forms.Today(time.Now())
	office, agreement, region := ids.New[tenantdb.Office](), ids.New[offices.Agreement](), ids.New[offices.Body]()
	for _, err := range []error{
		site.App.Offices.Add(ctx, office, offices.Particulars{Name: "Cours " + office.String(), Kind: access.Training, Place: "Renens"}),
		site.App.Offices.Agree(ctx, office, agreement, offices.Terms{Subject: "Convention", ValidFrom: &today}),
		site.App.Offices.AddBody(ctx, region, offices.BodyParticulars{Kind: offices.Region, Name: "Région " + region.String()}),
		site.App.Offices.Assign(ctx, office, region, &since),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	return map[string]string{"/offices/": office.String(), "/agreements/": agreement.String(), "/bodies/": region.String()}
}

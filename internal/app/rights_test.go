package app_test

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/inquiries"
	"passerelle/internal/proceedings"
	"passerelle/internal/reflections"
	"passerelle/internal/stays"
	"passerelle/internal/webtest"
)

// rightsOf are a reflection period, a title of stay, proceedings and a request for access of a dossier of Vaud, by the names of their routes.
func rightsOf(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	ctx, today := cast.Lea.Context(t.Context()), forms.Today(time.Now())
	reflection, stay, proceeding := ids.New[reflections.Reflection](), ids.New[stays.Stay](), ids.New[proceedings.Proceeding]()
	// One that has ended, so that another can be recorded.
	if err := site.App.Reflections.Record(ctx, dossier, reflection, reflections.Terms{Kind: reflections.Pause, As: "victim", StartsOn: &today, Note: "Canarynote"}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Reflections.End(ctx, dossier, reflection, 1, reflections.Ending{On: today, Reason: reflections.Returned}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Stays.Record(ctx, dossier, stay, stays.Terms{Kind: stays.ShortStay, Note: "Canarynote"}, stays.ID{}); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Proceedings.Record(ctx, dossier, proceeding, proceedings.Terms{Note: "Canarynote"}); err != nil {
		t.Fatal(err)
	}
	inquiry := ids.New[inquiries.Inquiry]()
	if err := site.App.Inquiries.Record(ctx, dossier, inquiry, inquiries.Terms{ReceivedOn: today, Channel: "by_letter", AskedBy: inquiries.Herself, Note: "Canarynote"}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{":inquiry": inquiry.String(), ":reflection": reflection.String(), ":stay": stay.String(), ":proceeding": proceeding.String()}
}

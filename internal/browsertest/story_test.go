package browsertest

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
	"passerelle/views/inboxview"
	"passerelle/views/paths"
)

// story is what a test begins with, so that it need not be typed: Léa's dossier of Amina, and a draft to the CSR that
// may be sent.
type story struct {
	t     testing.TB
	site  *webtest.Site
	name  string
	id    dossiers.ID
	draft referrals.Referral
}

// classes go along with the referral.
var classes = []access.DataClass{"identity", "contact", "income"}

// begin tells it with Amina's own words, or with others in their place.
func begin(t testing.TB, site *webtest.Site, words func(string) string) story {
	t.Helper()
	lea := cast.Lea.Context(t.Context())
	s := story{t: t, site: site, name: string(dossiers.Propose()), id: ids.New[dossiers.Dossier]()}
	check(t, site.App.Dossiers.Open(lea, s.id, dossiers.Particulars{
		CodeName: dossiers.CodeName(s.name), Phase: dossiers.FirstContact, ResponsibleID: cast.Lea.ID,
		Beneficiary: dossiers.Beneficiary{
			FamilyName: words(amina.family), GivenNames: words(amina.given), Phone: amina.phone,
			SafeContact: dossiers.SafeContact{
				ContactChannels: []dossiers.Channel{"sms"}, ContactCodeWord: words("Tilleul"), ContactNote: words("Ne pas laisser de message."),
			},
		},
	}))
	situation := dossiers.Situation{}
	for _, class := range dossiers.SituationClasses {
		situation[class] = words(amina.health)
	}
	_, err := site.App.Dossiers.Describe(lea, s.id, 1, situation)
	check(t, err)
	today := forms.Today(time.Now())
	until := today.AddDate(0, 1, 0)
	_, err = site.App.Consents.Give(lea, s.id, ids.New[consents.Consent](), consents.Terms{
		OfficeID: cast.CSR.ID, Purpose: cast.CSR.Kind, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
		Interpreter: words("Anglais"),
	})
	check(t, err)
	s.draft, err = site.App.Referrals.Draft(lea, s.id, ids.New[timeline.Referral](), cast.CSR.ID)
	check(t, err)
	s.draft, err = site.App.Referrals.Write(lea, s.draft.ReferralID, referrals.Revision{Version: s.draft.Version, Contents: referrals.Contents{
		Service: cast.CSR.Kind, Urgency: referrals.Soon, Request: words(amina.request), DataClasses: classes,
	}})
	check(t, err)
	return s
}

// amina's own words.
func asTheyAre(text string) string { return text }

// send sends the draft.
func (s story) send() {
	s.t.Helper()
	lea := cast.Lea.Context(s.t.Context())
	preview, err := s.site.App.Referrals.Preview(lea, s.draft.ReferralID)
	check(s.t, err)
	_, err = s.site.App.Referrals.Send(lea, s.draft.ReferralID, preview.Seal())
	check(s.t, err)
}

// The addresses of the story.
func (s story) dossier() string  { return paths.Dossier(s.id) }
func (s story) referral() string { return paths.Referral(s.draft.ReferralID) }
func (s story) received() string { return inboxview.ReferralURL(s.draft.ReferralID) }

// count counts what the database holds.
func (s story) count(question string, args ...any) (n int) {
	s.t.Helper()
	check(s.t, s.site.Database.Owner.QueryRow(s.t.Context(), question, args...).Scan(&n))
	return n
}

func check(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

package referrals_test

import (
	"errors"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
)

// TestModel is T09: whatever order people give, withdraw, send and revoke in, and however consents run out meanwhile,
// each office sees exactly the referrals that an oracle of thirty lines says: through its inbox, and in the table.
func TestModel(t *testing.T) {
	h := open(t)
	classes := []access.DataClass{access.Identity, access.Contact, access.Skills}
	partners := map[*cast.Office]cast.Person{cast.CSR: cast.Noe, cast.ORP: cast.Ines, cast.LegalVaud: cast.Paul, cast.Clinic: cast.Mia}
	choices := []*cast.Office{cast.CSR, cast.ORP, cast.LegalVaud, cast.Clinic}
	lea := as(t, cast.Lea)
	amina := h.amina(t)

	rapid.Check(t, func(rt *rapid.T) {
		// One dossier for all runs: what an earlier run left must not be seen in this one.
		h.db.Exec(t, "truncate consents, referrals, enclosures, enclosure_tickets, messages, events")
		model := &oracle{}
		draw := func(what string, max int) int { return rapid.IntRange(0, max).Draw(rt, what) }
		check := func(what string, err error) {
			if err != nil {
				rt.Fatalf("%s: %v", what, err)
			}
		}
		rt.Repeat(map[string]func(*rapid.T){
			"give": func(rt *rapid.T) {
				office := choices[draw("office", len(choices)-1)]
				covered := classes[:1+draw("classes", len(classes)-1)]
				terms := termsFor(office, covered...)
				terms.ValidFrom, terms.ValidUntil = today(draw("from", 1)), today(1+draw("until", 3))
				id := ids.New[consents.Consent]()
				_, err := h.consents.Give(lea, amina, id, terms)
				check("give", err)
				model.consents = append(model.consents, &modelConsent{id: id, office: office, classes: covered, from: *terms.ValidFrom, until: *terms.ValidUntil})
			},
			"withdraw": func(rt *rapid.T) {
				if len(model.consents) == 0 {
					return
				}
				consent := model.consents[draw("consent", len(model.consents)-1)]
				_, err := h.consents.Withdraw(lea, consent.id)
				check("withdraw", err)
				consent.gone = true
				for _, r := range model.sent {
					if r.consent == consent {
						r.gone = true
					}
				}
			},
			"send": func(rt *rapid.T) {
				office := choices[draw("office", len(choices)-1)]
				wanted := classes[:draw("classes", len(classes))]
				draft := h.written(t, amina, office)
				// Past the draft's own check, so that sending alone decides.
				h.db.Exec(t, "update referrals set data_classes = $2 where referral_id = $1", draft.ReferralID, wanted)
				rests := model.restsOn(office, wanted)
				sent, err := h.send(t, draft.ReferralID)
				switch {
				case rests == nil && !errors.Is(err, fault.Invalid("", "")):
					rt.Fatalf("sent %v to %s without consent: %v", wanted, office.Name, err)
				case rests != nil:
					check("send", err)
					found := slices.IndexFunc(model.consents, func(c *modelConsent) bool { return c.id == sent.ConsentID })
					if found < 0 || !model.consents[found].until.Equal(rests.until) {
						rt.Fatalf("rests on %s, which is not the one that lasts longest", sent.ConsentID)
					}
					model.sent = append(model.sent, &modelReferral{id: sent.ReferralID, office: office, consent: model.consents[found]})
				}
			},
			"revoke": func(rt *rapid.T) {
				if len(model.sent) == 0 {
					return
				}
				referral := model.sent[draw("referral", len(model.sent)-1)]
				_, err := h.referrals.Revoke(lea, referral.id)
				check("revoke", err)
				referral.gone = true
			},
			// A day goes by for one consent: what rests on it ends with its last day, though no job runs.
			"expire": func(rt *rapid.T) {
				if len(model.consents) == 0 {
					return
				}
				consent := model.consents[draw("consent", len(model.consents)-1)]
				yesterday := forms.Today(time.Now()).AddDate(0, 0, -1)
				h.db.Exec(t, "update consents set valid_from = least(valid_from, $2), valid_until = least(valid_until, $2) where consent_id = $1", consent.id, yesterday)
				end := consents.Consent{ValidUntil: yesterday}.EndsAt()
				h.db.Exec(t, "update referrals set visible_until = least(visible_until, $2) where consent_id = $1", consent.id, end)
				consent.until = yesterday
				for _, r := range model.sent {
					if r.consent == consent {
						r.gone = true
					}
				}
			},
			"": func(rt *rapid.T) {
				// How much somebody may read in an hour is not what is looked at here.
				h.db.Exec(t, "truncate openings")
				for _, office := range choices {
					person := partners[office]
					want := model.seenBy(office)
					var got []struct{ ReferralID referrals.ID }
					check("list", h.db.App.Read(as(t, person), tenantdb.Many(&got, tenantdb.Select().TableExpr("referrals").Column("referral_id"))))
					if len(got) != len(want) {
						rt.Fatalf("%s sees %v, want %v", person.Name, got, want)
					}
					for _, row := range got {
						if !slices.Contains(want, row.ReferralID) {
							rt.Fatalf("%s sees %s", person.Name, row.ReferralID)
						}
					}
				}
				for _, r := range model.sent {
					for _, office := range choices {
						person := partners[office]
						// The office itself after each step; the others now and then.
						if seen := (office == r.office || draw("look", 9) == 0) && h.seenBy(t, person, r.id); seen && (r.gone || office != r.office) {
							rt.Fatalf("%s opens %s", person.Name, r.id)
						} else if !seen && office == r.office && !r.gone {
							rt.Fatalf("%s does not find %s", person.Name, r.id)
						}
					}
				}
			},
		})
	})
}

// oracle knows what offices must see, from nothing but what people did.
type oracle struct {
	consents []*modelConsent
	sent     []*modelReferral
}

type modelConsent struct {
	id          consents.ID
	office      *cast.Office
	classes     []access.DataClass
	from, until time.Time
	gone        bool
}

type modelReferral struct {
	id      referrals.ID
	office  *cast.Office
	consent *modelConsent
	gone    bool
}

func (o *oracle) restsOn(office *cast.Office, classes []access.DataClass) (longest *modelConsent) {
	now := forms.Today(time.Now())
	for _, c := range o.consents {
		// Both are the beginning of one list: the longer one holds the shorter.
		if !c.gone && c.office == office && len(c.classes) >= len(classes) && !now.Before(c.from) && !now.After(c.until) &&
			(longest == nil || c.until.After(longest.until)) {
			longest = c
		}
	}
	return longest
}

func (o *oracle) seenBy(office *cast.Office) []referrals.ID {
	var seen []referrals.ID
	for _, r := range o.sent {
		if r.office == office && !r.gone {
			seen = append(seen, r.id)
		}
	}
	return seen
}

package referrals_test

import (
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/inbox"
	"passerelle/internal/keys"
	"passerelle/internal/referrals"
)

// When a referral is revoked, its consent withdrawn, or it ends, no process has its keys in memory any more, and what is not
// its own stays.
func TestTheKeysOfWhatEndsAreForgotten(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	here, there := h.db.Ring(t), h.db.Ring(t)
	noe := as(t, cast.Noe)
	for name, end := range map[string]func(consents.ID, referrals.ID) error{
		"revoked": func(_ consents.ID, id referrals.ID) error {
			_, err := h.referrals.Revoke(as(t, cast.Lea), id)
			return err
		},
		"consent withdrawn": func(consent consents.ID, _ referrals.ID) error {
			_, err := h.consents.Withdraw(as(t, cast.Lea), consent)
			return err
		},
		"declined": func(_ consents.ID, id referrals.ID) error {
			return h.inbox.Decline(noe, id, referrals.NoCapacity, inbox.Words{})
		},
		"closed": func(_ consents.ID, id referrals.ID) error {
			if err := h.inbox.Accept(noe, id); err != nil {
				return err
			}
			return h.inbox.Close(noe, id, referrals.Got, inbox.Words{})
		},
	} {
		t.Run(name, func(t *testing.T) {
			sent := h.sent(t, amina, cast.CSR, access.Identity)
			ending := sent.ReferralID
			staying := h.sent(t, amina, cast.ORP, access.Identity).ReferralID
			// What is opened while the database holds nothing that opens is remembered.
			remembers := func(ring *keys.Ring, who cast.Person, id referrals.ID) bool {
				h.db.Exec(t, "update keys.keysets set wrapped = wrapped || '\\x00'::bytea where holder_id = $1", id)
				defer h.db.Exec(t, "update keys.keysets set wrapped = substr(wrapped, 1, length(wrapped) - 1) where holder_id = $1", id)
				_, err := ring.Box(as(t, who), referrals.HolderOf(id))
				return err == nil
			}
			opened := func(ring *keys.Ring, who cast.Person, id referrals.ID) {
				if _, err := ring.Box(as(t, who), referrals.HolderOf(id)); err != nil {
					t.Fatal(err)
				}
				if !remembers(ring, who, id) {
					t.Fatal("nothing is remembered, so that nothing is shown by forgetting")
				}
			}
			for _, ring := range []*keys.Ring{here, there} {
				for _, who := range []cast.Person{cast.Lea, cast.Noe} {
					opened(ring, who, ending)
				}
				opened(ring, cast.Ines, staying)
			}
			if err := end(sent.ConsentID, ending); err != nil {
				t.Fatal(err)
			}
			for _, ring := range []*keys.Ring{here, there} {
				for _, who := range []cast.Person{cast.Lea, cast.Noe} {
					for deadline := time.Now().Add(10 * time.Second); remembers(ring, who, ending); time.Sleep(2 * time.Millisecond) {
						if time.Now().After(deadline) {
							t.Fatalf("the keys are still in memory for %s", who.Name)
						}
					}
				}
				if !remembers(ring, cast.Ines, staying) {
					t.Error("those of another referral are gone as well")
				}
			}
		})
	}
}

package referrals_test

import (
	"slices"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/referrals"
	"passerelle/internal/timeline"
)

// TestOwed follows referrals from the draft to their end: as long as one is not over, its dossier is not closed.
func TestOwed(t *testing.T) {
	t.Parallel()
	h := open(t)
	dossier := h.amina(t)
	closing := dossiers.New(h.db.App, h.db.Ring(t), time.Now, referrals.Owed)
	owes := func(what string, want ...string) {
		t.Helper()
		var keys []string
		for _, owed := range must[dossiers.Closing](t)(closing.Closing(as(t, cast.Lea), dossier)).Owed.Others {
			keys = append(keys, owed.Key)
		}
		if !slices.Equal(keys, want) {
			t.Errorf("%s: %v is owed, want %v", what, keys, want)
		}
	}
	owes("nothing was sent")
	unwanted := h.draft(t, dossier, cast.Clinic)
	owes("a draft", "referrals.owed.draft")
	_ = must[dossiers.ID](t)(h.referrals.Discard(as(t, cast.Lea), unwanted.ReferralID))
	sent := h.sent(t, dossier, cast.CSR, access.Identity)
	owes("sent", "referrals.owed.waiting")
	if err := h.inbox.Accept(as(t, cast.Noe), sent.ReferralID); err != nil {
		t.Fatal(err)
	}
	owes("accepted", "referrals.owed.running")
	wantProblem(t, "closing", closing.Close(as(t, cast.Lea), dossier, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "own_wish"}), "dossiers.closure.owed")
	if err := h.inbox.Close(as(t, cast.Noe), sent.ReferralID, referrals.Got, inbox.Words{}); err != nil {
		t.Fatal(err)
	}
	owes("closed by the office")
	revoked := h.sent(t, dossier, cast.CSR, access.Identity)
	owes("another", "referrals.owed.waiting")
	_ = must[referrals.Referral](t)(h.referrals.Revoke(as(t, cast.Lea), revoked.ReferralID))
	owes("revoked")

	if err := closing.Close(as(t, cast.Lea), dossier, dossiers.Ending{ID: ids.New[dossiers.Closure](), Reason: "own_wish"}); err != nil {
		t.Fatal(err)
	}
	t.Run("nothing leaves a closed dossier", func(t *testing.T) {
		_, err := h.referrals.Draft(as(t, cast.Lea), dossier, ids.New[timeline.Referral](), cast.CSR.ID)
		if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Key != "dossiers.closure.refused" {
			t.Errorf("a draft: %v", err)
		}
		_, err = h.consents.Give(as(t, cast.Lea), dossier, ids.New[consents.Consent](), termsFor(cast.CSR, access.Identity))
		if problems, _ := fault.Correctable(err); len(problems) != 1 || problems[0].Key != "dossiers.closure.refused" {
			t.Errorf("a consent: %v", err)
		}
	})
}

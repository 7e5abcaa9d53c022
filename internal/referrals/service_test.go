package referrals_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/inbox"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// TestJourney sends a referral and hears what came of it.
func TestJourney(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	consent := h.consent(t, amina, cast.CSR, access.Identity, access.Income)
	written := h.written(t, amina, cast.CSR, access.Identity)
	if h.seenBy(t, cast.Noe, written.ReferralID) {
		t.Fatal("the office sees a draft")
	}
	preview := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), written.ReferralID))
	if len(preview.Problems) > 0 {
		t.Fatalf("cannot be sent: %v", preview.Problems)
	}
	sent := must[referrals.Referral](t)(h.referrals.Send(as(t, cast.Lea), written.ReferralID, preview.Seal()))
	if sent.ConsentID != consent.ConsentID || sent.Reference != written.Reference {
		t.Errorf("sent as %+v", sent)
	}

	noe := as(t, cast.Noe)
	atOffice := sent.ReferralID
	opened := must[inbox.Opened](t)(h.inbox.Open(noe, atOffice))
	if !slices.Equal(opened.Slice.Classes(), []access.DataClass{access.Identity}) || opened.SentByName != cast.Lea.Name || opened.Request != written.Request {
		t.Errorf("the office reads %+v", opened.Referral)
	}
	if !equalSlices(opened.Slice, *preview.AsSent.Slice) {
		t.Errorf("the office reads %v, the preview showed %v", opened.Slice, *preview.AsSent.Slice)
	}
	if h.seenBy(t, cast.Ines, sent.ReferralID) || h.seenBy(t, cast.Eva, sent.ReferralID) {
		t.Error("another office sees it")
	}

	if err := h.inbox.Accept(noe, atOffice); err != nil {
		t.Fatal(err)
	}
	if err := h.inbox.Write(noe, atOffice, messages.Plain, inbox.Words{ID: ids.New[messages.Message](), Body: "Rendez-vous lundi."}); err != nil {
		t.Fatal(err)
	}
	work := must[referrals.Work](t)(h.referrals.Work(as(t, cast.Lea)))
	if len(work.News) != 1 || work.News[0].ReferralID != sent.ReferralID || len(work.Unanswered) != 0 {
		t.Fatalf("Léa's work: %+v", work)
	}
	file := must[referrals.File](t)(h.referrals.Find(as(t, cast.Lea), sent.ReferralID))
	if file.Referral.State != referrals.Accepted || len(file.Messages) != 1 || len(file.Events) < 2 || file.Referral.Slice == nil {
		t.Errorf("Léa reads %+v", file)
	}
	if err := h.referrals.Acknowledge(as(t, cast.Lea), sent.ReferralID, *file.Referral.NewsAt); err != nil {
		t.Fatal(err)
	}
	if work = must[referrals.Work](t)(h.referrals.Work(as(t, cast.Lea))); !work.Empty() {
		t.Errorf("acknowledged, and still %+v", work)
	}
	if work := must[referrals.Work](t)(h.referrals.Work(as(t, cast.Karim))); !work.Empty() {
		t.Errorf("Karim, who has nothing to do with it: %+v", work)
	}

	reply := referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "Elle viendra."}
	for range 2 {
		if err := h.referrals.Reply(as(t, cast.Lea), sent.ReferralID, reply); err != nil {
			t.Fatal(err)
		}
	}
	opened = must[inbox.Opened](t)(h.inbox.Open(noe, atOffice))
	if len(opened.Messages) != 2 || opened.Messages[1].Body != "Elle viendra." {
		t.Errorf("the office reads %v", opened.Messages)
	}
}

func equalSlices(a, b referrals.Slice) bool {
	return slices.EqualFunc(a.Sections, b.Sections, func(x, y disclosure.Section) bool {
		return x.Class == y.Class && slices.EqualFunc(x.Facts, y.Facts, func(f, g disclosure.Fact) bool {
			return f.Label == g.Label && f.Kind == g.Kind && slices.Equal(f.Values, g.Values)
		})
	})
}

// TestSliceIsFrozen: what changes in the dossier afterwards, the office does not learn.
func TestSliceIsFrozen(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	sent := h.sent(t, amina, cast.CSR, access.Identity)
	file := must[dossiers.File](t)(h.dossiers.Find(as(t, cast.Lea), amina))
	changed := file.Particulars()
	changed.Beneficiary.FamilyName = "Nouveau-Nom"
	if _, err := h.dossiers.Edit(as(t, cast.Lea), amina, file.Version, changed); err != nil {
		t.Fatal(err)
	}
	opened := must[inbox.Opened](t)(h.inbox.Open(as(t, cast.Noe), sent.ReferralID))
	for _, section := range opened.Slice.Sections {
		for _, fact := range section.Facts {
			if strings.Contains(strings.Join(fact.Values, " "), "Nouveau-Nom") {
				t.Error("the office reads what was written after sending")
			}
		}
	}
	for column, value := range map[string]string{
		"slice": "'autre chose'", "request": "'autre chose'", "data_classes": "'{health}'", "office_id": "'" + cast.ORP.ID.String() + "'",
		"urgency": "'urgent'", "sent_at": "null",
	} {
		err := h.db.App.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
			_, err := tx.Update().TableExpr("referrals").Set(column+" = "+value).Where("referral_id = ?", sent.ReferralID).Exec(ctx)
			return err
		})
		if err == nil {
			t.Errorf("%s was changed after sending", column)
		}
	}
	err := h.db.App.Write(as(t, cast.Lea), func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Update().TableExpr("referrals").Set("visible_until = visible_until + interval '1 day'").Where("referral_id = ?", sent.ReferralID).Exec(ctx)
		return err
	})
	if !tenantdb.Violates(err, "referrals_access_is_never_prolonged") {
		t.Errorf("prolonging access: %v", err)
	}
}

func TestSendRefusesWithoutConsent(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	lea := as(t, cast.Lea)

	t.Run("when there is none", func(t *testing.T) {
		draft := h.draft(t, amina, cast.Clinic)
		_, err := h.referrals.Write(lea, draft.ReferralID, revision(cast.Clinic, 1, access.Health))
		wantProblem(t, "a class without consent", err, "referrals.sending.no_consent")
		h.referrals.Write(lea, draft.ReferralID, revision(cast.Clinic, 1))
		_, err = h.send(t, draft.ReferralID)
		wantProblem(t, "sending", err, "referrals.sending.no_consent")
	})
	t.Run("when it is for another office", func(t *testing.T) {
		h.consent(t, amina, cast.CSR, access.Identity)
		draft := h.draft(t, amina, cast.ORP)
		_, err := h.referrals.Write(lea, draft.ReferralID, revision(cast.ORP, 1, access.Identity))
		wantProblem(t, "with the consent for the CSR", err, "referrals.sending.no_consent")
	})
	t.Run("above the ceiling of the office", func(t *testing.T) {
		_, err := h.consents.Give(lea, amina, ids.New[consents.Consent](), termsFor(cast.ORP, access.Health))
		wantProblem(t, "a consent to health for a placement office", err, "consents.data_classes.above_ceiling")
		h.consent(t, amina, cast.ORP, access.Identity)
		draft := h.written(t, amina, cast.ORP, access.Identity)
		// Even if it got into the draft and the consent past every form.
		h.db.Exec(t, "update referrals set data_classes = '{health}' where referral_id = $1", draft.ReferralID)
		h.db.Exec(t, "update consents set data_classes = '{health}' where office_id = $1", cast.ORP.ID)
		_, err = h.send(t, draft.ReferralID)
		wantProblem(t, "sending health to a placement office", err, "referrals.sending.above_ceiling")
	})
	t.Run("when it ended after the draft was written", func(t *testing.T) {
		consent := h.consent(t, amina, cast.LegalVaud, access.Identity)
		draft := h.written(t, amina, cast.LegalVaud, access.Identity)
		preview := must[referrals.Preview](t)(h.referrals.Preview(lea, draft.ReferralID))
		h.db.Exec(t, "update consents set valid_from = current_date - 9, valid_until = current_date - 2 where consent_id = $1", consent.ConsentID)
		_, err := h.referrals.Send(lea, draft.ReferralID, preview.Seal())
		wantProblem(t, "sending", err, "referrals.sending.consent_ended")
	})
	t.Run("when it was withdrawn after the preview", func(t *testing.T) {
		consent := h.consent(t, amina, cast.School, access.Identity)
		draft := h.written(t, amina, cast.School, access.Identity)
		preview := must[referrals.Preview](t)(h.referrals.Preview(lea, draft.ReferralID))
		must[consents.Consent](t)(h.consents.Withdraw(lea, consent.ConsentID))
		_, err := h.referrals.Send(lea, draft.ReferralID, preview.Seal())
		wantProblem(t, "sending", err, "referrals.sending.consent_ended")
	})
	t.Run("when the office closed meanwhile", func(t *testing.T) {
		h.consent(t, amina, cast.Foyer, access.Identity)
		draft := h.written(t, amina, cast.Foyer, access.Identity)
		h.db.Exec(t, "update offices set closed_at = now() where office_id = $1", cast.Foyer.ID)
		_, err := h.send(t, draft.ReferralID)
		wantProblem(t, "sending", err, "referrals.sending.office_closed")
		_, err = h.referrals.Draft(lea, amina, ids.New[timeline.Referral](), cast.Foyer.ID)
		wantProblem(t, "another draft", err, "referrals.sending.office_closed")
	})
}

// TestSendSendsWhatWasPreviewed: a preview that has become wrong is not sent.
func TestSendSendsWhatWasPreviewed(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	lea := as(t, cast.Lea)
	h.consent(t, amina, cast.CSR, access.Identity, access.Income)
	draft := h.written(t, amina, cast.CSR, access.Identity)
	seal := must[referrals.Preview](t)(h.referrals.Preview(lea, draft.ReferralID)).Seal()

	file := must[dossiers.File](t)(h.dossiers.Find(lea, amina))
	changed := file.Particulars()
	changed.Beneficiary.GivenNames = "Amina Grace"
	must[dossiers.File](t)(h.dossiers.Edit(lea, amina, file.Version, changed))
	_, err := h.referrals.Send(lea, draft.ReferralID, seal)
	if !errors.Is(err, fault.Conflict("")) {
		t.Errorf("the dossier changed since the preview: %v", err)
	}
	seal = must[referrals.Preview](t)(h.referrals.Preview(lea, draft.ReferralID)).Seal()
	must[referrals.Referral](t)(h.referrals.Write(as(t, cast.Karim), draft.ReferralID, revision(cast.CSR, draft.Version, access.Identity, access.Income)))
	if _, err = h.referrals.Send(lea, draft.ReferralID, seal); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("Karim added a class since the preview: %v", err)
	}
	if _, err = h.referrals.Send(lea, draft.ReferralID, ""); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("without having seen the preview: %v", err)
	}
	if _, err := h.send(t, draft.ReferralID); err != nil {
		t.Error(err)
	}
}

// TestSubmittedTwice is T54: the same form twice at once makes one of each.
func TestSubmittedTwice(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	lea := as(t, cast.Lea)
	twice := func(what string, act func() error) {
		t.Helper()
		var group sync.WaitGroup
		errs := make([]error, 4)
		for i := range errs {
			group.Go(func() { errs[i] = act() })
		}
		group.Wait()
		if err := errors.Join(errs...); err != nil {
			t.Errorf("%s: %v", what, err)
		}
	}
	consentID, referralID, messageID := ids.New[consents.Consent](), ids.New[timeline.Referral](), ids.New[messages.Message]()
	twice("giving consent", func() error {
		_, err := h.consents.Give(lea, amina, consentID, termsFor(cast.CSR, access.Identity))
		return err
	})
	twice("drafting", func() error {
		_, err := h.referrals.Draft(lea, amina, referralID, cast.CSR.ID)
		return err
	})
	twice("saving", func() error {
		_, err := h.referrals.Write(lea, referralID, revision(cast.CSR, 1, access.Identity))
		return err
	})
	seal := must[referrals.Preview](t)(h.referrals.Preview(lea, referralID)).Seal()
	twice("sending", func() error {
		_, err := h.referrals.Send(lea, referralID, seal)
		return err
	})
	twice("replying", func() error {
		return h.referrals.Reply(lea, referralID, referrals.Reply{ID: messageID, Kind: messages.Plain, Body: "Une fois."})
	})
	twice("withdrawing", func() error {
		_, err := h.consents.Withdraw(lea, consentID)
		return err
	})
	twice("revoking", func() error {
		_, err := h.referrals.Revoke(lea, referralID)
		return err
	})
	for table, want := range map[string]int{"consents": 1, "referrals": 1, "messages": 1} {
		if got := h.count(t, "select count(*) from "+table); got != want {
			t.Errorf("%d %s, want %d", got, table, want)
		}
	}
	for _, kind := range []timeline.Kind{timeline.ConsentGiven, timeline.ReferralSent, timeline.ReferralMessage, timeline.ConsentWithdrawn, timeline.ReferralRevoked} {
		if got := h.count(t, "select count(*) from events where kind = $1", string(kind)); got != 1 {
			t.Errorf("%s is told %d times", kind, got)
		}
	}
}

func (h *house) count(t *testing.T, query string, arguments ...any) (n int) {
	t.Helper()
	if err := h.db.Owner.QueryRow(t.Context(), query, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// TestTwoEditors is T55: each conflict is told to one of the two, and no text is lost.
func TestTwoEditors(t *testing.T) {
	h := open(t)
	draft := h.draft(t, h.amina(t), cast.CSR)
	version := draft.Version
	for round := range 25 {
		var group sync.WaitGroup
		results := map[string]error{}
		var mu sync.Mutex
		for _, editor := range []cast.Person{cast.Lea, cast.Karim} {
			group.Go(func() {
				mine := revision(cast.CSR, version)
				mine.Request = editor.Name + strings.Repeat("!", round)
				_, err := h.referrals.Write(as(t, editor), draft.ReferralID, mine)
				mu.Lock()
				defer mu.Unlock()
				results[mine.Request] = err
			})
		}
		group.Wait()
		desk := must[referrals.Desk](t)(h.referrals.Edit(as(t, cast.Lea), draft.ReferralID))
		conflicts := 0
		for text, err := range results {
			switch {
			case errors.Is(err, fault.Conflict("")):
				conflicts++
			case err != nil:
				t.Fatal(err)
			case desk.Referral.Request != text:
				t.Fatalf("%q was saved, and %q is there", text, desk.Referral.Request)
			}
		}
		if conflicts != 1 || desk.Referral.Version != version+1 {
			t.Fatalf("round %d: %d conflicts, version %d after %d", round, conflicts, desk.Referral.Version, version)
		}
		version = desk.Referral.Version
	}
}

func TestRevocationEndsAccess(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	sent := h.sent(t, amina, cast.CSR, access.Identity)
	atOffice := sent.ReferralID
	if err := h.inbox.Write(as(t, cast.Noe), atOffice, messages.Plain, inbox.Words{ID: ids.New[messages.Message](), Body: "Bien reçu."}); err != nil {
		t.Fatal(err)
	}
	must[referrals.Referral](t)(h.referrals.Revoke(as(t, cast.Lea), sent.ReferralID))
	h.wantNothingAt(t, cast.Noe)
	wantNotFound(t, "accepting what was revoked", h.inbox.Accept(as(t, cast.Noe), atOffice))
	wantRefused(t, "writing to an office that sees nothing", h.referrals.Reply(as(t, cast.Lea), sent.ReferralID,
		referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "?"}))
	file := must[referrals.File](t)(h.referrals.Find(as(t, cast.Lea), sent.ReferralID))
	if file.Referral.State != referrals.Revoked || file.Referral.VisibleAt(time.Now()) || len(file.Messages) != 1 {
		t.Errorf("the NGO reads %+v", file.Referral)
	}
}

// wantNothingAt looks at every table through an office's eyes.
func (h *house) wantNothingAt(t *testing.T, p cast.Person) {
	t.Helper()
	for _, table := range []string{"referrals", "messages", "events", "dossiers", "beneficiaries", "situations", "consents"} {
		var n int64
		err := h.db.App.View(as(t, p), func(ctx context.Context, tx tenantdb.Tx) (err error) {
			n, err = tx.Select().TableExpr(table).Count(ctx)
			return err
		})
		if err != nil || n != 0 {
			t.Errorf("%s sees %d %s, %v", p.Name, n, table, err)
		}
	}
}

func TestWithdrawalEndsWhatRestsOnTheConsent(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	lea := as(t, cast.Lea)
	kept := h.sent(t, amina, cast.ORP, access.Identity)
	consent := h.consent(t, amina, cast.CSR, access.Identity)
	var resting []referrals.Referral
	for range 2 {
		resting = append(resting, must[referrals.Referral](t)(h.send(t, h.written(t, amina, cast.CSR, access.Identity).ReferralID)))
	}
	draft := h.written(t, amina, cast.CSR, access.Identity)
	closed := resting[1].ReferralID
	for _, err := range []error{
		h.inbox.Accept(as(t, cast.Noe), closed),
		h.inbox.Close(as(t, cast.Noe), closed, referrals.Got, inbox.Words{}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if live := must[[]referrals.Line](t)(h.referrals.RestingOn(lea, consent.ConsentID)); len(live) != 2 {
		t.Errorf("%d would end, want 2", len(live))
	}
	must[consents.Consent](t)(h.consents.Withdraw(lea, consent.ConsentID))
	h.wantNothingAt(t, cast.Noe)
	if !h.seenBy(t, cast.Ines, kept.ReferralID) {
		t.Error("the consent for another office ended as well")
	}
	for i, want := range []referrals.State{referrals.Revoked, referrals.Closed} {
		file := must[referrals.File](t)(h.referrals.Find(lea, resting[i].ReferralID))
		if file.Referral.State != want || file.Referral.VisibleAt(time.Now()) {
			t.Errorf("%s, visible: %v; want %s", file.Referral.State, file.Referral.VisibleAt(time.Now()), want)
		}
		if last := file.Events[len(file.Events)-1]; last.Kind != timeline.ReferralRevoked || last.Detail != referrals.ConsentWithdrawn {
			t.Errorf("the last event is %+v", last)
		}
	}
	if _, err := h.send(t, draft.ReferralID); err == nil {
		t.Error("the draft was sent after the withdrawal")
	}
	if live := must[[]referrals.Line](t)(h.referrals.RestingOn(lea, consent.ConsentID)); len(live) != 0 {
		t.Errorf("%d still live", len(live))
	}
}

// TestWithdrawalWhileSending: whichever comes first, nothing is visible afterwards.
func TestWithdrawalWhileSending(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	for range 10 {
		consent := h.consent(t, amina, cast.CSR, access.Identity)
		draft := h.written(t, amina, cast.CSR, access.Identity)
		seal := must[referrals.Preview](t)(h.referrals.Preview(as(t, cast.Lea), draft.ReferralID)).Seal()
		var group sync.WaitGroup
		group.Go(func() {
			if _, err := h.referrals.Send(as(t, cast.Lea), draft.ReferralID, seal); err != nil {
				wantProblem(t, "sending", err, "referrals.sending.consent_ended")
			}
		})
		group.Go(func() {
			if _, err := h.consents.Withdraw(as(t, cast.Karim), consent.ConsentID); err != nil {
				t.Error(err)
			}
		})
		group.Wait()
		h.wantNothingAt(t, cast.Noe)
	}
}

func TestDiscard(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	draft := h.draft(t, amina, cast.CSR)
	if of := must[dossiers.ID](t)(h.referrals.Discard(as(t, cast.Lea), draft.ReferralID)); of != amina {
		t.Errorf("a draft of %s", of)
	}
	_, err := h.referrals.Discard(as(t, cast.Lea), draft.ReferralID)
	wantNotFound(t, "a second time", err)
	sent := h.sent(t, amina, cast.CSR, access.Identity)
	_, err = h.referrals.Discard(as(t, cast.Lea), sent.ReferralID)
	wantRefused(t, "what was sent", err)
}

// TestOthers tries everything as somebody of the other canton, as offices, and as the auditor.
func TestOthers(t *testing.T) {
	h := open(t)
	amina := h.amina(t)
	sent := h.sent(t, amina, cast.CSR, access.Identity)
	draft := h.draft(t, amina, cast.CSR)
	consent := h.consent(t, amina, cast.CSR, access.Identity)
	type try struct {
		act     func(ctx context.Context) error
		reading bool
	}
	tries := map[string]try{
		"prepare a consent": {act: func(ctx context.Context) error { _, err := h.consents.Prepare(ctx, amina, cast.CSR.ID); return err }},
		"give consent": {act: func(ctx context.Context) error {
			_, err := h.consents.Give(ctx, amina, ids.New[consents.Consent](), termsFor(cast.CSR, access.Identity))
			return err
		}},
		"find a consent":     {act: func(ctx context.Context) error { _, err := h.consents.Find(ctx, consent.ConsentID); return err }, reading: true},
		"withdraw a consent": {act: func(ctx context.Context) error { _, err := h.consents.Withdraw(ctx, consent.ConsentID); return err }},
		"prepare a referral": {act: func(ctx context.Context) error { _, _, err := h.referrals.Prepare(ctx, amina); return err }},
		"draft": {act: func(ctx context.Context) error {
			_, err := h.referrals.Draft(ctx, amina, ids.New[timeline.Referral](), cast.CSR.ID)
			return err
		}},
		"draft the same": {act: func(ctx context.Context) error {
			_, err := h.referrals.Draft(ctx, amina, draft.ReferralID, cast.CSR.ID)
			return err
		}},
		"edit a draft": {act: func(ctx context.Context) error { _, err := h.referrals.Edit(ctx, draft.ReferralID); return err }},
		"write a draft": {act: func(ctx context.Context) error {
			_, err := h.referrals.Write(ctx, draft.ReferralID, revision(cast.CSR, 1))
			return err
		}},
		"preview a draft": {act: func(ctx context.Context) error { _, err := h.referrals.Preview(ctx, draft.ReferralID); return err }, reading: true},
		"send":            {act: func(ctx context.Context) error { _, err := h.referrals.Send(ctx, draft.ReferralID, ""); return err }},
		"discard":         {act: func(ctx context.Context) error { _, err := h.referrals.Discard(ctx, draft.ReferralID); return err }},
		"find":            {act: func(ctx context.Context) error { _, err := h.referrals.Find(ctx, sent.ReferralID); return err }, reading: true},
		"revoke":          {act: func(ctx context.Context) error { _, err := h.referrals.Revoke(ctx, sent.ReferralID); return err }},
		"acknowledge":     {act: func(ctx context.Context) error { return h.referrals.Acknowledge(ctx, sent.ReferralID, time.Now()) }},
		"reply": {act: func(ctx context.Context) error {
			return h.referrals.Reply(ctx, sent.ReferralID, referrals.Reply{ID: ids.New[messages.Message](), Kind: messages.Plain, Body: "?"})
		}},
	}
	for what, try := range tries {
		for _, other := range []cast.Person{cast.Claire, cast.Marc} {
			wantNotFound(t, other.Name+": "+what, try.act(as(t, other)))
		}
		for _, other := range []cast.Person{cast.Noe, cast.Ines, cast.Eva} {
			wantRefused(t, other.Name+": "+what, try.act(as(t, other)))
		}
		if err := try.act(as(t, cast.Ruth)); try.reading && err != nil || !try.reading && !errors.Is(err, fault.Refused("")) {
			t.Errorf("Ruth, the auditor: %s: %v", what, err)
		}
		if err := try.act(context.Background()); !errors.Is(err, fault.Refused("")) {
			t.Errorf("nobody: %s: %v", what, err)
		}
	}
	claire := as(t, cast.Claire)
	if live, err := h.referrals.RestingOn(claire, consent.ConsentID); err != nil || len(live) > 0 {
		t.Errorf("Claire sees what rests on a consent in Vaud: %v, %v", live, err)
	}
	if work := must[referrals.Work](t)(h.referrals.Work(claire)); !work.Empty() {
		t.Errorf("Claire's work: %+v", work)
	}
	_, err := h.referrals.Work(as(t, cast.Ruth))
	wantRefused(t, "the auditor's work", err)
	for _, other := range []cast.Person{cast.Claire, cast.Noe} {
		var given []consents.Consent
		var lines []referrals.Line
		if err := h.db.App.Read(as(t, other), consents.OfDossier(amina, &given), referrals.OfDossier(amina, &lines)); err != nil || len(given)+len(lines) > 0 {
			t.Errorf("%s lists %v and %v, %v", other.Name, given, lines, err)
		}
	}
	// An office of the other canton is no office.
	_, err = h.referrals.Draft(as(t, cast.Lea), amina, ids.New[timeline.Referral](), cast.Hospice.ID)
	wantNotFound(t, "a referral from Vaud to an office of Genève", err)
	_, err = h.consents.Give(as(t, cast.Lea), amina, ids.New[consents.Consent](), termsFor(cast.Hospice, access.Identity))
	wantNotFound(t, "a consent in Vaud for an office of Genève", err)
	// An identifier that another dossier's referral has is not taken over.
	other := h.amina(t)
	_, err = h.referrals.Draft(as(t, cast.Lea), other, draft.ReferralID, cast.CSR.ID)
	wantNotFound(t, "the same identifier for another dossier", err)
	_, err = h.consents.Give(as(t, cast.Lea), other, consent.ConsentID, termsFor(cast.CSR, access.Identity))
	wantNotFound(t, "the same consent for another dossier", err)
}

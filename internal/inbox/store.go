package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

var (
	lineColumns = []string{"referral_id", "reference", "service", "urgency", "answer_by", "state", "sent_at", "taken_by_name", "answered_at", "closed_at", "office_news_at"}
	actColumns  = []string{"sent_by_name", "visible_until", "taken_by", "taken_at", "decline_reason", "outcome"}
)

// What lies in a tab, and in which order. The indexes (migrations/008_office_news) are made of the same expressions.
const (
	urgentFirst = "case urgency when 'urgent' then 0 when 'soon' then 1 else 2 end"
	dueFirst    = "case when answer_by is null then 'infinity'::date else answer_by end"
	settledLast = "case when closed_at is null then answered_at else closed_at end"
)

var conditions = map[Tab]string{
	TabNew:        "state = 'sent'",
	TabInProgress: "state in ('taken', 'accepted')",
	TabAnswered:   "state in ('declined', 'closed')",
}

// listLines asks for one line more than a page holds, from a place on or backwards from it. That the office is named
// decides nothing, the fence has done so; but a fence is no condition that an index can be entered by.
func listLines(office any, ask Ask) *bun.SelectQuery {
	query := tenantdb.Select().TableExpr("referrals").Column(lineColumns...).
		Where("office_id = ?", office).Where(conditions[ask.Tab]).Limit(pageSize + 1)
	backwards := !ask.Before.Zero()
	from := ask.After
	if backwards {
		from = ask.Before
	}
	if ask.Tab == TabAnswered {
		switch {
		case backwards:
			query.Where("("+settledLast+", referral_id) > (?, ?)", from.at, from.id).OrderExpr(settledLast + ", referral_id")
		case !from.Zero():
			query.Where("("+settledLast+", referral_id) < (?, ?)", from.at, from.id).OrderExpr(settledLast + " desc, referral_id desc")
		default:
			query.OrderExpr(settledLast + " desc, referral_id desc")
		}
		return query
	}
	const order = "(" + urgentFirst + ", " + dueFirst + ", sent_at, referral_id)"
	switch {
	case backwards:
		query.Where(order+" < (?, ?, ?, ?)", from.rank, from.due, from.at, from.id).
			OrderExpr(urgentFirst + " desc, " + dueFirst + " desc, sent_at desc, referral_id desc")
	case !from.Zero():
		query.Where(order+" > (?, ?, ?, ?)", from.rank, from.due, from.at, from.id)
		fallthrough
	default:
		query.OrderExpr(urgentFirst + ", " + dueFirst + ", sent_at, referral_id")
	}
	return query
}

// countTab counts a tab, and stops where its first page does.
func countTab(office any, tab Tab) *bun.SelectQuery {
	counted := tenantdb.Select().TableExpr("referrals").ColumnExpr("1").
		Where("office_id = ?", office).Where(conditions[tab]).Limit(MaxCount + 1)
	return tenantdb.Select().TableExpr("(?) as counted", counted).ColumnExpr("count(*) as n")
}

// Inboxes are opened all day, nearly always at the beginning of a tab.
var firstLines, counts = func() (lines, counts map[Tab]tenantdb.Statement) {
	lines, counts = map[Tab]tenantdb.Statement{}, map[Tab]tenantdb.Statement{}
	for _, tab := range Tabs {
		lines[tab] = tenantdb.Prepare(listLines(tenantdb.Argument(1), Ask{Tab: tab}))
		counts[tab] = tenantdb.Prepare(countTab(tenantdb.Argument(1), tab))
	}
	return lines, counts
}()

func askLines(office tenantdb.OfficeID, ask Ask, into *[]Line) tenantdb.Question {
	if ask.first() {
		return tenantdb.Many(into, firstLines[ask.Tab].With(office))
	}
	return tenantdb.Many(into, listLines(office, ask))
}

type counted struct{ N int }

func askCount(office tenantdb.OfficeID, tab Tab, into *counted) tenantdb.Question {
	return tenantdb.One(into, counts[tab].With(office))
}

// findReferral asks for a referral with its slice. A revoked one is left out by its state as well, should the clocks
// of application and database differ by a moment.
func findReferral(id ID, into *sealedReferral) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("referrals").Column(lineColumns...).Column(actColumns...).Column("request", "slice").
		Where("referral_id = ?", id).Where("state <> ?", referrals.Revoked))
}

// sealedReferral is a referral as the database holds it.
type sealedReferral struct {
	Line
	Request       keys.Sealed[string]           `bun:"request"`
	Slice         keys.Sealed[disclosure.Slice] `bun:"slice"`
	SentByName    string
	VisibleUntil  time.Time
	TakenBy       tenantdb.PersonID
	TakenAt       *time.Time
	DeclineReason referrals.DeclineReason
	Outcome       referrals.Outcome
}

// Place says where the sealed contents stand.
func (s *sealedReferral) Place() keys.Place { return referrals.PlaceOf(s.ReferralID) }

// open is the referral that somebody can read; box is the referral's.
func (s *sealedReferral) open(box *keys.Box) (Referral, error) {
	if err := box.Open(s); err != nil {
		return Referral{}, fmt.Errorf("open referral %s: %w", s.ReferralID, err)
	}
	return Referral{
		Line: s.Line, Request: s.Request.Get(), Slice: s.Slice.Get(), SentByName: s.SentByName, VisibleUntil: s.VisibleUntil,
		TakenBy: s.TakenBy, TakenAt: s.TakenAt, DeclineReason: s.DeclineReason, Outcome: s.Outcome,
	}, nil
}

// held is a referral locked for an act, with what its records need and nobody beyond this file is given.
type held struct {
	Referral
	OfficeID  tenantdb.OfficeID
	DossierID ids.ID[timeline.Dossier]
}

func lockReferral(ctx context.Context, tx tenantdb.Tx, id ID) (*held, error) {
	row := new(held)
	err := tx.Select().TableExpr("referrals").Column(lineColumns...).Column(actColumns...).Column("office_id", "dossier_id").
		Where("referral_id = ?", id).For("update").Scan(ctx, row)
	if err := tenantdb.Found(err); err != nil {
		return nil, fmt.Errorf("lock referral: %w", err)
	}
	return row, nil
}

// updateReferral keeps what an act made of the referral. A zero news time leaves the NGO in peace.
func updateReferral(ctx context.Context, tx tenantdb.Tx, r *Referral, at, news time.Time) error {
	query := tx.Update().TableExpr("referrals").
		Set("state = ?", r.State).
		Set("taken_by = ?", r.TakenBy).Set("taken_by_name = ?", r.TakenByName).Set("taken_at = ?", r.TakenAt).
		Set("answered_at = ?", r.AnsweredAt).Set("decline_reason = ?", r.DeclineReason).
		Set("closed_at = ?", r.ClosedAt).Set("outcome = ?", r.Outcome).
		Set("office_news_at = ?", r.OfficeNewsAt).Set("updated_at = ?", at).
		Where("referral_id = ?", r.ReferralID)
	if !news.IsZero() {
		query.Set("news_at = ?", news)
	}
	if err := tenantdb.Affected(query.Exec(ctx)); err != nil {
		return fmt.Errorf("update referral: %w", err)
	}
	return nil
}

func updateAcknowledgement(ctx context.Context, tx tenantdb.Tx, r *Referral) error {
	err := tenantdb.Affected(tx.Update().TableExpr("referrals").Set("office_news_at = ?", r.OfficeNewsAt).Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("acknowledge referral: %w", err)
	}
	return nil
}

func writeMessage(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, row *held, kind messages.Kind, words Words) (bool, error) {
	return messages.Write(ctx, tx, box, by, messages.Message{
		MessageID: words.ID, ReferralID: row.ReferralID, OfficeID: row.OfficeID, Kind: kind, Body: words.Body,
	})
}

func recordEvent(ctx context.Context, tx tenantdb.Tx, by access.Principal, row *held, kind timeline.Kind, detail string) error {
	return timeline.Record(ctx, tx, by, timeline.Event{
		Kind: kind, Dossier: row.DossierID, Referral: row.ReferralID, Office: row.OfficeID,
		OfficeName: by.OfficeName, Detail: detail,
	})
}

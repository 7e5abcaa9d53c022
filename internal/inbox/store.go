package inbox

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

var (
	lineColumns = []string{"referral_id", "reference", "service", "urgency", "answer_by", "state", "sent_at", "taken_by_name", "settled_at"}
	actColumns  = []string{"request", "sent_by_name", "visible_until", "taken_by", "taken_at", "answered_at", "decline_reason", "closed_at", "outcome"}
)

// listLines asks for one line more than a page holds, from a place on or backwards from it.
func listLines(ask Ask, into *[]Line) tenantdb.Question {
	query := tenantdb.Select().TableExpr("referrals").Column(lineColumns...).Limit(pageSize + 1)
	backwards := !ask.Before.Zero()
	from := ask.After
	if backwards {
		from = ask.Before
	}
	if ask.Tab == TabAnswered {
		query.Where("settled_at is not null")
		switch {
		case backwards:
			query.Where("(settled_at, referral_id) > (?, ?)", from.at, from.id).OrderExpr("settled_at, referral_id")
		case !from.Zero():
			query.Where("(settled_at, referral_id) < (?, ?)", from.at, from.id).OrderExpr("settled_at desc, referral_id desc")
		default:
			query.OrderExpr("settled_at desc, referral_id desc")
		}
		return tenantdb.Many(into, query)
	}
	query.Where("pile = ?", ask.Tab)
	switch {
	case backwards:
		query.Where("(urgency_rank, due_on, sent_at, referral_id) < (?, ?, ?, ?)", from.rank, from.due, from.at, from.id).
			OrderExpr("urgency_rank desc, due_on desc, sent_at desc, referral_id desc")
	case !from.Zero():
		query.Where("(urgency_rank, due_on, sent_at, referral_id) > (?, ?, ?, ?)", from.rank, from.due, from.at, from.id).
			OrderExpr("urgency_rank, due_on, sent_at, referral_id")
	default:
		query.OrderExpr("urgency_rank, due_on, sent_at, referral_id")
	}
	return tenantdb.Many(into, query)
}

// countTabs counts each tab, and stops where nobody would want to know more exactly.
func countTabs(into *Counts) tenantdb.Question {
	count := func(condition string, arguments ...any) *bun.SelectQuery {
		some := tenantdb.Select().TableExpr("referrals").ColumnExpr("1").Where(condition, arguments...).Limit(MaxCount + 1)
		return tenantdb.Select().TableExpr("(?) as some", some).ColumnExpr("count(*)")
	}
	return tenantdb.One(into, tenantdb.Select().
		ColumnExpr("(?) as new", count("pile = ?", TabNew)).
		ColumnExpr("(?) as in_progress", count("pile = ?", TabInProgress)).
		ColumnExpr("(?) as answered", count("settled_at is not null")))
}

// findReferral asks for a referral with its slice. A revoked one is left out by its state as well, should the clocks
// of application and database differ by a moment.
func findReferral(id ID, into *Referral) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("referrals").Column(lineColumns...).Column(actColumns...).Column("slice").
		Where("referral_id = ?", id).Where("state <> ?", referrals.Revoked))
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
		Set("updated_at = ?", at).
		Where("referral_id = ?", r.ReferralID)
	if !news.IsZero() {
		query.Set("news_at = ?", news)
	}
	if err := tenantdb.Affected(query.Exec(ctx)); err != nil {
		return fmt.Errorf("update referral: %w", err)
	}
	return nil
}

func writeMessage(ctx context.Context, tx tenantdb.Tx, by access.Principal, row *held, kind messages.Kind, words Words) (bool, error) {
	return messages.Write(ctx, tx, by, messages.Message{
		MessageID: words.ID, ReferralID: shared(row.ReferralID), OfficeID: row.OfficeID, VisibleUntil: row.VisibleUntil,
		Kind: kind, Body: words.Body,
	})
}

func recordEvent(ctx context.Context, tx tenantdb.Tx, by access.Principal, row *held, kind timeline.Kind, detail string) error {
	return timeline.Record(ctx, tx, by, timeline.Event{
		Kind: kind, Dossier: row.DossierID, Referral: shared(row.ReferralID), Office: row.OfficeID,
		OfficeName: by.OfficeName, VisibleUntil: row.VisibleUntil, Detail: detail,
	})
}

// shared is the identifier as messages and events know it.
func shared(id ID) ids.ID[timeline.Referral] { return ids.From[timeline.Referral](id.UUID()) }

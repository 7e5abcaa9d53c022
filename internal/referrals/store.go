package referrals

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

var lineColumns = []string{
	"referral.referral_id", "referral.reference", "referral.dossier_id", "dossier.code_name", "referral.office_id",
	"office.name as office_name", "office.kind as office_kind", "referral.service", "referral.urgency", "referral.answer_by",
	"referral.state", "referral.created_at", "referral.updated_at", "referral.sent_at", "referral.visible_until",
	"referral.revoked_at", "referral.answered_at", "referral.closed_at", "referral.decline_reason", "referral.outcome",
	"referral.news_at", "referral.acknowledged_at",
}

var contentColumns = []string{
	"referral.consent_id", "referral.request", "referral.data_classes", "referral.slice", "referral.created_by",
	"member.name as created_by_name", "referral.version", "referral.sent_by_name", "referral.taken_by_name", "referral.taken_at",
}

func lines(query *bun.SelectQuery) *bun.SelectQuery {
	return linesOf(query.TableExpr("referrals as referral"))
}

// linesOf adds to whatever the query calls referral what lines show of the dossier and of the office.
func linesOf(query *bun.SelectQuery) *bun.SelectQuery {
	for _, column := range lineColumns {
		query = query.ColumnExpr(column)
	}
	return query.
		Join("join dossiers as dossier on dossier.tenant_id = referral.tenant_id and dossier.dossier_id = referral.dossier_id").
		Join("join offices as office on office.tenant_id = referral.tenant_id and office.office_id = referral.office_id")
}

func whole(query *bun.SelectQuery) *bun.SelectQuery {
	query = lines(query).Join("join members as member on member.tenant_id = referral.tenant_id and member.member_id = referral.created_by")
	for _, column := range contentColumns {
		query = query.ColumnExpr(column)
	}
	return query
}

// OfDossier asks for the referrals of a dossier, newest first.
func OfDossier(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, ofDossier.With(dossier))
}

var ofDossier = tenantdb.Prepare(lines(tenantdb.Select()).Where("referral.dossier_id = ?", tenantdb.Argument(1)).
	OrderExpr("referral.created_at desc, referral.referral_id"))

func ofID(id ID, into *Referral) tenantdb.Question {
	return tenantdb.One(into, whole(tenantdb.Select()).Where("referral.referral_id = ?", id))
}

// liveOfConsent asks for the referrals that offices see because of a consent.
func liveOfConsent(consent consents.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, lines(tenantdb.Select()).Where("referral.consent_id = ?", consent).
		Where("referral.revoked_at is null").Where("referral.visible_until > now()").OrderExpr("referral.sent_at, referral.referral_id"))
}

// maxOpen bounds what of a tenant's open referrals a person's own are looked for in.
const maxOpen = 5000

// mine finds among some of the tenant's referrals those that a person wrote or is responsible for. The limit keeps
// them together as a question of their own: the planner knows nothing of how much a tenant is, and would otherwise go
// through every dossier.
func mine(person tenantdb.PersonID, open *bun.SelectQuery) *bun.SelectQuery {
	return linesOf(tenantdb.Select().TableExpr("(?) as referral", open.TableExpr("referrals").ColumnExpr(openColumns).Limit(maxOpen))).
		Where("(referral.created_by = ? or dossier.responsible_id = ?)", person, person).Limit(maxWork + 1)
}

// The slice is left where it is: it is long, and no list shows it.
const openColumns = "tenant_id, referral_id, reference, dossier_id, office_id, service, urgency, answer_by, state, created_by, created_at, " +
	"updated_at, sent_at, visible_until, revoked_at, answered_at, closed_at, decline_reason, outcome, news_at, acknowledged_at"

func newsOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	open := tenantdb.Select().Where("news_at is not null").Where("(acknowledged_at is null or news_at > acknowledged_at)").OrderExpr("news_at desc")
	return tenantdb.Many(into, mine(person, open).OrderExpr("referral.news_at desc, referral.referral_id"))
}

// waitingOf leaves out what is news already, so that news does not push out what is due.
func waitingOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	open := tenantdb.Select().Where("state in ('sent', 'taken')").Where("(news_at is null or news_at <= acknowledged_at)").OrderExpr("answer_by nulls last, sent_at")
	return tenantdb.Many(into, mine(person, open).OrderExpr("referral.answer_by nulls last, referral.sent_at, referral.referral_id"))
}

func draftsOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	open := tenantdb.Select().Where("state = 'draft'").OrderExpr("updated_at desc")
	return tenantdb.Many(into, mine(person, open).OrderExpr("referral.updated_at desc, referral.referral_id"))
}

func findReferral(ctx context.Context, tx tenantdb.Tx, id ID) (Referral, error) {
	var referral Referral
	if err := tenantdb.Found(whole(tx.Select()).Where("referral.referral_id = ?", id).Scan(ctx, &referral)); err != nil {
		return Referral{}, fmt.Errorf("find referral: %w", err)
	}
	return referral, nil
}

func lockReferral(ctx context.Context, tx tenantdb.Tx, id ID) (Referral, error) {
	var referral Referral
	err := whole(tx.Select()).Where("referral.referral_id = ?", id).For("update of referral").Scan(ctx, &referral)
	if err := tenantdb.Found(err); err != nil {
		return Referral{}, fmt.Errorf("lock referral: %w", err)
	}
	return referral, nil
}

// lockSentOfConsent locks them in one order, so that two withdrawals at once do not wait for each other.
func lockSentOfConsent(ctx context.Context, tx tenantdb.Tx, consent consents.ID) ([]Referral, error) {
	var found []Referral
	err := whole(tx.Select()).Where("referral.consent_id = ?", consent).Where("referral.revoked_at is null").
		OrderExpr("referral.referral_id").For("update of referral").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("lock referrals of a consent: %w", err)
	}
	return found, nil
}

type draftRow struct {
	bun.BaseModel `bun:"table:referrals"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	ReferralID    ID                `bun:"referral_id"`
	Reference     string            `bun:"reference"`
	DossierID     dossiers.ID       `bun:"dossier_id"`
	OfficeID      offices.ID        `bun:"office_id"`
	Service       access.OfficeKind `bun:"service"`
	CreatedBy     tenantdb.PersonID `bun:"created_by"`
	CreatedAt     time.Time         `bun:"created_at"`
	UpdatedAt     time.Time         `bun:"updated_at"`
}

// insertDraft does nothing where the identifier, or the reference, is taken already.
func insertDraft(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, reference string, dossier dossiers.ID, office offices.Office, at time.Time) error {
	_, err := tx.Insert().Model(&draftRow{
		TenantID: by.Tenant, ReferralID: id, Reference: reference, DossierID: dossier, OfficeID: office.OfficeID,
		Service: office.Kind, CreatedBy: by.Person, CreatedAt: at, UpdatedAt: at,
	}).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert draft: %w", err)
	}
	return nil
}

func updateDraft(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	err := tenantdb.Affected(tx.Update().TableExpr("referrals").
		Set("service = ?", r.Service).Set("urgency = ?", r.Urgency).Set("answer_by = ?", dateOf(r.AnswerBy)).Set("request = ?", r.Request).
		Set("data_classes = ?", pgdialect.Array(r.DataClasses)).Set("updated_at = ?", r.UpdatedAt).Set("version = ?", r.Version).
		Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update draft: %w", err)
	}
	return nil
}

// dateOf keeps a day a day: a moment would be turned into the session's zone first.
func dateOf(day *time.Time) *string {
	if day == nil {
		return nil
	}
	text := day.Format(time.DateOnly)
	return &text
}

func updateSending(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	slice, err := json.Marshal(r.Slice)
	if err != nil {
		return fmt.Errorf("write the slice: %w", err)
	}
	err = tenantdb.Affected(tx.Update().TableExpr("referrals").
		Set("state = ?", r.State).Set("slice = ?", string(slice)).Set("consent_id = ?", r.ConsentID).Set("sent_at = ?", *r.SentAt).
		Set("sent_by_name = ?", r.SentByName).Set("visible_until = ?", *r.VisibleUntil).Set("updated_at = ?", r.UpdatedAt).
		Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("send referral: %w", err)
	}
	return nil
}

// updateRevocation ends access by the database's own clock, which is the one that the fence reads. Messages and events
// follow by their foreign keys, in the same statement.
func updateRevocation(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	err := tenantdb.Affected(tx.Update().TableExpr("referrals").
		Set("state = ?", r.State).Set("revoked_at = ?", *r.RevokedAt).Set("visible_until = least(visible_until, now())").
		Set("updated_at = ?", r.UpdatedAt).Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("revoke referral: %w", err)
	}
	return nil
}

func updateAcknowledgement(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	err := tenantdb.Affected(tx.Update().TableExpr("referrals").Set("acknowledged_at = ?", r.AcknowledgedAt).
		Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("acknowledge referral: %w", err)
	}
	return nil
}

// updateReply makes what the NGO wrote news to the office.
func updateReply(ctx context.Context, tx tenantdb.Tx, r Referral, at time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("referrals").Set("acknowledged_at = ?", r.AcknowledgedAt).Set("office_news_at = ?", at).
		Where("referral_id = ?", r.ReferralID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("reply about referral: %w", err)
	}
	return nil
}

func deleteDraft(ctx context.Context, tx tenantdb.Tx, id ID) error {
	err := tenantdb.Affected(tx.Delete().TableExpr("referrals").Where("referral_id = ?", id).Where("sent_at is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("delete draft: %w", err)
	}
	return nil
}

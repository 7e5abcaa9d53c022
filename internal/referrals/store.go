package referrals

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"passerelle/internal/access"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

var lineColumns = []string{
	"referral.referral_id", "referral.reference", "referral.dossier_id", "dossier.code_name", "referral.office_id", "referral.service", "referral.urgency", "referral.answer_by",
	"referral.state", "referral.created_at", "referral.updated_at", "referral.sent_at", "referral.visible_until",
	"referral.revoked_at", "referral.answered_at", "referral.closed_at", "referral.decline_reason", "referral.outcome",
	"referral.news_at", "referral.acknowledged_at",
}

var contentColumns = []string{
	"referral.consent_id", "referral.request", "referral.data_classes", "referral.documents", "referral.slice", "referral.created_by", // sealed: request, slice
	"member.name as created_by_name", "referral.version", "referral.sent_by_name", "referral.taken_by_name", "referral.taken_at",
}

func lines(query *bun.SelectQuery) *bun.SelectQuery {
	return linesOf(query.TableExpr("referrals as referral"))
}

// linesOf adds to whatever the query calls referral what lines show of the dossier and of the office.
func linesOf(query *bun.SelectQuery) *bun.SelectQuery {
	return nameless(query).ColumnExpr("office.name as office_name, office.kind as office_kind").
		Join("join offices as office on office.tenant_id = referral.tenant_id and office.office_id = referral.office_id")
}

// nameless is linesOf without what it shows of the office.
func nameless(query *bun.SelectQuery) *bun.SelectQuery {
	for _, column := range lineColumns {
		query = query.ColumnExpr(column)
	}
	return query.Join("join dossiers as dossier on dossier.tenant_id = referral.tenant_id and dossier.dossier_id = referral.dossier_id")
}

func whole(query *bun.SelectQuery) *bun.SelectQuery {
	query = lines(query).Join("join members as member on member.tenant_id = referral.tenant_id and member.member_id = referral.created_by")
	for _, column := range contentColumns {
		query = query.ColumnExpr(column)
	}
	return query
}

// OfDossier asks for the referrals of a dossier, newest first, and leaves empty what is known of their offices: a page
// shows the same few all over (offices.Recent).
func OfDossier(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, ofDossier.With(dossier))
}

var ofDossier = tenantdb.Prepare(nameless(tenantdb.Select().TableExpr("referrals as referral")).ColumnExpr("'' as office_name, '' as office_kind").Where("referral.dossier_id = ?", tenantdb.Argument(1)).
	OrderExpr("referral.created_at desc, referral.referral_id"))

// mostRunning is how many referrals of a dossier are named to whoever closes it.
const mostRunning = 50

// runningOf gives the referrals of a dossier that are drafts or that an office still has, the oldest first.
func runningOf(ctx context.Context, tx tenantdb.Tx, id dossiers.ID) (found []Line, err error) {
	err = lines(tx.Select()).Where("referral.dossier_id = ?", id).Where("referral.state not in (?, ?, ?)", Declined, Closed, Revoked).
		Where("referral.state = ? or referral.visible_until > now()", Draft).OrderExpr("referral.created_at, referral.referral_id").Limit(mostRunning).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list referrals that are not over: %w", err)
	}
	return found, nil
}

// contents are what is said of a person, sealed under the keyset of the referral.
type contents struct {
	ReferralID ID
	Request    keys.Sealed[string] `bun:"request"`
	Slice      keys.Sealed[Slice]  `bun:"slice"`
}

// Place says where the sealed contents stand.
func (c *contents) Place() keys.Place { return PlaceOf(c.ReferralID) }

// PlaceOf says where the sealed contents of a referral stand, for the office's side of the same row.
func PlaceOf(id ID) keys.Place { return keys.Place{Table: "referrals", Row: id.String()} }

// SealedRows says where referrals have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Referral, Table: "referrals", Holder: "referral_id", Key: []string{"referral_id"}, Columns: []string{"request", "slice"}},
}

// HolderOf is what the contents of a referral, and the messages about it, are sealed under.
func HolderOf(id ID) keys.Holder { return keys.Holder{Kind: keys.Referral, ID: id.UUID()} }

// SealContents seals what a referral says, for whoever fills tables without this package.
func SealContents(box *keys.Box, id ID, asked string, shown Slice) (request, slice []byte, err error) {
	sealed := contents{id, keys.Of(asked), keys.Of(shown)}
	if err := box.Seal(&sealed); err != nil {
		return nil, nil, fmt.Errorf("seal referral %s: %w", id, err)
	}
	return sealed.Request.Ciphertext(), sealed.Slice.Ciphertext(), nil
}

// sealedReferral is a referral as the database holds it.
type sealedReferral struct {
	Line
	ConsentID     consents.ID
	Request       keys.Sealed[string] `bun:"request"`
	DataClasses   []access.DataClass  `bun:",array"`
	Documents     []documents.ID      `bun:",array"`
	Slice         keys.Sealed[Slice]  `bun:"slice"`
	CreatedBy     tenantdb.PersonID
	CreatedByName string
	Version       int
	SentByName    string
	TakenByName   string
	TakenAt       *time.Time
}

// closed is the referral without what is sealed.
func (s sealedReferral) closed() Referral {
	return Referral{
		Line: s.Line, ConsentID: s.ConsentID, DataClasses: s.DataClasses, Documents: s.Documents, CreatedBy: s.CreatedBy, CreatedByName: s.CreatedByName,
		Version: s.Version, SentByName: s.SentByName, TakenByName: s.TakenByName, TakenAt: s.TakenAt,
	}
}

// open is the referral that somebody can read.
func (s sealedReferral) open(box *keys.Box) (Referral, error) {
	sealed := contents{s.ReferralID, s.Request, s.Slice}
	if err := box.Open(&sealed); err != nil {
		return Referral{}, fmt.Errorf("open referral %s: %w", s.ReferralID, err)
	}
	referral := s.closed()
	referral.Request = sealed.Request.Get()
	if s.SentAt != nil {
		slice := sealed.Slice.Get()
		referral.Slice = &slice
	}
	return referral, nil
}

func ofID(id ID, into *sealedReferral) tenantdb.Question {
	return tenantdb.One(into, whole(tenantdb.Select()).Where("referral.referral_id = ?", id))
}

// liveOfConsent asks for the referrals that offices see because of a consent.
func liveOfConsent(consent consents.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, lines(tenantdb.Select()).Where("referral.consent_id = ?", consent).
		Where("referral.revoked_at is null").Where("referral.visible_until > now()").OrderExpr("referral.sent_at, referral.referral_id"))
}

// maxOpen bounds what of a tenant's open referrals a person's own are looked for in.
const maxOpen = 5000

// own finds among some of the tenant's referrals those that a person wrote or is responsible for. For whose dossiers somebody is
// responsible is asked once, and looked up in memory, as an "or" makes it be. The limit keeps the question apart: the planner knows
// nothing of how much a tenant is, and would otherwise go through every dossier.
func own(open *bun.SelectQuery) *bun.SelectQuery {
	responsible := tenantdb.Select().TableExpr("dossiers").Column("dossier_id").Where("responsible_id = ?", tenantdb.Argument(1))
	return tenantdb.Select().TableExpr("(?) as referral", open.TableExpr("referrals").ColumnExpr(openColumns).Limit(maxOpen)).
		Where("(referral.created_by = ? or referral.dossier_id in (?))", tenantdb.Argument(1), responsible).Limit(maxWork + 1)
}

// mine asks the names of dossier and office of those alone that are shown.
func mine(own *bun.SelectQuery) *bun.SelectQuery {
	query := tenantdb.Select().TableExpr("(?) as referral", own)
	for _, column := range lineColumns {
		query = query.ColumnExpr(column)
	}
	return query.ColumnExpr("office.name as office_name, office.kind as office_kind").
		Join("cross join lateral (? offset 0) as dossier", tenantdb.Select().TableExpr("dossiers").Column("code_name").
			Where("dossiers.tenant_id = referral.tenant_id").Where("dossiers.dossier_id = referral.dossier_id")).
		Join("cross join lateral (? offset 0) as office", tenantdb.Select().TableExpr("offices").Column("name", "kind").
			Where("offices.tenant_id = referral.tenant_id").Where("offices.office_id = referral.office_id"))
}

// The slice is left where it is: it is long, and no list shows it.
const openColumns = "tenant_id, referral_id, reference, dossier_id, office_id, service, urgency, answer_by, state, created_by, created_at, " +
	"updated_at, sent_at, visible_until, revoked_at, answered_at, closed_at, decline_reason, outcome, news_at, acknowledged_at"

func newestNews(query *bun.SelectQuery) *bun.SelectQuery {
	return query.OrderExpr("referral.news_at desc, referral.referral_id")
}

func soonest(query *bun.SelectQuery) *bun.SelectQuery {
	return query.OrderExpr("referral.answer_by nulls last, referral.sent_at, referral.referral_id")
}

func lastChanged(query *bun.SelectQuery) *bun.SelectQuery {
	return query.OrderExpr("referral.updated_at desc, referral.referral_id")
}

var (
	newsStatement = tenantdb.Prepare(newestNews(mine(newestNews(own(tenantdb.Select().
			Where("news_at is not null").Where("(acknowledged_at is null or news_at > acknowledged_at)").OrderExpr("news_at desc"))))))
	// What is news already is left out, so that news does not push out what is due.
	waitingStatement = tenantdb.Prepare(soonest(mine(soonest(own(tenantdb.Select().
				Where("state in ('sent', 'taken')").Where("(news_at is null or news_at <= acknowledged_at)").OrderExpr("answer_by nulls last, sent_at"))))))
	draftsStatement = tenantdb.Prepare(lastChanged(mine(lastChanged(own(tenantdb.Select().Where("state = 'draft'").OrderExpr("updated_at desc"))))))
)

func newsOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, newsStatement.With(person))
}

func waitingOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, waitingStatement.With(person))
}

func draftsOf(person tenantdb.PersonID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, draftsStatement.With(person))
}

func (s *Service) findReferral(ctx context.Context, tx tenantdb.Tx, id ID) (Referral, error) {
	var sealed sealedReferral
	if err := tenantdb.Found(whole(tx.Select()).Where("referral.referral_id = ?", id).Scan(ctx, &sealed)); err != nil {
		return Referral{}, fmt.Errorf("find referral: %w", err)
	}
	return s.openReferral(ctx, tx, sealed)
}

// lockReferral keeps the referral as it is until the transaction ends, without opening it.
func lockReferral(ctx context.Context, tx tenantdb.Tx, id ID) (sealedReferral, error) {
	var sealed sealedReferral
	err := whole(tx.Select()).Where("referral.referral_id = ?", id).For("update of referral").Scan(ctx, &sealed)
	if err := tenantdb.Found(err); err != nil {
		return sealedReferral{}, fmt.Errorf("lock referral: %w", err)
	}
	return sealed, nil
}

// openReferral opens what a transaction has found. Whoever asks for it has seen it, also when nothing comes of that.
func (s *Service) openReferral(ctx context.Context, tx tenantdb.Tx, sealed sealedReferral) (Referral, error) {
	seen := journal.ReferralSeen
	if sealed.Draft() {
		seen = journal.DraftSeen
	}
	if err := enter(ctx, tx, sealed.closed(), seen); err != nil {
		return Referral{}, err
	}
	box, err := s.keys.Box(ctx, HolderOf(sealed.ReferralID))
	if err != nil {
		return Referral{}, fmt.Errorf("open referral %s: %w", sealed.ReferralID, err)
	}
	return sealed.open(box)
}

// lockSentOfConsent locks them in one order, so that two withdrawals at once do not wait for each other. Nothing of them
// is opened: they can be taken away from an office without being read.
func lockSentOfConsent(ctx context.Context, tx tenantdb.Tx, consent consents.ID) ([]Referral, error) {
	var sealed []sealedReferral
	err := whole(tx.Select()).Where("referral.consent_id = ?", consent).Where("referral.revoked_at is null").
		OrderExpr("referral.referral_id").For("update of referral").Scan(ctx, &sealed)
	if err != nil {
		return nil, fmt.Errorf("lock referrals of a consent: %w", err)
	}
	found := make([]Referral, len(sealed))
	for i := range sealed {
		found[i] = sealed[i].closed()
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

// exists says whether there is such a referral.
func exists(ctx context.Context, tx tenantdb.Tx, id ID) (bool, error) {
	there, err := tx.Select().TableExpr("referrals").Where("referral_id = ?", id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("find referral: %w", err)
	}
	return there, nil
}

// insertDraft does nothing where the identifier, or the reference, is taken already, and says whether the draft is new.
func insertDraft(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID, reference string, dossier dossiers.ID, office offices.Office, at time.Time) (bool, error) {
	result, err := tx.Insert().Model(&draftRow{
		TenantID: by.Tenant, ReferralID: id, Reference: reference, DossierID: dossier, OfficeID: office.OfficeID,
		Service: office.Kind, CreatedBy: by.Person, CreatedAt: at, UpdatedAt: at,
	}).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert draft: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func (s *Service) updateDraft(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	sealed, err := s.seal(ctx, r)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().TableExpr("referrals").
		Set("service = ?", r.Service).Set("urgency = ?", r.Urgency).Set("answer_by = ?", dateOf(r.AnswerBy)).Set("request = ?", sealed.Request).
		Set("data_classes = ?", pgdialect.Array(r.DataClasses)).Set("documents = ?", pgdialect.Array(r.Documents)).Set("updated_at = ?", r.UpdatedAt).Set("version = ?", r.Version).
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

// seal seals what is said of a person in a referral.
func (s *Service) seal(ctx context.Context, r Referral) (contents, error) {
	box, err := s.keys.Box(ctx, HolderOf(r.ReferralID))
	if err != nil {
		return contents{}, fmt.Errorf("seal referral %s: %w", r.ReferralID, err)
	}
	sealed := contents{ReferralID: r.ReferralID, Request: keys.Of(r.Request)}
	if r.Slice != nil {
		sealed.Slice = keys.Of(*r.Slice)
	}
	if err := box.Seal(&sealed); err != nil {
		return contents{}, fmt.Errorf("seal referral %s: %w", r.ReferralID, err)
	}
	return sealed, nil
}

func (s *Service) updateSending(ctx context.Context, tx tenantdb.Tx, r Referral) error {
	sealed, err := s.seal(ctx, r)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().TableExpr("referrals").
		Set("state = ?", r.State).Set("request = ?", sealed.Request).Set("slice = ?", sealed.Slice).Set("consent_id = ?", r.ConsentID).Set("sent_at = ?", *r.SentAt).
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

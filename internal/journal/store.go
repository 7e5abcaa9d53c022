package journal

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

type entryRow struct {
	bun.BaseModel `bun:"table:journal_entries"`
	TenantID      tenantdb.TenantID  `bun:"tenant_id"`
	EntryID       ids.ID[Entry]      `bun:"entry_id"`
	PersonID      tenantdb.PersonID  `bun:"person_id"`
	Role          string             `bun:"role"`
	OfficeID      tenantdb.OfficeID  `bun:"office_id"`
	Action        Action             `bun:"action"`
	DossierID     ids.ID[Dossier]    `bun:"dossier_id"`
	ReferralID    ids.ID[Referral]   `bun:"referral_id"`
	DataClasses   []access.DataClass `bun:"data_classes,array"`
	Reason        string             `bun:"reason"`
	RequestID     uuid.NullUUID      `bun:"request_id"`
}

// The entry of somebody who looks takes from the row itself what it is about: where there is nothing to be seen, none is
// left. The arguments are those of seen, in their order.
var (
	dossierSeen = seenIn(tenantdb.Select().TableExpr("dossiers").ColumnExpr("dossier_id, null::uuid as referral_id, '{}'::text[] as data_classes").Where("dossier_id = ?", tenantdb.Argument(7)))
	// What is searched is no dossier: the entry is about the member.
	dossiersSearched = seenIn(tenantdb.Select().TableExpr("members").ColumnExpr("null::uuid as dossier_id, null::uuid as referral_id, '{}'::text[] as data_classes").Where("member_id = ?", tenantdb.Argument(7)))
	referralSeen     = seenIn(tenantdb.Select().TableExpr("referrals").ColumnExpr("dossier_id, referral_id, data_classes").Where("referral_id = ?", tenantdb.Argument(7)))
	consentSeen      = seenIn(tenantdb.Select().TableExpr("consents").ColumnExpr("dossier_id, null::uuid as referral_id, data_classes").Where("consent_id = ?", tenantdb.Argument(7)))
)

// whoLooks are the columns of the first six arguments.
var whoLooks = []string{"?::uuid as entry_id", "?::uuid as person_id", "?::text as role", "?::uuid as office_id", "?::text as action", "?::uuid as request_id"}

func seenIn(subject *bun.SelectQuery) tenantdb.Statement {
	for i, column := range whoLooks {
		subject = subject.ColumnExpr(column, tenantdb.Argument(i+1))
	}
	return tenantdb.Prepare(tenantdb.Insert().With("entry", subject.Column("tenant_id")).Table("journal_entries", "entry").
		Column("tenant_id", "entry_id", "person_id", "role", "office_id", "action", "dossier_id", "referral_id", "data_classes", "request_id"))
}

// passedOn are the classes of data that an entry is about. What was sent stands in the referral, and is frozen there.
// #nosec G101 -- it is SQL
const passedOn = "case entry.action when 'referral_sent' then coalesce(referral.data_classes, '{}') else entry.data_classes end"

// ofDossier asks for one entry more than a page tells, and leaves out what is hidden from the reader. Names are those of today: the journal holds identifiers alone.
func ofDossier(dossier ids.ID[Dossier], filter Filter, hidden []Action, into *[]Line) tenantdb.Question {
	from, until := filter.between()
	query := tenantdb.Select().TableExpr("journal_entries as entry").
		ColumnExpr("entry.entry_id, entry.at, entry.person_id, entry.role, entry.office_id, entry.action, entry.referral_id, entry.request_id").
		ColumnExpr(passedOn+" as data_classes").
		ColumnExpr("coalesce(member.name, office_member.name, '') as person_name, coalesce(office.name, '') as office_name").
		ColumnExpr("coalesce(referral.reference, '') as reference, referral.sent_at, coalesce(addressee.name, '') as sent_to").
		Join("left join members as member on member.tenant_id = entry.tenant_id and member.member_id = entry.person_id").
		Join("left join office_members as office_member on office_member.tenant_id = entry.tenant_id and office_member.office_member_id = entry.person_id").
		Join("left join offices as office on office.tenant_id = entry.tenant_id and office.office_id = entry.office_id").
		Join("left join referrals as referral on referral.tenant_id = entry.tenant_id and referral.referral_id = entry.referral_id").
		Join("left join offices as addressee on addressee.tenant_id = referral.tenant_id and addressee.office_id = referral.office_id").
		Where("entry.dossier_id = ?", dossier).Where("entry.at >= ?", from).Where("entry.at < ?", until).
		OrderExpr("entry.at desc, entry.entry_id desc").Limit(pageSize + 1)
	if len(hidden) > 0 {
		query.Where("entry.action not in (?)", bun.List(hidden))
	}
	switch filter.Side {
	case ByNGO:
		query.Where("entry.office_id is null")
	case ByOffice:
		query.Where("entry.office_id is not null")
	}
	switch filter.Sort {
	case Looks:
		query.Where("entry.action in (?)", bun.List(looks))
	case Acts:
		query.Where("entry.action not in (?)", bun.List(looks))
	}
	if !filter.Before.None() {
		query.Where("(entry.at, entry.entry_id) < (?, ?)", filter.Before.at, filter.Before.id)
	}
	return tenantdb.Many(into, query)
}

// dailyOf asks who did what on which day in Zurich.
func dailyOf(dossier ids.ID[Dossier], into *[]daily) tenantdb.Question {
	const day = "(entry.at at time zone 'Europe/Zurich')::date"
	return tenantdb.Many(into, tenantdb.Select().TableExpr("journal_entries as entry").
		ColumnExpr(day+" as day, entry.role, coalesce(office.name, '') as office_name, coalesce(addressee.name, '') as sent_to, entry.action").
		ColumnExpr(passedOn+" as data_classes").
		Join("left join offices as office on office.tenant_id = entry.tenant_id and office.office_id = entry.office_id").
		Join("left join referrals as referral on referral.tenant_id = entry.tenant_id and referral.referral_id = entry.referral_id and referral.sent_at is not null").
		Join("left join offices as addressee on addressee.tenant_id = referral.tenant_id and addressee.office_id = referral.office_id").
		Where("entry.dossier_id = ?", dossier).
		GroupExpr("1, 2, 3, 4, 5, 6").OrderExpr("day desc, office_name, entry.role, entry.action, sent_to, data_classes").Limit(maxDaily+1))
}

// readersOf asks what everybody opened in a week, those first who opened most.
func readersOf(week Week, into *[]Reader) tenantdb.Question {
	begins, ends := week.begins(), week.Plus(1).begins()
	opened := []Action{DossierSeen, ReferralSeen}
	before := tenantdb.Select().TableExpr("journal_entries").
		ColumnExpr("person_id, count(distinct (coalesce(referral_id, dossier_id), floor(extract(epoch from ? - at) / 604800)))::float8 / ? as usual", begins, weeksBefore).
		Where("at >= ?", week.Plus(-weeksBefore).begins()).Where("at < ?", begins).Where("action in (?)", bun.List(opened)).GroupExpr("person_id")
	within := tenantdb.Select().TableExpr("journal_entries as entry").
		ColumnExpr("entry.person_id, entry.role, entry.office_id").
		ColumnExpr("count(distinct entry.dossier_id) filter (where entry.action = ?) as dossiers", DossierSeen).
		ColumnExpr("count(distinct entry.dossier_id) filter (where entry.action = ? and dossier.responsible_id <> entry.person_id) as others", DossierSeen).
		ColumnExpr("count(distinct entry.referral_id) filter (where entry.action = ?) as referrals", ReferralSeen).
		ColumnExpr("count(*) filter (where entry.action = ?) as unreadable", Unreadable).
		Join("left join dossiers as dossier on dossier.tenant_id = entry.tenant_id and dossier.dossier_id = entry.dossier_id").
		Where("entry.at >= ?", begins).Where("entry.at < ?", ends).GroupExpr("entry.person_id, entry.role, entry.office_id")
	return tenantdb.Many(into, tenantdb.Select().TableExpr("(?) as within", within).
		ColumnExpr("within.person_id, within.role, within.dossiers, within.others, within.referrals, within.unreadable, coalesce(before.usual, 0) as usual").
		ColumnExpr("coalesce(member.name, office_member.name, '') as person_name, coalesce(office.name, '') as office_name").
		Join("left join (?) as before on before.person_id = within.person_id", before).
		Join("left join members as member on member.member_id = within.person_id").
		Join("left join office_members as office_member on office_member.office_member_id = within.person_id").
		Join("left join offices as office on office.office_id = within.office_id").
		OrderExpr("within.others desc, within.dossiers + within.referrals desc, person_name"))
}

func insertOperated(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, action Action, reason string) error {
	row := struct {
		bun.BaseModel `bun:"table:journal_entries"`
		TenantID      tenantdb.TenantID
		EntryID       ids.ID[Entry]
		PersonID      string
		Role, Reason  string
		Action        Action
	}{TenantID: tenant, EntryID: ids.New[Entry](), PersonID: "00000000-0000-0000-0000-000000000000", Role: operators, Action: action, Reason: reason}
	return tx.Leave(ctx, tx.Insert().Model(&row), func() {})
}

// insertAct writes down in the console what was done; a command is nobody's in particular.
func insertAct(ctx context.Context, tx tenantdb.Tx, by tenantdb.PersonID, tenant tenantdb.TenantID, action Action, reason string) error {
	row := struct {
		bun.BaseModel `bun:"table:console.acts"`
		ActID         ids.ID[Entry]
		OperatorID    tenantdb.PersonID
		TenantID      tenantdb.TenantID
		Action        Action
		Reason        string
	}{ActID: ids.New[Entry](), OperatorID: by, TenantID: tenant, Action: action, Reason: reason}
	if _, err := tx.Insert().Model(&row).Returning("").Exec(ctx); err != nil {
		return fmt.Errorf("insert act: %w", err)
	}
	return nil
}

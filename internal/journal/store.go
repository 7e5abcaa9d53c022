package journal

import (
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
	dossierSeen  = seenIn(tenantdb.Select().TableExpr("dossiers").ColumnExpr("dossier_id, null::uuid as referral_id, '{}'::text[] as data_classes").Where("dossier_id = ?", tenantdb.Argument(7)))
	referralSeen = seenIn(tenantdb.Select().TableExpr("referrals").ColumnExpr("dossier_id, referral_id, data_classes").Where("referral_id = ?", tenantdb.Argument(7)))
	consentSeen  = seenIn(tenantdb.Select().TableExpr("consents").ColumnExpr("dossier_id, null::uuid as referral_id, data_classes").Where("consent_id = ?", tenantdb.Argument(7)))
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

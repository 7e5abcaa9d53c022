package members

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// Practising is that somebody of the staff is of a profession.
type Practising struct {
	MemberID   tenantdb.PersonID
	Profession Profession
}

// ListPractising gives who of the staff is of which profession, within the transaction of another capability.
func ListPractising(ctx context.Context, tx tenantdb.Tx) (list []Practising, err error) {
	if err = tx.Select().TableExpr("member_professions").Column("member_id", "profession").Scan(ctx, &list); err != nil {
		return nil, fmt.Errorf("list who is of which profession: %w", err)
	}
	return list, nil
}

func listProfessions(ctx context.Context, tx tenantdb.Tx, id tenantdb.PersonID) (professions []Profession, err error) {
	err = tx.Select().TableExpr("member_professions").Column("profession").Where("member_id = ?", id).OrderExpr("profession").Scan(ctx, &professions)
	if err != nil {
		return nil, fmt.Errorf("list professions: %w", err)
	}
	return professions, nil
}

type professionRow struct {
	bun.BaseModel `bun:"table:member_professions"`
	TenantID      tenantdb.TenantID
	MemberID      tenantdb.PersonID
	Profession    Profession
	GrantedBy     tenantdb.PersonID
	GrantedAt     time.Time
}

func insertProfession(ctx context.Context, tx tenantdb.Tx, by access.Principal, id tenantdb.PersonID, profession Profession, now time.Time) error {
	row := professionRow{TenantID: by.Tenant, MemberID: id, Profession: profession, GrantedBy: by.Person, GrantedAt: now}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert profession: %w", err)
	}
	return nil
}

func deleteProfession(ctx context.Context, tx tenantdb.Tx, id tenantdb.PersonID, profession Profession) error {
	_, err := tx.Delete().TableExpr("member_professions").Where("member_id = ?", id).Where("profession = ?", profession).Exec(ctx)
	if err != nil {
		return fmt.Errorf("delete profession: %w", err)
	}
	return nil
}

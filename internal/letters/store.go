package letters

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where letters have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "letters", Holder: "dossier_id", Key: []string{"letter_id"}, Columns: []string{"contents"}},
}

// most is how many letters a page lists.
const most = 100

type letterRow struct {
	bun.BaseModel `bun:"table:letters"`
	TenantID      tenantdb.TenantID
	Letter
}

func selectLetters(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("letters").Column("letter_id", "dossier_id", "template", "language", "written_by", "written_at")
}

// ofDossier asks for the letters of a dossier, newest first, without what stands in them.
func ofDossier(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, listStatement.With(dossier))
}

var listStatement = tenantdb.Prepare(selectLetters(tenantdb.Select()).Where("dossier_id = ?", tenantdb.Argument(1)).OrderExpr("written_at desc, letter_id").Limit(most))

func ofID(id ID, into *Letter) tenantdb.Question {
	return tenantdb.One(into, selectLetters(tenantdb.Select()).Column("contents").Where("letter_id = ?", id))
}

func findLetter(ctx context.Context, tx tenantdb.Tx, id ID) (found Letter, err error) {
	if err := tenantdb.Found(selectLetters(tx.Select()).Column("contents").Where("letter_id = ?", id).Scan(ctx, &found)); err != nil {
		return Letter{}, fmt.Errorf("find letter %s: %w", id, err)
	}
	return found, nil
}

// insertLetter says whether it is new: the same form sent twice keeps one letter.
func insertLetter(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, l Letter) (bool, error) {
	row := letterRow{TenantID: tenant, Letter: l}
	if err := box.Seal(&row.Letter); err != nil {
		return false, fmt.Errorf("seal letter: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, letter_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert letter: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

package journal

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"time"

	"passerelle/internal/tenantdb"
)

// An export is the journal of one tenant as lines of JSON: a head, each entry exactly as it is hashed (see record), in the
// order of the tree, and a tail that says how many there are, so that one which was cut off is noticed. It holds
// identifiers and codes alone.
type (
	exportHead struct {
		Format   string            `json:"format"`
		TenantID tenantdb.TenantID `json:"tenant_id"`
		Tenant   string            `json:"tenant"`
		MadeAt   moment            `json:"made_at"`
	}
	exportTail struct {
		Entries int64 `json:"entries"`
	}
)

const exportFormat = "passerelle journal 1"

// Export writes the journal of a tenant, and says how many entries that were. begin is told how many there are about to be,
// and gives what is told of each page.
func (s *Sequencer) Export(ctx context.Context, tenant Tenant, out io.Writer, begin func(total int) (done func(int))) (written int64, err error) {
	_, now, err := listTenants(ctx, s.db)
	if err != nil {
		return 0, err
	}
	ctx = asSequencer(ctx, tenant.TenantID)
	total, err := countEntries(ctx, s.db)
	if err != nil {
		return 0, err
	}
	done := begin(total)
	buffer := bufio.NewWriterSize(out, 1<<20)
	if err := writeLine(buffer, exportHead{exportFormat, tenant.TenantID, tenant.Slug, moment{now.At.UTC().Truncate(time.Microsecond)}}); err != nil {
		return 0, err
	}
	var from int64
	for rest := false; !rest; {
		rows, err := listSequenced(ctx, s.db, from)
		if err != nil {
			return 0, err
		}
		if rest = len(rows) < batch; rest {
			// One statement reads what is left, so that what is hashed meanwhile is neither missed nor written twice.
			if rows, err = listRest(ctx, s.db, from); err != nil {
				return 0, err
			}
		}
		for _, row := range rows {
			if err := writeLine(buffer, recordOf(row.sequencedRow)); err != nil {
				return 0, err
			}
		}
		written += int64(len(rows))
		done(len(rows))
		if len(rows) > 0 {
			from = rows[len(rows)-1].Leaf + 1
		}
	}
	if err := writeLine(buffer, exportTail{written}); err != nil {
		return 0, err
	}
	if err := buffer.Flush(); err != nil {
		return 0, fmt.Errorf("write the export: %w", err)
	}
	return written, nil
}

func writeLine(out *bufio.Writer, value any) error {
	line, err := json.Marshal(value)
	if err == nil {
		_, err = out.Write(append(line, '\n'))
	}
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return nil
}

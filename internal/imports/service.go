package imports

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with imports. Each is its sender's alone.
type Service struct {
	db       *tenantdb.DB
	keys     *keys.Ring
	dossiers *dossiers.Service
	now      func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, service *dossiers.Service, now func() time.Time) *Service {
	return &Service{db, ring, service, now}
}

// List gives the imports of whoever asks, newest first.
func (s *Service) List(ctx context.Context) (found []Import, err error) {
	if _, err := access.Require(ctx, access.ImportCreate); err != nil {
		return nil, err
	}
	if err := s.db.Read(ctx, listImports(&found)); err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	return found, nil
}

// Take takes a file and guesses what its columns mean. The same form sent twice takes it once.
func (s *Service) Take(ctx context.Context, id ID, name string, body []byte) error {
	by, err := access.Require(ctx, access.ImportCreate)
	if err != nil {
		return err
	}
	sheet, err := Read(name, body)
	if err != nil {
		return err
	}
	sheet.Mapping = Guess(sheet.Header)
	box, err := s.keys.BoxOfPerson(ctx, by.Person)
	if err != nil {
		return fmt.Errorf("take a file: %w", err)
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return insertImport(ctx, tx, box, by.Tenant, Import{ImportID: id, PersonID: by.Person, Total: len(sheet.Rows), CreatedAt: s.now(), Version: 1}, sheet)
	})
}

// Find opens an import and looks at every row.
func (s *Service) Find(ctx context.Context, id ID) (look Look, err error) {
	by, err := access.Require(ctx, access.ImportCreate)
	if err != nil {
		return Look{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		look, err = s.look(ctx, tx, by, id)
		return err
	})
	return look, err
}

// Map says anew which field each column fills. The mapping was made for a version of the import.
func (s *Service) Map(ctx context.Context, id ID, version int, mapping Mapping) (look Look, err error) {
	by, err := access.Require(ctx, access.ImportCreate)
	if err != nil {
		return Look{}, err
	}
	if err := mapping.Check(); err != nil {
		return Look{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		found, sheet, box, err := s.open(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if err := found.Map(); err != nil {
			return err
		}
		if found.Version != version {
			return fault.Conflict("imports.conflict")
		}
		sheet.Mapping, found.Version = mapping, found.Version+1
		if err := updateSheet(ctx, tx, box, found, sheet); err != nil {
			return err
		}
		look, err = s.look(ctx, tx, by, id)
		return err
	})
	return look, err
}

// portion is how long one call imports rows: a page shows how far it has come, and asks for more.
const portion = 2 * time.Second

// steps is after how many rows the progress is written down.
const steps = 25

// Go imports rows, as many as a portion of time lets it, and says how far it has come. It goes on where it stopped,
// whatever stopped it: a row that was imported already is the same dossier, and not another one.
func (s *Service) Go(ctx context.Context, id ID) (Import, error) {
	by, err := access.Require(ctx, access.ImportCreate)
	if err != nil {
		return Import{}, err
	}
	var look Look
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if look, err = s.look(ctx, tx, by, id); err != nil {
			return err
		}
		return look.Begin(look.Report)
	})
	if err != nil || look.Stage() == Finished {
		return look.Import, err
	}
	until := s.now().Add(portion)
	rows := s.reader(look, by)
	for look.Done < len(look.Sheet.Rows) && s.now().Before(until) {
		next := min(look.Done+steps, len(look.Sheet.Rows))
		for index := look.Done; index < next; index++ {
			if err := s.bring(ctx, id, rows.read(ctx, look.Sheet, index), index); err != nil {
				return look.Import, err
			}
		}
		if look.Import, err = s.advance(ctx, look.Import, next); err != nil {
			return look.Import, err
		}
	}
	return look.Import, nil
}

// bring makes a dossier of a row, unless the row is one already.
func (s *Service) bring(ctx context.Context, id ID, row Row, index int) error {
	if row.Particulars.CodeName == "" {
		name, err := s.dossiers.Propose(ctx)
		if err != nil {
			return err
		}
		row.Particulars.CodeName = name
	}
	err := s.dossiers.TakeOver(ctx, dossierOf(id, index), row.Particulars, row.Situation, row.OpenedOn)
	if problems, ok := fault.Correctable(err); ok && len(problems) > 0 {
		return fault.Refused("imports.row.refused", "Row", row.Number)
	}
	return err
}

// dossierOf is the identifier of the dossier that a row becomes. It follows from the import's, which is random and known
// to its sender alone.
func dossierOf(id ID, index int) dossiers.ID {
	return ids.From[dossiers.Dossier](uuid.NewSHA1(id.UUID(), fmt.Appendf(nil, "row %d", index)))
}

func (s *Service) advance(ctx context.Context, i Import, done int) (Import, error) {
	at := s.now()
	finished := done == i.Total
	err := s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return updateProgress(ctx, tx, i.ImportID, done, at, finished)
	})
	if err != nil {
		return i, err
	}
	i.Done = done
	if i.BegunAt == nil {
		i.BegunAt = &at
	}
	if finished {
		i.FinishedAt = &at
	}
	return i, nil
}

// Discard throws a file away. What was imported of it stays.
func (s *Service) Discard(ctx context.Context, id ID) error {
	if _, err := access.Require(ctx, access.ImportCreate); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return deleteImport(ctx, tx, id) })
}

// open gives an import of whoever asks, with its sheet; a finished one has none any more.
func (s *Service) open(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID) (Import, Sheet, *keys.Box, error) {
	found, err := findImport(ctx, tx, id)
	if err != nil {
		return Import{}, Sheet{}, nil, err
	}
	box, err := s.keys.BoxOfPerson(ctx, by.Person)
	if err != nil {
		return Import{}, Sheet{}, nil, err
	}
	if err := box.Open(&found); err != nil {
		return Import{}, Sheet{}, nil, fmt.Errorf("open import: %w", err)
	}
	return found.Import, found.Sheet.Get(), box, nil
}

// look looks at every row, as long as there is something to decide.
func (s *Service) look(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID) (Look, error) {
	found, sheet, _, err := s.open(ctx, tx, by, id)
	if err != nil {
		return Look{}, err
	}
	look := Look{Import: found, Sheet: sheet, Report: Report{Total: found.Total}}
	if found.Stage() == Finished {
		return look, nil
	}
	staff, err := members.List(ctx, tx)
	if err != nil {
		return Look{}, err
	}
	look.staff = staff
	rows := make([]Row, len(sheet.Rows))
	reader := s.reader(look, by)
	for i := range sheet.Rows {
		rows[i] = reader.read(ctx, sheet, i)
	}
	if found.Stage() == Prepared {
		if err := s.tellApart(ctx, tx, rows); err != nil {
			return Look{}, err
		}
	}
	for _, row := range rows {
		if len(row.Problems) == 0 {
			continue
		}
		if look.Report.Wrong++; len(look.Report.Rows) < MostShown {
			look.Report.Rows = append(look.Report.Rows, row)
		}
	}
	return look, nil
}

// tellApart finds code names that stand twice in the file, or that a dossier has already.
func (s *Service) tellApart(ctx context.Context, tx tenantdb.Tx, rows []Row) error {
	var names []dossiers.CodeName
	first := map[string]bool{}
	for i, row := range rows {
		name := row.Particulars.CodeName
		if name == "" {
			continue
		}
		if first[name.Key()] {
			rows[i].Problems.Add(codeName, "imports.code_name.twice")
		}
		first[name.Key()] = true
		names = append(names, name)
	}
	taken, err := dossiers.Taken(ctx, tx, names)
	if err != nil {
		return err
	}
	for i, row := range rows {
		if row.Particulars.CodeName != "" && slices.Contains(taken, row.Particulars.CodeName.Key()) {
			rows[i].Problems.Add(codeName, "dossiers.code_name.taken")
		}
	}
	return nil
}

func (s *Service) reader(look Look, by access.Principal) reader {
	return reader{look.staff, by.Person, s.now()}
}

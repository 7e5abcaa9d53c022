package offices

import (
	"context"
	"fmt"
	"strings"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/journal"
	"passerelle/internal/tenantdb"
)

// Format is how a directory is written into a file.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	HSDS Format = "hsds"
)

// Formats lists them in the order of pages.
var Formats = []Format{CSV, HSDS}

// Upload is a file that somebody wants to import. Kind is that of the offices of which the file does not say it, where one was chosen.
type Upload struct {
	Body []byte
	Kind access.OfficeKind
}

// read reads a file of either format: what it is, its first sign says.
func (u Upload) read(ctx context.Context) ([]Draft, string, error) {
	text, err := decoded(u.Body)
	if err != nil {
		return nil, "", err
	}
	text = strings.TrimSpace(text)
	languages := forms.Codes(i18n.Languages(ctx))
	read := readCSV
	if strings.HasPrefix(text, "{") || strings.HasPrefix(text, "[") {
		read = readHSDS
	}
	drafts, err := read(text, languages)
	for i := range drafts {
		drafts[i].otherwise = u.Kind
	}
	return drafts, text, err
}

// Check says what an import would do. Nothing is written. The text is the file's, for the form that imports it.
func (s *Service) Check(ctx context.Context, upload Upload) (Report, string, error) {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return Report{}, "", err
	}
	drafts, text, err := upload.read(ctx)
	if err != nil {
		return Report{}, "", err
	}
	known, err := s.directory(ctx)
	if err != nil {
		return Report{}, "", err
	}
	return Plan(drafts, known), text, nil
}

// Import writes a file into the directory: all of it, or nothing. What changed since it was checked is looked at anew.
func (s *Service) Import(ctx context.Context, upload Upload) (Report, error) {
	by, err := access.Require(ctx, access.OfficeManage)
	if err != nil {
		return Report{}, err
	}
	drafts, _, err := upload.read(ctx)
	if err != nil {
		return Report{}, err
	}
	known, err := s.directory(ctx)
	if err != nil {
		return Report{}, err
	}
	report := Plan(drafts, known)
	if !report.Clear() {
		return report, fault.Invalid("file", "offices.import.refused", "Count", report.Count(Refuses))
	}
	defer s.db.Forget(all)
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return s.bring(ctx, tx, by, report) })
	return report, err
}

func (s *Service) bring(ctx context.Context, tx tenantdb.Tx, by access.Principal, report Report) error {
	bodies, err := lockBodies(ctx, tx)
	if err != nil {
		return err
	}
	for _, body := range report.Fresh {
		if err := s.addBody(ctx, tx, by, bodies, body.BodyID, body.Particulars()); err != nil {
			return err
		}
	}
	for _, row := range report.Rows {
		switch row.Act {
		case Adds:
			err = s.add(ctx, tx, by, row.OfficeID, row.Becomes)
		case Changes:
			_, err = s.change(ctx, tx, by, row.OfficeID, row.Version, row.Becomes)
		default:
			continue
		}
		if err == nil && row.stay != nil {
			err = upsertStay(ctx, tx, by, *row.stay, s.now())
		}
		if err != nil {
			return fmt.Errorf("import row %d: %w", row.Number, err)
		}
	}
	return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficesImported})
}

// Export writes the directory into a file.
func (s *Service) Export(ctx context.Context, format Format) (body []byte, err error) {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return nil, err
	}
	known, err := s.directory(ctx)
	if err != nil {
		return nil, err
	}
	switch format {
	case CSV:
		body, err = writeCSV(known)
	case HSDS:
		body, err = writeHSDS(known)
	default:
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		return journal.Record(ctx, tx, journal.Entry{Action: journal.OfficesExported, Reason: string(format)})
	})
	return body, err
}

// Template is an empty CSV file with the columns that an import reads.
func (s *Service) Template(ctx context.Context) ([]byte, error) {
	if _, err := access.Require(ctx, access.OfficeManage); err != nil {
		return nil, err
	}
	return template(), nil
}

// Package imports brings existing caseloads in: a file is read, its columns are given their meaning, every row is looked
// at, and nothing is imported until all is clear. What was read lies sealed, for the person alone who sent it, and goes
// once it is imported.
package imports

import (
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

// ID identifies an import.
type ID = ids.ID[Import]

// Import is a file on its way to being dossiers.
type Import struct {
	ImportID  ID
	PersonID  tenantdb.PersonID
	Total     int
	Done      int
	CreatedAt time.Time
	// BegunAt is when the first row was imported, FinishedAt the last.
	BegunAt, FinishedAt *time.Time
	Version             int
}

// Stage is where an import stands.
type Stage string

// The stages.
const (
	Prepared Stage = "prepared"
	Running  Stage = "running"
	Finished Stage = "finished"
)

// Stage says where the import stands.
func (i Import) Stage() Stage {
	switch {
	case i.FinishedAt != nil:
		return Finished
	case i.BegunAt != nil:
		return Running
	default:
		return Prepared
	}
}

// Begin refuses what is not clear: an import is whole, or has not begun.
func (i Import) Begin(report Report) error {
	if i.Stage() == Prepared && report.Wrong > 0 {
		return fault.Refused("imports.begin.not_clear", "Count", report.Wrong)
	}
	return nil
}

// Map refuses to change what columns mean while rows are being imported.
func (i Import) Map() error {
	if i.Stage() != Prepared {
		return fault.Refused("imports.mapping.too_late")
	}
	return nil
}

// Report is what a look at every row came to.
type Report struct {
	// Total is how many rows there are, Wrong how many have something to correct.
	Total, Wrong int
	// Rows are the first that have, up to MostShown.
	Rows []Row
}

// MostShown is how many rows with something to correct a page shows: who has more mends these first.
const MostShown = 100

// Look is an import, opened: the file, and what every row came to.
type Look struct {
	Import
	Sheet  Sheet
	Report Report

	staff []members.Member
}

// sealedImport is an import as the database holds it. Once all is imported there is no sheet any more.
type sealedImport struct {
	Import
	Sheet keys.Sealed[Sheet] `bun:"sheet"`
}

// Place says where the sealed sheet stands.
func (i *sealedImport) Place() keys.Place {
	return keys.Place{Table: "imports", Row: i.ImportID.String()}
}

package documents

import (
	"time"

	"passerelle/internal/cleaning"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// UploadID names an upload.
type UploadID = ids.ID[Upload]

// MostAtOnce bounds a part in bytes: what arrives within the time that one request has, on a slow line.
const MostAtOnce = 512 << 10

// kept is for how long a file that did not arrive whole waits for the rest.
const kept = 24 * time.Hour

// mostUnderWay bounds the files that somebody has under way for a dossier.
const mostUnderWay = 10

// Announced is what a browser says of a file before it sends it in parts.
type Announced struct {
	Name, Type string
	Bytes      int
}

// Check refuses early what would be refused at the end.
func (a Announced) Check() error {
	switch {
	case a.Bytes <= 0 || a.Name == "":
		return fault.Invalid("file", "ui.file.missing")
	case a.Bytes > cleaning.MostBytes:
		return fault.Invalid("file", "documents.file.large")
	}
	return nil
}

// Upload is a file on its way.
type Upload struct {
	UploadID  UploadID
	DossierID dossiers.ID
	PersonID  tenantdb.PersonID
	// Bytes is how large it is, and Received how much of it has arrived: from its beginning, without a gap.
	Bytes, Received int
	Particulars     keys.Sealed[Announced] `bun:"particulars"`
	BegunAt         time.Time
}

// Place is where it is sealed.
func (u *Upload) Place() keys.Place { return keys.Place{Table: "uploads", Row: u.UploadID.String()} }

// Whole says that nothing is missing.
func (u Upload) Whole() bool { return u.Received == u.Bytes }

// Percent is how much of it has arrived.
func (u Upload) Percent() int { return int(int64(u.Received) * 100 / int64(u.Bytes)) }

// takes says whether a part that begins at a place is the next one. One that has arrived already is taken for done.
func (u Upload) takes(at, length int) (fresh bool, err error) {
	switch {
	case at < 0 || length <= 0 || length > MostAtOnce || at+length > u.Bytes:
		return false, fault.Invalid("file", "documents.part.wrong")
	case at+length <= u.Received:
		return false, nil
	case at != u.Received:
		return false, fault.Conflict("documents.part.wrong")
	}
	return true, nil
}

package interviews

import (
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Earlier is what an interview said before it was corrected.
type Earlier struct {
	InterviewID ID
	DossierID   dossiers.ID
	Version     int
	Contents    keys.Sealed[Contents] `bun:"contents"`
	WrittenAt   time.Time
	WrittenBy   tenantdb.PersonID
}

// Place says where the sealed contents stand.
func (e *Earlier) Place() keys.Place {
	return keys.Place{Table: "interview_versions", Row: e.InterviewID.String() + " " + strconv.Itoa(e.Version)}
}

// correct writes an interview anew that somebody saw in a version, and gives what it said before. Who held it, and for which
// dossier, is no slip of the pen and stays.
func (i *Interview) correct(version int, c Contents, by tenantdb.PersonID, at time.Time) (Earlier, error) {
	if i.Version != version {
		return Earlier{}, fault.Conflict("interviews.conflict.changed_meanwhile")
	}
	before := Earlier{
		InterviewID: i.InterviewID, DossierID: i.DossierID, Version: i.Version, Contents: keys.Of(i.contents()), WrittenAt: i.WrittenAt, WrittenBy: i.WrittenBy,
	}
	i.write(c)
	i.Version, i.WrittenAt, i.WrittenBy = i.Version+1, at, by
	return before, nil
}

// write puts contents into an interview.
func (i *Interview) write(c Contents) {
	i.Kind, i.HeldAt, i.Minutes, i.Hard, i.Noted, i.Account = c.Kind, *c.HeldAt, *c.Minutes, c.Hard, c.Account.Note != "", keys.Of(c.Account)
}

package interviews

import (
	"net/url"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// keptFor is for how long a draft waits to be gone on with.
const keptFor = 7 * 24 * time.Hour

// Draft is what somebody is writing and has not handed in. It has the identifier of the interview that it will be, and is
// that person's alone, under that person's keys.
type Draft struct {
	DraftID  ID
	PersonID tenantdb.PersonID
	// DossierID is zero, and CodeName empty, while no dossier is chosen.
	DossierID  dossiers.ID
	CodeName   dossiers.CodeName
	FormValues keys.Sealed[url.Values] `bun:"form_values"`
	SavedAt    time.Time
}

// Place says where the sealed values stand.
func (d *Draft) Place() keys.Place { return keys.Place{Table: "drafts", Row: d.DraftID.String()} }

// Occasion is what a form for an interview begins with.
type Occasion struct {
	// Dossier is the one that the form is about; zero where it is still to be chosen, among the recent ones or by its code name.
	Dossier dossiers.Mention
	Recent  []dossiers.Mention
	// Draft is what the person has begun to write just here; Others are drafts about other dossiers.
	Draft  *Draft
	Others []Draft
}

// sort puts the drafts of a person where they belong.
func (o *Occasion) sort(drafts []Draft) {
	for i, draft := range drafts {
		if o.Draft == nil && draft.DossierID == o.Dossier.DossierID {
			o.Draft = &drafts[i]
		} else if draft.DossierID != o.Dossier.DossierID {
			o.Others = append(o.Others, draft)
		}
	}
}

package offices

import (
	"slices"
	"time"

	"passerelle/internal/fault"
	"passerelle/internal/ids"
)

// BodyID identifies an organisation, a region or an authority.
type BodyID = ids.ID[Body]

// BodyKind is what a body is.
type BodyKind string

// The kinds of bodies.
const (
	Organisation BodyKind = "organisation"
	Region       BodyKind = "region"
	Authority    BodyKind = "authority"
)

// BodyKinds lists them in the order of pages.
var BodyKinds = []BodyKind{Organisation, Region, Authority}

// Body is an organisation that runs offices, a region to which offices belong, or an authority that regions and offices answer to.
type Body struct {
	BodyID  BodyID
	Kind    BodyKind
	Name    string
	Website string
	// AuthorityID is the authority that a region answers to.
	AuthorityID BodyID
	Validity
	Version int
}

// Validity is for how long something is what it is, and what came after it.
type Validity struct {
	// ValidFrom and ValidUntil are days; none is for as long as one knows.
	ValidFrom   *time.Time `bun:"valid_from,type:date"`
	ValidUntil  *time.Time `bun:"valid_until,type:date"`
	SuccessorID BodyID
}

// On says whether it is valid on a day.
func (v Validity) On(day time.Time) bool {
	return (v.ValidFrom == nil || !day.Before(*v.ValidFrom)) && (v.ValidUntil == nil || !day.After(*v.ValidUntil))
}

// Over says whether it has ended before a day.
func (v Validity) Over(day time.Time) bool { return v.ValidUntil != nil && day.After(*v.ValidUntil) }

// Bodies are all bodies of a tenant.
type Bodies []Body

// Of are those of a kind.
func (b Bodies) Of(kind BodyKind) Bodies {
	return slices.DeleteFunc(slices.Clone(b), func(body Body) bool { return body.Kind != kind })
}

// Among is the body of an identifier, or the zero Body.
func (b Bodies) Among(id BodyID) Body {
	for _, body := range b {
		if body.BodyID == id {
			return body
		}
	}
	return Body{}
}

// On is what a body has become by a day: the body itself, or what came after it and after that. It ends with the last of which one
// knows, valid on that day or not; each step leads to one that ends later, so that there is always a last one.
func (b Bodies) On(id BodyID, day time.Time) Body {
	body := b.Among(id)
	for range b {
		next := b.Among(body.SuccessorID)
		if !body.Over(day) || next.BodyID.Zero() {
			break
		}
		body = next
	}
	return body
}

// Chain is a body and whatever came after it, one after the other.
func (b Bodies) Chain(id BodyID) (chain []Body) {
	for range b {
		body := b.Among(id)
		if body.BodyID.Zero() {
			break
		}
		chain = append(chain, body)
		id = body.SuccessorID
	}
	return chain
}

// Predecessors are those that a body came after.
func (b Bodies) Predecessors(id BodyID) Bodies {
	return slices.DeleteFunc(slices.Clone(b), func(body Body) bool { return body.SuccessorID != id })
}

// BodyParticulars are what somebody writes of a body. What it is, is chosen once.
type BodyParticulars struct {
	Kind          BodyKind
	Name, Website string
	AuthorityID   BodyID
	Validity
}

// Particulars are those of the body.
func (b Body) Particulars() BodyParticulars {
	return BodyParticulars{b.Kind, b.Name, b.Website, b.AuthorityID, b.Validity}
}

func (p BodyParticulars) same(other BodyParticulars) bool {
	return p.Name == other.Name && p.Website == other.Website && p.AuthorityID == other.AuthorityID && p.SuccessorID == other.SuccessorID &&
		sameDay(p.ValidFrom, other.ValidFrom) && sameDay(p.ValidUntil, other.ValidUntil)
}

// Check refuses what would make no sense among the other bodies: an end before the beginning, or what comes after ending before. With
// that, no chain comes back to where it began; the database refuses it as well, whoever writes at the same time.
func (p BodyParticulars) Check(id BodyID, known Bodies) error {
	var problems fault.Problems
	if !slices.Contains(BodyKinds, p.Kind) {
		problems.Add("kind", "offices.body.kind.missing")
	}
	if p.Name == "" {
		problems.Add("name", "offices.body.name.missing")
	}
	if !webAddress(p.Website) {
		problems.Add("website", "offices.website.wrong")
	}
	if !p.AuthorityID.Zero() && (p.Kind != Region || known.Among(p.AuthorityID).Kind != Authority) {
		problems.Add("authority", "offices.authority.unknown")
	}
	if p.ValidFrom != nil && p.ValidUntil != nil && p.ValidUntil.Before(*p.ValidFrom) {
		problems.Add("valid_until", "offices.valid_until.before")
	}
	p.checkSuccession(id, known, &problems)
	return problems.Err()
}

func (p BodyParticulars) checkSuccession(id BodyID, known Bodies, problems *fault.Problems) {
	if !p.SuccessorID.Zero() {
		successor := known.Among(p.SuccessorID)
		switch {
		case successor.BodyID.Zero() || successor.Kind != p.Kind:
			problems.Add("successor", "offices.successor.unknown")
		case p.SuccessorID == id:
			problems.Add("successor", "offices.successor.itself")
		case p.ValidUntil == nil:
			problems.Add("valid_until", "offices.successor.without_end")
		case successor.ValidUntil != nil && !successor.ValidUntil.After(*p.ValidUntil):
			problems.Add("successor", "offices.successor.ends_before")
		}
	}
	if p.ValidUntil == nil {
		return
	}
	for _, before := range known.Predecessors(id) {
		if before.BodyID != id && before.ValidUntil != nil && !p.ValidUntil.After(*before.ValidUntil) {
			problems.Add("valid_until", "offices.valid_until.before_predecessor", "Name", before.Name)
			return
		}
	}
}

// Stay is from which day on an office belonged to a region.
type Stay struct {
	OfficeID  ID
	RegionID  BodyID
	ValidFrom time.Time
}

// RegionOn is the region to which an office belonged on a day, by its stays in the order of days; the zero identifier is none.
func RegionOn(stays []Stay, day time.Time) (region BodyID) {
	for _, stay := range stays {
		if stay.ValidFrom.After(day) {
			break
		}
		region = stay.RegionID
	}
	return region
}

// Standing is where an office stands on a day.
type Standing struct{ Organisation, Region, Authority Body }

// StandingOn is the organisation that runs an office, the region that it belongs to, and the authority that it answers to on a
// day: that of the region, or its own where it belongs to none. Each is what it has become by then.
func (e Entry) StandingOn(day time.Time, stays []Stay, known Bodies) (s Standing) {
	s.Organisation = known.On(e.OrganisationID, day)
	s.Region = known.On(RegionOn(stays, day), day)
	s.Authority = known.On(e.AuthorityID, day)
	if !s.Region.BodyID.Zero() && !s.Region.AuthorityID.Zero() {
		s.Authority = known.On(s.Region.AuthorityID, day)
	}
	return s
}

package offices

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Draft is an office as a file describes it, before anything of it is written.
type Draft struct {
	// Number is the line of a CSV file, or the place in a list.
	Number int
	// ID is what the file calls it. It is one of ours, or it means nothing here.
	ID string
	// External says that identifiers are those of whoever wrote the file, so that an unknown one is a new office.
	External bool
	// Inactive says that the file knows it as closed: it is left as it is.
	Inactive bool
	Particulars
	Organisation, Region, Authority string
	RegionFrom                      *time.Time
	Problems                        fault.Problems

	given map[string]bool
	// otherwise is the kind where the file says none.
	otherwise access.OfficeKind
}

// give says that the file says something of a field, be it that there is nothing.
func (d *Draft) give(fields ...string) {
	if d.given == nil {
		d.given = map[string]bool{}
	}
	for _, field := range fields {
		d.given[field] = true
	}
}

// onto lays what the file says over what was known. Of what it says nothing about, that stays.
func (d Draft) onto(p Particulars) Particulars {
	take := func(field string, set func()) {
		if d.given[field] {
			set()
		}
	}
	take("name", func() { p.Name = d.Name })
	take("place", func() { p.Place = d.Place })
	take("valid_from", func() { p.ValidFrom = d.ValidFrom })
	take("services", func() { p.Services = d.Services })
	take("languages", func() { p.Languages = d.Languages })
	take("hours", func() { p.Hours = d.Hours })
	take("capacity", func() { p.Capacity = d.Capacity })
	take("phone", func() { p.Phone = d.Phone })
	take("secure_mail", func() { p.SecureMail = d.SecureMail })
	take("post_address", func() { p.PostAddress = d.PostAddress })
	take("website", func() { p.Website = d.Website })
	take("contact", func() { p.Contact = d.Contact })
	take("reach_note", func() { p.ReachNote = d.ReachNote })
	return p
}

// Act is what an import does with an office of a file.
type Act string

// The acts.
const (
	Adds    Act = "adds"
	Changes Act = "changes"
	Keeps   Act = "keeps"
	Skips   Act = "skips"
	Refuses Act = "refuses"
)

// Row is an office of a file with what would become of it.
type Row struct {
	Draft
	Act Act
	// Version is that of the office that would change.
	Version  int
	OfficeID ID
	// Becomes is what the office would be.
	Becomes Particulars
	// stay is the region that it would belong to from a day on, where that is new.
	stay *Stay
}

// Report is what an import would do, row by row.
type Report struct {
	Rows []Row
	// Fresh are the bodies that the file names and the directory does not know: they would be added with it.
	Fresh Bodies
}

// Count says how often an act would be done.
func (r Report) Count(act Act) (n int) {
	for _, row := range r.Rows {
		if row.Act == act {
			n++
		}
	}
	return n
}

// Clear says whether everything can be written: it is all or nothing.
func (r Report) Clear() bool { return r.Count(Refuses) == 0 && len(r.Rows) > 0 }

// Plan says what an import of drafts would do to a directory. It changes nothing.
func Plan(drafts []Draft, known Directory) Report {
	plan := planning{known: known, seen: map[ID]bool{}, named: map[string]int{}}
	for _, entry := range known.Entries {
		plan.named[nameKey(entry.Name, entry.Place)]++
	}
	for _, draft := range drafts {
		plan.report.Rows = append(plan.report.Rows, plan.row(draft))
	}
	return plan.report
}

type planning struct {
	known  Directory
	report Report
	// seen are offices that the file has named already, named those of a name at a place.
	seen  map[ID]bool
	named map[string]int
}

func nameKey(name, place string) string { return strings.ToLower(name) + "\n" + strings.ToLower(place) }

func (p *planning) row(draft Draft) Row {
	row := Row{Draft: draft}
	row.Problems = slices.Clone(draft.Problems)
	if draft.Inactive {
		row.Act = Skips
		return row
	}
	var there Entry
	if id, err := ids.Parse[tenantdb.Office](draft.ID); err == nil {
		there = p.entry(id)
	}
	switch {
	case !there.OfficeID.Zero():
		row.OfficeID, row.Version, row.Act = there.OfficeID, there.Version, Changes
		if p.seen[there.OfficeID] {
			row.Problems.Add("id", "offices.import.id.twice")
		}
		p.seen[there.OfficeID] = true
		if draft.Kind != "" && draft.Kind != there.Kind {
			row.Problems.Add("kind", "offices.import.kind.fixed")
		}
	case draft.ID != "" && !draft.External:
		// Of another canton or of nobody: from here, it is the same.
		row.Problems.Add("id", "offices.import.id.unknown")
	default:
		row.OfficeID, row.Act = newID(), Adds
		if key := nameKey(draft.Name, draft.Place); draft.Name != "" {
			if p.named[key] > 0 {
				row.Problems.Add("name", "offices.import.name.twice")
			}
			p.named[key]++
		}
	}
	row.Becomes = draft.onto(there.Particulars())
	if row.Becomes.Kind = there.Kind; row.Act == Adds {
		row.Becomes.Kind = cmp.Or(draft.Kind, draft.otherwise)
	}
	row.Becomes.Hours = sorted(row.Becomes.Hours)
	if draft.given["organisation"] {
		row.Becomes.OrganisationID = p.body(Organisation, draft.Organisation)
	}
	if draft.given["authority"] {
		row.Becomes.AuthorityID = p.body(Authority, draft.Authority)
	}
	p.settle(&row, there)
	if problems, wrong := fault.Correctable(row.Becomes.Check(p.known.Today)); wrong {
		for _, problem := range problems {
			if _, told := row.Problems.Of(problem.Field); !told {
				row.Problems = append(row.Problems, problem)
			}
		}
	}
	switch {
	case len(row.Problems) > 0:
		row.Act = Refuses
	case row.Act == Changes && row.stay == nil && there.Particulars().same(row.Becomes):
		row.Act = Keeps
	}
	return row
}

func (p *planning) entry(id ID) Entry {
	for _, entry := range p.known.Entries {
		if entry.OfficeID == id {
			return entry
		}
	}
	return Entry{}
}

// settle finds the region that an office belongs to by the file. Without a day it is from today on; a region that the office has
// reached by a merger is no other one.
func (p *planning) settle(row *Row, there Entry) {
	if row.Region == "" || len(row.Problems) > 0 {
		return
	}
	from := p.known.Today
	if row.RegionFrom != nil {
		from = *row.RegionFrom
	}
	region := p.body(Region, row.Region)
	stays := p.known.stays[there.OfficeID]
	if belongs := RegionOn(stays, from); belongs == region || p.known.Bodies.On(belongs, from).BodyID == region {
		return
	}
	row.stay = &Stay{row.OfficeID, region, from}
}

// body is the body of a name, or one that would be added with it.
func (p *planning) body(kind BodyKind, name string) BodyID {
	if name == "" {
		return BodyID{}
	}
	for _, bodies := range []Bodies{p.known.Bodies, p.report.Fresh} {
		for _, body := range bodies {
			if body.Kind == kind && strings.EqualFold(body.Name, name) {
				return body.BodyID
			}
		}
	}
	fresh := Body{BodyID: ids.New[Body](), Kind: kind, Name: name, Version: 1}
	p.report.Fresh = append(p.report.Fresh, fresh)
	return fresh.BodyID
}

// kindOf is the kind of a name, or none.
func kindOf(text string) access.OfficeKind {
	kind := access.OfficeKind(strings.ToLower(strings.TrimSpace(text)))
	if slices.Contains(access.OfficeKinds, kind) {
		return kind
	}
	return ""
}

package offices

import (
	"cmp"
	"net/url"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
)

// Entry is an office as the directory has it: what is known of it beyond its name.
type Entry struct {
	Office
	OrganisationID BodyID
	// AuthorityID is whom the office answers to where it belongs to no region; a region has an authority of its own.
	AuthorityID BodyID
	ValidFrom   *time.Time `bun:"valid_from,type:date"`
	// Services are what is offered, each in a few words; Languages are codes of ISO 639-3.
	Services  []string  `bun:"services,array"`
	Languages []string  `bun:"languages,array"`
	Hours     []Opening `bun:"hours,type:jsonb"`
	Capacity
	Reach
	// Works says that somebody of the office has an account here. Whoever writes to one without writes to nobody.
	Works     bool `bun:"works,scanonly"`
	Version   int
	ChangedAt *time.Time
}

// Reach is how one comes at an office that does not work here. It is business data of services, as a telephone book has it.
type Reach struct {
	Phone, SecureMail, PostAddress, Website string
	// Contact is a function or a name there, ReachNote what one has to know.
	Contact, ReachNote string
}

// Known says whether one can come at the office at all.
func (r Reach) Known() bool {
	return r.Phone != "" || r.SecureMail != "" || r.PostAddress != "" || r.Website != ""
}

// Capacity is how much an office can take, as somebody said on a day. Without that day nothing was said.
type Capacity struct {
	// Free is how many; nil is that nobody said.
	Free           *int `bun:"capacity" db:"capacity"`
	CapacityUnit   CapacityUnit
	CapacitySaidOn *time.Time `bun:"capacity_said_on,type:date"`
	// CapacitySaidBy is who said it: somebody of the office, or how one knows.
	CapacitySaidBy string
}

// CapacityUnit is what is counted.
type CapacityUnit string

// CapacityUnits are free places, and free appointments a week.
var CapacityUnits = []CapacityUnit{"places", "appointments"}

// freshFor is for how many days one may count on what was said.
const freshFor = 14

// Fresh says whether what was said of the capacity can still be counted on.
func (c Capacity) Fresh(today time.Time) bool {
	return c.CapacitySaidOn != nil && !today.After(c.FreshUntil())
}

// FreshUntil is the last day on which one may count on it.
func (c Capacity) FreshUntil() time.Time {
	if c.CapacitySaidOn == nil {
		return time.Time{}
	}
	return c.CapacitySaidOn.AddDate(0, 0, freshFor)
}

// Check refuses half a statement, and one of a day that is not here yet.
func (c Capacity) Check(today time.Time) error {
	var problems fault.Problems
	c.check(today, &problems)
	return problems.Err()
}

func (c Capacity) check(today time.Time, problems *fault.Problems) {
	if c.Free == nil {
		if c.CapacityUnit != "" || c.CapacitySaidOn != nil || c.CapacitySaidBy != "" {
			problems.Add("capacity", "offices.capacity.missing")
		}
		return
	}
	if *c.Free < 0 || *c.Free > mostCapacity {
		problems.Add("capacity", "offices.capacity.wrong", "Max", mostCapacity)
	}
	if !slices.Contains(CapacityUnits, c.CapacityUnit) {
		problems.Add("capacity_unit", "offices.capacity_unit.missing")
	}
	switch {
	case c.CapacitySaidOn == nil:
		problems.Add("capacity_said_on", "offices.capacity_said_on.missing")
	case c.CapacitySaidOn.After(today):
		problems.Add("capacity_said_on", "offices.capacity_said_on.ahead")
	}
	if c.CapacitySaidBy == "" {
		problems.Add("capacity_said_by", "offices.capacity_said_by.missing")
	}
}

// mostCapacity is more than any office has.
const mostCapacity = 9999

// Particulars are what somebody writes of an office. The kind is chosen once: it is the ceiling under which people consent.
type Particulars struct {
	Name, Place    string
	Kind           access.OfficeKind
	OrganisationID BodyID
	AuthorityID    BodyID
	ValidFrom      *time.Time
	Services       []string
	Languages      []string
	Hours          []Opening
	Capacity
	Reach
}

// Particulars are those of the entry.
func (e Entry) Particulars() Particulars {
	return Particulars{e.Name, e.Place, e.Kind, e.OrganisationID, e.AuthorityID, e.ValidFrom, e.Services, e.Languages, e.Hours, e.Capacity, e.Reach}
}

// mostServices is how many an entry lists.
const mostServices = 20

// Check refuses an entry that could not be used, or that would say where a shelter stands.
func (p Particulars) Check(today time.Time) error {
	var problems fault.Problems
	if p.Name == "" {
		problems.Add("name", "offices.name.missing")
	}
	if !slices.Contains(access.OfficeKinds, p.Kind) {
		problems.Add("kind", "offices.kind.missing")
	}
	if p.Kind == access.Shelter && p.Place != "" {
		problems.Add("place", "offices.place.shelter")
	}
	if len(p.Services) > mostServices {
		problems.Add("services", "offices.services.too_many", "Max", mostServices)
	}
	if field, key := checkHours(p.Hours); key != "" {
		problems.Add(field, key)
	}
	p.Capacity.check(today, &problems)
	if p.SecureMail != "" && !mailAddress(p.SecureMail) {
		problems.Add("secure_mail", "offices.secure_mail.wrong")
	}
	if p.Kind == access.Shelter && p.PostAddress != "" {
		problems.Add("post_address", "offices.place.shelter")
	}
	if !webAddress(p.Website) {
		problems.Add("website", "offices.website.wrong")
	}
	return problems.Err()
}

func mailAddress(text string) bool {
	before, after, found := strings.Cut(text, "@")
	return found && before != "" && strings.Contains(after, ".") && !strings.ContainsAny(text, " <>,;\"") && !strings.Contains(after, "@")
}

// webAddress says whether a text is an address of the web, or none. Nothing else may become a link.
func webAddress(text string) bool {
	if text == "" {
		return true
	}
	parsed, err := url.Parse(text)
	return err == nil && (parsed.Scheme == "https" || parsed.Scheme == "http") && parsed.Host != "" && parsed.User == nil
}

// same says whether two particulars say the same.
func (p Particulars) same(other Particulars) bool {
	return p.Name == other.Name && p.Place == other.Place && p.OrganisationID == other.OrganisationID && p.AuthorityID == other.AuthorityID &&
		sameDay(p.ValidFrom, other.ValidFrom) && slices.Equal(p.Services, other.Services) && slices.Equal(p.Languages, other.Languages) &&
		slices.Equal(p.Hours, other.Hours) && p.Capacity.same(other.Capacity) && p.Reach == other.Reach
}

func (c Capacity) same(other Capacity) bool {
	return (c.Free == nil) == (other.Free == nil) && (c.Free == nil || *c.Free == *other.Free) &&
		c.CapacityUnit == other.CapacityUnit && sameDay(c.CapacitySaidOn, other.CapacitySaidOn) && c.CapacitySaidBy == other.CapacitySaidBy
}

func sameDay(a, b *time.Time) bool {
	return (a == nil) == (b == nil) && (a == nil || a.Equal(*b))
}

// Names are the offices of entries.
func Names(entries []Entry) []Office {
	offices := make([]Office, len(entries))
	for i, entry := range entries {
		offices[i] = entry.Office
	}
	return offices
}

// byKindAndName is the order of lists.
func byKindAndName(a, b Entry) int {
	return cmp.Or(cmp.Compare(slices.Index(access.OfficeKinds, a.Kind), slices.Index(access.OfficeKinds, b.Kind)), cmp.Compare(a.Name, b.Name), cmp.Compare(a.OfficeID.String(), b.OfficeID.String()))
}

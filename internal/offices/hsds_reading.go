package offices

import (
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/language"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
)

// mostDeep is how deep a file may be nested; HSDS in full is nine deep.
const mostDeep = 24

// readHSDS reads a page of services in full, a list of them, or one. What is wrong with an office is kept with it.
func readHSDS(text string, languages []string) (drafts []Draft, err error) {
	if err := shallow(text); err != nil {
		return nil, err
	}
	var services []hsdsService
	switch {
	case strings.HasPrefix(text, "["):
		err = json.Unmarshal([]byte(text), &services)
	default:
		var page struct {
			Contents *[]hsdsService `json:"contents"`
			hsdsService
		}
		if err = json.Unmarshal([]byte(text), &page); err == nil && page.Contents != nil {
			services = *page.Contents
		} else if err == nil && page.hsdsService.ID != "" {
			services = []hsdsService{page.hsdsService}
		}
	}
	var wrong *json.UnmarshalTypeError
	switch {
	case errors.As(err, &wrong):
		return nil, fault.Invalid("file", "offices.import.file.wrong_type", "Place", wrong.Offset)
	case err != nil:
		return nil, fault.Invalid("file", "offices.import.file.unreadable")
	case len(services) == 0:
		return nil, fault.Invalid("file", "offices.import.file.no_rows")
	}
	return gather(services, languages)
}

// shallow refuses a file that is nested deeper than anything that makes sense, before anything of it is built.
func shallow(text string) error {
	decoder, depth := json.NewDecoder(strings.NewReader(text)), 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fault.Invalid("file", "offices.import.file.unreadable")
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > mostDeep {
				return fault.Invalid("file", "offices.import.file.too_deep")
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
	}
}

// gather makes offices of services: those at one location are one office, and one without a location is an office of its own.
func gather(services []hsdsService, languages []string) (drafts []Draft, err error) {
	at := map[string]int{} // the place in drafts of a location
	ids := map[string]bool{}
	for i, service := range services {
		twice := service.ID != "" && ids[service.ID]
		ids[service.ID] = true
		places := service.ServiceAtLocations
		if len(places) == 0 {
			places = []hsdsAt{{}}
		}
		for _, place := range places {
			key := ""
			if place.Location != nil {
				key = place.Location.ID
			}
			index, known := at[key]
			if !known || key == "" {
				if len(drafts) == MostRows {
					return nil, fault.Invalid("file", "offices.import.file.too_many_rows", "Max", MostRows)
				}
				drafts = append(drafts, draftOf(i+1, service, place, languages))
				index = len(drafts) - 1
				at[key] = index
			}
			draft := &drafts[index]
			if twice {
				draft.Problems.Add("id", "offices.import.id.twice")
			}
			if service.Name != draft.Name {
				draft.Services = append(draft.Services, draft.lines("services", service.Name)...)
			}
		}
	}
	for i := range drafts {
		slices.Sort(drafts[i].Services)
		drafts[i].Services = slices.Compact(drafts[i].Services)
	}
	return drafts, nil
}

func draftOf(number int, service hsdsService, place hsdsAt, languages []string) Draft {
	draft := Draft{Number: number, External: true, Inactive: service.Status == "defunct" || service.Status == "inactive"}
	location := hsdsLocation{Name: service.Name}
	if place.Location != nil {
		location = *place.Location
		draft.ID = location.ID
	}
	draft.Name = draft.text("name", cmp.Or(location.Name, service.Name), forms.Name)
	draft.give("name", "services")
	if service.Organization != nil && !strings.EqualFold(service.Organization.Name, draft.Name) {
		draft.Organisation = draft.text("organisation", service.Organization.Name, forms.Short)
		draft.give("organisation")
	}
	for _, attribute := range service.Attributes {
		if attribute.TaxonomyTerm.Taxonomy == kinds {
			if draft.Kind = kindOf(attribute.TaxonomyTerm.Code); draft.Kind == "" {
				draft.Problems.Add("kind", "offices.import.kind.unknown")
			}
			draft.give("kind")
		}
	}
	draft.readReach(service, place, location)
	if spoken := append(slices.Clone(location.Languages), service.Languages...); len(spoken) > 0 {
		var codes []string
		for _, l := range spoken {
			codes = append(codes, threeLetters(l.Code))
		}
		draft.Languages = draft.codes(codes, languages)
		draft.give("languages")
	}
	for _, schedules := range [][]hsdsSchedule{place.Schedules, location.Schedules, service.Schedules} {
		if len(schedules) > 0 {
			draft.readSchedules(schedules)
			draft.give("hours")
			break
		}
	}
	for _, area := range service.ServiceAreas[:min(1, len(service.ServiceAreas))] {
		draft.Region = draft.text("region", area.Name, forms.Short)
	}
	if len(service.Capacities) > 0 {
		draft.readCapacity(service.Capacities[0])
		draft.give("capacity")
	}
	return draft
}

func (d *Draft) readReach(service hsdsService, place hsdsAt, location hsdsLocation) {
	for _, phones := range [][]hsdsPhone{place.Phones, location.Phones, service.Phones} {
		if len(phones) > 0 {
			d.Phone = d.text("phone", phones[0].Number, forms.Name)
			d.give("phone")
			break
		}
	}
	if service.Email != "" {
		d.SecureMail = d.text("secure_mail", service.Email, forms.Name)
		d.give("secure_mail")
	}
	for _, contacts := range [][]hsdsContact{place.Contacts, location.Contacts, service.Contacts} {
		if len(contacts) == 0 {
			continue
		}
		d.Contact = d.text("contact", contacts[0].Name, forms.Short)
		d.give("contact")
		if contacts[0].Email != "" {
			d.SecureMail = d.text("secure_mail", contacts[0].Email, forms.Name)
			d.give("secure_mail")
		}
		break
	}
	if address := cmp.Or(location.URL, service.URL); address != "" {
		d.Website = d.text("website", address, forms.Short)
		d.give("website")
	}
	if place.Description != "" {
		d.ReachNote = d.text("reach_note", place.Description, forms.Short)
		d.give("reach_note")
	}
	if len(location.Addresses) > 0 {
		a := location.Addresses[0]
		d.Place = d.text("place", a.City, forms.Name)
		var lines []string
		for _, line := range []string{a.Address1, a.Address2, strings.TrimSpace(a.PostalCode + " " + a.City)} {
			if line != "" {
				lines = append(lines, line)
			}
		}
		if a.Address1 != "" || a.PostalCode != "" {
			d.PostAddress = forms.Words(url.Values{"post_address": {strings.Join(lines, "\n")}}, "post_address", forms.Short, &d.Problems)
		}
		d.give("place", "post_address")
	}
}

// threeLetters is the code of ISO 639-3 of a language that a file names by two letters, or by a tag.
func threeLetters(code string) string {
	code = strings.ToLower(strings.TrimSpace(code))
	if base, err := language.ParseBase(code); err == nil && len(code) == 2 {
		return base.ISO3()
	}
	return code
}

func (d *Draft) readSchedules(schedules []hsdsSchedule) {
	for _, s := range schedules {
		if s.OpensAt == "" && s.ClosesAt == "" && s.ByDay == "" {
			continue // words alone, which no week is made of
		}
		from, fromOK := ParseHour(clock(s.OpensAt))
		until, untilOK := ParseHour(clock(s.ClosesAt))
		if !fromOK || !untilOK || s.Freq != "" && s.Freq != "WEEKLY" {
			d.Problems.Add("hours", "offices.import.hours.unreadable")
			return
		}
		for day := range strings.SplitSeq(s.ByDay, ",") {
			d.Hours = append(d.Hours, Opening{Weekday(strings.ToUpper(strings.TrimSpace(day))), from, until, noteOf(d.text("hours", s.Notes, forms.Short))})
			if len(d.Hours) > mostOpeningsADay*len(Weekdays) {
				d.Problems.Add("hours", "offices.hours.too_many")
				return
			}
		}
	}
}

// clock leaves an hour without its offset from UTC: hours of a counter are those of its place.
func clock(text string) string {
	if i := strings.IndexAny(text, "Zz+-"); i > 0 {
		text = text[:i]
	}
	return text
}

func (d *Draft) readCapacity(c hsdsCapacity) {
	said, err := time.Parse(time.DateOnly, c.Updated[:min(len(c.Updated), len(time.DateOnly))])
	free := int(c.Available)
	if err != nil || c.Available < 0 || c.Available > mostCapacity || c.Available != float64(free) {
		d.Problems.Add("capacity", "offices.import.capacity.unreadable")
		return
	}
	unit := CapacityUnit(strings.ToLower(c.Unit.Name))
	if !slices.Contains(CapacityUnits, unit) {
		unit = CapacityUnits[0]
	}
	d.Capacity = Capacity{&free, unit, &said, d.text("capacity_said_by", cmp.Or(c.Description, "HSDS"), forms.Name)}
}

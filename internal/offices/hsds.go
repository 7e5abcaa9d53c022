package offices

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/google/uuid"
)

// What follows is HSDS 3.0 (Open Referral), as far as it says what a directory of ours says; docs/offices.md shows the two side by
// side. An office of ours is a location, and each of what it offers a service there.

type hsdsPage struct {
	TotalItems int           `json:"total_items"`
	TotalPages int           `json:"total_pages"`
	PageNumber int           `json:"page_number"`
	Size       int           `json:"size"`
	FirstPage  bool          `json:"first_page"`
	LastPage   bool          `json:"last_page"`
	Empty      bool          `json:"empty"`
	Contents   []hsdsService `json:"contents"`
}

type hsdsService struct {
	ID                 string            `json:"id"`
	Name               string            `json:"name"`
	Status             string            `json:"status"`
	Description        string            `json:"description,omitempty"`
	Organization       *hsdsOrganization `json:"organization,omitempty"`
	ServiceAtLocations []hsdsAt          `json:"service_at_locations,omitempty"`
	Schedules          []hsdsSchedule    `json:"schedules,omitempty"`
	Languages          []hsdsLanguage    `json:"languages,omitempty"`
	Phones             []hsdsPhone       `json:"phones,omitempty"`
	Contacts           []hsdsContact     `json:"contacts,omitempty"`
	ServiceAreas       []hsdsArea        `json:"service_areas,omitempty"`
	Capacities         []hsdsCapacity    `json:"capacities,omitempty"`
	Attributes         []hsdsAttribute   `json:"attributes,omitempty"`
	Email              string            `json:"email,omitempty"`
	URL                string            `json:"url,omitempty"`
	LastModified       string            `json:"last_modified,omitempty"`
}

type hsdsOrganization struct {
	ID          string `json:"id"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Website     string `json:"website,omitempty"`
}

type hsdsAt struct {
	ID          string         `json:"id"`
	Location    *hsdsLocation  `json:"location,omitempty"`
	Contacts    []hsdsContact  `json:"contacts,omitempty"`
	Phones      []hsdsPhone    `json:"phones,omitempty"`
	Schedules   []hsdsSchedule `json:"schedules,omitempty"`
	Description string         `json:"description,omitempty"`
}

type hsdsLocation struct {
	ID           string         `json:"id"`
	LocationType string         `json:"location_type"`
	Name         string         `json:"name"`
	URL          string         `json:"url,omitempty"`
	Languages    []hsdsLanguage `json:"languages,omitempty"`
	Addresses    []hsdsAddress  `json:"addresses,omitempty"`
	Phones       []hsdsPhone    `json:"phones,omitempty"`
	Contacts     []hsdsContact  `json:"contacts,omitempty"`
	Schedules    []hsdsSchedule `json:"schedules,omitempty"`
}

type hsdsAddress struct {
	ID            string `json:"id"`
	Address1      string `json:"address_1"`
	Address2      string `json:"address_2,omitempty"`
	City          string `json:"city"`
	Region        string `json:"region,omitempty"`
	StateProvince string `json:"state_province"`
	PostalCode    string `json:"postal_code"`
	Country       string `json:"country"`
	AddressType   string `json:"address_type"`
}

type hsdsPhone struct {
	ID     string `json:"id"`
	Number string `json:"number"`
	Type   string `json:"type,omitempty"`
}

type hsdsContact struct {
	ID    string `json:"id"`
	Name  string `json:"name,omitempty"`
	Email string `json:"email,omitempty"`
}

type hsdsLanguage struct {
	ID   string `json:"id"`
	Code string `json:"code,omitempty"`
	Name string `json:"name,omitempty"`
}

type hsdsSchedule struct {
	ID       string `json:"id"`
	Freq     string `json:"freq,omitempty"`
	ByDay    string `json:"byday,omitempty"`
	OpensAt  string `json:"opens_at,omitempty"`
	ClosesAt string `json:"closes_at,omitempty"`
	Notes    string `json:"notes,omitempty"`
}

type hsdsArea struct {
	ID   string `json:"id"`
	Name string `json:"name,omitempty"`
}

type hsdsUnit struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

type hsdsCapacity struct {
	ID          string   `json:"id"`
	Unit        hsdsUnit `json:"unit"`
	Available   float64  `json:"available"`
	Description string   `json:"description,omitempty"`
	Updated     string   `json:"updated"`
}

type hsdsAttribute struct {
	ID           string   `json:"id"`
	LinkType     string   `json:"link_type,omitempty"`
	TaxonomyTerm hsdsTerm `json:"taxonomy_term"`
}

type hsdsTerm struct {
	ID          string `json:"id"`
	Code        string `json:"code"`
	Name        string `json:"name"`
	Description string `json:"description"`
	Taxonomy    string `json:"taxonomy,omitempty"`
}

// kinds is the taxonomy of kinds of offices in a file.
const kinds = "passerelle-office-kind"

// part is the identifier of something that we have no identifier for: it follows from the office and what it is, so that two exports
// of the same are the same.
func part(office ID, what ...string) string {
	return uuid.NewSHA1(office.UUID(), []byte(strings.Join(what, "\n"))).String()
}

// writeHSDS writes a directory as a page of services in full.
func writeHSDS(d Directory) ([]byte, error) {
	var page hsdsPage
	for _, e := range d.Entries {
		page.Contents = append(page.Contents, servicesOf(d, e)...)
	}
	page.TotalItems, page.Size, page.TotalPages, page.PageNumber = len(page.Contents), len(page.Contents), 1, 1
	page.FirstPage, page.LastPage, page.Empty = true, true, len(page.Contents) == 0
	if page.Empty {
		page.Contents = []hsdsService{}
	}
	body, err := json.MarshalIndent(page, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("write offices: %w", err)
	}
	return append(body, '\n'), nil
}

func servicesOf(d Directory, e Entry) (services []hsdsService) {
	id := e.OfficeID
	organisation := hsdsOrganization{ID: part(id, "organization"), Name: e.Name, Description: e.Name}
	if body := d.Bodies.Among(e.OrganisationID); !body.BodyID.Zero() {
		organisation = hsdsOrganization{ID: body.BodyID.String(), Name: body.Name, Description: body.Name, Website: body.Website}
	}
	location := hsdsLocation{ID: id.String(), LocationType: "physical", Name: e.Name, URL: e.Website}
	for _, code := range e.Languages {
		location.Languages = append(location.Languages, hsdsLanguage{ID: part(id, "language", code), Code: code})
	}
	if e.PostAddress != "" || e.Place != "" {
		location.Addresses = []hsdsAddress{addressOf(e, d.Standing(e).Region.Name)}
	}
	if e.Phone != "" {
		location.Phones = []hsdsPhone{{ID: part(id, "phone"), Number: e.Phone, Type: "voice"}}
	}
	if e.Contact != "" || e.SecureMail != "" {
		location.Contacts = []hsdsContact{{ID: part(id, "contact"), Name: e.Contact, Email: e.SecureMail}}
	}
	for _, o := range e.Hours {
		location.Schedules = append(location.Schedules, hsdsSchedule{
			ID: part(id, "schedule", string(o.Weekday), o.From), Freq: "WEEKLY", ByDay: string(o.Weekday), OpensAt: o.From, ClosesAt: o.Until, Notes: o.Note,
		})
	}
	status := "active"
	if e.Closed() {
		status = "defunct"
	}
	offered := e.Services
	if len(offered) == 0 {
		offered = []string{e.Name}
	}
	for i, name := range offered {
		service := hsdsService{
			ID: part(id, "service", name), Name: name, Status: status, Organization: &organisation,
			ServiceAtLocations: []hsdsAt{{ID: part(id, "service_at_location", name), Location: &location, Description: e.ReachNote}},
			Attributes: []hsdsAttribute{{ID: part(id, "attribute", name), LinkType: "service", TaxonomyTerm: hsdsTerm{
				ID: part(ID{}, kinds, string(e.Kind)), Code: string(e.Kind), Name: string(e.Kind), Description: string(e.Kind), Taxonomy: kinds,
			}}},
		}
		if region := d.Standing(e).Region.Name; region != "" {
			service.ServiceAreas = []hsdsArea{{ID: part(id, "service_area", name), Name: region}}
		}
		if e.ChangedAt != nil {
			service.LastModified = e.ChangedAt.UTC().Format(time.RFC3339)
		}
		if i == 0 && e.Free != nil {
			service.Capacities = []hsdsCapacity{{
				ID: part(id, "capacity"), Unit: hsdsUnit{part(ID{}, "unit", string(e.CapacityUnit)), string(e.CapacityUnit)}, Available: float64(*e.Free),
				Description: e.CapacitySaidBy, Updated: e.CapacitySaidOn.Format(time.RFC3339),
			}}
		}
		services = append(services, service)
	}
	return services
}

// addressOf takes the last line of an address apart that begins with a Swiss postcode: 1003 Lausanne.
func addressOf(e Entry, region string) hsdsAddress {
	address := hsdsAddress{ID: part(e.OfficeID, "address"), City: e.Place, Region: region, Country: "CH", AddressType: "postal"}
	lines := strings.Split(e.PostAddress, "\n")
	if code, city, found := strings.Cut(lines[len(lines)-1], " "); found && len(code) == 4 && strings.Trim(code, "0123456789") == "" {
		address.PostalCode, address.City, lines = code, city, lines[:len(lines)-1]
	}
	if len(lines) > 0 {
		address.Address1 = lines[0]
		address.Address2 = strings.Join(lines[1:], ", ")
	}
	return address
}

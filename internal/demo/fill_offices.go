package demo

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
)

// What follows is invented, names of regions aside: no office, number or address is anybody's.

// directory is what an invented coordinator knows of the services of a canton.
type directory struct {
	by        cast.Person
	authority string
	// regions are by name; one that has ended names what came after it.
	regions []invented
	offices []counter
}

type invented struct {
	name, after string
	from, until string
}

// counter is an office: one of the cast, or a further one.
type counter struct {
	of                   *cast.Office
	name, place          string
	kind                 access.OfficeKind
	organisation, region string
	services, languages  []string
	hours                []offices.Opening
	free                 int
	unit                 offices.CapacityUnit
	daysAgo              int
	reach                offices.Reach
	agreement            string
	endsIn               int
}

func opens(days ...offices.Weekday) (hours []offices.Opening) {
	for _, day := range days {
		hours = append(hours, offices.Opening{Weekday: day, From: "08:30", Until: "11:30"}, offices.Opening{Weekday: day, From: "13:30", Until: "16:30"})
	}
	return hours
}

var directories = []directory{
	{
		by: cast.Karim, authority: "Direction générale de la cohésion sociale",
		regions: []invented{
			{name: "ERAS Est vaudois", from: "2026-07-01"},
			{name: "ARAS Riviera", after: "ERAS Est vaudois", from: "2006-01-01", until: "2026-06-30"},
			{name: "ARAS Aigle-Pays-d’Enhaut", after: "ERAS Est vaudois", from: "2006-01-01", until: "2026-06-30"},
			{name: "Lausanne", from: "2006-01-01"}, {name: "Broye-Vully", from: "2006-01-01"}, {name: "Jura-Nord vaudois", from: "2006-01-01"},
		},
		offices: []counter{
			{of: cast.CSR, organisation: "Service social de Lausanne", region: "Lausanne", services: []string{"Revenu d’insertion", "Appui social"}, languages: []string{"fra", "eng", "por"}, hours: opens("MO", "TU", "TH", "FR"),
				free: 4, unit: "appointments", daysAgo: 3, reach: offices.Reach{Phone: "+41 21 000 01 01", Contact: "Réception"}, agreement: "Orientation directe et premier rendez-vous sous dix jours", endsIn: 45},
			{of: cast.ORP, region: "Lausanne", services: []string{"Inscription", "Mesures de formation"}, languages: []string{"fra"}, hours: opens("MO", "WE", "FR"), free: 2, unit: "appointments", daysAgo: 21, reach: offices.Reach{Phone: "+41 21 000 01 02"}},
			{of: cast.LegalVaud, organisation: "Association des permanences", services: []string{"Droit des étrangers", "Aide aux victimes"}, languages: []string{"fra", "eng", "spa"}, hours: opens("TU", "TH"), free: 1, unit: "appointments", daysAgo: 6,
				reach: offices.Reach{Phone: "+41 21 000 01 03", SecureMail: "accueil@permanence-vaud.example"}, agreement: "Mandats sans avance de frais", endsIn: 400},
			{of: cast.Clinic, region: "ARAS Riviera", services: []string{"Médecine générale", "Psychotraumatologie"}, languages: []string{"fra", "eng", "tir"}, hours: opens("MO", "TU", "WE"), free: 3, unit: "appointments", daysAgo: 9, reach: offices.Reach{Phone: "+41 21 000 01 04"}},
			{of: cast.School, services: []string{"Français, niveaux A1 à B1", "Alphabétisation"}, languages: []string{"fra"}, hours: opens("MO", "TU", "WE", "TH"), free: 6, unit: "places", daysAgo: 12,
				reach: offices.Reach{Phone: "+41 21 000 01 05", PostAddress: "Rue Inventée 5\n1020 Renens", Website: "https://cours-ouest.example"}},
			{of: cast.Foyer, services: []string{"Hébergement protégé"}, languages: []string{"fra", "eng"}, free: 1, unit: "places", daysAgo: 1, reach: offices.Reach{Phone: "+41 21 000 01 06", ReachNote: "Appeler d’abord, sans nom ; le lieu se dit de vive voix."}},
			{of: cast.Return, services: []string{"Premier entretien", "Préparation du départ"}, languages: []string{"fra", "ron", "hun"}, hours: opens("WE"), reach: offices.Reach{Phone: "+41 21 000 01 07", PostAddress: "Chemin Inventé 7\n1004 Lausanne"}},
			{name: "CSR de Vevey", place: "Vevey", kind: access.IncomeSupport, region: "ARAS Riviera", services: []string{"Revenu d’insertion"}, languages: []string{"fra"}, hours: opens("MO", "TU", "TH"),
				reach: offices.Reach{Phone: "+41 21 000 01 08", PostAddress: "Rue Inventée 8\n1800 Vevey"}},
			{name: "CSR d’Aigle", place: "Aigle", kind: access.IncomeSupport, region: "ARAS Aigle-Pays-d’Enhaut", services: []string{"Revenu d’insertion"}, languages: []string{"fra", "ita"}, hours: opens("TU", "FR"),
				reach: offices.Reach{Phone: "+41 24 000 01 09", PostAddress: "Place Inventée 9\n1860 Aigle"}},
		},
	},
	{
		by: cast.Marc, authority: "Département de la cohésion sociale",
		regions: []invented{{name: "Rive droite", from: "2010-01-01"}, {name: "Rive gauche", from: "2010-01-01"}},
		offices: []counter{
			{of: cast.Hospice, region: "Rive gauche", services: []string{"Aide sociale", "Logement d’urgence"}, languages: []string{"fra", "eng", "spa", "por"}, hours: opens("MO", "TU", "WE", "TH"), free: 5, unit: "appointments", daysAgo: 2,
				reach: offices.Reach{Phone: "+41 22 000 02 01"}, agreement: "Accueil de jour sans rendez-vous", endsIn: 20},
			{of: cast.LegalGeneve, region: "Rive droite", services: []string{"Droit des étrangers"}, languages: []string{"fra", "eng"}, hours: opens("MO", "TH"), reach: offices.Reach{Phone: "+41 22 000 02 02"}},
			{name: "Consultation Rive droite", place: "Genève", kind: access.Medical, region: "Rive droite", services: []string{"Médecine générale", "Interprétariat sur place"}, languages: []string{"fra", "ara", "tir"}, hours: opens("WE", "FR"),
				free: 2, unit: "appointments", daysAgo: 4, reach: offices.Reach{Phone: "+41 22 000 02 03", SecureMail: "accueil@rivedroite.example", PostAddress: "Quai Inventé 3\n1201 Genève"}},
		},
	},
}

// fillOffices fills the directories of both cantons.
func fillOffices(a *app.App, _ map[dossiers.CodeName]madeBy) error {
	for _, d := range directories {
		if err := d.write(d.by.Context(context.Background()), a); err != nil {
			return err
		}
	}
	return nil
}

func (d directory) write(ctx context.Context, a *app.App) error {
	known := map[string]offices.BodyID{}
	add := func(kind offices.BodyKind, i invented) error {
		if i.name == "" || !known[i.name].Zero() {
			return nil
		}
		known[i.name] = ids.New[offices.Body]()
		p := offices.BodyParticulars{Kind: kind, Name: i.name, Validity: offices.Validity{ValidFrom: dayOf(i.from), ValidUntil: dayOf(i.until), SuccessorID: known[i.after]}}
		if kind == offices.Region {
			p.AuthorityID = known[d.authority]
		}
		return a.Offices.AddBody(ctx, known[i.name], p)
	}
	if err := add(offices.Authority, invented{name: d.authority}); err != nil {
		return err
	}
	for _, region := range d.regions {
		if err := add(offices.Region, region); err != nil {
			return err
		}
	}
	for _, c := range d.offices {
		if err := add(offices.Organisation, invented{name: c.organisation}); err != nil {
			return err
		}
		if err := c.write(ctx, a, known); err != nil {
			return fmt.Errorf("office %s: %w", c.name, err)
		}
	}
	return nil
}

func (c counter) write(ctx context.Context, a *app.App, known map[string]offices.BodyID) error {
	today := forms.Today(time.Now())
	id := ids.New[tenantdb.Office]()
	p := offices.Particulars{
		Name: c.name, Place: c.place, Kind: c.kind, OrganisationID: known[c.organisation], Services: c.services, Languages: c.languages, Hours: c.hours, Reach: c.reach,
	}
	if c.of != nil {
		id, p.Name, p.Place, p.Kind = c.of.ID, c.of.Name, c.of.Place, c.of.Kind
	}
	if c.unit != "" {
		said := today.AddDate(0, 0, -c.daysAgo)
		p.Capacity = offices.Capacity{Free: &c.free, CapacityUnit: c.unit, CapacitySaidOn: &said, CapacitySaidBy: "l’accueil, au téléphone"}
	}
	var err error
	if c.of != nil {
		_, err = a.Offices.Change(ctx, id, 1, p)
	} else {
		err = a.Offices.Add(ctx, id, p)
	}
	if err == nil && c.region != "" {
		err = a.Offices.Assign(ctx, id, known[c.region], dayOf("2010-01-01"))
	}
	if err != nil || c.agreement == "" {
		return err
	}
	begins, ends, remind := today.AddDate(-2, 0, 0), today.AddDate(0, 0, c.endsIn), 60
	return a.Offices.Agree(ctx, id, ids.New[offices.Agreement](), offices.Terms{
		Subject: c.agreement, ValidFrom: &begins, ValidUntil: &ends, Document: "Convention de collaboration", FiledAt: "Classeur Conventions", Contact: "Direction", RemindDays: &remind,
	})
}

// dayOf reads a day that the program itself wrote; nothing is none.
func dayOf(text string) *time.Time {
	if text == "" {
		return nil
	}
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic("a day of the demo is none: " + text)
	}
	return &day
}

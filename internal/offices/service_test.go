package offices_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/cast"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/pgtest"
	"passerelle/internal/tenantdb"
)

var now = time.Date(2026, time.November, 27, 9, 0, 0, 0, time.UTC)

type house struct {
	*offices.Service
	t  *testing.T
	db *pgtest.Database
	at time.Time
}

func open(t *testing.T) *house {
	t.Helper()
	db := pgtest.New(t)
	pgtest.Cast(t, db)
	h := &house{t: t, db: db, at: now}
	h.Service = offices.New(db.App, func() time.Time { return h.at })
	return h
}

func (h *house) as(p cast.Person) context.Context { return p.Context(h.t.Context()) }

func (h *house) must(err error) {
	h.t.Helper()
	if err != nil {
		h.t.Fatal(err)
	}
}

func on(text string) *time.Time {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil {
		panic(err)
	}
	return &day
}

func number(n int) *int { return &n }

// clinic is a consultation that an NGO refers to.
func clinic() offices.Particulars {
	return offices.Particulars{
		Name: "Consultation du Léman", Kind: access.Medical, Place: "Vevey", Services: []string{"Médecine générale", "Psychotraumatologie"}, Languages: []string{"fra", "eng"},
		Hours:    []offices.Opening{{Weekday: "TU", From: "13:30", Until: "17:00"}, {Weekday: "MO", From: "08:30", Until: "11:30", Note: "sans rendez-vous"}},
		Capacity: offices.Capacity{Free: number(3), CapacityUnit: "appointments", CapacitySaidOn: on("2026-11-20"), CapacitySaidBy: "Accueil"},
		Reach:    offices.Reach{Phone: "+41 21 000 00 01", SecureMail: "accueil@leman.example", PostAddress: "Rue du Lac 1\n1800 Vevey", Website: "https://leman.example"},
	}
}

func (h *house) added(p offices.Particulars) offices.ID {
	h.t.Helper()
	id := ids.New[tenantdb.Office]()
	for range 2 { // the same form twice
		h.must(h.Add(h.as(cast.Karim), id, p))
	}
	return id
}

func (h *house) body(kind offices.BodyKind, name string, from, until *time.Time, successor, authority offices.BodyID) offices.BodyID {
	h.t.Helper()
	id := ids.New[offices.Body]()
	for range 2 {
		h.must(h.AddBody(h.as(cast.Anna), id, offices.BodyParticulars{Kind: kind, Name: name, AuthorityID: authority, Validity: offices.Validity{ValidFrom: from, ValidUntil: until, SuccessorID: successor}}))
	}
	return id
}

// refused holds that an act is refused to who reads alone, to who counts, and to people of offices in whatever role they say they are,
// and that in the other canton there is nothing to do it to.
func (h *house) refused(name string, act func(context.Context) error) {
	h.t.Helper()
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Sami, cast.Noe, cast.Olga, cast.Eva} {
		if err := act(h.as(stranger)); !errors.Is(err, fault.Refused("")) {
			h.t.Errorf("%s by %s: %v, want a refusal", name, stranger.Name, err)
		}
	}
	forged := cast.Noe.Principal()
	forged.Role = access.Coordinator
	if err := act(access.WithPrincipal(h.t.Context(), forged)); err == nil {
		h.t.Errorf("%s by an office member who calls himself a coordinator", name)
	}
}

func (h *house) elsewhere(name string, act func(context.Context) error) {
	h.t.Helper()
	for _, other := range []cast.Person{cast.Marc, cast.Diane} {
		if err := act(h.as(other)); !errors.Is(err, fault.NotFound()) {
			h.t.Errorf("%s from Genève by %s: %v, want nothing found", name, other.Name, err)
		}
	}
}

func TestTheDirectory(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := h.added(clinic())
	sheet, err := h.Find(h.as(cast.Lea), id)
	h.must(err)
	e := sheet.Entry
	if e.Name != clinic().Name || e.Works || len(e.Services) != 2 || e.Hours[0].Weekday != "MO" || e.Hours[0].Note != "sans rendez-vous" || *e.Free != 3 || e.Phone != clinic().Phone || e.Version != 1 {
		t.Fatalf("%+v", e)
	}
	list, err := h.List(h.as(cast.Ruth))
	h.must(err)
	for filter, want := range map[offices.Filter]bool{
		{Kind: access.Medical}: true, {Kind: access.Shelter}: false, {Language: "eng"}: true, {Language: "amh"}: false, {Words: "psychotrauma"}: true, {Words: "xyz"}: false, {Closed: true}: false,
	} {
		found := false
		for _, entry := range list.Shown(filter) {
			found = found || entry.OfficeID == id
		}
		if found != want {
			t.Errorf("%+v shows it: %v", filter, found)
		}
	}
	for _, entry := range list.Entries {
		if entry.OfficeID == cast.CSR.ID && !entry.Works || entry.OfficeID == cast.School.ID && entry.Works {
			t.Errorf("%s works here: %v", entry.Name, entry.Works)
		}
	}

	mine, hers := clinic(), clinic()
	mine.Place, hers.Phone = "Montreux", "+41 21 000 00 02"
	if _, err := h.Change(h.as(cast.Anna), id, 1, hers); err != nil {
		t.Fatal(err)
	}
	current, err := h.Change(h.as(cast.Karim), id, 1, mine)
	if !errors.Is(err, fault.Conflict("")) || current.Version != 2 || current.Phone != hers.Phone {
		t.Fatalf("the second editor is shown %+v: %v", current, err)
	}
	if _, err := h.Change(h.as(cast.Anna), id, 1, hers); err != nil {
		t.Errorf("the same form twice: %v", err)
	}
	// Whatever a form says, the kind stays: it is the ceiling.
	other := hers
	other.Kind, other.Name = access.Social, "Consultation"
	changed, err := h.Change(h.as(cast.Karim), id, 2, other)
	if err != nil || changed.Kind != access.Medical || changed.Name != "Consultation" {
		t.Errorf("%+v: %v", changed.Office, err)
	}
	if err := h.db.App.Write(h.as(cast.Anna), func(ctx context.Context, tx tenantdb.Tx) error {
		_, err := tx.Update().TableExpr("offices").Set("kind = 'legal_aid'").Where("office_id = ?", id).Exec(ctx)
		return err
	}); err == nil {
		t.Error("the database let a kind be changed")
	}

	h.must(h.SayCapacity(h.as(cast.Karim), id, offices.Capacity{Free: number(0), CapacityUnit: "appointments", CapacitySaidOn: on("2026-11-27"), CapacitySaidBy: "Secrétariat"}))
	if err := h.SayCapacity(h.as(cast.Karim), id, offices.Capacity{Free: number(1), CapacityUnit: "places", CapacitySaidOn: on("2026-11-28"), CapacitySaidBy: "x"}); !errors.Is(err, fault.Invalid("capacity_said_on", "")) {
		t.Errorf("what will be said tomorrow: %v", err)
	}

	acts := map[string]func(context.Context) error{
		"change":     func(ctx context.Context) error { _, err := h.Change(ctx, id, 4, hers); return err },
		"capacity":   func(ctx context.Context) error { return h.SayCapacity(ctx, id, clinic().Capacity) },
		"close":      func(ctx context.Context) error { return h.Close(ctx, id, offices.ID{}) },
		"reopen":     func(ctx context.Context) error { return h.Reopen(ctx, id) },
		"remove":     func(ctx context.Context) error { return h.Remove(ctx, id) },
		"unassign":   func(ctx context.Context) error { return h.Unassign(ctx, id, now) },
		"body":       func(ctx context.Context) error { return h.RemoveBody(ctx, ids.New[offices.Body]()) },
		"agree":      func(ctx context.Context) error { return h.Agree(ctx, id, ids.New[offices.Agreement](), convention()) },
		"unassigned": func(ctx context.Context) error { return h.Assign(ctx, id, ids.New[offices.Body](), on("2026-01-01")) },
	}
	for name, act := range acts {
		h.refused(name, act)
		h.elsewhere(name, act)
	}
	h.refused("add", func(ctx context.Context) error { return h.Add(ctx, ids.New[tenantdb.Office](), clinic()) })
	h.refused("export", func(ctx context.Context) error { _, err := h.Export(ctx, offices.CSV); return err })
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe} {
		if _, err := h.Template(h.as(stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s takes the template: %v", stranger.Name, err)
		}
	}
	h.refused("check", func(ctx context.Context) error { _, _, err := h.Check(ctx, offices.Upload{}); return err })
	h.refused("import", func(ctx context.Context) error { _, err := h.Import(ctx, offices.Upload{}); return err })
	for _, stranger := range []cast.Person{cast.Noe, cast.Olga, cast.Sami} {
		if _, err := h.List(h.as(stranger)); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s lists offices: %v", stranger.Name, err)
		}
	}
	if _, err := h.Find(h.as(cast.Claire), id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire finds it: %v", err)
	}

	// In its own scope an office finds its own line, and nothing of the directory around it.
	var lines []offices.Office
	h.must(h.db.App.Read(h.as(cast.Noe), offices.Recent(&lines)))
	if len(lines) != 1 || lines[0].OfficeID != cast.CSR.ID {
		t.Errorf("the CSR finds %d offices", len(lines))
	}
	if entries := h.entries("office_added"); entries != 1 {
		t.Errorf("adding twice left %d entries", entries)
	}
	h.must(h.Remove(h.as(cast.Anna), id))
	if _, err := h.Find(h.as(cast.Lea), id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("removed, and found: %v", err)
	}
	// People work at the CSR.
	if err := h.Remove(h.as(cast.Anna), cast.CSR.ID); !errors.Is(err, fault.Refused("")) {
		t.Errorf("an office where people work was removed: %v", err)
	}
}

// entries counts what the journal says was done.
func (h *house) entries(action string) (n int) {
	h.t.Helper()
	h.must(h.db.Owner.QueryRow(h.t.Context(), "select count(*) from journal_entries where action = $1", action).Scan(&n))
	return n
}

func TestWhatNoEntryMaySay(t *testing.T) {
	t.Parallel()
	for field, spoil := range map[string]func(*offices.Particulars){
		"name":         func(p *offices.Particulars) { p.Name = "" },
		"kind":         func(p *offices.Particulars) { p.Kind = "other" },
		"place":        func(p *offices.Particulars) { p.Kind = access.Shelter },
		"post_address": func(p *offices.Particulars) { p.Kind, p.Place = access.Shelter, "" },
		"hours_MO": func(p *offices.Particulars) {
			p.Hours[0] = offices.Opening{Weekday: "MO", From: "12:00", Until: "11:00"}
		},
		"hours":            func(p *offices.Particulars) { p.Hours[0].Weekday = "XX" },
		"hours_TU":         func(p *offices.Particulars) { p.Hours = append(p.Hours[:1:1], p.Hours[0]) },
		"services":         func(p *offices.Particulars) { p.Services = make([]string, 21) },
		"capacity":         func(p *offices.Particulars) { p.Free = nil },
		"capacity_unit":    func(p *offices.Particulars) { p.CapacityUnit = "" },
		"capacity_said_by": func(p *offices.Particulars) { p.CapacitySaidBy = "" },
		"capacity_said_on": func(p *offices.Particulars) { p.CapacitySaidOn = nil },
		"secure_mail":      func(p *offices.Particulars) { p.SecureMail = "nobody" },
		"website":          func(p *offices.Particulars) { p.Website = "javascript:alert(1)" },
	} {
		p := clinic()
		spoil(&p)
		if err := p.Check(now); !errors.Is(err, fault.Invalid(field, "")) {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := clinic().Check(now); err != nil {
		t.Error(err)
	}
	c := clinic().Capacity
	if !c.Fresh(*on("2026-12-04")) || c.Fresh(*on("2026-12-05")) {
		t.Error("what was said is fresh for fourteen days")
	}
}

// TestAShelterHasNoAddress: the database refuses it too, whoever writes.
func TestAShelterHasNoAddress(t *testing.T) {
	t.Parallel()
	h := open(t)
	_, err := h.db.Owner.Exec(t.Context(), "update offices set post_address = 'Chemin caché 1' where office_id = $1", cast.Foyer.ID)
	if !tenantdb.Violates(err, "offices_that_shelter_have_no_address") {
		t.Errorf("%v", err)
	}
}

func TestClosingAndWhatComesAfter(t *testing.T) {
	t.Parallel()
	h := open(t)
	first, second, third := h.added(clinic()), h.added(named("Deuxième")), h.added(named("Troisième"))
	if err := h.Close(h.as(cast.Karim), first, first); !errors.Is(err, fault.Invalid("successor", "")) {
		t.Errorf("an office after itself: %v", err)
	}
	h.must(h.Close(h.as(cast.Karim), first, second))
	if err := h.Close(h.as(cast.Karim), first, second); !errors.Is(err, fault.Refused("")) {
		t.Errorf("closed twice: %v", err)
	}
	h.at = h.at.Add(time.Minute)
	if err := h.Close(h.as(cast.Karim), second, first); !errors.Is(err, fault.Invalid("successor", "")) {
		t.Errorf("a circle: %v", err)
	}
	h.must(h.Close(h.as(cast.Karim), second, third))
	sheet, err := h.Find(h.as(cast.Lea), first)
	h.must(err)
	if next := offices.SuccessorOf(sheet.Entry.Office, sheet.Offices); next.OfficeID != third {
		t.Errorf("after the first comes %q", next.Name)
	}
	// Whoever goes past the program cannot make a circle either.
	_, err = h.db.Owner.Exec(t.Context(), "update offices set closed_at = $2, successor_id = $3, successor_ends_at = (select ends_at from offices where office_id = $3) where office_id = $1", third, h.at.Add(time.Hour), first)
	if !tenantdb.Violates(err, "offices_are_followed_by_what_closes_later") {
		t.Errorf("a circle in the database: %v", err)
	}
	h.must(h.Reopen(h.as(cast.Anna), second))
	sheet, err = h.Find(h.as(cast.Lea), second)
	h.must(err)
	if sheet.Entry.Closed() || !sheet.Entry.SuccessorID.Zero() || len(sheet.Predecessors()) != 1 {
		t.Errorf("%+v", sheet.Entry.Office)
	}
	if err := h.Reopen(h.as(cast.Anna), second); !errors.Is(err, fault.Refused("")) {
		t.Errorf("reopened twice: %v", err)
	}
	// An office of the other canton is none.
	if err := h.Close(h.as(cast.Karim), third, cast.Hospice.ID); !errors.Is(err, fault.NotFound()) {
		t.Errorf("followed by an office of Genève: %v", err)
	}
}

func named(name string) offices.Particulars {
	p := clinic()
	p.Name = name
	return p
}

// TestRegionsMergeWhileCountersStay is what domain.md tells of Vaud: two regions merge, the office is not touched, and its page shows
// the region and the authority of a day.
func TestRegionsMergeWhileCountersStay(t *testing.T) {
	t.Parallel()
	h := open(t)
	none := offices.BodyID{}
	newer := h.body(offices.Authority, "Direction nouvelle", on("2027-01-01"), nil, none, none)
	older := h.body(offices.Authority, "Direction ancienne", nil, on("2026-12-31"), newer, none)
	east := h.body(offices.Region, "Est vaudois", on("2026-07-01"), nil, none, older)
	riviera := h.body(offices.Region, "Riviera", nil, on("2026-06-30"), east, older)
	id := h.added(clinic())
	h.must(h.Assign(h.as(cast.Karim), id, riviera, on("2015-01-01")))
	sheet, err := h.Find(h.as(cast.Ruth), id)
	h.must(err)
	for day, want := range map[string][2]string{
		"2014-12-31": {"", ""}, "2015-01-01": {"Riviera", "Direction ancienne"}, "2026-06-30": {"Riviera", "Direction ancienne"},
		"2026-07-01": {"Est vaudois", "Direction ancienne"}, "2027-01-01": {"Est vaudois", "Direction nouvelle"},
	} {
		s := sheet.Entry.StandingOn(*on(day), sheet.Stays, sheet.Bodies)
		if s.Region.Name != want[0] || s.Authority.Name != want[1] {
			t.Errorf("on %s it belongs to %q and answers to %q", day, s.Region.Name, s.Authority.Name)
		}
	}
	// A day of which somebody says otherwise later is corrected in place, and taken back.
	h.must(h.Assign(h.as(cast.Karim), id, east, on("2015-01-01")))
	h.must(h.Assign(h.as(cast.Karim), id, riviera, on("2015-01-01")))
	h.must(h.Unassign(h.as(cast.Anna), id, *on("2015-01-01")))
	if err := h.Unassign(h.as(cast.Anna), id, *on("2015-01-01")); !errors.Is(err, fault.NotFound()) {
		t.Errorf("taken back twice: %v", err)
	}
	if err := h.Assign(h.as(cast.Karim), id, older, on("2015-01-01")); !errors.Is(err, fault.Invalid("region", "")) {
		t.Errorf("an authority as a region: %v", err)
	}

	circle := offices.BodyParticulars{Kind: offices.Region, Name: "Est vaudois", AuthorityID: older, Validity: offices.Validity{ValidFrom: on("2026-07-01"), ValidUntil: on("2026-07-02"), SuccessorID: riviera}}
	if _, err := h.ChangeBody(h.as(cast.Karim), east, 1, circle); !errors.Is(err, fault.Invalid("successor", "")) {
		t.Errorf("a circle: %v", err)
	}
	short := circle
	short.SuccessorID, short.ValidUntil, short.ValidFrom = none, on("2026-06-30"), nil
	if _, err := h.ChangeBody(h.as(cast.Karim), east, 1, short); !errors.Is(err, fault.Invalid("valid_until", "")) {
		t.Errorf("what follows ends first: %v", err)
	}
	_, err = h.db.Owner.Exec(t.Context(), "update bodies set valid_from = null, valid_until = '2026-06-30' where body_id = $1", east)
	if !tenantdb.Violates(err, "bodies_are_followed_by_what_ends_later") {
		t.Errorf("the database lets what follows end first: %v", err)
	}
	_, err = h.db.Owner.Exec(t.Context(), "update bodies set valid_until = '2026-12-31', successor_id = $2, successor_ends_on = '2026-12-31' where body_id = $1", riviera, older)
	if !tenantdb.Violates(err, "bodies_are_followed_by_their_kind") && !tenantdb.Violates(err, "bodies_are_followed_by_what_ends_later") {
		t.Errorf("a region followed by an authority: %v", err)
	}
	good := circle
	good.SuccessorID, good.ValidUntil, good.Name = none, on("2030-12-31"), "Est du canton"
	if _, err := h.ChangeBody(h.as(cast.Anna), east, 1, good); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ChangeBody(h.as(cast.Karim), east, 1, circle); err == nil {
		t.Error("the second editor overwrote")
	}
	for _, other := range []cast.Person{cast.Marc, cast.Diane} {
		if _, err := h.ChangeBody(h.as(other), east, 2, good); !errors.Is(err, fault.NotFound()) {
			t.Errorf("changed from Genève: %v", err)
		}
		list, err := h.ListBodies(h.as(other))
		if err != nil || len(list.Bodies) != 0 {
			t.Errorf("Genève finds %d bodies: %v", len(list.Bodies), err)
		}
	}
	h.refused("change a body", func(ctx context.Context) error { _, err := h.ChangeBody(ctx, east, 2, good); return err })
	h.refused("add a body", func(ctx context.Context) error { return h.AddBody(ctx, ids.New[offices.Body](), good) })
	if err := h.RemoveBody(h.as(cast.Karim), east); !errors.Is(err, fault.Refused("")) {
		t.Errorf("a region that another leads to was removed: %v", err)
	}
	h.must(h.RemoveBody(h.as(cast.Karim), riviera))
	// A body of the other canton is none.
	theirs := ids.New[offices.Body]()
	h.must(h.AddBody(h.as(cast.Marc), theirs, offices.BodyParticulars{Kind: offices.Organisation, Name: "À Genève"}))
	p := clinic()
	p.OrganisationID = theirs
	if _, err := h.Change(h.as(cast.Karim), id, 1, p); !errors.Is(err, fault.Invalid("organisation", "")) {
		t.Errorf("an organisation of Genève: %v", err)
	}
}

func convention() offices.Terms {
	return offices.Terms{Subject: "Orientation directe", ValidFrom: on("2025-01-01"), ValidUntil: on("2026-12-31"), Document: "Convention 2025", FiledAt: "Classeur 4", RemindDays: number(60)}
}

func TestAgreements(t *testing.T) {
	t.Parallel()
	h := open(t)
	id := ids.New[offices.Agreement]()
	for range 2 {
		h.must(h.Agree(h.as(cast.Karim), cast.CSR.ID, id, convention()))
	}
	if err := h.Agree(h.as(cast.Karim), cast.ORP.ID, id, convention()); !errors.Is(err, fault.NotFound()) {
		t.Errorf("the identifier of another office's agreement: %v", err)
	}
	ending := func(who cast.Person, day string) (found []offices.Ending) {
		h.must(h.db.App.Read(h.as(who), offices.Ended(*on(day), &found)))
		return found
	}
	if len(ending(cast.Karim, "2026-10-31")) != 0 || len(ending(cast.Karim, "2026-11-01")) != 1 || len(ending(cast.Anna, "2027-05-01")) != 1 {
		t.Error("somebody is reminded sixty days before the end, and from then on")
	}
	if found := ending(cast.Marc, "2026-12-01"); len(found) != 0 {
		t.Errorf("Genève is reminded of %v", found)
	}
	prolonged := convention()
	prolonged.ValidUntil = on("2028-12-31")
	if _, err := h.ChangeAgreement(h.as(cast.Anna), id, 1, prolonged); err != nil {
		t.Fatal(err)
	}
	if _, err := h.ChangeAgreement(h.as(cast.Karim), id, 1, convention()); !errors.Is(err, fault.Conflict("")) {
		t.Errorf("the second editor: %v", err)
	}
	if len(ending(cast.Karim, "2026-12-01")) != 0 {
		t.Error("what was prolonged presses still")
	}
	acts := map[string]func(context.Context) error{
		"change an agreement": func(ctx context.Context) error { _, err := h.ChangeAgreement(ctx, id, 2, convention()); return err },
		"remove an agreement": func(ctx context.Context) error { _, err := h.RemoveAgreement(ctx, id); return err },
	}
	for name, act := range acts {
		h.refused(name, act)
		h.elsewhere(name, act)
	}
	if _, _, err := h.FindAgreement(h.as(cast.Claire), id); !errors.Is(err, fault.NotFound()) {
		t.Errorf("Claire finds it: %v", err)
	}
	if found, _, err := h.FindAgreement(h.as(cast.Lea), id); err != nil || found.FiledAt != "Classeur 4" {
		t.Errorf("%+v: %v", found, err)
	}
	if of, err := h.RemoveAgreement(h.as(cast.Karim), id); err != nil || of != cast.CSR.ID {
		t.Errorf("%v", err)
	}
	for field, spoil := range map[string]func(*offices.Terms){
		"subject":     func(terms *offices.Terms) { terms.Subject = "" },
		"valid_from":  func(terms *offices.Terms) { terms.ValidFrom = nil },
		"valid_until": func(terms *offices.Terms) { terms.ValidUntil = nil },
		"remind_days": func(terms *offices.Terms) { terms.RemindDays = number(-1) },
	} {
		terms := convention()
		spoil(&terms)
		if err := terms.Check(); !errors.Is(err, fault.Invalid(field, "")) {
			t.Errorf("%s: %v", field, err)
		}
	}
	backwards := convention()
	backwards.ValidUntil = on("2024-01-01")
	if err := backwards.Check(); !strings.Contains(err.Error(), "valid_until") {
		t.Error(err)
	}
}

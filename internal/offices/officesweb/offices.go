package officesweb

import (
	"context"
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/officesview"
	"passerelle/views/paths"
)

func (h *handlers) listOffices(c *fiber.Ctx) error {
	directory, err := h.offices.List(c.UserContext())
	if err != nil {
		return err
	}
	filter := offices.Filter{Words: strings.TrimSpace(strings.Clone(c.Query("words"))), Closed: c.Query("state") == "closed"}
	if kind := access.OfficeKind(strings.Clone(c.Query("kind"))); slices.Contains(access.OfficeKinds, kind) {
		filter.Kind = kind
	}
	if language := strings.Clone(c.Query("language")); slices.Contains(forms.Codes(i18n.Languages(c.UserContext())), language) {
		filter.Language = language
	}
	filter.Region, _ = ids.Parse[offices.Body](c.Query("region")) // nonsense is no filter
	return web.Show(c, fiber.StatusOK, officesview.ListPage(officesview.List{Directory: directory, Filter: filter}))
}

func (h *handlers) newOffice(c *fiber.Ctx) error {
	form := officesview.Form{ID: ids.New[tenantdb.Office]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[tenantdb.Office](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.showForm(c, fiber.StatusOK, form)
}

// showForm shows the form with the bodies that can be chosen.
func (h *handlers) showForm(c *fiber.Ctx, status int, form officesview.Form) error {
	list, err := h.offices.ListBodies(c.UserContext())
	if err != nil {
		return err
	}
	form.Bodies = list.Bodies
	return web.Show(c, status, officesview.FormPage(form))
}

func (h *handlers) createOffice(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[tenantdb.Office](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	p := parse(c.UserContext(), typed, &problems)
	if p.Kind = forms.Choice(typed, "kind", access.OfficeKinds, &problems); p.Kind == "" && typed.Get("kind") == "" {
		problems.Add("kind", "offices.kind.missing")
	}
	if err = problems.Err(); err == nil {
		err = h.offices.Add(c.UserContext(), id, p)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showForm(c, fiber.StatusUnprocessableEntity, officesview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.added")
	return web.See(c, paths.Office(id))
}

func (h *handlers) showOffice(c *fiber.Ctx) error {
	return h.show(c, fiber.StatusOK, nil, nil)
}

// show shows an office; what somebody typed into a form on it stays typed.
func (h *handlers) show(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.offices.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	page := officesview.Page{Sheet: sheet, On: sheet.Today, Typed: typed, Problems: problems}
	if typed == nil {
		page.Typed = officesview.TypedCapacity(sheet.Entry.Capacity)
	}
	if day := forms.Date(url.Values{"on": {strings.Clone(c.Query("on"))}}, "on", &page.Problems); day != nil {
		page.On = *day
	}
	return web.Show(c, status, officesview.ShowPage(page))
}

func (h *handlers) editOffice(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.offices.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := officesview.Form{ID: id.String(), Version: strconv.Itoa(sheet.Entry.Version), Kind: sheet.Entry.Kind, Typed: officesview.TypedOf(sheet.Entry.Particulars())}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = strconv.Itoa(version(form.Typed))
	}
	return h.showForm(c, fiber.StatusOK, form)
}

func (h *handlers) updateOffice(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.offices.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := officesview.Form{ID: id.String(), Version: strconv.Itoa(version(typed)), Kind: sheet.Entry.Kind, Typed: typed}
	var problems fault.Problems
	p := parse(c.UserContext(), typed, &problems)
	current := sheet.Entry
	if err = problems.Err(); err == nil {
		current, err = h.offices.Change(c.UserContext(), id, version(typed), p)
	}
	status := fiber.StatusUnprocessableEntity
	if errors.Is(err, fault.Conflict("")) {
		status, form.Theirs, form.Version = fiber.StatusConflict, &current, strconv.Itoa(current.Version)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showForm(c, status, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.changed")
	return web.See(c, paths.Office(id))
}

// version reads the version that a form was made for; nonsense is none, and so a conflict.
func version(typed url.Values) int {
	n, _ := strconv.Atoi(typed.Get("version"))
	return n
}

func (h *handlers) updateCapacity(c *fiber.Ctx) error {
	var problems fault.Problems
	typed := web.Values(c)
	said := parseCapacity(typed, &problems)
	return h.act(c, typed, problems, "offices.changed", func(ctx context.Context, id offices.ID) error { return h.offices.SayCapacity(ctx, id, said) })
}

// act does something to the office of the page, and leads back to it.
func (h *handlers) act(c *fiber.Ctx, typed url.Values, problems fault.Problems, done string, do func(ctx context.Context, id offices.ID) error) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	if err = problems.Err(); err == nil {
		err = do(c.UserContext(), id)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, done)
	return web.See(c, paths.Office(id))
}

func (h *handlers) newClosure(c *fiber.Ctx) error {
	return h.showClosure(c, fiber.StatusOK, url.Values{}, nil)
}

func (h *handlers) showClosure(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.offices.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, officesview.ClosurePage(officesview.Page{Sheet: sheet, On: sheet.Today, Typed: typed, Problems: problems}))
}

func (h *handlers) createClosure(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	successor, problems := chosen[tenantdb.Office](typed, "successor")
	if err = problems.Err(); err == nil {
		err = h.offices.Close(c.UserContext(), id, successor)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showClosure(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.closure.done")
	return web.See(c, paths.Office(id))
}

// chosen is what was chosen of a list of things, or zero; what is no identifier is a problem.
func chosen[T any](typed url.Values, field string) (id ids.ID[T], problems fault.Problems) {
	if typed.Get(field) == "" {
		return id, nil
	}
	id, err := ids.Parse[T](typed.Get(field))
	if err != nil {
		problems.Add(field, "forms.choice.unknown")
	}
	return id, problems
}

func (h *handlers) createReopening(c *fiber.Ctx) error {
	return h.act(c, nil, nil, "offices.reopening.done", h.offices.Reopen)
}

func (h *handlers) destroyOffice(c *fiber.Ctx) error {
	id, err := web.ID[tenantdb.Office](c, "id")
	if err != nil {
		return err
	}
	err = h.offices.Remove(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, nil, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.removal.done")
	return web.See(c, paths.Offices)
}

func (h *handlers) createRegion(c *fiber.Ctx) error {
	typed := web.Values(c)
	region, problems := chosen[offices.Body](typed, "region")
	from := forms.Date(typed, "region_from", &problems)
	return h.act(c, typed, problems, "offices.changed", func(ctx context.Context, id offices.ID) error { return h.offices.Assign(ctx, id, region, from) })
}

func (h *handlers) destroyRegion(c *fiber.Ctx) error {
	typed := web.Values(c)
	var problems fault.Problems
	from := forms.Date(typed, "from", &problems)
	if from == nil {
		return fault.NotFound()
	}
	return h.act(c, nil, problems, "offices.changed", func(ctx context.Context, id offices.ID) error { return h.offices.Unassign(ctx, id, *from) })
}

func parse(ctx context.Context, typed url.Values, problems *fault.Problems) offices.Particulars {
	p := offices.Particulars{
		Name: forms.Text(typed, "name", forms.Name, problems), Place: forms.Text(typed, "place", forms.Name, problems), ValidFrom: forms.Date(typed, "valid_from", problems),
		Services: lines(typed, "services", problems), Languages: forms.Choices(typed, "languages", forms.Codes(i18n.Languages(ctx)), problems),
		Capacity: parseCapacity(typed, problems),
		Reach: offices.Reach{
			Phone: forms.Text(typed, "phone", forms.Name, problems), SecureMail: forms.Text(typed, "secure_mail", forms.Name, problems),
			PostAddress: forms.Words(typed, "post_address", forms.Short, problems), Website: forms.Text(typed, "website", forms.Short, problems),
			Contact: forms.Text(typed, "contact", forms.Short, problems), ReachNote: forms.Text(typed, "reach_note", forms.Short, problems),
		},
	}
	var wrong fault.Problems
	p.OrganisationID, wrong = chosen[offices.Body](typed, "organisation")
	*problems = append(*problems, wrong...)
	p.AuthorityID, wrong = chosen[offices.Body](typed, "authority")
	*problems = append(*problems, wrong...)
	for _, weekday := range offices.Weekdays {
		field := offices.HoursField(weekday)
		hours, ok := offices.ParseDay(forms.Text(typed, field, forms.Short, problems), weekday)
		if !ok {
			problems.Add(field, "offices.hours.wrong")
		}
		p.Hours = append(p.Hours, hours...)
	}
	return p
}

// lines reads one answer a line.
func lines(typed url.Values, field string, problems *fault.Problems) (found []string) {
	for line := range strings.SplitSeq(forms.Words(typed, field, forms.Narrative, problems), "\n") {
		line = forms.Text(url.Values{field: {line}}, field, forms.Name, problems)
		if line != "" && !slices.Contains(found, line) {
			found = append(found, line)
		}
	}
	return found
}

func parseCapacity(typed url.Values, problems *fault.Problems) offices.Capacity {
	return offices.Capacity{
		Free: forms.Int(typed, "capacity", 0, 9999, problems), CapacityUnit: forms.Choice(typed, "capacity_unit", offices.CapacityUnits, problems),
		CapacitySaidOn: forms.Date(typed, "capacity_said_on", problems), CapacitySaidBy: forms.Text(typed, "capacity_said_by", forms.Name, problems),
	}
}

func (h *handlers) newImport(c *fiber.Ctx) error {
	return web.Show(c, fiber.StatusOK, officesview.ImportPage(officesview.Import{}))
}

func (h *handlers) createImport(c *fiber.Ctx) error {
	typed := web.Values(c)
	var problems fault.Problems
	page := officesview.Import{Kind: forms.Choice(typed, "kind", access.OfficeKinds, &problems)}
	file, err := web.FileOf(c, "file", offices.MostBytes)
	if err == nil {
		err = problems.Err()
	}
	if err == nil {
		var report offices.Report
		report, page.Text, err = h.offices.Check(c.UserContext(), offices.Upload{Body: file.Body, Kind: page.Kind})
		page.Report = &report
	}
	status := fiber.StatusOK
	if problems, ok := fault.Correctable(err); ok {
		page.Report, page.Problems, status, err = nil, problems, fiber.StatusUnprocessableEntity, nil
	}
	if err != nil {
		return err
	}
	return web.Show(c, status, officesview.ImportPage(page))
}

func (h *handlers) createWriting(c *fiber.Ctx) error {
	typed := web.Values(c)
	var problems fault.Problems
	page := officesview.Import{Text: typed.Get("text"), Kind: forms.Choice(typed, "kind", access.OfficeKinds, &problems)}
	report, err := h.offices.Import(c.UserContext(), offices.Upload{Body: []byte(page.Text), Kind: page.Kind})
	if problems, ok := fault.Correctable(err); ok {
		page.Problems = problems
		if len(report.Rows) > 0 {
			page.Report = &report
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, officesview.ImportPage(page))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.import.done")
	return web.See(c, paths.Offices)
}

func (h *handlers) showTemplate(c *fiber.Ctx) error {
	body, err := h.offices.Template(c.UserContext())
	if err != nil {
		return err
	}
	return web.Download(c, "directory.csv", "text/csv; charset=utf-8", body)
}

// files are how a directory is called and what it is, by its format.
var files = map[offices.Format]struct{ name, kind string }{
	offices.CSV:  {"directory.csv", "text/csv; charset=utf-8"},
	offices.HSDS: {"directory-hsds.json", "application/json"},
}

func (h *handlers) createExport(c *fiber.Ctx) error {
	format := offices.Format(web.Values(c).Get("format"))
	body, err := h.offices.Export(c.UserContext(), format)
	if err != nil {
		return err
	}
	return web.Download(c, files[format].name, files[format].kind, body)
}

package housingweb

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/housingview"
	"passerelle/views/paths"
)

func (h *handlers) listPlaces(c *fiber.Ctx) error {
	board, err := h.housing.Board(c.UserContext(), filterOf(c))
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, housingview.Board(board))
}

// filterOf reads what to show from the address of the page; nonsense narrows nothing.
func filterOf(c *fiber.Ctx) housing.Filter {
	var ignored fault.Problems
	_, query, _ := strings.Cut(c.OriginalURL(), "?")
	values, _ := url.ParseQuery(query)
	wishes := forms.Choices(values, "wish", housingview.Wishes, &ignored)
	has := func(code string) bool { return slices.Contains(wishes, code) }
	return housing.Filter{
		Kind:   forms.Choice(values, "kind", housing.PlaceKinds, &ignored),
		Gender: forms.Choice(values, "gender", housing.Genders, &ignored),
		Vacant: has("vacant"), Minors: has("minors"), Children: has("children"), Couples: has("couples"), Accessible: has("accessible"),
	}
}

func (h *handlers) showNights(c *fiber.Ctx) error {
	year, err := strconv.Atoi(c.Query("year"))
	if today := forms.Today(h.now()).Year(); err != nil || year < today-100 || year > today {
		year = today
	}
	counted, err := h.housing.Nights(c.UserContext(), year)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, housingview.NightsPage(counted))
}

func (h *handlers) showPlace(c *fiber.Ctx) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	return h.placePage(c, fiber.StatusOK, id, housingview.Asked{})
}

func (h *handlers) placePage(c *fiber.Ctx, status int, id housing.PlaceID, asked housingview.Asked) error {
	sheet, err := h.housing.Place(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, housingview.Place(sheet, asked))
}

func (h *handlers) newPlace(c *fiber.Ctx) error {
	form := housingview.PlaceForm{ID: ids.New[housing.Place]().String(), Typed: housingview.NewPlaceTyped(forms.Today(h.now()))}
	if web.Parked(c) {
		form.Typed, form.ID = web.Values(c), parkedID(c, form.ID)
	}
	return web.Show(c, fiber.StatusOK, housingview.PlacePage(form))
}

func (h *handlers) createPlace(c *fiber.Ctx) error {
	values := web.Values(c)
	id, err := ids.Parse[housing.Place](values.Get("id"))
	if err != nil {
		return err
	}
	description, address, problems := placeOf(c, values)
	kind := forms.Choice(values, "kind", housing.PlaceKinds, &problems)
	err = problems.Err()
	if err == nil {
		typed := housing.Address{}
		if address != nil {
			typed = *address
		}
		err = h.housing.OpenPlace(c.UserContext(), id, kind, description, typed)
	}
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusUnprocessableEntity, housingview.PlacePage(housingview.PlaceForm{ID: id.String(), Typed: values, Problems: problems}))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "housing.place.opened")
	return web.See(c, paths.Place(id))
}

func (h *handlers) editPlace(c *fiber.Ctx) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.housing.Place(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := housingview.PlaceForm{Changes: &sheet, Version: sheet.Version, Typed: housingview.TypedOfPlace(sheet.Description)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, housingview.PlacePage(form))
}

func (h *handlers) updatePlace(c *fiber.Ctx) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	values := web.Values(c)
	description, address, problems := placeOf(c, values)
	err = problems.Err()
	if err == nil {
		_, err = h.housing.ChangePlace(c.UserContext(), id, versionOf(values), description, address)
	}
	problems, wrong := fault.Correctable(err)
	switch {
	case wrong:
		sheet, shown := h.housing.Place(c.UserContext(), id)
		if shown != nil {
			return shown
		}
		form := housingview.PlaceForm{Changes: &sheet, Version: versionOf(values), Typed: values, Problems: problems}
		if errors.Is(err, fault.Conflict("")) {
			form.Version, form.Conflict, form.Problems = sheet.Version, true, nil
			return web.Show(c, fiber.StatusConflict, housingview.PlacePage(form))
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, housingview.PlacePage(form))
	case err != nil:
		return err
	}
	web.Notice(c, "housing.saved")
	return web.See(c, paths.Place(id))
}

// placeOf reads the form of a place. Without a word of an address there is none to replace the one that is known.
func placeOf(c *fiber.Ctx, values url.Values) (housing.Description, *housing.Address, fault.Problems) {
	var problems fault.Problems
	welcome := forms.Choices(values, "welcome", housingview.Welcomes, &problems)
	has := func(code string) bool { return slices.Contains(welcome, code) }
	description := housing.Description{
		CodeName: forms.Text(values, "code_name", forms.Name, &problems), Beds: bedsOf(values, &problems),
		Welcome: housing.Welcome{
			Genders: forms.Choices(values, "genders", housing.Genders, &problems), Minors: has("minors"), Children: has("children"), Couples: has("couples"),
			Accessible: has("accessible"), Languages: forms.Choices(values, "languages", forms.Codes(i18n.Languages(c.UserContext())), &problems),
		},
		ClosesOn: forms.Date(values, "closes_on", &problems),
	}
	if opens := forms.Date(values, "opens_on", &problems); opens != nil {
		description.OpensOn = *opens
	}
	return description, addressOf(values, &problems), problems
}

// addressOf reads an address; nil is none.
func addressOf(values url.Values, problems *fault.Problems) *housing.Address {
	address := housing.Address{
		Where: forms.Words(values, "address", 300, problems), Contact: forms.Text(values, "address_contact", forms.Short, problems),
		Access: forms.Words(values, "address_access", 1000, problems),
	}
	if address == (housing.Address{}) {
		return nil
	}
	return &address
}

// bedsOf reads a number of beds; none is 0, which no rule lets through.
func bedsOf(values url.Values, problems *fault.Problems) int {
	if beds := forms.Int(values, "beds", 1, 60, problems); beds != nil {
		return *beds
	}
	return 0
}

func versionOf(values url.Values) int {
	version, _ := strconv.Atoi(values.Get("version")) // nonsense is no version, which conflicts
	return version
}

// parkedID keeps the identifier of a form that is given back, so that it still makes one thing.
func parkedID(c *fiber.Ctx, fresh string) string {
	if _, err := ids.Parse[housing.Place](web.Values(c).Get("id")); err == nil {
		return web.Values(c).Get("id")
	}
	return fresh
}

// showPlaceAddress answers with the address itself; there is no page to come back to it.
func (h *handlers) showPlaceAddress(c *fiber.Ctx) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	reason, problems := reasonOf(web.Values(c))
	var shown housing.Shown
	if err = problems.Err(); err == nil {
		shown, err = h.housing.AddressOfPlace(c.UserContext(), id, reason)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.placePage(c, fiber.StatusUnprocessableEntity, id, housingview.Asked{Reason: string(reason), Problems: problems})
	}
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, housingview.AddressPage(shown))
}

func reasonOf(values url.Values) (housing.Reason, fault.Problems) {
	var problems fault.Problems
	return forms.Choice(values, "address_reason", housing.Reasons, &problems), problems
}

func (h *handlers) newForgetting(c *fiber.Ctx) error {
	return h.forgetting(c, fiber.StatusOK, nil)
}

func (h *handlers) forgetting(c *fiber.Ctx, status int, problems fault.Problems) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.housing.Place(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, status, housingview.ForgettingPage(sheet, housingview.Asked{Problems: problems}))
}

func (h *handlers) createForgetting(c *fiber.Ctx) error {
	id, err := web.ID[housing.Place](c, "id")
	if err != nil {
		return err
	}
	err = h.housing.ForgetAddress(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.forgetting(c, fiber.StatusUnprocessableEntity, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "housing.forgotten")
	return web.See(c, paths.Place(id))
}

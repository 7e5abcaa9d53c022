package housingweb

import (
	"context"
	"errors"
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/housingview"
	"passerelle/views/paths"
)

func (h *handlers) showHousing(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.housing.OfDossier(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, housingview.Page(sheet, housingview.Asked{}, h.now()))
}

// placing is a form that chooses a place for a dossier's person.
type placing struct {
	page  func(housingview.Form) templ.Component
	empty func(h *handlers) url.Values
	do    func(ctx context.Context, h *handlers, dossier dossiers.ID, values url.Values) error
	done  string
}

var staying = placing{
	page:  housingview.StayPage,
	empty: func(h *handlers) url.Values { return housingview.NewStayTyped(forms.Today(h.now())) },
	do: func(ctx context.Context, h *handlers, dossier dossiers.ID, values url.Values) error {
		id, err := ids.Parse[housing.Stay](values.Get("id"))
		if err != nil {
			return err
		}
		arrival, problems := arrivalOf(values)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.housing.MoveIn(ctx, dossier, id, arrival)
	},
	done: "housing.stay.begun",
}

var holding = placing{
	page:  housingview.HoldPage,
	empty: func(h *handlers) url.Values { return housingview.NewHoldTyped(forms.Today(h.now())) },
	do: func(ctx context.Context, h *handlers, dossier dossiers.ID, values url.Values) error {
		id, err := ids.Parse[housing.Hold](values.Get("id"))
		if err != nil {
			return err
		}
		wish, problems := wishOf(values)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.housing.HoldBed(ctx, dossier, id, wish)
	},
	done: "housing.hold.done",
}

func (h *handlers) newStay(c *fiber.Ctx) error    { return h.place(c, staying) }
func (h *handlers) createStay(c *fiber.Ctx) error { return h.placed(c, staying) }
func (h *handlers) newHold(c *fiber.Ctx) error    { return h.place(c, holding) }
func (h *handlers) createHold(c *fiber.Ctx) error { return h.placed(c, holding) }

func (h *handlers) place(c *fiber.Ctx, p placing) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := housingview.Form{ID: ids.New[housing.Stay]().String(), Typed: p.empty(h)}
	if web.Parked(c) {
		form.Typed, form.ID = web.Values(c), parkedID(c, form.ID)
	}
	if form.Sheet, err = h.housing.Prepare(c.UserContext(), id); err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, p.page(form))
}

func (h *handlers) placed(c *fiber.Ctx, p placing) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	values := web.Values(c)
	err = p.do(c.UserContext(), h, id, values)
	if problems, ok := fault.Correctable(err); ok {
		sheet, err := h.housing.Prepare(c.UserContext(), id)
		if err != nil {
			return err
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, p.page(housingview.Form{Sheet: sheet, ID: values.Get("id"), Typed: values, Problems: problems}))
	}
	if err != nil {
		return err
	}
	web.Notice(c, p.done)
	return web.See(c, paths.HousingOf(id))
}

func arrivalOf(values url.Values) (housing.Arrival, fault.Problems) {
	var problems fault.Problems
	arrival := housing.Arrival{
		Beds: bedsOf(values, &problems), On: forms.Date(values, "begins_on", &problems), PlannedEndOn: forms.Date(values, "planned_end_on", &problems),
		EndedOn: forms.Date(values, "ended_on", &problems), WentTo: forms.Choice(values, "went_to", housing.Destinations, &problems),
		FlatReason: forms.Words(values, "flat_reason", 2000, &problems), Note: forms.Words(values, "note", 2000, &problems),
	}
	if values.Get("place") == string(housing.OwnFlat) {
		arrival.Kind = housing.OwnFlat
	} else {
		arrival.PlaceID = placeIDOf(values)
	}
	if address := addressOf(values, &problems); address != nil {
		arrival.Address = *address
	}
	return arrival, problems
}

// placeIDOf reads which place was chosen; nonsense is none.
func placeIDOf(values url.Values) housing.PlaceID {
	id, _ := ids.Parse[housing.Place](values.Get("place"))
	return id
}

func wishOf(values url.Values) (housing.Wish, fault.Problems) {
	var problems fault.Problems
	return housing.Wish{
		PlaceID: placeIDOf(values), Beds: bedsOf(values, &problems), FromOn: forms.Date(values, "from_on", &problems), UntilOn: forms.Date(values, "until_on", &problems),
	}, problems
}

func (h *handlers) destroyHold(c *fiber.Ctx) error {
	id, err := web.ID[housing.Hold](c, "id")
	if err != nil {
		return err
	}
	dossier, err := h.housing.ReleaseBed(c.UserContext(), id)
	if err != nil {
		return err
	}
	web.Notice(c, "housing.hold.released")
	return web.See(c, paths.HousingOf(dossier))
}

// changing is a form about a stay.
type changing struct {
	page  func(housingview.Form) templ.Component
	empty func(h *handlers, stay housing.Stay) url.Values
	do    func(ctx context.Context, h *handlers, id housing.StayID, values url.Values) error
	done  string
}

var correcting = changing{
	page:  housingview.EditStayPage,
	empty: func(_ *handlers, stay housing.Stay) url.Values { return housingview.TypedOfStay(stay) },
	do: func(ctx context.Context, h *handlers, id housing.StayID, values url.Values) error {
		correction, problems := correctionOf(values)
		if err := problems.Err(); err != nil {
			return err
		}
		_, err := h.housing.Correct(ctx, id, versionOf(values), correction)
		return err
	},
	done: "housing.saved",
}

var evaluating = changing{
	page:  housingview.EvaluationPage,
	empty: func(*handlers, housing.Stay) url.Values { return url.Values{} },
	do: func(ctx context.Context, h *handlers, id housing.StayID, values url.Values) error {
		evaluation, err := ids.Parse[housing.Evaluation](values.Get("id"))
		if err != nil {
			return err
		}
		look, problems := lookOf(values)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.housing.Evaluate(ctx, id, evaluation, look)
	},
	done: "housing.evaluation.done",
}

var leaving = changing{
	page: housingview.DeparturePage,
	empty: func(h *handlers, stay housing.Stay) url.Values {
		return housingview.DepartureTyped(stay, forms.Today(h.now()))
	},
	do: func(ctx context.Context, h *handlers, id housing.StayID, values url.Values) error {
		var problems fault.Problems
		departure := housing.Departure{
			On: forms.Date(values, "ended_on", &problems), WentTo: forms.Choice(values, "went_to", housing.Destinations, &problems),
			Word: forms.Words(values, "word", 2000, &problems),
		}
		if err := problems.Err(); err != nil {
			return err
		}
		return h.housing.MoveOut(ctx, id, departure)
	},
	done: "housing.departure.done",
}

func (h *handlers) editStay(c *fiber.Ctx) error         { return h.change(c, correcting) }
func (h *handlers) updateStay(c *fiber.Ctx) error       { return h.changed(c, correcting) }
func (h *handlers) newEvaluation(c *fiber.Ctx) error    { return h.change(c, evaluating) }
func (h *handlers) createEvaluation(c *fiber.Ctx) error { return h.changed(c, evaluating) }
func (h *handlers) newDeparture(c *fiber.Ctx) error     { return h.change(c, leaving) }
func (h *handlers) createDeparture(c *fiber.Ctx) error  { return h.changed(c, leaving) }

func (h *handlers) change(c *fiber.Ctx, to changing) error {
	id, err := web.ID[housing.Stay](c, "id")
	if err != nil {
		return err
	}
	sheet, stay, err := h.housing.Edit(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := housingview.Form{Sheet: sheet, Stay: stay, Version: stay.Version, ID: ids.New[housing.Stay]().String(), Typed: to.empty(h, stay)}
	if web.Parked(c) {
		form.Typed, form.ID = web.Values(c), parkedID(c, form.ID)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, to.page(form))
}

func (h *handlers) changed(c *fiber.Ctx, to changing) error {
	id, err := web.ID[housing.Stay](c, "id")
	if err != nil {
		return err
	}
	values := web.Values(c)
	err = to.do(c.UserContext(), h, id, values)
	problems, wrong := fault.Correctable(err)
	if err != nil && !wrong {
		return err
	}
	sheet, stay, shown := h.housing.Edit(c.UserContext(), id)
	if shown != nil {
		return shown
	}
	form := housingview.Form{Sheet: sheet, Stay: stay, Version: versionOf(values), ID: values.Get("id"), Typed: values, Problems: problems}
	switch {
	case errors.Is(err, fault.Conflict("")):
		form.Version, form.Conflict, form.Problems = stay.Version, true, nil
		return web.Show(c, fiber.StatusConflict, to.page(form))
	case wrong:
		return web.Show(c, fiber.StatusUnprocessableEntity, to.page(form))
	}
	web.Notice(c, to.done)
	return web.See(c, paths.HousingOf(sheet.Dossier.DossierID))
}

func correctionOf(values url.Values) (housing.Correction, fault.Problems) {
	var problems fault.Problems
	return housing.Correction{
		Beds: bedsOf(values, &problems), BeginsOn: forms.Date(values, "begins_on", &problems), PlannedEndOn: forms.Date(values, "planned_end_on", &problems),
		LeavesOn: forms.Date(values, "leaves_on", &problems), HelpEndOn: forms.Date(values, "help_ended_on", &problems),
		Note: forms.Words(values, "note", 2000, &problems), Address: addressOf(values, &problems),
	}, problems
}

func lookOf(values url.Values) (housing.Look, fault.Problems) {
	var problems fault.Problems
	return housing.Look{
		Findings: housing.Findings{
			Considered: forms.Choices(values, "considered", housing.Solutions, &problems),
			Found:      forms.Words(values, "found", forms.Narrative, &problems), Reasons: forms.Words(values, "reasons", forms.Narrative, &problems),
		},
		Decision: forms.Choice(values, "decision", housing.Decisions, &problems), Until: forms.Date(values, "prolonged_until", &problems),
	}, problems
}

// showStayAddress answers with the address itself; there is no page to come back to it.
func (h *handlers) showStayAddress(c *fiber.Ctx) error {
	id, err := web.ID[housing.Stay](c, "id")
	if err != nil {
		return err
	}
	reason, problems := reasonOf(web.Values(c))
	var shown housing.Shown
	if err = problems.Err(); err == nil {
		shown, err = h.housing.AddressOf(c.UserContext(), id, reason)
	}
	if problems, ok := fault.Correctable(err); ok {
		sheet, _, err := h.housing.Edit(c.UserContext(), id)
		if err != nil {
			return err
		}
		return web.Show(c, fiber.StatusUnprocessableEntity, housingview.Page(sheet, housingview.Asked{Reason: string(reason), Problems: problems}, h.now()))
	}
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, housingview.AddressPage(shown))
}

package proceedingsweb

import (
	"net/url"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/proceedings"
	"passerelle/views/proceedingsview"
)

// askEntry shows the form of an entry: of the one that the address names, or of a new one.
func (h *handlers) askEntry(c *fiber.Ctx, page func(proceedingsview.Form) templ.Component) error {
	return h.ask(c, page, func(p proceedings.Proceeding) (url.Values, error) {
		text := c.Query("entry")
		if text == "" {
			return url.Values{}, nil
		}
		id, err := ids.Parse[proceedings.Entry](text)
		if err != nil {
			return nil, err
		}
		typed, ok := proceedingsview.TypedOfEntry(p, id)
		if !ok {
			return nil, fault.NotFound()
		}
		return typed, nil
	})
}

// enter writes the entry that a form gives.
func (h *handlers) enter(c *fiber.Ctx, page func(proceedingsview.Form) templ.Component, parse func(typed url.Values, id proceedings.EntryID, problems *fault.Problems) proceedings.Entry) error {
	known := func(p proceedings.Proceeding) url.Values {
		id, err := ids.Parse[proceedings.Entry](c.FormValue("id"))
		if err != nil {
			return nil
		}
		typed, ok := proceedingsview.TypedOfEntry(p, id)
		if !ok {
			return nil
		}
		return typed
	}
	return h.act(c, page, known, func(of target, typed url.Values) error {
		id, err := ids.Parse[proceedings.Entry](typed.Get("id"))
		if err != nil {
			return err
		}
		var problems fault.Problems
		entry := parse(typed, id, &problems)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.proceedings.Enter(c.UserContext(), of.dossier, of.id, of.version, entry)
	})
}

func (h *handlers) editStep(c *fiber.Ctx) error    { return h.askEntry(c, proceedingsview.EditStep) }
func (h *handlers) editHearing(c *fiber.Ctx) error { return h.askEntry(c, proceedingsview.EditHearing) }
func (h *handlers) editRuling(c *fiber.Ctx) error  { return h.askEntry(c, proceedingsview.EditRuling) }
func (h *handlers) editPenalty(c *fiber.Ctx) error { return h.askEntry(c, proceedingsview.EditPenalty) }

func (h *handlers) updateStep(c *fiber.Ctx) error {
	return h.enter(c, proceedingsview.EditStep, func(typed url.Values, id proceedings.EntryID, problems *fault.Problems) proceedings.Entry {
		return proceedings.Step{EntryID: id, Stage: forms.Choice(typed, "stage", proceedings.Stages, problems), On: day(typed, "on", problems)}
	})
}

func (h *handlers) updateHearing(c *fiber.Ctx) error {
	return h.enter(c, proceedingsview.EditHearing, func(typed url.Values, id proceedings.EntryID, problems *fault.Problems) proceedings.Entry {
		return proceedings.Hearing{
			EntryID: id, Kind: forms.Choice(typed, "kind", proceedings.HearingKinds, problems), On: day(typed, "on", problems),
			At: forms.Hour(typed, "at", problems), Place: forms.Text(typed, "place", forms.Short, problems),
			PersonOfTrust: forms.Choice(typed, "person_of_trust", dossiers.Answers, problems),
			Measures:      forms.Choices(typed, "measures", proceedings.Measures, problems), Note: forms.Words(typed, "note", forms.Narrative, problems),
		}
	})
}

func (h *handlers) updateRuling(c *fiber.Ctx) error {
	return h.enter(c, proceedingsview.EditRuling, func(typed url.Values, id proceedings.EntryID, problems *fault.Problems) proceedings.Entry {
		return proceedings.Ruling{
			EntryID: id, Kind: forms.Choice(typed, "kind", proceedings.RulingKinds, problems), NotifiedOn: day(typed, "notified_on", problems),
			ReasonedOn: forms.Date(typed, "reasoned_on", problems), AnnouncedOn: forms.Date(typed, "announced_on", problems),
			FiledOn: forms.Date(typed, "filed_on", problems), WaivedOn: forms.Date(typed, "waived_on", problems),
			Note: forms.Words(typed, "note", forms.Narrative, problems),
		}
	})
}

func (h *handlers) updatePenalty(c *fiber.Ctx) error {
	return h.enter(c, proceedingsview.EditPenalty, func(typed url.Values, id proceedings.EntryID, problems *fault.Problems) proceedings.Entry {
		return proceedings.Penalty{
			EntryID: id, Kind: forms.Choice(typed, "kind", proceedings.PenaltyKinds, problems), On: day(typed, "on", problems),
			ContestedOn: forms.Date(typed, "contested_on", problems), Outcome: forms.Choice(typed, "outcome", proceedings.Outcomes, problems),
			Note: forms.Words(typed, "note", forms.Narrative, problems),
		}
	})
}

// destroyEntry takes away what was written by mistake; it is asked for on the form of the entry. Where that cannot be done,
// the proceedings are shown as they are now.
func (h *handlers) destroyEntry(c *fiber.Ctx) error {
	asTheyAre := func(f proceedingsview.Form) templ.Component {
		return proceedingsview.Edit(f.With(proceedingsview.TypedOf(f.Proceeding.Terms), f.Problems))
	}
	return h.act(c, asTheyAre, nil, func(of target, typed url.Values) error {
		id, err := ids.Parse[proceedings.Entry](typed.Get("entry"))
		if err != nil {
			return fault.Invalid("", "proceedings.entry.gone")
		}
		return h.proceedings.Remove(c.UserContext(), of.dossier, of.id, of.version, id)
	})
}

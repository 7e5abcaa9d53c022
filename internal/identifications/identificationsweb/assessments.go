package identificationsweb

import (
	"net/url"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/identifications"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/identificationsview"
)

func (h *handlers) history(c *fiber.Ctx) (identifications.History, error) {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return identifications.History{}, err
	}
	return h.identifications.OfDossier(c.UserContext(), id)
}

func (h *handlers) showIdentification(c *fiber.Ctx) error {
	history, err := h.history(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, identificationsview.Page(history, identificationsview.SecondForm{}))
}

func (h *handlers) newAssessment(c *fiber.Ctx) error {
	history, err := h.history(c)
	if err != nil {
		return err
	}
	form := identificationsview.Form{History: history, ID: ids.New[identifications.Assessment]().String()}
	chosen := c.Query("set")
	if web.Parked(c) {
		form.Typed = web.Values(c)
		chosen = form.Typed.Get("set")
		if id, err := ids.Parse[identifications.Assessment](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	var ok bool
	if form.Set, ok = history.Choose(chosen); !ok {
		return fault.NotFound()
	}
	if form.Typed == nil {
		form.Typed = identificationsview.TypedOf(history, form.Set)
		form.Typed.Set("assessed_on", forms.Today(h.now()).Format("02.01.2006"))
	}
	return web.Show(c, fiber.StatusOK, identificationsview.NewPage(form))
}

func (h *handlers) createAssessment(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[identifications.Assessment](typed.Get("id"))
	if err != nil {
		return err
	}
	finding, err := findingOf(typed)
	if err == nil {
		err = h.identifications.Assess(c.UserContext(), dossier, id, typed.Get("set"), finding)
	}
	if problems, ok := fault.Correctable(err); ok {
		history, err := h.history(c)
		if err != nil {
			return err
		}
		set, ok := history.Choose(typed.Get("set"))
		if !ok {
			return fault.NotFound()
		}
		form := identificationsview.Form{History: history, Set: set, ID: id.String(), Typed: typed, Problems: problems}
		return web.Show(c, fiber.StatusUnprocessableEntity, identificationsview.NewPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "identifications.saved")
	return web.See(c, identificationsview.URL(dossier))
}

func findingOf(typed url.Values) (identifications.Finding, error) {
	var problems fault.Problems
	f := identifications.Finding{
		AssessedOn: forms.Date(typed, "assessed_on", &problems),
		Details: identifications.Details{
			Answers: map[string]identifications.Answer{}, Judgement: forms.Words(typed, "judgement", forms.Narrative, &problems),
			OwnView: forms.Words(typed, "own_view", forms.Narrative, &problems),
		},
	}
	prefix := identificationsview.AnswerField("")
	for name := range typed {
		if code, ok := strings.CutPrefix(name, prefix); ok {
			if answer := forms.Choice(typed, name, identifications.Answers, &problems); answer != "" {
				f.Answers[code] = answer
			}
		}
	}
	return f, problems.Err()
}

// entryOf is the assessment that a page is about.
func entryOf(c *fiber.Ctx, history identifications.History) (identifications.Entry, error) {
	id, err := web.ID[identifications.Assessment](c, "identification")
	if err != nil {
		return identifications.Entry{}, err
	}
	i := slices.IndexFunc(history.Entries, func(e identifications.Entry) bool { return e.IdentificationID == id })
	if i < 0 {
		return identifications.Entry{}, fault.NotFound()
	}
	return history.Entries[i], nil
}

func (h *handlers) newReading(c *fiber.Ctx) error {
	history, err := h.history(c)
	if err != nil {
		return err
	}
	entry, err := entryOf(c, history)
	if err != nil {
		return err
	}
	form := identificationsview.SecondForm{Of: entry.IdentificationID, Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return web.Show(c, fiber.StatusOK, identificationsview.Page(history, form))
}

func (h *handlers) createReading(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	id, err := web.ID[identifications.Assessment](c, "identification")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	var problems fault.Problems
	details := identifications.SecondDetails{
		Opinion: forms.Choice(typed, "opinion", identifications.Opinions, &problems), Words: forms.Words(typed, "words", forms.Narrative, &problems),
	}
	if err = problems.Err(); err == nil {
		err = h.identifications.ReadSecond(c.UserContext(), dossier, id, details)
	}
	if problems, ok := fault.Correctable(err); ok {
		history, err := h.history(c)
		if err != nil {
			return err
		}
		// What is wrong with a form is said on the page of what it is about, and of nothing in another dossier.
		entry, err := entryOf(c, history)
		if err != nil {
			return err
		}
		form := identificationsview.SecondForm{Of: entry.IdentificationID, Typed: typed, Problems: problems}
		return web.Show(c, fiber.StatusUnprocessableEntity, identificationsview.Page(history, form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "identifications.second.saved")
	return web.See(c, identificationsview.URL(dossier))
}

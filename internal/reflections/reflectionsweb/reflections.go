package reflectionsweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/reflections"
	"passerelle/internal/web"
	"passerelle/views/reflectionsview"
)

func (h *handlers) listReflections(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.reflections.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, reflectionsview.List(sheet, h.now()))
}

func (h *handlers) newReflection(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := reflectionsview.Form{ID: ids.New[reflections.Reflection]().String(), Typed: url.Values{"kind": {string(reflections.Period)}, "as": {"victim"}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[reflections.Reflection](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return h.showNew(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, form reflectionsview.Form) error {
	sheet, err := h.reflections.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form.Dossier = sheet.Dossier
	return web.Show(c, status, reflectionsview.New(form))
}

func (h *handlers) createReflection(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[reflections.Reflection](typed.Get("id"))
	if err != nil {
		return err
	}
	terms, problems := termsOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.reflections.Record(c.UserContext(), dossier, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, reflectionsview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	return done(c, dossier, err)
}

func known(r reflections.Reflection) url.Values { return reflectionsview.TypedOf(r.Terms) }

func (h *handlers) editReflection(c *fiber.Ctx) error { return h.ask(c, reflectionsview.Edit, known) }

func (h *handlers) updateReflection(c *fiber.Ctx) error {
	return h.act(c, reflectionsview.Edit, known, func(of target, typed url.Values) error {
		terms, problems := termsOf(typed)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.reflections.Change(c.UserContext(), of.dossier, of.id, of.version, terms)
	})
}

func (h *handlers) newExtension(c *fiber.Ctx) error {
	return h.ask(c, reflectionsview.Extend, func(reflections.Reflection) url.Values { return url.Values{} })
}

func (h *handlers) createExtension(c *fiber.Ctx) error {
	return h.act(c, reflectionsview.Extend, nil, func(of target, typed url.Values) error {
		id, err := ids.Parse[reflections.Extension](typed.Get("id"))
		if err != nil {
			return err
		}
		var problems fault.Problems
		extension := reflections.Extension{ExtensionID: id, DecidedOn: day(typed, "decided_on", &problems), Until: day(typed, "until", &problems)}
		if err := problems.Err(); err != nil {
			return err
		}
		return h.reflections.Extend(c.UserContext(), of.dossier, of.id, of.version, extension)
	})
}

func (h *handlers) destroyExtension(c *fiber.Ctx) error {
	return h.act(c, reflectionsview.Extend, nil, func(of target, typed url.Values) error {
		id, err := ids.Parse[reflections.Extension](typed.Get("extension"))
		if err != nil {
			return fault.Invalid("", "reflections.extension.gone")
		}
		return h.reflections.Retract(c.UserContext(), of.dossier, of.id, of.version, id)
	})
}

func (h *handlers) newEnding(c *fiber.Ctx) error {
	return h.ask(c, reflectionsview.End, reflectionsview.TypedOfEnding)
}

func (h *handlers) createEnding(c *fiber.Ctx) error {
	return h.act(c, reflectionsview.End, reflectionsview.TypedOfEnding, func(of target, typed url.Values) error {
		var problems fault.Problems
		ending := reflections.Ending{
			On: day(typed, "ended_on", &problems), Reason: forms.Choice(typed, "reason", reflections.Reasons, &problems),
			Note: forms.Words(typed, "note", forms.Narrative, &problems),
		}
		if err := problems.Err(); err != nil {
			return err
		}
		return h.reflections.End(c.UserContext(), of.dossier, of.id, of.version, ending)
	})
}

func (h *handlers) destroyEnding(c *fiber.Ctx) error {
	return h.act(c, reflectionsview.End, reflectionsview.TypedOfEnding, func(of target, _ url.Values) error {
		return h.reflections.Resume(c.UserContext(), of.dossier, of.id, of.version)
	})
}

// target is the reflection that a form is about, in the version in which it was seen.
type target struct {
	dossier dossiers.ID
	id      reflections.ID
	version int
}

func targetOf(c *fiber.Ctx) (of target, err error) {
	if of.dossier, err = web.ID[dossiers.Dossier](c, "id"); err != nil {
		return target{}, err
	}
	of.id, err = web.ID[reflections.Reflection](c, "reflection")
	return of, err
}

// found is the form about a reflection as it is now.
func (h *handlers) found(c *fiber.Ctx, of target) (reflectionsview.Form, error) {
	sheet, err := h.reflections.Open(c.UserContext(), of.dossier)
	if err != nil {
		return reflectionsview.Form{}, err
	}
	form := reflectionsview.Form{Dossier: sheet.Dossier, ID: ids.New[reflections.Extension]().String()}
	form.Reflection, err = sheet.Of(of.id)
	form.Version = form.Reflection.Version
	return form, err
}

// ask shows a form with what is known, or with what somebody had typed when the session ran out.
func (h *handlers) ask(c *fiber.Ctx, page func(reflectionsview.Form) templ.Component, known func(reflections.Reflection) url.Values) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	form, err := h.found(c, of)
	if err != nil {
		return err
	}
	form.Typed = known(form.Reflection)
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, page(form))
}

// act does what a form asks for, or shows it again with what was typed: when somebody else has changed the reflection
// meanwhile with the version that there is now and with what it says, so that saving again is a decision.
func (h *handlers) act(c *fiber.Ctx, page func(reflectionsview.Form) templ.Component, known func(reflections.Reflection) url.Values, do func(of target, typed url.Values) error) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	of.version = versionOf(typed)
	err = do(of, typed)
	problems, ok := fault.Correctable(err)
	if !ok {
		return done(c, of.dossier, err)
	}
	form, missing := h.found(c, of)
	if missing != nil {
		return missing
	}
	status := fiber.StatusConflict
	if !errors.Is(err, fault.Conflict("")) {
		status, form.Version = fiber.StatusUnprocessableEntity, of.version
	} else if known != nil {
		form.Theirs = known(form.Reflection)
	}
	return web.Show(c, status, page(form.With(typed, problems)))
}

func done(c *fiber.Ctx, dossier dossiers.ID, err error) error {
	if err != nil {
		return err
	}
	web.Notice(c, "reflections.saved")
	return web.See(c, reflectionsview.URL(dossier))
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

// day is a day that the rule will miss where it is not there.
func day(typed url.Values, field string, problems *fault.Problems) time.Time {
	if on := forms.Date(typed, field, problems); on != nil {
		return *on
	}
	return time.Time{}
}

func termsOf(typed url.Values) (reflections.Terms, fault.Problems) {
	var problems fault.Problems
	date := func(field string) *time.Time { return forms.Date(typed, field, &problems) }
	return reflections.Terms{
		Kind:                  forms.Choice(typed, "kind", reflections.Kinds, &problems),
		As:                    forms.Choice(typed, "as", reflections.Capacities, &problems),
		RequestedOn:           date("requested_on"),
		RequestedBy:           forms.Choice(typed, "requested_by", reflections.Bodies, &problems),
		Decision:              forms.Choice(typed, "decision", reflections.Decisions, &problems),
		DecidedOn:             date("decided_on"),
		Authority:             forms.Choice(typed, "authority", dossiers.Cantons, &problems),
		StartsOn:              date("starts_on"),
		EndsOn:                date("ends_on"),
		CooperationDeclaredOn: date("cooperation_declared_on"),
		TiesCutOn:             date("ties_cut_on"),
		CooperationRefusedOn:  date("cooperation_refused_on"),
		ContactResumedOn:      date("contact_resumed_on"),
		NoVictimOn:            date("no_victim_on"),
		SecurityThreatOn:      date("security_threat_on"),
		PresenceNotifiedOn:    date("presence_notified_on"),
		PresenceNeeded:        forms.Choice(typed, "presence_needed", dossiers.Answers, &problems),
		PresenceUntil:         date("presence_until"),
		Reference:             forms.Text(typed, "reference", forms.Short, &problems),
		Note:                  forms.Words(typed, "note", forms.Narrative, &problems),
	}, problems
}

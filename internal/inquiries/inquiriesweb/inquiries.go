package inquiriesweb

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
	"passerelle/internal/inquiries"
	"passerelle/internal/web"
	"passerelle/views/inquiriesview"
)

func (h *handlers) listInquiries(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.inquiries.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, inquiriesview.List(sheet, h.now()))
}

func (h *handlers) newInquiry(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := inquiriesview.Form{ID: ids.New[inquiries.Inquiry]().String(), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[inquiries.Inquiry](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return h.showNew(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, form inquiriesview.Form) error {
	sheet, err := h.inquiries.Open(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form.Dossier = sheet.Dossier
	return web.Show(c, status, inquiriesview.New(form))
}

func (h *handlers) createInquiry(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[inquiries.Inquiry](typed.Get("id"))
	if err != nil {
		return err
	}
	terms, problems := termsOf(typed)
	err = problems.Err()
	if err == nil {
		err = h.inquiries.Record(c.UserContext(), dossier, id, terms)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, inquiriesview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	return done(c, dossier, err)
}

func (h *handlers) editInquiry(c *fiber.Ctx) error {
	return h.ask(c, inquiriesview.Edit, inquiriesview.TypedOf)
}

func (h *handlers) updateInquiry(c *fiber.Ctx) error {
	return h.act(c, inquiriesview.Edit, inquiriesview.TypedOf, func(of target, typed url.Values) error {
		terms, problems := termsOf(typed)
		if err := problems.Err(); err != nil {
			return err
		}
		return h.inquiries.Change(c.UserContext(), of.dossier, of.id, of.version, terms)
	})
}

func (h *handlers) newExtension(c *fiber.Ctx) error {
	return h.ask(c, inquiriesview.Extend, inquiriesview.TypedOfExtension)
}

func (h *handlers) createExtension(c *fiber.Ctx) error {
	return h.act(c, inquiriesview.Extend, inquiriesview.TypedOfExtension, func(of target, typed url.Values) error {
		var problems fault.Problems
		extension := inquiries.Extension{
			ToldOn: day(typed, "told_on", &problems), Until: day(typed, "until", &problems),
			Reason: forms.Words(typed, "reason", forms.Narrative, &problems),
		}
		if err := problems.Err(); err != nil {
			return err
		}
		return h.inquiries.Extend(c.UserContext(), of.dossier, of.id, of.version, extension)
	})
}

func (h *handlers) destroyExtension(c *fiber.Ctx) error {
	return h.act(c, inquiriesview.Extend, inquiriesview.TypedOfExtension, func(of target, _ url.Values) error {
		return h.inquiries.Retract(c.UserContext(), of.dossier, of.id, of.version)
	})
}

func (h *handlers) newAnswer(c *fiber.Ctx) error {
	return h.ask(c, inquiriesview.Reply, inquiriesview.TypedOfAnswer)
}

func (h *handlers) createAnswer(c *fiber.Ctx) error {
	return h.act(c, inquiriesview.Reply, inquiriesview.TypedOfAnswer, func(of target, typed url.Values) error {
		var problems fault.Problems
		answer := inquiries.Answer{
			On: day(typed, "answered_on", &problems), Outcome: forms.Choice(typed, "outcome", inquiries.Outcomes, &problems),
			Check: forms.Choice(typed, "check", inquiries.Checks, &problems), Ground: forms.Choice(typed, "ground", inquiries.Grounds, &problems),
			Reason: forms.Words(typed, "reason", forms.Narrative, &problems), LeftOut: forms.Words(typed, "left_out", forms.Narrative, &problems),
		}
		if err := problems.Err(); err != nil {
			return err
		}
		return h.inquiries.Reply(c.UserContext(), of.dossier, of.id, of.version, answer)
	})
}

func (h *handlers) destroyAnswer(c *fiber.Ctx) error {
	return h.act(c, inquiriesview.Reply, inquiriesview.TypedOfAnswer, func(of target, _ url.Values) error {
		return h.inquiries.Reopen(c.UserContext(), of.dossier, of.id, of.version)
	})
}

// target is the inquiry that a form is about, in the version in which it was seen.
type target struct {
	dossier dossiers.ID
	id      inquiries.ID
	version int
}

func targetOf(c *fiber.Ctx) (of target, err error) {
	if of.dossier, err = web.ID[dossiers.Dossier](c, "id"); err != nil {
		return target{}, err
	}
	of.id, err = web.ID[inquiries.Inquiry](c, "inquiry")
	return of, err
}

// found is the form about an inquiry as it is now.
func (h *handlers) found(c *fiber.Ctx, of target) (inquiriesview.Form, error) {
	sheet, err := h.inquiries.Open(c.UserContext(), of.dossier)
	if err != nil {
		return inquiriesview.Form{}, err
	}
	form := inquiriesview.Form{Dossier: sheet.Dossier}
	form.Inquiry, err = sheet.Of(of.id)
	form.Version = form.Inquiry.Version
	return form, err
}

// ask shows a form with what is known, or with what somebody had typed when the session ran out.
func (h *handlers) ask(c *fiber.Ctx, page func(inquiriesview.Form) templ.Component, known func(inquiries.Inquiry) url.Values) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	form, err := h.found(c, of)
	if err != nil {
		return err
	}
	form.Typed = known(form.Inquiry)
	if web.Parked(c) {
		form = form.With(web.Values(c), nil)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, page(form))
}

// act does what a form asks for, or shows it again with what was typed: when somebody else has changed the reflection
// meanwhile with the version that there is now and with what it says, so that saving again is a decision.
func (h *handlers) act(c *fiber.Ctx, page func(inquiriesview.Form) templ.Component, known func(inquiries.Inquiry) url.Values, do func(of target, typed url.Values) error) error {
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
		form.Theirs = known(form.Inquiry)
	}
	return web.Show(c, status, page(form.With(typed, problems)))
}

func done(c *fiber.Ctx, dossier dossiers.ID, err error) error {
	if err != nil {
		return err
	}
	web.Notice(c, "inquiries.saved")
	return web.See(c, inquiriesview.URL(dossier))
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

func termsOf(typed url.Values) (inquiries.Terms, fault.Problems) {
	var problems fault.Problems
	return inquiries.Terms{
		ReceivedOn: day(typed, "received_on", &problems), Channel: forms.Choice(typed, "channel", inquiries.Channels, &problems),
		AskedBy:        forms.Choice(typed, "asked_by", inquiries.Askers, &problems),
		Representative: forms.Text(typed, "representative", forms.Short, &problems),
		Note:           forms.Words(typed, "note", forms.Narrative, &problems),
	}, problems
}

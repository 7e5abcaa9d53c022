package confidencesweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/confidences"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/confidencesview"
	"passerelle/views/paths"
)

func (h *handlers) newNote(c *fiber.Ctx) error {
	form := confidencesview.Form{ID: ids.New[confidences.Note]().String(), Typed: url.Values{"noted_on": {forms.Today(h.now()).Format("02.01.2006")}}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[confidences.Note](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return h.showNew(c, fiber.StatusOK, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, form confidencesview.Form) error {
	id, err := web.ID[confidences.Circle](c, "id")
	if err != nil {
		return err
	}
	sheet, err := h.confidences.Find(c.UserContext(), id, confidences.NoteID{})
	if err != nil {
		return err
	}
	form.File = confidences.File{Mention: sheet.Mention, Circle: sheet.Circle, Staff: sheet.Staff}
	return web.Show(c, status, confidencesview.NewPage(form))
}

func (h *handlers) createNote(c *fiber.Ctx) error {
	circle, err := web.ID[confidences.Circle](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[confidences.Note](typed.Get("id"))
	if err != nil {
		return err
	}
	draft, problems := draftOf(typed)
	if err = problems.Err(); err == nil {
		err = h.confidences.Write(c.UserContext(), circle, id, draft)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showNew(c, fiber.StatusUnprocessableEntity, confidencesview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "confidences.written")
	return web.See(c, paths.Circle(circle))
}

// draftOf reads the form of a note.
func draftOf(typed url.Values) (confidences.Draft, fault.Problems) {
	var problems fault.Problems
	return confidences.Draft{On: forms.Date(typed, "noted_on", &problems), Text: forms.Words(typed, "text", confidences.LongestText, &problems)}, problems
}

func (h *handlers) editNote(c *fiber.Ctx) error {
	return h.ask(c, func(form confidencesview.Form) confidencesview.Form {
		form.Typed = confidencesview.TypedOf(form.File.Note)
		return form
	})
}

func (h *handlers) newStriking(c *fiber.Ctx) error {
	return h.ask(c, func(form confidencesview.Form) confidencesview.Form {
		form.Typed, form.Striking = url.Values{}, true
		return form
	})
}

// ask shows a form about a note, or what somebody had typed into it when the session ran out.
func (h *handlers) ask(c *fiber.Ctx, fill func(confidencesview.Form) confidencesview.Form) error {
	id, err := web.ID[confidences.Note](c, "id")
	if err != nil {
		return err
	}
	file, err := h.confidences.FindNote(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := fill(confidencesview.Form{File: file, Version: file.Note.Version})
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, confidencesview.FormPage(form))
}

func (h *handlers) updateNote(c *fiber.Ctx) error {
	return h.act(c, false, "confidences.corrected", func(id confidences.NoteID, version int, typed url.Values) (confidences.File, error) {
		draft, problems := draftOf(typed)
		if err := problems.Err(); err != nil {
			return confidences.File{}, err
		}
		return h.confidences.Correct(c.UserContext(), id, version, draft)
	})
}

func (h *handlers) createStriking(c *fiber.Ctx) error {
	return h.act(c, true, "confidences.struck", func(id confidences.NoteID, version int, typed url.Values) (confidences.File, error) {
		var problems fault.Problems
		reason := forms.Text(typed, "reason", forms.Short, &problems)
		if err := problems.Err(); err != nil {
			return confidences.File{}, err
		}
		return h.confidences.Strike(c.UserContext(), id, version, reason)
	})
}

// act does what a form about a note asks for, or shows it again with what was typed: when somebody else has changed the note meanwhile with
// the version that there is now and with what it says, so that saving again is a decision.
func (h *handlers) act(c *fiber.Ctx, striking bool, notice string, do func(confidences.NoteID, int, url.Values) (confidences.File, error)) error {
	id, err := web.ID[confidences.Note](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	version := versionOf(typed)
	file, err := do(id, version, typed)
	problems, ok := fault.Correctable(err)
	if !ok {
		if err != nil {
			return err
		}
		web.Notice(c, notice)
		return web.See(c, paths.Circle(file.Circle.CircleID))
	}
	form := confidencesview.Form{Typed: typed, Problems: problems, Striking: striking, Version: version}
	status, conflict := fiber.StatusUnprocessableEntity, errors.Is(err, fault.Conflict(""))
	if form.File, err = h.confidences.FindNote(c.UserContext(), id); err != nil {
		return err
	}
	if conflict {
		status, form.Version, form.Theirs = fiber.StatusConflict, form.File.Note.Version, confidencesview.TypedOf(form.File.Note)
	}
	return web.Show(c, status, confidencesview.FormPage(form))
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

package interviewsweb

import (
	"errors"
	"net/url"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/web"
	"passerelle/views/interviewsview"
	"passerelle/views/paths"
)

func (h *handlers) newInterview(c *fiber.Ctx) error {
	var dossier dossiers.ID
	if c.Params("id") != "" {
		var err error
		if dossier, err = web.ID[dossiers.Dossier](c, "id"); err != nil {
			return err
		}
	}
	occasion, err := h.interviews.Prepare(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form := interviewsview.Form{Occasion: occasion, ID: ids.New[interviews.Interview]().String(), Typed: interviewsview.Empty(h.now())}
	switch {
	case web.Parked(c):
		form.Typed = web.Values(c)
		if id, err := ids.Parse[interviews.Interview](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	case occasion.Draft != nil:
		form.Typed, form.ID, form.Kept = occasion.Draft.FormValues.Get(), occasion.Draft.DraftID.String(), occasion.Draft.SavedAt
	}
	return web.Show(c, fiber.StatusOK, interviewsview.NewPage(form))
}

func (h *handlers) createInterview(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[interviews.Interview](typed.Get("id"))
	if err != nil {
		return err
	}
	contents, problems := contentsOf(typed, h.now())
	steps := stepsOf(typed, &problems)
	whose, err := whoseOf(typed, &problems)
	if err != nil {
		return err
	}
	var dossier dossiers.ID
	if err = problems.Err(); err == nil {
		dossier, err = h.interviews.Record(c.UserContext(), whose, id, contents, steps)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showAgain(c, whose, interviewsview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "interviews.recorded")
	return web.See(c, paths.InterviewsOf(dossier))
}

// showAgain shows the form where it stood: within a dossier, or anywhere.
func (h *handlers) showAgain(c *fiber.Ctx, whose interviews.Whose, form interviewsview.Form) error {
	var dossier dossiers.ID
	if form.Typed.Get("within") != "" {
		dossier = whose.Dossier
	}
	occasion, err := h.interviews.Prepare(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	form.Occasion = occasion
	form.Occasion.Others = nil
	return web.Show(c, fiber.StatusUnprocessableEntity, interviewsview.NewPage(form))
}

// whoseOf reads the dossier that was chosen, or named. One that no form of ours offered is not found.
func whoseOf(typed url.Values, problems *fault.Problems) (whose interviews.Whose, err error) {
	if chosen := typed.Get("dossier"); chosen != "" {
		whose.Dossier, err = ids.Parse[dossiers.Dossier](chosen)
		return whose, err
	}
	if strings.TrimSpace(typed.Get("code_name")) == "" {
		problems.Add("dossier", "interviews.dossier.missing")
	}
	if name := forms.Text(typed, "code_name", forms.Short, problems); name != "" {
		whose.CodeName, err = dossiers.ParseCodeName(name)
		if _, ok := fault.Correctable(err); ok {
			problems.Add("code_name", "interviews.code_name.unknown")
			err = nil
		}
	}
	return whose, err
}

// contentsOf reads the form of an interview, with everything in it that has to be corrected.
func contentsOf(typed url.Values, now time.Time) (interviews.Contents, fault.Problems) {
	var problems fault.Problems
	contents := interviews.Contents{
		Kind:    forms.Choice(typed, "kind", interviews.Kinds, &problems),
		HeldAt:  interviews.At(forms.Date(typed, "held_on", &problems), forms.Hour(typed, "held_from", &problems)),
		Minutes: forms.Int(typed, "minutes", 1, interviews.LongestMinutes, &problems),
		Hard:    typed.Get("hard") != "",
		Account: interviews.Account{
			Where:        forms.Text(typed, "place", forms.Short, &problems),
			Participants: forms.Text(typed, "participants", forms.Short, &problems),
			Interpreter:  forms.Text(typed, "interpreter", forms.Short, &problems),
			Note:         forms.Words(typed, "note", interviewsview.LongestNote, &problems),
		},
	}
	for _, problem := range contents.Check(now) {
		if _, known := problems.Of(problem.Field); !known {
			problems = append(problems, problem)
		}
	}
	return contents, problems
}

func stepsOf(typed url.Values, problems *fault.Problems) []interviews.Step {
	steps := make([]interviews.Step, interviews.Steps)
	for n := range steps {
		steps[n].Text = forms.Text(typed, interviewsview.StepField(n), forms.Short, problems)
		steps[n].DueOn = forms.Date(typed, interviewsview.StepDueField(n), problems)
		if steps[n].Text == "" && steps[n].DueOn != nil {
			problems.Add(interviewsview.StepField(n), "interviews.step.missing")
		}
	}
	return steps
}

func (h *handlers) showInterview(c *fiber.Ctx) error {
	id, err := web.ID[interviews.Interview](c, "id")
	if err != nil {
		return err
	}
	file, err := h.interviews.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, interviewsview.ShowPage(file))
}

func (h *handlers) editInterview(c *fiber.Ctx) error {
	id, err := web.ID[interviews.Interview](c, "id")
	if err != nil {
		return err
	}
	file, err := h.interviews.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	form := interviewsview.EditForm{File: file, Typed: interviewsview.TypedOf(file.Contents())}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.File.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, interviewsview.EditPage(form))
}

func (h *handlers) updateInterview(c *fiber.Ctx) error {
	id, err := web.ID[interviews.Interview](c, "id")
	if err != nil {
		return err
	}
	form := interviewsview.EditForm{Typed: web.Values(c)}
	version := versionOf(form.Typed)
	contents, problems := contentsOf(form.Typed, h.now())
	if len(problems) > 0 {
		if form.File, err = h.interviews.Find(c.UserContext(), id); err != nil {
			return err
		}
		form.Problems, form.File.Version = problems, version
		return web.Show(c, fiber.StatusUnprocessableEntity, interviewsview.EditPage(form))
	}
	form.File, err = h.interviews.Correct(c.UserContext(), id, version, contents)
	if errors.Is(err, fault.Conflict("")) {
		form.Problems, _ = fault.Correctable(err)
		form.Theirs = true
		return web.Show(c, fiber.StatusConflict, interviewsview.EditPage(form))
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems, form.File.Version = problems, version
		return web.Show(c, fiber.StatusUnprocessableEntity, interviewsview.EditPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "interviews.corrected")
	return web.See(c, paths.InterviewsOf(form.File.DossierID))
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

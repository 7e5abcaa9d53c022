package tasksweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/paths"
	"passerelle/views/tasksview"
)

func (h *handlers) listTasks(c *fiber.Ctx) error {
	list, err := h.tasks.Mine(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, tasksview.MinePage(list))
}

func (h *handlers) showTasks(c *fiber.Ctx) error {
	id, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	list, err := h.tasks.OfDossier(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, tasksview.PartPage(list))
}

// dossierOf is the dossier in the address; a task without one has none there.
func dossierOf(c *fiber.Ctx) (dossiers.ID, error) {
	if c.Params("id") == "" {
		return dossiers.ID{}, nil
	}
	return web.ID[dossiers.Dossier](c, "id")
}

func (h *handlers) newTask(c *fiber.Ctx) error {
	dossier, err := dossierOf(c)
	if err != nil {
		return err
	}
	by, _ := access.From(c.UserContext())
	form := tasksview.Form{ID: ids.New[tasks.Task]().String(), Typed: tasksview.Empty(by.Person)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if id, err := ids.Parse[tasks.Task](form.Typed.Get("id")); err == nil {
			form.ID = id.String()
		}
	}
	return h.showNew(c, fiber.StatusOK, dossier, form)
}

func (h *handlers) showNew(c *fiber.Ctx, status int, dossier dossiers.ID, form tasksview.Form) (err error) {
	if form.Occasion, err = h.tasks.Prepare(c.UserContext(), dossier); err != nil {
		return err
	}
	return web.Show(c, status, tasksview.NewPage(form))
}

func (h *handlers) createTask(c *fiber.Ctx) error {
	dossier, err := dossierOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[tasks.Task](typed.Get("id"))
	if err != nil {
		return err
	}
	contents, problems := contentsOf(typed, forms.Today(h.now()))
	if err = problems.Err(); err == nil {
		err = h.tasks.Add(c.UserContext(), dossier, id, contents)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showNew(c, fiber.StatusUnprocessableEntity, dossier, tasksview.Form{ID: id.String(), Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "tasks.added")
	if dossier.Zero() {
		return web.See(c, paths.Tasks)
	}
	return web.See(c, paths.TasksOf(dossier))
}

func (h *handlers) editTask(c *fiber.Ctx) error {
	id, err := web.ID[tasks.Task](c, "id")
	if err != nil {
		return err
	}
	form, err := h.opened(c, id)
	if err != nil {
		return err
	}
	form.Typed = tasksview.TypedOf(form.Task)
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Task.Version = versionOf(form.Typed)
	}
	return web.Show(c, fiber.StatusOK, tasksview.EditPage(form))
}

func (h *handlers) opened(c *fiber.Ctx, id tasks.ID) (form tasksview.EditForm, err error) {
	form.Task, err = h.tasks.Find(c.UserContext(), id)
	return form, err
}

func (h *handlers) updateTask(c *fiber.Ctx) error {
	id, err := web.ID[tasks.Task](c, "id")
	if err != nil {
		return err
	}
	form := tasksview.EditForm{Typed: web.Values(c)}
	version := versionOf(form.Typed)
	contents, problems := contentsOf(form.Typed, forms.Today(h.now()))
	if len(problems) > 0 {
		if form, err = h.opened(c, id); err != nil {
			return err
		}
		form.Typed, form.Problems, form.Task.Version = web.Values(c), problems, version
		return web.Show(c, fiber.StatusUnprocessableEntity, tasksview.EditPage(form))
	}
	form.Task, err = h.tasks.Change(c.UserContext(), id, version, contents)
	if problems, ok := fault.Correctable(err); ok {
		form.Problems, form.Theirs = problems, errors.Is(err, fault.Conflict(""))
		if form.Theirs {
			return web.Show(c, fiber.StatusConflict, tasksview.EditPage(form))
		}
		form.Task.Version = version
		return web.Show(c, fiber.StatusUnprocessableEntity, tasksview.EditPage(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "tasks.changed")
	if form.Task.DossierID.Zero() {
		return web.See(c, paths.Tasks)
	}
	return web.See(c, paths.TasksOf(form.Task.DossierID))
}

// contentsOf reads the form of a task, with everything in it that has to be corrected.
func contentsOf(typed url.Values, today time.Time) (tasks.Contents, fault.Problems) {
	var problems fault.Problems
	contents := tasks.Contents{
		Kind:  forms.Choice(typed, "kind", tasks.Kinds, &problems),
		Text:  forms.Text(typed, "text", forms.Short, &problems),
		DueOn: forms.Date(typed, "due_on", &problems),
		Every: forms.Int(typed, "every", 1, tasks.Most, &problems),
		Unit:  forms.Choice(typed, "unit", tasks.Units, &problems),
	}
	if chosen := typed.Get("assignee"); chosen != "" {
		assignee, err := ids.Parse[tenantdb.Person](chosen)
		if err != nil {
			problems.Add("assignee", "tasks.assignee.unknown")
		}
		contents.AssigneeID = assignee
	}
	for _, problem := range contents.Check(today) {
		if _, known := problems.Of(problem.Field); !known {
			problems = append(problems, problem)
		}
	}
	return contents, problems
}

// versionOf is the version that the form was opened with; a form that names none changes nothing.
func versionOf(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

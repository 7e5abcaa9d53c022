package tasksweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/tasks"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

// createEnding ends a task, and leads back to the list on which it was ended.
func (h *handlers) createEnding(c *fiber.Ctx) error {
	id, err := web.ID[tasks.Task](c, "id")
	if err != nil {
		return err
	}
	var problems fault.Problems
	outcome := forms.Choice(web.Values(c), "outcome", tasks.Outcomes, &problems)
	if outcome == "" {
		outcome = tasks.Done
	}
	if err := problems.Err(); err != nil {
		return err
	}
	if err := h.tasks.End(c.UserContext(), id, outcome); err != nil {
		return err
	}
	web.Notice(c, "tasks.ended."+string(outcome))
	return back(c, id)
}

func (h *handlers) destroyEnding(c *fiber.Ctx) error {
	id, err := web.ID[tasks.Task](c, "id")
	if err != nil {
		return err
	}
	if err := h.tasks.Reopen(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "tasks.reopened")
	return back(c, id)
}

// back leads to the page on which somebody acted; from the form of the task, which is done with, to the tasks of the person.
func back(c *fiber.Ctx, id tasks.ID) error {
	if page := web.OwnAddress(c); page != paths.EditTask(id) && page != "/" {
		return web.See(c, page)
	}
	return web.See(c, paths.Tasks)
}

package officesweb

import (
	"errors"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/offices"
	"passerelle/internal/web"
	"passerelle/views/officesview"
	"passerelle/views/paths"
)

func (h *handlers) listBodies(c *fiber.Ctx) error {
	list, err := h.offices.ListBodies(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, officesview.BodiesPage(list))
}

func (h *handlers) newBody(c *fiber.Ctx) error {
	form := officesview.BodyForm{ID: ids.New[offices.Body](), Kind: offices.BodyKind(strings.Clone(c.Query("kind"))), Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Kind = offices.BodyKind(form.Typed.Get("kind"))
		if id, err := ids.Parse[offices.Body](form.Typed.Get("id")); err == nil {
			form.ID = id
		}
	}
	if !slices.Contains(offices.BodyKinds, form.Kind) {
		return web.See(c, paths.Bodies) // where one chooses it
	}
	return h.showBody(c, fiber.StatusOK, form)
}

func (h *handlers) showBody(c *fiber.Ctx, status int, form officesview.BodyForm) error {
	list, err := h.offices.ListBodies(c.UserContext())
	if err != nil {
		return err
	}
	form.Bodies = list.Bodies
	return web.Show(c, status, officesview.BodyPage(form))
}

func (h *handlers) createBody(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[offices.Body](typed.Get("id"))
	if err != nil {
		return err
	}
	p, problems := parseBody(typed)
	p.Kind = offices.BodyKind(typed.Get("kind"))
	if !slices.Contains(offices.BodyKinds, p.Kind) {
		return fault.NotFound() // no form of ours offers it
	}
	if err = problems.Err(); err == nil {
		err = h.offices.AddBody(c.UserContext(), id, p)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.showBody(c, fiber.StatusUnprocessableEntity, officesview.BodyForm{ID: id, Kind: p.Kind, Typed: typed, Problems: problems})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.body.added")
	return web.See(c, paths.Bodies)
}

func (h *handlers) editBody(c *fiber.Ctx) error {
	id, err := web.ID[offices.Body](c, "id")
	if err != nil {
		return err
	}
	body, err := h.body(c, id)
	if err != nil {
		return err
	}
	form := officesview.BodyForm{ID: id, Version: strconv.Itoa(body.Version), Kind: body.Kind, Typed: officesview.TypedBody(body.Particulars())}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = strconv.Itoa(version(form.Typed))
	}
	return h.showBody(c, fiber.StatusOK, form)
}

func (h *handlers) body(c *fiber.Ctx, id offices.BodyID) (offices.Body, error) {
	list, err := h.offices.ListBodies(c.UserContext())
	if err != nil {
		return offices.Body{}, err
	}
	body := list.Bodies.Among(id)
	if body.BodyID.Zero() {
		return offices.Body{}, fault.NotFound()
	}
	return body, nil
}

func (h *handlers) updateBody(c *fiber.Ctx) error {
	id, err := web.ID[offices.Body](c, "id")
	if err != nil {
		return err
	}
	body, err := h.body(c, id)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form := officesview.BodyForm{ID: id, Version: strconv.Itoa(version(typed)), Kind: body.Kind, Typed: typed}
	p, problems := parseBody(typed)
	if err = problems.Err(); err == nil {
		body, err = h.offices.ChangeBody(c.UserContext(), id, version(typed), p)
	}
	status := fiber.StatusUnprocessableEntity
	if errors.Is(err, fault.Conflict("")) {
		status, form.Theirs, form.Version = fiber.StatusConflict, &body, strconv.Itoa(body.Version)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return h.showBody(c, status, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.body.changed")
	return web.See(c, paths.Bodies)
}

func (h *handlers) destroyBody(c *fiber.Ctx) error {
	id, err := web.ID[offices.Body](c, "id")
	if err != nil {
		return err
	}
	err = h.offices.RemoveBody(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		body, err := h.body(c, id)
		if err != nil {
			return err
		}
		return h.showBody(c, fiber.StatusUnprocessableEntity, officesview.BodyForm{
			ID: id, Version: strconv.Itoa(body.Version), Kind: body.Kind, Typed: officesview.TypedBody(body.Particulars()), Problems: problems,
		})
	}
	if err != nil {
		return err
	}
	web.Notice(c, "offices.body.removal.done")
	return web.See(c, paths.Bodies)
}

func parseBody(typed url.Values) (p offices.BodyParticulars, problems fault.Problems) {
	p = offices.BodyParticulars{
		Name: forms.Text(typed, "name", forms.Short, &problems), Website: forms.Text(typed, "website", forms.Short, &problems),
		Validity: offices.Validity{ValidFrom: forms.Date(typed, "valid_from", &problems), ValidUntil: forms.Date(typed, "valid_until", &problems)},
	}
	var wrong fault.Problems
	p.AuthorityID, wrong = chosen[offices.Body](typed, "authority")
	problems = append(problems, wrong...)
	p.SuccessorID, wrong = chosen[offices.Body](typed, "successor")
	return p, append(problems, wrong...)
}

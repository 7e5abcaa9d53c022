package importsweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/web"
	"passerelle/views/importsview"
)

func (h *handlers) listImports(c *fiber.Ctx) error {
	return h.list(c, fiber.StatusOK, ids.New[imports.Import]().String(), nil)
}

func (h *handlers) list(c *fiber.Ctx, status int, id string, problems fault.Problems) error {
	found, err := h.imports.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, status, importsview.List(importsview.New{ID: id, Imports: found, Problems: problems}))
}

func (h *handlers) createImport(c *fiber.Ctx) error {
	id, err := ids.Parse[imports.Import](web.Values(c).Get("id"))
	if err != nil {
		return err
	}
	file, err := web.FileOf(c, "file", imports.MostBytes)
	if err == nil {
		err = h.imports.Take(c.UserContext(), id, file.Name, file.Body)
	}
	if problems, ok := fault.Correctable(err); ok {
		return h.list(c, fiber.StatusUnprocessableEntity, id.String(), problems)
	}
	if err != nil {
		return err
	}
	return web.See(c, importsview.URL(id))
}

func (h *handlers) showTemplate(c *fiber.Ctx) error {
	body, err := h.imports.Template(c.UserContext())
	if err != nil {
		return err
	}
	return web.Download(c, i18n.T(c.UserContext(), "imports.template.name"), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", body)
}

func (h *handlers) showImport(c *fiber.Ctx) error {
	id, err := web.ID[imports.Import](c, "id")
	if err != nil {
		return err
	}
	return h.show(c, fiber.StatusOK, id, nil, nil)
}

// show shows an import; what somebody chose for its columns stays chosen.
func (h *handlers) show(c *fiber.Ctx, status int, id imports.ID, chosen imports.Mapping, problems fault.Problems) error {
	look, err := h.imports.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	page := importsview.Page{Look: look, Mapping: look.Sheet.Mapping, Problems: problems}
	if chosen != nil {
		page.Mapping = chosen
	}
	return web.Show(c, status, importsview.Show(page))
}

func (h *handlers) updateImport(c *fiber.Ctx) error {
	id, err := web.ID[imports.Import](c, "id")
	if err != nil {
		return err
	}
	values := web.Values(c)
	version, _ := strconv.Atoi(values.Get("version"))
	mapping := mappingOf(values)
	_, err = h.imports.Map(c.UserContext(), id, version, mapping)
	if errors.Is(err, fault.Conflict("")) {
		problems, _ := fault.Correctable(err)
		return h.show(c, fiber.StatusConflict, id, mapping, problems)
	}
	return h.answer(c, id, mapping, err)
}

func (h *handlers) updateProgress(c *fiber.Ctx) error {
	id, err := web.ID[imports.Import](c, "id")
	if err != nil {
		return err
	}
	_, err = h.imports.Go(c.UserContext(), id)
	return h.answer(c, id, nil, err)
}

// answer shows the import as it is now; what cannot be done is said above it.
func (h *handlers) answer(c *fiber.Ctx, id imports.ID, chosen imports.Mapping, err error) error {
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, id, chosen, problems)
	}
	if err != nil {
		return err
	}
	return web.See(c, importsview.URL(id))
}

func (h *handlers) destroyImport(c *fiber.Ctx) error {
	id, err := web.ID[imports.Import](c, "id")
	if err != nil {
		return err
	}
	if err := h.imports.Discard(c.UserContext(), id); err != nil {
		return err
	}
	web.Notice(c, "imports.destroyed")
	return web.See(c, importsview.ListURL)
}

// mostColumns is how many columns a form names; a file has no more.
const mostColumns = 100

// mappingOf reads which field was chosen for each column.
func mappingOf(values url.Values) imports.Mapping {
	mapping := imports.Mapping{}
	for column := range mostColumns {
		if name := values.Get(imports.ColumnName(column)); name != "" {
			mapping[column] = name
		}
	}
	return mapping
}

package documentsweb

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

// createUpload announces a file. The answer is how much of it is there already, for the script that sends it.
func (h *handlers) createUpload(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	// What is no identifier is told apart where the dossier is known to be there.
	id, _ := ids.Parse[documents.Upload](typed.Get("upload"))
	bytes, _ := strconv.Atoi(typed.Get("bytes"))
	received, err := h.documents.Begin(c.UserContext(), dossier, id, documents.Announced{Name: typed.Get("name"), Type: typed.Get("type"), Bytes: bytes})
	return progress(c, received, err)
}

// createPart takes the next part.
func (h *handlers) createPart(c *fiber.Ctx) error {
	id, err := web.ID[documents.Upload](c, "id")
	if err != nil {
		return err
	}
	at, err := strconv.Atoi(web.Values(c).Get("at"))
	if err != nil {
		at = -1
	}
	// A part that is missing or too large is no part: whoever may not see the file is told nothing of it.
	part, _ := web.FileOf(c, "part", documents.MostAtOnce)
	received, err := h.documents.Receive(c.UserContext(), id, at, part.Body)
	return progress(c, received, err)
}

// progress answers a script: how much has arrived, or why it goes no further.
func progress(c *fiber.Ctx, received int, err error) error {
	problems, mendable := fault.Correctable(err)
	if err != nil && !mendable {
		return err
	}
	answer := fiber.Map{"received": received}
	if mendable {
		c.Status(fiber.StatusUnprocessableEntity)
		answer["problem"] = i18n.T(c.UserContext(), problems[0].Key, problems[0].Args...)
	}
	return c.JSON(answer)
}

func (h *handlers) destroyUpload(c *fiber.Ctx) error {
	id, err := web.ID[documents.Upload](c, "id")
	if err != nil {
		return err
	}
	dossier, err := h.documents.Abort(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.See(c, paths.Documents(dossier))
}

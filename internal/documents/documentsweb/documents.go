package documentsweb

import (
	"errors"
	"net/url"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/documentsview"
	"passerelle/views/paths"
)

func (h *handlers) listDocuments(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	folder, err := h.documents.OfDossier(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, documentsview.ListPage(folder))
}

func (h *handlers) newDocument(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := documentsview.Form{ID: ids.New[documents.Document]().String(), UploadID: ids.New[documents.Upload]().String()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[documents.Upload](form.Typed.Get("upload")); err == nil {
			form.UploadID = form.Typed.Get("upload")
		}
	}
	return h.showForm(c, fiber.StatusOK, dossier, form)
}

// showForm shows the form with what is under way; a file that has arrived stays with the form that it came for.
func (h *handlers) showForm(c *fiber.Ctx, status int, dossier dossiers.ID, form documentsview.Form) (err error) {
	if form.Folder, err = h.documents.OfDossier(c.UserContext(), dossier); err != nil {
		return err
	}
	return web.Show(c, status, documentsview.NewPage(form))
}

func (h *handlers) createDocument(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[documents.Document](typed.Get("id"))
	if err != nil {
		return err
	}
	handed, err := handedOver(c, typed)
	if err == nil {
		err = h.documents.Add(c.UserContext(), dossier, id, handed)
	}
	if problems, ok := fault.Correctable(err); ok {
		form := documentsview.Form{ID: id.String(), UploadID: typed.Get("upload"), Typed: typed, Problems: problems}
		if _, err := ids.Parse[documents.Upload](form.UploadID); err != nil {
			form.UploadID = ids.New[documents.Upload]().String()
		}
		return h.showForm(c, fiber.StatusUnprocessableEntity, dossier, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "documents.added")
	return web.See(c, paths.Documents(dossier))
}

// handedOver reads the form: the file in it, or the one that has arrived in parts.
func handedOver(c *fiber.Ctx, typed url.Values) (handed documents.Handed, err error) {
	var problems fault.Problems
	handed.Title = forms.Text(typed, "title", documents.LongestTitle, &problems)
	handed.DataClass = access.DataClass(typed.Get("data_class"))
	if typed.Get("arrived") == "yes" {
		if handed.Upload, err = ids.Parse[documents.Upload](typed.Get("upload")); err != nil {
			return handed, err
		}
		return handed, problems.Err()
	}
	file, err := web.FileOf(c, "file", mostInAForm)
	handed.File = documents.File(file)
	if err != nil {
		more, mendable := fault.Correctable(err)
		if !mendable {
			return handed, err
		}
		problems = append(problems, more...)
		if mended, _ := fault.Correctable(handed.Label.Check()); handed.Title != "" || len(mended) > 1 {
			problems = append(problems, mended...)
		}
	}
	return handed, problems.Err()
}

func (h *handlers) showDocument(c *fiber.Ctx) error {
	return h.show(c, fiber.StatusOK, nil, nil)
}

func (h *handlers) show(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	id, err := web.ID[documents.Document](c, "id")
	if err != nil {
		return err
	}
	shown, err := h.documents.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if typed == nil {
		typed = documentsview.TypedOf(shown)
	}
	return web.Show(c, status, documentsview.ShowPage(documentsview.Show{Shown: shown, Typed: typed, Problems: problems}))
}

func (h *handlers) updateDocument(c *fiber.Ctx) error {
	id, err := web.ID[documents.Document](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	version, _ := strconv.Atoi(typed.Get("version"))
	var problems fault.Problems
	label := documents.Label{Title: forms.Text(typed, "title", documents.LongestTitle, &problems), DataClass: access.DataClass(typed.Get("data_class"))}
	if err = problems.Err(); err == nil {
		err = h.documents.Relabel(c.UserContext(), id, version, label)
	}
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		return h.show(c, status, typed, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "documents.changed")
	return web.See(c, paths.Document(id))
}

func (h *handlers) createTicket(c *fiber.Ctx) error {
	id, err := web.ID[documents.Document](c, "id")
	if err != nil {
		return err
	}
	ticket, err := h.documents.Ticket(c.UserContext(), id, web.VisitorOf(c).Session)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusConflict, nil, problems)
	}
	if err != nil {
		return err
	}
	return web.See(c, paths.DocumentFile(id, ticket))
}

// showFile gives what is in a document, to be kept and never shown within a page of ours. Where the ticket is not good any more, the
// document's page says so.
func (h *handlers) showFile(c *fiber.Ctx) error {
	id, err := web.ID[documents.Document](c, "id")
	if err != nil {
		return err
	}
	taken, err := h.documents.Take(c.UserContext(), id, web.VisitorOf(c).Session, strings.Clone(c.Query("ticket")))
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusOK, nil, problems)
	}
	if err != nil {
		return err
	}
	return web.Release(c, taken.FileName(), taken.Kind.Media(), taken.Body)
}

func (h *handlers) destroyDocument(c *fiber.Ctx) error {
	id, err := web.ID[documents.Document](c, "id")
	if err != nil {
		return err
	}
	dossier, err := h.documents.Destroy(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, fiber.StatusUnprocessableEntity, nil, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "documents.destroyed")
	return web.See(c, paths.Documents(dossier))
}

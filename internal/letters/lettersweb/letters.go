package lettersweb

import (
	"net/url"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/letters"
	"passerelle/internal/web"
	"passerelle/views/lettersview"
	"passerelle/views/paths"
)

func (h *handlers) listLetters(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	folder, err := h.letters.OfDossier(c.UserContext(), dossier)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, lettersview.ListPage(folder))
}

// newLetter shows the choice of a template and a language, and then the letter filled in.
func (h *handlers) newLetter(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	asked := url.Values{"template": {strings.Clone(c.Query("template"))}, "language": {strings.Clone(c.Query("language"))}}
	form := lettersview.Form{ID: ids.New[letters.Letter]().String(), Typed: asked}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		asked = form.Typed
		if _, err := ids.Parse[letters.Letter](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	template, language := letters.Template(asked.Get("template")), i18n.Lang(asked.Get("language"))
	if !template.Known() || !language.Known() {
		if _, sent := c.Queries()["language"]; sent && !template.Known() {
			form.Problems.Add("template", "letters.template.missing")
		}
		if language == "" {
			form.Typed = url.Values{"language": {string(i18n.From(c.UserContext()))}}
		}
		return h.showChoice(c, fiber.StatusOK, dossier, form)
	}
	return h.showProposal(c, fiber.StatusOK, dossier, template, language, form)
}

func (h *handlers) showChoice(c *fiber.Ctx, status int, dossier dossiers.ID, form lettersview.Form) (err error) {
	if form.Proposal, err = h.letters.Propose(c.UserContext(), dossier, "", ""); err != nil {
		return err
	}
	return web.Show(c, status, lettersview.ChoicePage(form))
}

func (h *handlers) showProposal(c *fiber.Ctx, status int, dossier dossiers.ID, template letters.Template, language i18n.Lang, form lettersview.Form) (err error) {
	if form.Proposal, err = h.letters.Propose(c.UserContext(), dossier, template, language); err != nil {
		return err
	}
	if !form.Typed.Has("body") {
		form.Typed = lettersview.TypedOf(form.Proposal)
	}
	return web.Show(c, status, lettersview.WritePage(form))
}

func (h *handlers) createLetter(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	typed := web.Values(c)
	id, err := ids.Parse[letters.Letter](typed.Get("id"))
	if err != nil {
		return err
	}
	template, language := letters.Template(typed.Get("template")), i18n.Lang(typed.Get("language"))
	var problems fault.Problems
	contents := letters.Contents{
		Recipient: forms.Words(typed, "recipient", 400, &problems), Subject: forms.Text(typed, "subject", forms.Short, &problems), Body: forms.Words(typed, "body", forms.Narrative, &problems),
	}
	if err = problems.Err(); err == nil {
		err = h.letters.Write(c.UserContext(), dossier, id, template, language, contents)
	}
	if problems, ok := fault.Correctable(err); ok {
		form := lettersview.Form{ID: id.String(), Typed: typed, Problems: problems}
		if !template.Known() || !language.Known() {
			return h.showChoice(c, fiber.StatusUnprocessableEntity, dossier, form)
		}
		return h.showProposal(c, fiber.StatusUnprocessableEntity, dossier, template, language, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "letters.written")
	return web.See(c, paths.Letter(id))
}

func (h *handlers) showLetter(c *fiber.Ctx) error {
	id, err := web.ID[letters.Letter](c, "id")
	if err != nil {
		return err
	}
	letter, dossier, err := h.letters.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, lettersview.ShowPage(letter, dossier))
}

// showPDF gives the file by a name that says nothing.
func (h *handlers) showPDF(c *fiber.Ctx) error {
	id, err := web.ID[letters.Letter](c, "id")
	if err != nil {
		return err
	}
	letter, _, err := h.letters.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	file, err := letter.PDF(c.UserContext())
	if err != nil {
		return err
	}
	return web.Download(c, "letter.pdf", "application/pdf", file)
}

package inquiriesweb

import (
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/inquiries"
	"passerelle/internal/web"
	"passerelle/views/inquiriesview"
)

func (h *handlers) showExtract(c *fiber.Ctx) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	extract, err := h.inquiries.Prepare(c.UserContext(), of.dossier, of.id)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, inquiriesview.Extract(extract))
}

// textsOf is the page of texts that somebody asks for: of a chapter, or of the first that has any.
func (h *handlers) textsOf(c *fiber.Ctx, of target, asked url.Values) (inquiriesview.TextsForm, error) {
	extract, err := h.inquiries.Prepare(c.UserContext(), of.dossier, of.id)
	if err != nil {
		return inquiriesview.TextsForm{}, err
	}
	form := inquiriesview.TextsForm{Extract: extract, Version: extract.Inquiry.Version}
	if from, err := strconv.Atoi(asked.Get("from")); err == nil && from > 0 {
		form.From = from
	}
	name := asked.Get("chapter")
	for _, chapter := range extract.Chapters {
		if chapter.Name == name || name == "" && extract.Tally(chapter.Name).Texts > 0 {
			form.Chapter = chapter
			break
		}
	}
	if form.Chapter.Name == "" && name != "" {
		return form, fault.NotFound()
	}
	if form.Chapter.Name == "" {
		form.Chapter = extract.Chapters[0]
	}
	return form, nil
}

func (h *handlers) editTexts(c *fiber.Ctx) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	asked := url.Values{"chapter": {c.Query("chapter")}, "from": {c.Query("from")}}
	if web.Parked(c) {
		asked = web.Values(c)
	}
	form, err := h.textsOf(c, of, asked)
	if err != nil {
		return err
	}
	form.Typed = inquiriesview.TypedOfTexts(form)
	if web.Parked(c) {
		form.Typed, form.Version = asked, versionOf(asked)
	}
	return web.Show(c, fiber.StatusOK, inquiriesview.Texts(form))
}

func (h *handlers) updateTexts(c *fiber.Ctx) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	form, err := h.textsOf(c, of, typed)
	if err != nil {
		return err
	}
	chosen, problems := choicesOf(form.Shown(), typed)
	if area := inquiries.Area(form.Chapter.Name, nil); form.From == 0 {
		chosen[area.Ref] = areaOf(area, typed, &problems)
	}
	err = problems.Err()
	if err == nil {
		err = h.inquiries.Choose(c.UserContext(), of.dossier, of.id, versionOf(typed), chosen)
	}
	if problems, ok := fault.Correctable(err); ok {
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			status = fiber.StatusConflict
		}
		form.Typed, form.Problems = typed, problems
		return web.Show(c, status, inquiriesview.Texts(form))
	}
	if err != nil {
		return err
	}
	web.Notice(c, "inquiries.saved")
	return web.See(c, form.Onward())
}

// choicesOf reads what was decided about the texts of a page. About one that nothing was ticked for, nothing is decided.
func choicesOf(shown []inquiries.Text, typed url.Values) (map[string]inquiries.Choice, fault.Problems) {
	var problems fault.Problems
	chosen := map[string]inquiries.Choice{}
	for _, text := range shown {
		decision := forms.Choice(typed, "decision-"+text.Ref, inquiries.Decisions, &problems)
		if decision == "" {
			continue
		}
		chosen[text.Ref] = inquiries.Choice{
			Digest: typed.Get("digest-" + text.Ref), Decision: decision,
			Passages: inquiries.Passages(forms.Words(typed, "passages-"+text.Ref, forms.Narrative, &problems)),
			Ground:   forms.Choice(typed, "ground-"+text.Ref, inquiries.PartialGrounds(), &problems),
		}
	}
	return chosen, problems
}

// areaOf reads whether a whole chapter is left out: it is where a ground is given.
func areaOf(area inquiries.Text, typed url.Values, problems *fault.Problems) inquiries.Choice {
	choice := inquiries.Choice{Digest: area.Digest(), Decision: inquiries.Whole}
	if choice.Ground = forms.Choice(typed, "ground-"+area.Ref, inquiries.PartialGrounds(), problems); choice.Ground != "" {
		choice.Decision = inquiries.Omitted
	}
	return choice
}

func (h *handlers) newFile(c *fiber.Ctx) error {
	typed := url.Values{"language": {string(i18n.From(c.UserContext()))}, "format": {string(inquiries.PDF)}}
	if web.Parked(c) {
		typed = web.Values(c)
	}
	return h.taking(c, fiber.StatusOK, typed, nil)
}

func (h *handlers) taking(c *fiber.Ctx, status int, typed url.Values, problems fault.Problems) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	extract, err := h.inquiries.Taking(c.UserContext(), of.dossier, of.id)
	if err != nil {
		return err
	}
	return web.Show(c, status, inquiriesview.Taking(inquiriesview.TakingForm{Extract: extract, Typed: typed, Problems: problems}))
}

func (h *handlers) createFile(c *fiber.Ctx) error {
	of, err := targetOf(c)
	if err != nil {
		return err
	}
	typed := web.Values(c)
	file, err := h.inquiries.Take(c.UserContext(), of.dossier, of.id, inquiries.Order{
		Language: i18n.Lang(typed.Get("language")), Format: inquiries.Format(typed.Get("format")),
	})
	if problems, ok := fault.Correctable(err); ok {
		return h.taking(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	return web.Download(c, file.Name, file.Media, file.Body)
}

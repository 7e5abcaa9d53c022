package claimsweb

import (
	"errors"
	"net/url"
	"slices"
	"strconv"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/claims"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/claimsview"
	"passerelle/views/paths"
)

func (h *handlers) showAssistance(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, claimsview.Page(sheet))
}

// sheet is what every page of victim assistance begins with.
func (h *handlers) sheet(c *fiber.Ctx) (claims.Sheet, error) {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return claims.Sheet{}, err
	}
	return h.claims.Show(c.UserContext(), dossier)
}

func (h *handlers) editOffence(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	form := claimsview.Form{Sheet: sheet, Version: sheet.Dated.Version, Typed: claimsview.TypedOffence(sheet.Offence())}
	return web.Show(c, fiber.StatusOK, claimsview.OffencePage(givenBack(c, form)))
}

func (h *handlers) updateOffence(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := typed(c)
	offence, problems := claimsview.ParseOffence(form.Typed)
	if err = problems.Err(); err == nil {
		err = h.claims.Date(c.UserContext(), dossier, form.Version, offence)
	}
	return h.answer(c, dossier, form, err, claimsview.OffencePage, func(s claims.Sheet) int { return s.Dated.Version })
}

func (h *handlers) editClaim(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	claim := claims.Claim{ClaimID: ids.New[claims.Claim]()}
	if kind := claims.Kind(c.Query("kind")); slices.Contains(claims.Kinds, kind) {
		claim.Kind = kind
	}
	if wanted := wanted(c, "claim"); wanted != "" {
		i := slices.IndexFunc(sheet.Claims, func(there claims.Claim) bool { return there.ClaimID.String() == wanted })
		if i < 0 {
			return fault.NotFound()
		}
		claim = sheet.Claims[i]
	}
	form := claimsview.Form{Sheet: sheet, ID: claim.ClaimID.String(), Version: claim.Version, Typed: claimsview.TypedClaim(claim)}
	return web.Show(c, fiber.StatusOK, claimsview.ClaimPage(givenBack(c, form)))
}

func (h *handlers) updateClaim(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := typed(c)
	id, err := ids.Parse[claims.Claim](form.ID)
	if err != nil {
		return err
	}
	claim, problems := claimsview.ParseClaim(form.Typed)
	claim.ClaimID, claim.Version = id, form.Version
	if err = problems.Err(); err == nil {
		err = h.claims.Claim(c.UserContext(), dossier, claim)
	}
	return h.answer(c, dossier, form, err, claimsview.ClaimPage, func(s claims.Sheet) int {
		for _, there := range s.Claims {
			if there.ClaimID == id {
				return there.Version
			}
		}
		return 0
	})
}

func (h *handlers) editPayer(c *fiber.Ctx) error {
	sheet, err := h.sheet(c)
	if err != nil {
		return err
	}
	payer := claims.Payer{PayerID: ids.New[claims.Payer]()}
	if wanted := wanted(c, "payer"); wanted != "" {
		i := slices.IndexFunc(sheet.Payers, func(there claims.Payer) bool { return there.PayerID.String() == wanted })
		if i < 0 {
			return fault.NotFound()
		}
		payer = sheet.Payers[i]
	}
	form := claimsview.Form{Sheet: sheet, ID: payer.PayerID.String(), Version: payer.Version, Typed: claimsview.TypedPayer(payer)}
	return web.Show(c, fiber.StatusOK, claimsview.PayerPage(givenBack(c, form)))
}

func (h *handlers) updatePayer(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	form := typed(c)
	id, err := ids.Parse[claims.Payer](form.ID)
	if err != nil {
		return err
	}
	payer, problems := claimsview.ParsePayer(form.Typed)
	payer.PayerID, payer.Version = id, form.Version
	if err = problems.Err(); err == nil {
		err = h.claims.Assign(c.UserContext(), dossier, payer)
	}
	return h.answer(c, dossier, form, err, claimsview.PayerPage, func(s claims.Sheet) int {
		for _, there := range s.Payers {
			if there.PayerID == id {
				return there.Version
			}
		}
		return 0
	})
}

func (h *handlers) destroyPayer(c *fiber.Ctx) error {
	dossier, err := web.ID[dossiers.Dossier](c, "id")
	if err != nil {
		return err
	}
	id, err := ids.Parse[claims.Payer](web.Values(c).Get("id"))
	if err != nil {
		return err
	}
	if err := h.claims.Remove(c.UserContext(), dossier, id); err != nil {
		return err
	}
	web.Notice(c, "claims.payers.removed")
	return web.See(c, paths.Assistance(dossier))
}

// answer ends a use case: with the page of victim assistance, or with the form once more. After a conflict what somebody
// else wrote stands above what was typed, and sending it again is on top of that.
func (h *handlers) answer(c *fiber.Ctx, dossier dossiers.ID, form claimsview.Form, err error, page func(claimsview.Form) templ.Component, current func(claims.Sheet) int) error {
	problems, ok := fault.Correctable(err)
	switch {
	case err == nil:
		web.Notice(c, "claims.saved")
		return web.See(c, paths.Assistance(dossier))
	case !ok:
		return err
	}
	sheet, findErr := h.claims.Show(c.UserContext(), dossier)
	if findErr != nil {
		return findErr
	}
	form.Sheet, form.Problems = sheet, problems
	if errors.Is(err, fault.Conflict("")) {
		form.Theirs, form.Problems, form.Version = true, nil, current(sheet)
		return web.Show(c, fiber.StatusConflict, page(form))
	}
	return web.Show(c, fiber.StatusUnprocessableEntity, page(form))
}

// typed is the form that was sent.
func typed(c *fiber.Ctx) claimsview.Form {
	values := web.Values(c)
	return claimsview.Form{Typed: values, ID: values.Get("id"), Version: versionOf(values)}
}

// givenBack is the form with what was typed before the session ran out.
func givenBack(c *fiber.Ctx, form claimsview.Form) claimsview.Form {
	if !web.Parked(c) {
		return form
	}
	back := typed(c)
	form.Typed, form.Theirs = back.Typed, back.Version != form.Version
	if _, err := ids.Parse[claims.Claim](back.ID); err == nil {
		form.ID = back.ID
	}
	return form
}

// wanted is which claim or payer the form is about: the one in the address, or the one that was being changed when the
// session ran out; none is a new one.
func wanted(c *fiber.Ctx, name string) string {
	if web.Parked(c) && versionOf(web.Values(c)) > 0 {
		return web.Values(c).Get("id")
	}
	return c.Query(name)
}

func versionOf(values url.Values) int {
	version, err := strconv.Atoi(values.Get("version"))
	if err != nil {
		return 0
	}
	return version
}

// Package houserulesweb is the rules of a house over HTTP.
package houserulesweb

import (
	"errors"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/houserules"
	"passerelle/internal/ids"
	"passerelle/internal/web"
	"passerelle/views/houserulesview"
	"passerelle/views/paths"
)

type handlers struct{ rules *houserules.Service }

// Routes registers the pages.
func Routes(r *web.Routes, service *houserules.Service) {
	h := &handlers{service}
	r.Get(paths.HouseRules, access.HouseRuleList, h.listRules)
	r.Get(paths.HouseRules+"/new", access.HouseRuleDecide, h.newDecision)
	r.Post(paths.HouseRules, access.HouseRuleDecide, h.createDecision)
	r.Post(paths.Recomputation, access.HouseRuleDecide, h.createRecomputation)
}

func (h *handlers) listRules(c *fiber.Ctx) error {
	table, err := h.rules.Table(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, houserulesview.TablePage(houserulesview.Page{Table: table, Running: c.Query("running") != ""}))
}

func (h *handlers) newDecision(c *fiber.Ctx) error {
	if c.Query("rule") == "" && !web.Parked(c) {
		return web.See(c, paths.HouseRules) // where one chooses it
	}
	form := houserulesview.Form{ID: ids.New[houserules.Decision]().String(), Rule: deadlines.RuleID(strings.Clone(c.Query("rule"))), Seen: unseen}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Rule, form.Seen = deadlines.RuleID(form.Typed.Get("rule")), seen(form.Typed)
		if _, err := ids.Parse[houserules.Decision](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.show(c, fiber.StatusOK, form)
}

// unseen says that the form begins now, with what has been decided until now.
const unseen = -1

// show shows the form for a rule beside what applies today.
func (h *handlers) show(c *fiber.Ctx, status int, form houserulesview.Form) error {
	table, err := h.rules.Table(c.UserContext())
	if err != nil {
		return err
	}
	row, ok := table.On(form.Rule, table.Today)
	if !ok {
		return fault.NotFound()
	}
	form.Row, form.Name = row, table.Name(c.UserContext(), form.Rule)
	if form.Seen == unseen {
		form.Seen = table.Seen(form.Rule)
	}
	if form.Typed == nil {
		form.Typed = houserulesview.TypedOf(row)
	}
	return web.Show(c, status, houserulesview.FormPage(form))
}

func (h *handlers) createDecision(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[houserules.Decision](typed.Get("id"))
	if err != nil {
		return err
	}
	var problems fault.Problems
	choice := houserules.Choice{
		ID: id, Rule: deadlines.RuleID(typed.Get("rule")), Seen: seen(typed), Length: length(typed, &problems), Warn: days(typed, &problems),
		ValidFrom: forms.Date(typed, "valid_from", &problems), Reason: forms.Words(typed, "reason", forms.Narrative, &problems),
	}
	if err = problems.Err(); err == nil {
		err = h.rules.Decide(c.UserContext(), choice)
	}
	if problems, ok := fault.Correctable(err); ok {
		form, status := houserulesview.Form{ID: id.String(), Rule: choice.Rule, Seen: choice.Seen, Typed: typed, Problems: problems}, fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			form.Seen, status = unseen, fiber.StatusConflict
		}
		return h.show(c, status, form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "houserules.saved")
	return web.See(c, paths.HouseRules)
}

func (h *handlers) createRecomputation(c *fiber.Ctx) error {
	age, err := h.rules.BringUpToDate(c.UserContext())
	if err != nil {
		return err
	}
	if age.Outdated > 0 {
		return web.See(c, paths.HouseRules+"?running=yes")
	}
	return web.See(c, paths.HouseRules)
}

func seen(typed url.Values) int {
	n, err := strconv.Atoi(typed.Get("version"))
	if err != nil || n < 0 {
		return unseen
	}
	return n
}

var numeral = regexp.MustCompile(`^(\d{1,3})([.,]5)?$`)

// length reads how long a span is to be; nothing where the form does not ask for it.
func length(typed url.Values, problems *fault.Problems) *deadlines.Length {
	if !typed.Has("amount") {
		return nil
	}
	found := numeral.FindStringSubmatch(strings.TrimSpace(typed.Get("amount")))
	if found == nil {
		problems.Add("amount", "houserules.amount.missing")
		return nil
	}
	amount, _ := strconv.Atoi(found[1]) // three digits at most
	return &deadlines.Length{Amount: amount, Half: found[2] != "", Unit: forms.Choice(typed, "unit", houserules.Units, problems)}
}

var separators = regexp.MustCompile(`[\s,;]+`)

// days reads days ahead, as they were written one after the other.
func days(typed url.Values, problems *fault.Problems) (ahead []int) {
	text := strings.Trim(typed.Get("warn"), " ,;\t\r\n")
	if text == "" {
		return nil
	}
	for _, word := range separators.Split(text, 30) {
		n, err := strconv.Atoi(word)
		if err != nil {
			problems.Add("warn", "houserules.warn.order")
			return nil
		}
		ahead = append(ahead, n)
	}
	return ahead
}

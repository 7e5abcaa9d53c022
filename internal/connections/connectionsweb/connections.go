package connectionsweb

import (
	"context"
	"errors"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/connections"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/web"
	"passerelle/views/connectionsview"
	"passerelle/views/paths"
)

func (h *handlers) listConnections(c *fiber.Ctx) error {
	return h.showList(c, fiber.StatusOK, nil)
}

func (h *handlers) showList(c *fiber.Ctx, status int, problems fault.Problems) error {
	overview, err := h.connections.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, status, connectionsview.ListPage(connectionsview.List{Overview: overview, Problems: problems}))
}

func (h *handlers) updateDelay(c *fiber.Ctx) error {
	typed := web.Values(c)
	hours, err := strconv.Atoi(typed.Get("delay"))
	if err != nil {
		hours = -1
	}
	seen, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		seen = -1 // no version, and so a conflict
	}
	err = h.connections.SetDelay(c.UserContext(), hours, seen)
	if problems, ok := fault.Correctable(err); ok {
		return h.showList(c, statusOf(err), problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "connections.delay.saved")
	return web.See(c, paths.Connections)
}

func statusOf(err error) int {
	if errors.Is(err, fault.Conflict("")) {
		return fiber.StatusConflict
	}
	return fiber.StatusUnprocessableEntity
}

func (h *handlers) showConnection(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	return h.show(c, fiber.StatusOK, id, nil)
}

func (h *handlers) find(ctx context.Context, id connections.ID, problems fault.Problems) (connectionsview.Show, error) {
	file, err := h.connections.Find(ctx, id)
	if err != nil {
		return connectionsview.Show{}, err
	}
	return connectionsview.Show{File: file, Redirect: h.connections.RedirectURI(file.Connection.Slug), Now: h.connections.Now(), Problems: problems}, nil
}

func (h *handlers) show(c *fiber.Ctx, status int, id connections.ID, problems fault.Problems) error {
	page, err := h.find(c.UserContext(), id, problems)
	if err != nil {
		return err
	}
	return web.Show(c, status, connectionsview.ShowPage(page))
}

func (h *handlers) newConnection(c *fiber.Ctx) error {
	form := connectionsview.Form{ID: ids.New[signin.Connection]().String(), New: true, Typed: connectionsview.Blank()}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		if _, err := ids.Parse[signin.Connection](form.Typed.Get("id")); err == nil {
			form.ID = form.Typed.Get("id")
		}
	}
	return h.showForm(c, fiber.StatusOK, form)
}

// showForm never gives a secret back, typed or kept.
func (h *handlers) showForm(c *fiber.Ctx, status int, form connectionsview.Form) error {
	id, err := ids.Parse[signin.Connection](form.ID)
	if err != nil {
		return err
	}
	form.Redirect = h.connections.RedirectURI(connections.SlugOf(id))
	if !form.New {
		file, err := h.connections.Find(c.UserContext(), id)
		if err != nil {
			return err
		}
		terms := file.Connection.Terms
		if file.Change != nil {
			terms = file.Change.Terms
		}
		form.Redirect, form.WasLive, form.HasSecret = h.connections.RedirectURI(file.Connection.Slug), file.Connection.Live(), !terms.SecretID.Zero()
	}
	return web.Show(c, status, connectionsview.FormPage(form))
}

func (h *handlers) createConnection(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[signin.Connection](typed.Get("id"))
	if err != nil {
		return err
	}
	return h.write(c, id, connectionsview.Form{ID: id.String(), New: true, Typed: typed})
}

func (h *handlers) editConnection(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	file, err := h.connections.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if file.Change != nil && (file.Change.ProposedAt != nil || file.Change.Kind != connections.Set) || file.Connection.Ended() {
		return web.See(c, paths.Connection(id)) // which says why, and offers to withdraw it
	}
	form := connectionsview.Form{ID: id.String()}
	switch {
	case file.Change != nil:
		form.Seen, form.Typed = file.Change.Version, connectionsview.TypedOf(file.Connection.Kind, file.Change.Terms)
	case file.Connection.Live():
		form.Typed = connectionsview.TypedOf(file.Connection.Kind, file.Connection.Terms)
	case len(file.History) > 0:
		form.Typed = connectionsview.TypedOf(file.Connection.Kind, file.History[0].Terms)
	default:
		form.Typed = connectionsview.Blank()
	}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Seen, _ = strconv.Atoi(form.Typed.Get("version"))
	}
	return h.showForm(c, fiber.StatusOK, form)
}

func (h *handlers) updateConnection(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.connections.Find(c.UserContext(), id); err != nil {
		return err
	}
	typed := web.Values(c)
	seen, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		seen = -1 // no version, and so a conflict
	}
	return h.write(c, id, connectionsview.Form{ID: id.String(), Seen: seen, Typed: typed})
}

// write saves what was typed, or looks at the provider alone where that is what was asked for.
func (h *handlers) write(c *fiber.Ctx, id connections.ID, form connectionsview.Form) error {
	if form.Typed.Get("act") == "check" {
		findings, err := h.connections.Check(c.UserContext(), id, form.Typed.Get("issuer"), connections.List(form.Typed.Get("scopes")))
		if problems, ok := fault.Correctable(err); ok {
			form.Problems = problems
			return h.showForm(c, fiber.StatusUnprocessableEntity, form)
		}
		if err != nil {
			return err
		}
		form.Findings = findings
		return h.showForm(c, fiber.StatusOK, form)
	}
	wanted, problems := parse(form.Typed)
	wanted.Seen = form.Seen
	if !form.New {
		file, err := h.connections.Find(c.UserContext(), id)
		if err != nil {
			return err
		}
		wanted.Kind = file.Connection.Kind // it stays what it was
	}
	err := problems.Err()
	if err == nil {
		err = h.connections.Write(c.UserContext(), id, wanted)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		if errors.Is(err, fault.Conflict("")) {
			file, err := h.connections.Find(c.UserContext(), id)
			if err != nil {
				return err
			}
			if form.New, form.Seen = false, 0; file.Change != nil {
				form.Seen = file.Change.Version
			}
		}
		return h.showForm(c, statusOf(err), form)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "connections.written")
	return web.See(c, paths.Connection(id))
}

func parse(typed url.Values) (connections.Wanted, fault.Problems) {
	var problems fault.Problems
	wanted := connections.Wanted{
		Kind: signin.Kind(typed.Get("kind")),
		Terms: connections.Terms{
			Name: forms.Text(typed, "name", forms.Name, &problems), Issuer: forms.Text(typed, "issuer", connections.LongestAddress, &problems),
			ClientID: forms.Text(typed, "client_id", connections.LongestAddress, &problems), Scopes: connections.List(forms.Text(typed, "scopes", forms.Narrative, &problems)),
			NameClaim: forms.Text(typed, "name_claim", forms.Name, &problems), EmailClaim: forms.Text(typed, "email_claim", forms.Name, &problems),
			EmailDomains: connections.Domains(forms.Words(typed, "email_domains", forms.Narrative, &problems)), KeepsSubjects: typed.Get("keeps_subjects") == "yes",
		},
		Secret: forms.Text(typed, "secret", forms.Narrative, &problems), NoSecret: typed.Get("no_secret") == "yes",
	}
	return wanted, problems
}

// showChecks answers as somebody types.
func (h *handlers) showChecks(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[signin.Connection](typed.Get("id"))
	if err != nil {
		return err
	}
	findings, err := h.connections.Check(c.UserContext(), id, typed.Get("issuer"), connections.List(typed.Get("scopes")))
	if problems, ok := fault.Correctable(err); ok {
		return web.Show(c, fiber.StatusOK, connectionsview.Refusal(problems[0].Key))
	}
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, connectionsview.Checks(findings))
}

func (h *handlers) createTrial(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	file, err := h.connections.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	target, browser, err := h.connections.BeginTrial(c.UserContext(), id, signin.Departure{
		Language: string(i18n.From(c.UserContext())), Browser: h.door.Bound(c), ReturnTo: paths.ConnectionTrial(id),
	})
	if refusal, refused := signin.Refused(err); refused {
		return h.show(c, fiber.StatusUnprocessableEntity, id, fault.Problems{{Key: "connections.outcome." + string(refusal.Reason)}})
	}
	if err != nil {
		return err
	}
	return h.door.Leave(c, file.Name(), target, browser)
}

func (h *handlers) showTrial(c *fiber.Ctx) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	page, err := h.find(c.UserContext(), id, nil)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, connectionsview.TrialPage(page))
}

func (h *handlers) createProposal(c *fiber.Ctx) error {
	return h.act(c, h.connections.Propose, "connections.proposed")
}

func (h *handlers) createApproval(c *fiber.Ctx) error {
	return h.act(c, h.connections.Approve, "connections.approved")
}

func (h *handlers) createWithdrawal(c *fiber.Ctx) error {
	return h.act(c, h.connections.Withdraw, "connections.withdrawn")
}

func (h *handlers) createEnding(c *fiber.Ctx) error {
	return h.act(c, h.connections.ProposeEnd, "connections.proposed")
}

// act does something with a connection, and leads back to its page.
func (h *handlers) act(c *fiber.Ctx, do func(context.Context, connections.ID) error, notice string) error {
	id, err := web.ID[signin.Connection](c, "id")
	if err != nil {
		return err
	}
	err = do(c.UserContext(), id)
	if problems, ok := fault.Correctable(err); ok {
		return h.show(c, statusOf(err), id, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, notice)
	return web.See(c, paths.Connection(id))
}

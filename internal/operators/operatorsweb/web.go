// Package operatorsweb is the door of the console over HTTP, and the pages about those who run the installation.
package operatorsweb

import (
	"context"
	"errors"
	"log/slog"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/operators"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/passkeysview"
	"passerelle/views/paths"
	"passerelle/views/signinview"
	"passerelle/views/ui"
)

// Web is the door's handlers and its middleware.
type Web struct {
	operators *operators.Service
	gate      *signin.Gate
	log       *slog.Logger
}

// New makes them.
func New(service *operators.Service, gate *signin.Gate, log *slog.Logger) *Web {
	return &Web{service, gate, log}
}

// Routes registers the pages.
func (w *Web) Routes(r *web.Routes) {
	r.Get("/signin", access.Anyone, w.newSession)
	r.Post("/signin", access.Anyone, w.begin)
	r.Get("/oidc/console/callback", access.Anyone, w.createSession)
	r.Post("/language", access.Anyone, web.ChooseLanguage)
	r.Post(parkPath, access.Anyone, w.createParkedForm)
	r.Get(paths.ConsoleCode, access.SignedIn, w.newCode)
	r.Post(paths.ConsoleCode, access.SignedIn, w.createCode)
	r.Get(paths.ConsolePasskey, access.SignedIn, w.newPasskey)
	r.Post(paths.ConsolePasskey, access.SignedIn, w.createPasskey)
	r.Get("/sessions", access.TenantManage, w.listSessions)
	r.Post("/sessions/:session/destroy", access.TenantManage, w.destroyOwnSession)
	r.Post("/session/destroy", access.Anyone, w.destroySession)
	r.Get(paths.Operators, access.OperatorManage, w.listOperators)
	r.Get(paths.NewOperator, access.OperatorManage, w.newOperator)
	r.Post(paths.Operators, access.OperatorManage, w.createOperator)
	r.Get(paths.Operators+"/:id/destroy", access.OperatorManage, w.confirmOperator(consoleview.RemoveOperator))
	r.Post(paths.Operators+"/:id/destroy", access.OperatorManage, w.destroyOperator)
	r.Get(paths.Operators+"/:id/reset", access.OperatorManage, w.confirmOperator(consoleview.ResetOperator))
	r.Post(paths.Operators+"/:id/reset", access.OperatorManage, w.resetOperator)
	r.Get(paths.Acts, access.TenantManage, w.listActs)
}

// The cookies have names of their own: where the console is reached at the application's host, browsers send both to both.
const (
	sessionCookie   = "pas-console"
	browserCookie   = "oidc-console"
	browserLifetime = 10 * time.Minute
)

func (w *Web) name(cookie string) string {
	if w.gate.Secure() {
		return "__Host-" + cookie
	}
	return cookie
}

func (w *Web) setCookie(c *fiber.Ctx, name, value string, lifetime time.Duration) {
	c.Cookie(&fiber.Cookie{
		Name: w.name(name), Value: value, Path: "/", MaxAge: int(lifetime.Seconds()), SessionOnly: lifetime == 0,
		HTTPOnly: true, Secure: w.gate.Secure(), SameSite: fiber.CookieSameSiteLaxMode,
	})
}

type sessionKey struct{}

func current(c *fiber.Ctx) operators.Session {
	session, _ := c.UserContext().Value(sessionKey{}).(operators.Session)
	return session
}

// Session is the middleware that recognises who is asking. Whoever has not shown both factors is signed in, and nobody yet.
func (w *Web) Session(c *fiber.Ctx) error {
	token := c.Cookies(w.name(sessionCookie))
	if token == "" {
		return c.Next()
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), 5*time.Second)
	defer cancel()
	session, err := w.operators.Find(ctx, token, attentive(c))
	switch {
	case errors.Is(err, operators.ErrNoSession):
		return c.Next()
	case errors.Is(err, operators.ErrExpired):
		return w.expired(c, session)
	case err != nil:
		return err
	}
	c.SetUserContext(context.WithValue(c.UserContext(), sessionKey{}, session))
	visitor := web.Visitor{SignedIn: true, CSRF: session.CSRF, Confirmed: session.Confirmed(w.operators.Now())}
	if session.In() {
		principal := session.Principal()
		principal.TenantName = i18n.T(c.UserContext(), "console.title")
		visitor.Principal = &principal
	}
	web.Enter(c, visitor)
	w.giveBack(c)
	return c.Next()
}

func (w *Web) newSession(c *fiber.Ctx) error {
	returnTo := signin.ReturnPath(c.Query("return"))
	if web.VisitorOf(c).Principal != nil {
		return web.See(c, returnTo)
	}
	return web.Show(c, fiber.StatusOK, consoleview.SignIn(consoleview.SignInPage{Provider: w.gate.Provider(), Return: returnTo}))
}

func (w *Web) begin(c *fiber.Ctx) error {
	returnTo := signin.ReturnPath(web.Values(c).Get("return"))
	target, browser, err := w.operators.Begin(c.UserContext(), signin.Departure{
		ReturnTo: returnTo, Language: string(i18n.From(c.UserContext())), Browser: c.Cookies(w.name(browserCookie)), Origin: web.OriginOf(c),
	})
	if err != nil {
		return w.refused(c, err)
	}
	w.setCookie(c, browserCookie, browser, browserLifetime)
	c.Set("Refresh", "0; url="+target)
	return web.Show(c, fiber.StatusOK, signinview.Leaving(w.gate.Provider(), target))
}

func (w *Web) createSession(c *fiber.Ctx) error {
	arrival, err := w.operators.Finish(c.UserContext(), signin.Answer{
		State: c.Query("state"), Code: c.Query("code"), Issuer: c.Query("iss"), Denied: c.Query("error") != "",
		Browser: c.Cookies(w.name(browserCookie)), Previous: c.Cookies(w.name(sessionCookie)), Origin: web.OriginOf(c), UserAgent: c.Get(fiber.HeaderUserAgent),
	})
	w.setCookie(c, browserCookie, "", -time.Second)
	if err != nil {
		return w.refused(c, err)
	}
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	return web.See(c, paths.ConsolePasskeyFor(arrival.ReturnTo))
}

// refused tells everybody the same, and the log which check it was.
func (w *Web) refused(c *fiber.Ctx, err error) error {
	refusal, ok := signin.Refused(err)
	if !ok && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	reason := signin.ReasonProvider
	if ok {
		reason = refusal.Reason
	}
	w.log.Warn("sign-in to the console refused", "request", web.RequestID(c), "reason", string(reason))
	request := ui.FromRequest(c.UserContext())
	request.Path = "/signin"
	c.SetUserContext(ui.WithRequest(c.UserContext(), request))
	return web.Show(c, fiber.StatusUnauthorized, signinview.Refused("/signin"))
}

func (w *Web) newCode(c *fiber.Ctx) error { return w.code(c, fiber.StatusOK, "", nil) }

func (w *Web) code(c *fiber.Ctx, status int, typed string, problems fault.Problems) error {
	session := current(c)
	if session.Operator != nil && session.Operator.CodeExpiresAt.IsZero() {
		return web.See(c, paths.ConsolePasskey)
	}
	return web.Show(c, status, consoleview.Code(consoleview.CodePage{Name: session.Name, Typed: typed, Problems: problems}))
}

func (w *Web) createCode(c *fiber.Ctx) error {
	typed := web.Values(c).Get("code")
	arrival, err := w.operators.Redeem(c.UserContext(), current(c), typed)
	if problems, ok := fault.Correctable(err); ok {
		w.log.Warn("code refused", "request", web.RequestID(c))
		return w.code(c, fiber.StatusUnprocessableEntity, typed, problems)
	}
	if err != nil {
		return err
	}
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	return web.See(c, paths.ConsolePasskey)
}

func (w *Web) newPasskey(c *fiber.Ctx) error {
	return w.ask(c, fiber.StatusOK, signin.ReturnPath(c.Query("return")), nil)
}

// StepUp asks somebody to confirm anew before an act that counts most, and leads back to the page on which it begins.
func (w *Web) StepUp(c *fiber.Ctx) error {
	return web.Lead(c, paths.ConsolePasskeyFor(web.ActOf(c).Page))
}

func (w *Web) ask(c *fiber.Ctx, status int, returnTo string, problems fault.Problems) error {
	if origin := w.operators.Origin(); web.OriginOf(c) != origin {
		return web.Show(c, fiber.StatusConflict, passkeysview.Elsewhere(origin, web.OwnAddress(c)))
	}
	session, now := current(c), w.operators.Now()
	register := session.MayRegister(now) && (session.Operator.Keys == 0 || c.Query("register") != "")
	switch {
	case session.Operator == nil, session.Operator.Keys == 0 && !register:
		return web.See(c, paths.ConsoleCode)
	case session.Confirmed(now) && !register && problems == nil:
		return web.See(c, returnTo)
	}
	ceremony, err := w.operators.Ask(c.UserContext(), session, register)
	if err != nil {
		return err
	}
	return web.Show(c, status, consoleview.Passkey(consoleview.PasskeyPage{Ceremony: ceremony, Return: returnTo, Problems: problems}))
}

func (w *Web) createPasskey(c *fiber.Ctx) error {
	values := web.Values(c)
	returnTo := signin.ReturnPath(values.Get("return"))
	id, err := ids.Parse[operators.Ceremony](values.Get("challenge"))
	if err != nil {
		id = ids.New[operators.Ceremony]()
	}
	arrival, err := w.operators.Confirm(c.UserContext(), current(c), operators.Answer{ChallengeID: id, Response: values.Get("answer")})
	if problems, ok := fault.Correctable(err); ok {
		return w.ask(c, fiber.StatusUnprocessableEntity, returnTo, problems)
	}
	if errors.Is(err, operators.ErrNoSession) {
		return web.ToSignIn(c)
	}
	if err != nil {
		return err
	}
	w.setCookie(c, sessionCookie, arrival.Token, 0)
	return web.See(c, returnTo)
}

func (w *Web) listSessions(c *fiber.Ctx) error {
	session := current(c)
	sessions, err := w.operators.OwnSessions(c.UserContext(), session)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.Sessions(consoleview.SessionsPage{Sessions: sessions, Here: session.SessionID}))
}

func (w *Web) destroyOwnSession(c *fiber.Ctx) error {
	id, err := web.ID[operators.Session](c, "session")
	if err != nil {
		return err
	}
	if err := w.operators.EndOwn(c.UserContext(), current(c), id); err != nil {
		return err
	}
	return web.See(c, "/sessions")
}

func (w *Web) destroySession(c *fiber.Ctx) error {
	if err := w.operators.End(c.UserContext(), c.Cookies(w.name(sessionCookie))); err != nil {
		return err
	}
	w.setCookie(c, sessionCookie, "", -time.Second)
	// Not the cookies: where the console is reached at the application's host, that would sign out there as well.
	c.Set("Clear-Site-Data", `"cache","storage"`)
	return web.See(c, "/signin")
}

func (w *Web) listOperators(c *fiber.Ctx) error { return w.list(c, fiber.StatusOK, nil) }

func (w *Web) list(c *fiber.Ctx, status int, problems fault.Problems) error {
	all, err := w.operators.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, status, consoleview.Operators(consoleview.OperatorsPage{
		Operators: all, Own: current(c).Operator.OperatorID, Now: w.operators.Now(), Problems: problems,
	}))
}

func (w *Web) newOperator(c *fiber.Ctx) error {
	return web.Show(c, fiber.StatusOK, consoleview.NewOperator(consoleview.OperatorForm{ID: ids.New[operators.Operator]()}))
}

func (w *Web) createOperator(c *fiber.Ctx) error {
	values := web.Values(c)
	form := consoleview.OperatorForm{Name: values.Get("name"), Email: values.Get("email")}
	var err error
	if form.ID, err = ids.Parse[operators.Operator](values.Get("id")); err != nil {
		return err
	}
	handed, err := w.operators.Add(c.UserContext(), form.ID, operators.Draft{Name: form.Name, Email: form.Email})
	if errors.Is(err, fault.Conflict("")) { // sent twice: the code was shown once
		return web.See(c, paths.Operators)
	}
	if problems, ok := fault.Correctable(err); ok {
		form.Problems = problems
		return web.Show(c, fiber.StatusUnprocessableEntity, consoleview.NewOperator(form))
	}
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, consoleview.Handed(handed))
}

// confirmOperator asks once more before somebody is shut out, or her keys are taken away.
func (w *Web) confirmOperator(page func(operators.Operator) templ.Component) fiber.Handler {
	return func(c *fiber.Ctx) error {
		id, err := web.ID[operators.Operator](c, "id")
		if err != nil {
			return err
		}
		all, err := w.operators.List(c.UserContext())
		if err != nil {
			return err
		}
		for _, one := range all {
			if one.OperatorID == id && id != current(c).Operator.OperatorID {
				return web.Show(c, fiber.StatusOK, page(one))
			}
		}
		return fault.NotFound()
	}
}

func (w *Web) destroyOperator(c *fiber.Ctx) error {
	id, err := web.ID[operators.Operator](c, "id")
	if err != nil {
		return err
	}
	if err := w.operators.Remove(c.UserContext(), id); err != nil {
		return w.mended(c, err)
	}
	web.Notice(c, "operators.removed")
	return web.See(c, paths.Operators)
}

func (w *Web) resetOperator(c *fiber.Ctx) error {
	id, err := web.ID[operators.Operator](c, "id")
	if err != nil {
		return err
	}
	handed, err := w.operators.Reset(c.UserContext(), id)
	if err != nil {
		return w.mended(c, err)
	}
	return web.Show(c, fiber.StatusOK, consoleview.Handed(handed))
}

func (w *Web) mended(c *fiber.Ctx, err error) error {
	if problems, ok := fault.Correctable(err); ok {
		return w.list(c, fiber.StatusUnprocessableEntity, problems)
	}
	return err
}

func (w *Web) listActs(c *fiber.Ctx) error {
	before, err := ids.Parse[operators.Act](c.Query("before"))
	if err != nil {
		before = ids.ID[operators.Act]{}
	}
	acts, err := w.operators.Acts(c.UserContext(), tenantdb.TenantID{}, before)
	if err != nil {
		return err
	}
	page := consoleview.ActsPage{Acts: acts}
	if len(acts) > operators.ActsShown {
		page.Acts = acts[:operators.ActsShown]
		page.Before = page.Acts[operators.ActsShown-1].ActID
	}
	return web.Show(c, fiber.StatusOK, consoleview.Acts(page))
}

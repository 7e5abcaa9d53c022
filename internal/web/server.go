// Package web is everything between the network and a capability's handlers: the order of middleware, who may call a
// route, reading what was sent, answering, and turning errors into pages. Handlers decide nothing and services know
// nothing of HTTP.
package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"runtime/debug"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/live"
	"passerelle/internal/pace"
	"passerelle/internal/tenantdb"
	"passerelle/internal/tracing"
	"passerelle/views/ui"
)

// Limits of every request. A form is text; nothing that people type comes near. A file is sent to the few addresses that
// take one, by somebody who has a session.
const (
	bodyLimit      = 256 << 10
	headerLimit    = 16 << 10
	readTimeout    = 10 * time.Second
	writeTimeout   = 30 * time.Second
	idleTimeout    = 60 * time.Second
	requestTimeout = 5 * time.Second
	uploadTimeout  = 45 * time.Second
	maxConnections = 4096
)

// Options say where the server stands.
type Options struct {
	// Origin is the scheme and host (with the port, where it is not the scheme's own) under which browsers reach the
	// server; requests for any other host are refused (421). With https, cookies take the __Host- prefix and HSTS is sent.
	Origin string
	// Also are other origins at which the very same application is reached, of the same scheme. The demo's alone: people have one.
	Also []string
	// Aliases are other hosts; whoever asks for one is sent to Origin.
	Aliases []string
	// TrustedProxies are the addresses whose X-Real-IP is believed.
	TrustedProxies []string
	// Session recognises who is asking and calls Enter; signinweb provides it.
	Session fiber.Handler
	// StepUp asks whoever wants to do what needs a second factor to confirm with a passkey, and leads back to it; passkeysweb
	// provides it. Without it such acts are refused.
	StepUp fiber.Handler
	// Waiting is where somebody goes who is signed in and has no place yet; empty is where one chooses a workplace.
	Waiting string
	// Hub tells open pages what changed; without it no page listens.
	Hub *live.Hub
	// Journal receives what could not be opened.
	Journal *journal.Service
	// Alerts counts what waits for those who may list alerts.
	Alerts func(context.Context) (int, error)
	// Announcements gives, from memory, what is announced now to people of a tenant; zero is who has not signed in.
	Announcements func(tenantdb.TenantID, i18n.Lang) []ui.Announcement
	// Mandates says, from memory, whether a tenant has been asked to let somebody act for it, for those who answer.
	Mandates func(tenantdb.TenantID) bool
	// Ready answers whether the server can work, for /readyz.
	Ready func(context.Context) error
	// Version is shown in the footer.
	Version string
	// Answered is told of each request: the pattern of its route, never its path.
	Answered func(method, route string, status int, took time.Duration)
	// Pace bounds how often one account may ask; nil bounds nobody.
	Pace *pace.Bounds
	// Outages says, from memory, what whoever asks has to do without at present: last words of message keys. Failed is told of what
	// went wrong on our side.
	Outages func(*access.Principal) []string
	Failed  func(error)
	// ReadOnly says, from memory, that hardly any room is left, so that nothing new is taken.
	ReadOnly func() bool
	// Tracer is told where the time of each request went; nil is told nothing.
	Tracer *tracing.Tracer
	// Log receives one line for each request and each failure; ids only.
	Log *slog.Logger
}

// Server is the application over HTTP.
type Server struct {
	app     *fiber.App
	options Options
	host    string
	also    []string
	secure  bool
	routes  []Route
	uploads []upload
	calls   []string
	machine []Machine
	leaving atomic.Bool
	closing chan struct{}
	close   sync.Once
	streams atomic.Int64
}

type serverKey struct{}

// New puts the middleware in its order. Register adds the routes.
func New(options Options) *Server {
	if options.Log == nil {
		options.Log = slog.Default()
	}
	scheme, host, _ := strings.Cut(options.Origin, "://")
	if options.Waiting == "" {
		options.Waiting = "/memberships"
	}
	s := &Server{options: options, host: host, secure: scheme == "https", closing: make(chan struct{})}
	for _, origin := range options.Also {
		if _, host, ok := strings.Cut(origin, scheme+"://"); ok {
			s.also = append(s.also, host)
		}
	}
	s.app = fiber.New(fiber.Config{
		// Strings of a request are reused for the next one unless they are copied.
		Immutable: true, StrictRouting: true, CaseSensitive: true, UnescapePath: false,
		BodyLimit: bodyLimit, ReadBufferSize: headerLimit,
		ReadTimeout: readTimeout, WriteTimeout: writeTimeout, IdleTimeout: idleTimeout, Concurrency: maxConnections,
		DisablePreParseMultipartForm: true,
		EnableTrustedProxyCheck:      true, TrustedProxies: options.TrustedProxies, ProxyHeader: "X-Real-IP", EnableIPValidation: true,
		RequestMethods:        append([]string{fiber.MethodGet, fiber.MethodHead, fiber.MethodPost}, machinesMethods...),
		DisableStartupMessage: true, ErrorHandler: s.fail,
	})
	s.app.Server().HeaderReceived = s.limits
	s.app.Use(s.remember, s.recover, s.logRequest, s.headers, s.onlyOurMethods)
	s.app.Get("/healthz", s.healthz)
	s.app.Get("/readyz", s.readyz)
	s.app.Use(s.onlyWholeLines, s.onlyOurHosts, s.onlyPlainBodies)
	s.app.Get("/static/:name", s.asset)
	s.app.Use(s.language)
	if options.Session != nil {
		s.app.Use(s.unlessMachine(options.Session))
	}
	s.app.Use(s.onlySoOften, keepToPage, s.describeRequest, s.onlyFromOurPages, s.deadline, s.attend)
	return s
}

// Register lets a capability add its routes.
func (s *Server) Register(add func(*Routes)) { add(&Routes{server: s}) }

// Ready ends registration: whatever no route matched is not found.
func (s *Server) Ready() {
	s.app.Use(func(*fiber.Ctx) error { return fiber.ErrNotFound })
}

// App gives the fiber application to tests.
func (s *Server) App() *fiber.App { return s.app }

// Serve answers on the listener until Shutdown, which may come first.
func (s *Server) Serve(listener net.Listener) error {
	go func() {
		<-s.closing
		// A server that is shut down before it has begun would otherwise begin, and never end.
		_ = listener.Close()
	}()
	err := s.app.Listener(listener)
	select {
	case <-s.closing:
		return nil
	default:
		return fmt.Errorf("serve: %w", err)
	}
}

// Leave says at /readyz that no more requests are to be sent here, and answers those that are. Connections are closed after the answer,
// so that whoever keeps some has none left by the time of Shutdown.
func (s *Server) Leave() { s.leaving.Store(true) }

// Shutdown ends streams, lets requests under way finish until ctx ends, and closes.
func (s *Server) Shutdown(ctx context.Context) error {
	s.Leave()
	s.close.Do(func() { close(s.closing) })
	// Serve closes the listener as well, whoever comes first.
	err := s.app.ShutdownWithContext(ctx)
	if err != nil && !errors.Is(err, context.DeadlineExceeded) && !errors.Is(err, net.ErrClosed) {
		return fmt.Errorf("shut down: %w", err)
	}
	return nil
}

func (s *Server) remember(c *fiber.Ctx) error {
	c.Locals(serverKey{}, s)
	c.Locals(requestIDKey{}, ids.New[Server]())
	if s.leaving.Load() {
		c.Context().SetConnectionClose()
	}
	if c.Path() == "/healthz" || c.Path() == "/readyz" {
		return c.Next()
	}
	ctx, span := s.options.Tracer.Begin(c.UserContext(), "request")
	c.SetUserContext(ctx)
	err := c.Next()
	span.Request(RequestID(c), c.Method(), c.Route().Path, c.Response().StatusCode())
	span.End(err)
	return err
}

func serverOf(c *fiber.Ctx) *Server {
	s, _ := c.Locals(serverKey{}).(*Server)
	return s
}

type requestIDKey struct{}

// RequestID names the request in logs and on error pages.
func RequestID(c *fiber.Ctx) string {
	id, _ := c.Locals(requestIDKey{}).(ids.ID[Server])
	return id.String()
}

// recover turns a panic into an error of ours. The stack goes to the log, the panic's value does not: it may hold data.
func (s *Server) recover(c *fiber.Ctx) (err error) {
	defer func() {
		if p := recover(); p != nil {
			s.options.Log.Error("panic", "request", RequestID(c), "kind", fmt.Sprintf("%T", p), "stack", string(debug.Stack()))
			err = errPanic
		}
	}()
	return c.Next()
}

var errPanic = errors.New("a handler panicked")

func (s *Server) logRequest(c *fiber.Ctx) error {
	start := time.Now()
	err := c.Next()
	if err != nil {
		// Answer here, so that the status in the log is the one that was sent.
		if err := s.fail(c, err); err != nil {
			return err
		}
	}
	took := time.Since(start)
	if s.options.Answered != nil {
		s.options.Answered(c.Method(), c.Route().Path, c.Response().StatusCode(), took)
	}
	s.options.Log.LogAttrs(c.UserContext(), slog.LevelInfo, "request", slog.String("request", RequestID(c)), slog.String("method", c.Method()),
		slog.String("route", c.Route().Path), slog.Int("status", c.Response().StatusCode()), slog.Int64("ms", took.Milliseconds()))
	return nil
}

// deadline bounds the work for one request. It hangs on our own context: fasthttp's is done when shutdown begins.
func (s *Server) deadline(c *fiber.Ctx) error {
	unbounded, longest := c.UserContext(), requestTimeout
	if _, takes := s.uploadTo(c.Path()); takes && c.Method() == fiber.MethodPost {
		longest = uploadTimeout
	}
	ctx, cancel := context.WithTimeout(unbounded, longest)
	defer cancel()
	c.SetUserContext(ctx)
	// An error is still shown once the time is up.
	defer c.SetUserContext(unbounded)
	return c.Next()
}

// attend keeps an answer back that shows what was opened and is not in the journal, whoever forgot it.
func (s *Server) attend(c *fiber.Ctx) error {
	id, _ := c.Locals(requestIDKey{}).(ids.ID[Server])
	ctx, attendance := journal.Attend(c.UserContext(), id.UUID())
	c.SetUserContext(ctx)
	err := c.Next()
	if forged := (&keys.ForgedError{}); errors.As(err, &forged) {
		err = errors.Join(err, s.options.Journal.Unreadable(ctx, forged.Holder))
	}
	// Entries are committed while the page is written; neither it nor a refusal leaves before they are.
	recorded := attendance.Err()
	if err != nil && !unrecorded(recorded) {
		return err
	}
	return recorded
}

// onlyWholeLines refuses headers whose lines end in a bare line feed (RFC 9112 2.2): a proxy in front may read them
// otherwise than we do, and what it takes for one request would be two.
func (s *Server) onlyWholeLines(c *fiber.Ctx) error {
	raw := c.Request().Header.RawHeaders()
	if bytes.Count(raw, []byte("\n")) != bytes.Count(raw, []byte("\r\n")) {
		c.Context().SetConnectionClose()
		return fiber.ErrBadRequest
	}
	return c.Next()
}

func (s *Server) onlyOurHosts(c *fiber.Ctx) error {
	host, target := string(c.Request().Header.Host()), string(c.Request().Header.RequestURI())
	switch {
	// An absolute target would name a host of its own, beside the header's.
	case !strings.HasPrefix(target, "/"):
		c.Context().SetConnectionClose()
		return fiber.ErrMisdirectedRequest
	case host == s.host, slices.Contains(s.also, host):
		return c.Next()
	case slices.Contains(s.options.Aliases, host) && c.Method() == fiber.MethodGet:
		return c.Redirect(s.options.Origin+LocalPath(target, "/"), fiber.StatusSeeOther)
	default:
		return fiber.ErrMisdirectedRequest
	}
}

// OriginOf is at which of the application's origins a request arrived.
func OriginOf(c *fiber.Ctx) string {
	s := serverOf(c)
	if host := string(c.Request().Header.Host()); slices.Contains(s.also, host) {
		scheme, _, _ := strings.Cut(s.options.Origin, "://")
		return scheme + "://" + host
	}
	return s.options.Origin
}

// onlyPlainBodies refuses compressed bodies, which are small to send and huge to read, and kinds that no form sends.
func (s *Server) onlyPlainBodies(c *fiber.Ctx) error {
	if len(c.Request().Header.Peek(fiber.HeaderContentEncoding)) > 0 {
		return fiber.ErrUnsupportedMediaType
	}
	if m := s.machineOf(c); m != nil {
		return m.onlyItsBodies(c)
	}
	if c.Method() == fiber.MethodPost && !isForm(c) && len(c.Request().Header.Peek(fiber.HeaderContentType)) > 0 {
		return fiber.ErrUnsupportedMediaType
	}
	return c.Next()
}

func (s *Server) healthz(c *fiber.Ctx) error { return c.SendString("ok\n") }

func (s *Server) readyz(c *fiber.Ctx) error {
	if s.leaving.Load() {
		return c.Status(fiber.StatusServiceUnavailable).SendString("closing\n")
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Second)
	defer cancel()
	if s.options.Ready != nil {
		if err := s.options.Ready(ctx); err != nil {
			return c.Status(fiber.StatusServiceUnavailable).SendString("not ready\n")
		}
	}
	return c.SendString("ok\n")
}

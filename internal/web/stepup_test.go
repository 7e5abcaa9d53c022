package web_test

import (
	"io"
	"log/slog"
	"net/http/httptest"
	"testing"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/web"
)

// factor is a server at two origins, with one route that needs a second factor and what asks for it.
func factor(stepUp fiber.Handler) *web.Server {
	server := web.New(web.Options{
		Origin: "http://127.0.0.1:8080", Also: []string{"http://localhost:8080", "https://localhost:8443"}, Log: slog.New(slog.DiscardHandler), StepUp: stepUp,
		Session: func(c *fiber.Ctx) error {
			principal := lea
			principal.Role = access.Role(c.Get("As"))
			web.Enter(c, web.Visitor{SignedIn: true, Principal: &principal, CSRF: "token", Confirmed: c.Get("Confirmed") != ""})
			return c.Next()
		},
	})
	server.Register(func(r *web.Routes) {
		r.Get("/exports", access.ExportCreate, func(c *fiber.Ctx) error { return c.SendString("through") })
		r.Post("/exports", access.ExportCreate, func(c *fiber.Ctx) error { return c.SendString("through") })
		r.Get("/where", access.Anyone, func(c *fiber.Ctx) error { return c.SendString(web.OriginOf(c)) })
	})
	server.Ready()
	return server
}

func asked(t *testing.T, server *web.Server, method, path, host string, headers map[string]string) (int, string) {
	t.Helper()
	request := httptest.NewRequest(method, path, nil)
	request.Host = host
	for name, value := range headers {
		request.Header.Set(name, value)
	}
	response, err := server.App().Test(request)
	if err != nil {
		t.Fatal(err)
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(body)
}

// TestGuardAsksForTheFactor: who may is asked, and gets through only once confirmed; who may not is refused, and not asked.
func TestGuardAsksForTheFactor(t *testing.T) {
	steps := factor(func(c *fiber.Ctx) error { return c.SendString("confirm first") })
	none := factor(nil)
	for _, c := range []struct {
		server *web.Server
		method string
		who    map[string]string
		status int
		body   string
	}{
		{steps, "GET", map[string]string{"As": "coordinator"}, 200, "confirm first"},
		{steps, "HEAD", map[string]string{"As": "coordinator"}, 200, ""},
		{steps, "GET", map[string]string{"As": "coordinator", "Confirmed": "yes"}, 200, "through"},
		{steps, "GET", map[string]string{"As": "auditor"}, 403, ""},
		{steps, "GET", map[string]string{"As": "auditor", "Confirmed": "yes"}, 403, ""},
		{none, "GET", map[string]string{"As": "coordinator"}, 403, ""},
		{none, "GET", map[string]string{"As": "coordinator", "Confirmed": "yes"}, 200, "through"},
	} {
		status, body := asked(t, c.server, c.method, "/exports", "127.0.0.1:8080", c.who)
		if status != c.status || c.body != "" && body != c.body || c.status == 403 && body == "through" {
			t.Errorf("%s as %v: %d %q", c.method, c.who, status, body)
		}
	}
}

// TestOrigins: at each of them the application is whole, and a form of the one is not sent from the other.
func TestOrigins(t *testing.T) {
	server := factor(nil)
	for host, want := range map[string]string{"127.0.0.1:8080": "http://127.0.0.1:8080", "localhost:8080": "http://localhost:8080"} {
		if status, body := asked(t, server, "GET", "/where", host, nil); status != 200 || body != want {
			t.Errorf("%s: %d %q", host, status, body)
		}
	}
	for _, host := range []string{"localhost:8443", "localhost", "localhost:8081", "evil.example"} {
		if status, _ := asked(t, server, "GET", "/where", host, nil); status != 421 {
			t.Errorf("%s: %d", host, status)
		}
	}
	if status, _ := asked(t, server, "POST", "/exports", "localhost:8080", map[string]string{"Origin": "http://127.0.0.1:8080", "As": "coordinator"}); status != 403 {
		t.Errorf("from the other origin: %d", status)
	}
}

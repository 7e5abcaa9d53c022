package web_test

import (
	"bufio"
	"bytes"
	"io"
	"log/slog"
	"net"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/web"
)

// FuzzRequest: whatever bytes arrive at the server, it answers, no answer is an error of ours, and nothing is written that does not carry the
// token of the session.
func FuzzRequest(f *testing.F) {
	const head = " HTTP/1.1\r\nHost: passerelle.example\r\nAs: lea\r\nCookie: session=0a; language=de; notice=dossiers.closed\r\n"
	const form = "Sec-Fetch-Site: same-origin\r\nContent-Type: application/x-www-form-urlencoded\r\n"
	for _, raw := range []string{
		"GET /dossiers?after=1" + head + "Accept-Language: de-CH\r\nHX-Request: true\r\n\r\n",
		"POST /dossiers" + head + form + "Content-Length: 31\r\n\r\n_csrf=token-of-lea&name=Lomidak",
		"POST /dossiers" + head + form + "Transfer-Encoding: chunked\r\n\r\n1f\r\n_csrf=token-of-lea&name=Lomidak\r\n0\r\n\r\n",
		"POST /dossiers" + head + form + "Content-Length: 24\r\n\r\n_csrf=%74oken-of-le%&x=1",
		"POST /file" + head + "Sec-Fetch-Site: same-origin\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 180\r\n\r\n--b\r\nContent-Disposition: form-data; name=\"_csrf\"\r\n\r\ntoken-of-lea\r\n" +
			"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"..\\x\"\r\nContent-Type: text/csv\r\n\r\nabc\r\n--b--\r\n0123456789",
		"GET /keep/0f5c1f0e-6d0a-4b6e-9a35-1f2d3c4b5a69" + head + "\r\n", "GET /keep/%2e%2e%2f?id=%" + head + "\r\n", "HEAD /keep/..;/x" + head + "\r\n", "QUERY /dossiers" + head + "\r\n",
		"GET http://evil.example/dossiers" + head + "\r\n", "GET /language" + head + "\r\nGET /dossiers" + head + "\r\n",
	} {
		f.Add([]byte(raw))
	}
	var log lockedBuffer
	var forged atomic.Int64
	server := web.New(web.Options{
		Origin: origin, Aliases: []string{"alias.example"}, Version: "test", Log: slog.New(slog.NewTextHandler(&log, nil)),
		Session: func(c *fiber.Ctx) error {
			if c.Get("As") == "lea" {
				principal := lea
				web.Enter(c, web.Visitor{SignedIn: true, Principal: &principal, CSRF: "token-of-lea", Session: session})
			}
			return c.Next()
		},
	})
	server.Register(func(r *web.Routes) {
		wrote := func(c *fiber.Ctx) error {
			if web.Values(c).Get("_csrf") != "token-of-lea" || web.VisitorOf(c).Session != session {
				forged.Add(1)
			}
			return c.SendString(web.Values(c).Get("name") + web.LocalPath(web.Values(c).Get("to"), "/"))
		}
		r.Post("/language", access.Anyone, web.ChooseLanguage)
		r.Post("/dossiers", access.DossierCreate, wrote)
		r.Get("/dossiers", access.DossierList, func(c *fiber.Ctx) error { return c.SendString(web.OwnAddress(c)) })
		r.Upload("/file", access.DossierCreate, 1<<20, func(c *fiber.Ctx) error {
			if _, err := web.FileOf(c, "file", 100); err != nil {
				return err
			}
			return wrote(c)
		})
		r.Get("/keep/:id", access.DossierList, func(c *fiber.Ctx) error {
			id, err := web.ID[access.Principal](c, "id")
			if err != nil {
				return err
			}
			return c.SendString(id.String())
		})
	})
	server.Ready()
	server.App().Handler() // makes the routes ready
	f.Fuzz(func(t *testing.T, raw []byte) {
		conn := &wire{Reader: bytes.NewReader(raw)}
		_ = server.App().Server().ServeConn(conn) // how a connection ends that sends nonsense is its own affair
		for said := bufio.NewReader(&conn.answered); ; {
			response, err := http.ReadResponse(said, nil)
			if err != nil {
				break
			}
			if response.StatusCode >= http.StatusInternalServerError && response.StatusCode != http.StatusNotImplemented && response.StatusCode != http.StatusServiceUnavailable {
				t.Errorf("answered %s", response.Status)
			}
			_, _ = io.Copy(io.Discard, response.Body)
		}
		if n := forged.Load(); n > 0 {
			t.Errorf("%d forms were taken that nobody's page has sent", n)
		}
	})
}

// wire is a connection over which everything has arrived already.
type wire struct {
	*bytes.Reader
	answered bytes.Buffer
}

func (w *wire) Write(p []byte) (int, error)    { return w.answered.Write(p) }
func (*wire) Close() error                     { return nil }
func (*wire) LocalAddr() net.Addr              { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (*wire) RemoteAddr() net.Addr             { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)} }
func (*wire) SetDeadline(time.Time) error      { return nil }
func (*wire) SetReadDeadline(time.Time) error  { return nil }
func (*wire) SetWriteDeadline(time.Time) error { return nil }

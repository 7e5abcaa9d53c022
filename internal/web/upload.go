package web

import (
	"io"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"passerelle/internal/access"
	"passerelle/internal/fault"
)

// Upload answers POST with a form that carries a file: its body may be larger than that of any other.
func (r *Routes) Upload(path string, action access.Action, handler fiber.Handler) {
	r.server.uploads = append(r.server.uploads, path)
	r.Post(path, action, handler)
}

// limits let a larger body through before it is read, where a route takes a file and the browser has a session. Whether it
// is a valid one is asked when the body is here.
func (s *Server) limits(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !header.IsPost() || len(header.Peek(fiber.HeaderCookie)) == 0 || !slices.Contains(s.uploads, string(header.RequestURI())) {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: uploadLimit}
}

// File is what somebody chose in a form. Name is what the browser called it, and names no path.
type File struct {
	Name string
	Body []byte
}

// FileOf reads the file of a field; a form without one is a problem of that field.
func FileOf(c *fiber.Ctx, field string) (File, error) {
	header, err := c.FormFile(field)
	if err != nil || header.Size == 0 {
		return File{}, fault.Invalid(field, "ui.file.missing")
	}
	opened, err := header.Open()
	if err != nil {
		return File{}, err
	}
	defer opened.Close()
	body, err := io.ReadAll(io.LimitReader(opened, uploadLimit))
	return File{header.Filename, body}, err
}

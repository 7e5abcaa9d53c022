package web

import (
	"fmt"
	"io"
	"slices"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"passerelle/internal/access"
	"passerelle/internal/fault"
)

// upload is a route that takes a file, of so many bytes at most.
type upload struct {
	path string
	most int
}

// Upload answers POST with a form that carries a file: its body may be larger than that of any other, up to most bytes for the file, and
// it may take longer to come and to be looked at.
func (r *Routes) Upload(path string, action access.Action, most int, handler fiber.Handler) {
	r.server.uploads = append(r.server.uploads, upload{path, most})
	r.Post(path, action, handler)
}

// uploadTo is the route that takes a file at a path.
func (s *Server) uploadTo(path string) (upload, bool) {
	i := slices.IndexFunc(s.uploads, func(one upload) bool {
		return fiber.RoutePatternMatch(path, one.path, fiber.Config{StrictRouting: true, CaseSensitive: true, Immutable: true})
	})
	if i < 0 {
		return upload{}, false
	}
	return s.uploads[i], true
}

// limits let a larger body through before it is read, where a route takes a file and the browser has a session's cookie.
// Whether it is a valid one is asked when the body is here, so that the limit bounds what strangers can have held in memory.
func (s *Server) limits(header *fasthttp.RequestHeader) fasthttp.RequestConfig {
	if !header.IsPost() || len(header.Peek(fiber.HeaderCookie)) == 0 {
		return fasthttp.RequestConfig{}
	}
	to, takes := s.uploadTo(string(header.RequestURI()))
	if !takes {
		return fasthttp.RequestConfig{}
	}
	return fasthttp.RequestConfig{MaxRequestBodySize: to.most + bodyLimit, ReadTimeout: uploadTimeout}
}

// File is what somebody chose in a form. Name is what the browser called it, and may name a path; Type is what it takes it for.
type File struct {
	Name, Type string
	Body       []byte
}

// FileOf reads the file of a field, of so many bytes at most. That there is none, or a larger one, is a problem of the field.
func FileOf(c *fiber.Ctx, field string, most int64) (File, error) {
	header, err := c.FormFile(field)
	switch {
	case err != nil || header.Size == 0: // a form that cannot be read has no token either, and never comes this far
		return File{}, fault.Invalid(field, "ui.file.missing")
	case header.Size > most:
		return File{}, fault.Invalid(field, "forms.file.too_large", "Max", most>>10)
	}
	opened, err := header.Open()
	if err != nil {
		return File{}, fmt.Errorf("open what was uploaded: %w", err)
	}
	defer func() { _ = opened.Close() }()
	body, err := io.ReadAll(io.LimitReader(opened, most))
	return File{header.Filename, header.Header.Get(fiber.HeaderContentType), body}, err
}

// Package connectionsweb is setting up how people sign in, over HTTP.
package connectionsweb

import (
	"passerelle/internal/access"
	"passerelle/internal/connections"
	"passerelle/internal/web"
	"passerelle/views/paths"

	"github.com/gofiber/fiber/v2"
)

// Leaver sends a browser on to a provider, and knows what binds it to the answer.
type Leaver interface {
	Leave(c *fiber.Ctx, organisation, target, browser string) error
	Bound(c *fiber.Ctx) string
}

type handlers struct {
	connections *connections.Service
	door        Leaver
}

// Routes registers the pages.
func Routes(r *web.Routes, service *connections.Service, door Leaver) {
	h := &handlers{service, door}
	r.Get(paths.Connections, access.ConnectionList, h.listConnections)
	r.Get(paths.NewConnection, access.ConnectionWrite, h.newConnection)
	r.Post(paths.Connections, access.ConnectionWrite, h.createConnection)
	r.Post(paths.ConnectionChecks, access.ConnectionWrite, h.showChecks)
	r.Post(paths.ConnectionDelay, access.ConnectionApprove, h.updateDelay)
	r.Get(paths.Connections+"/:id", access.ConnectionList, h.showConnection)
	r.Get(paths.Connections+"/:id/edit", access.ConnectionWrite, h.editConnection)
	r.Post(paths.Connections+"/:id", access.ConnectionWrite, h.updateConnection)
	r.Post(paths.Connections+"/:id/trial", access.ConnectionWrite, h.createTrial)
	r.Get(paths.Connections+"/:id/trial", access.ConnectionList, h.showTrial)
	r.Post(paths.Connections+"/:id/proposal", access.ConnectionWrite, h.createProposal)
	r.Post(paths.Connections+"/:id/approval", access.ConnectionApprove, h.createApproval)
	r.Post(paths.Connections+"/:id/withdrawal", access.ConnectionWrite, h.createWithdrawal)
	r.Post(paths.Connections+"/:id/ending", access.ConnectionWrite, h.createEnding)
}

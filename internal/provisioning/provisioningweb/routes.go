// Package provisioningweb is what a tenant's directory asks for over HTTP (SCIM 2.0, RFC 7643 and 7644), and the page on which an
// administrator gives it a token.
package provisioningweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/provisioning"
	"passerelle/internal/web"
	"passerelle/views/paths"
)

type handlers struct {
	provisioning *provisioning.Service
	directory    *provisioning.Directory
	origin       string
}

// Routes registers both.
func Routes(r *web.Routes, service *provisioning.Service, directory *provisioning.Directory, origin string) {
	h := &handlers{service, directory, origin + prefix}
	r.Get(paths.Connections+"/:id/provisioning", access.ConnectionWrite, h.showProvisioning)
	r.Post(paths.Connections+"/:id/provisioning", access.ConnectionWrite, h.updateProvisioning)
	r.Post(paths.Connections+"/:id/provisioning/token", access.ConnectionWrite, h.createToken)
	r.Post(paths.Connections+"/:id/provisioning/revocation", access.ConnectionWrite, h.destroyTokens)
	r.Post(paths.Connections+"/:id/provisioning/match", access.ConnectionWrite, h.createMatch)

	m := r.Machine(web.Machine{Prefix: prefix, Enter: h.enter, Fail: h.fail, Kinds: []string{scimJSON, "application/json"}})
	m.Add(fiber.MethodGet, "/ServiceProviderConfig", h.showConfig)
	m.Add(fiber.MethodGet, "/ResourceTypes", h.listResourceTypes)
	m.Add(fiber.MethodGet, "/ResourceTypes/:name", h.showResourceType)
	m.Add(fiber.MethodGet, "/Schemas", h.listSchemas)
	m.Add(fiber.MethodGet, "/Schemas/:name", h.showSchema)
	m.Add(fiber.MethodGet, "/Users", h.listUsers)
	m.Add(fiber.MethodPost, "/Users", h.createUser)
	m.Add(fiber.MethodGet, "/Users/:id", h.showUser)
	m.Add(fiber.MethodPut, "/Users/:id", h.replaceUser)
	m.Add(fiber.MethodPatch, "/Users/:id", h.updateUser)
	m.Add(fiber.MethodDelete, "/Users/:id", h.destroyUser)
	m.Add(fiber.MethodGet, "/Groups", h.listGroups)
	m.Add(fiber.MethodPost, "/Groups", h.createGroup)
	m.Add(fiber.MethodGet, "/Groups/:id", h.showGroup)
	m.Add(fiber.MethodPut, "/Groups/:id", h.replaceGroup)
	m.Add(fiber.MethodPatch, "/Groups/:id", h.updateGroup)
	m.Add(fiber.MethodDelete, "/Groups/:id", h.destroyGroup)
}

const (
	prefix   = "/scim/v2"
	scimJSON = "application/scim+json"
)

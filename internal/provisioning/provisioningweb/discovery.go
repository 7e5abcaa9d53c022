package provisioningweb

import (
	"github.com/gofiber/fiber/v2"

	"passerelle/internal/fault"
)

// What a directory can find out of us before it sends anything (RFC 7644 4).

type supported struct {
	Supported bool `json:"supported"`
}

func (h *handlers) showConfig(c *fiber.Ctx) error {
	return answer(c, fiber.StatusOK, fiber.Map{
		"schemas": []string{configSchema}, "patch": supported{true}, "changePassword": supported{}, "sort": supported{}, "etag": supported{},
		"bulk":   fiber.Map{"supported": false, "maxOperations": 0, "maxPayloadSize": 0},
		"filter": fiber.Map{"supported": true, "maxResults": 200},
		"authenticationSchemes": []fiber.Map{{
			"type": "oauthbearertoken", "name": "Bearer token", "description": "The token that an administrator makes in Passerelle", "primary": true,
		}},
		"meta": meta{Type: "ServiceProviderConfig", Location: h.origin + "/ServiceProviderConfig"},
	})
}

func (h *handlers) resourceTypes() []any {
	var types []any
	for _, t := range []struct{ name, endpoint, schema string }{{"User", "/Users", userSchema}, {"Group", "/Groups", groupSchema}} {
		types = append(types, fiber.Map{
			"schemas": []string{typeSchema}, "id": t.name, "name": t.name, "endpoint": t.endpoint, "schema": t.schema,
			"meta": meta{Type: "ResourceType", Location: h.origin + "/ResourceTypes/" + t.name},
		})
	}
	return types
}

func (h *handlers) listResourceTypes(c *fiber.Ctx) error {
	return answer(c, fiber.StatusOK, all(h.resourceTypes()))
}

func (h *handlers) showResourceType(c *fiber.Ctx) error { return one(c, h.resourceTypes()) }

// attributes are those that we keep, as RFC 7643 7 describes them.
func kept(name, kind string, more fiber.Map) fiber.Map {
	described := fiber.Map{
		"name": name, "type": kind, "multiValued": false, "required": false, "caseExact": false, "mutability": "readWrite", "returned": "default", "uniqueness": "none",
	}
	for key, value := range more {
		described[key] = value
	}
	return described
}

func (h *handlers) schemas() []any {
	reference := fiber.Map{"multiValued": true, "subAttributes": []fiber.Map{
		kept("value", "string", fiber.Map{"mutability": "immutable"}), kept("$ref", "reference", fiber.Map{"mutability": "immutable", "referenceTypes": []string{"User"}}),
	}}
	described := func(id, name string, attributes ...fiber.Map) any {
		return fiber.Map{"schemas": []string{schemaSchema}, "id": id, "name": name, "attributes": attributes, "meta": meta{Type: "Schema", Location: h.origin + "/Schemas/" + id}}
	}
	return []any{
		described(userSchema, "User",
			kept("userName", "string", fiber.Map{"required": true, "uniqueness": "server"}),
			kept("name", "complex", fiber.Map{"subAttributes": []fiber.Map{kept("givenName", "string", nil), kept("familyName", "string", nil)}}),
			kept("displayName", "string", nil), kept("active", "boolean", nil),
			kept("emails", "complex", fiber.Map{"multiValued": true, "subAttributes": []fiber.Map{kept("value", "string", nil), kept("type", "string", nil), kept("primary", "boolean", nil)}}),
		),
		described(groupSchema, "Group", kept("displayName", "string", fiber.Map{"required": true, "uniqueness": "server"}), kept("members", "complex", reference)),
	}
}

func (h *handlers) listSchemas(c *fiber.Ctx) error {
	return answer(c, fiber.StatusOK, all(h.schemas()))
}

func (h *handlers) showSchema(c *fiber.Ctx) error { return one(c, h.schemas()) }

func all(resources []any) list {
	return list{Schemas: []string{listSchema}, Total: int64(len(resources)), Start: 1, Shown: len(resources), Resources: resources}
}

func one(c *fiber.Ctx, resources []any) error {
	for _, resource := range resources {
		if described, ok := resource.(fiber.Map); ok && described["id"] == c.Params("name") {
			return answer(c, fiber.StatusOK, resource)
		}
	}
	return fault.NotFound()
}

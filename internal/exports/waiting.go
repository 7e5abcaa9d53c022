package exports

import (
	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// AskWaiting asks, along with the questions of somebody's own page, which exports wait for her or his answer, and which of those that she
// or he asked for somebody has granted and can be taken now.
func AskWaiting(by access.Principal, into *[]Export) tenantdb.Question {
	return tenantdb.Many(into, waiting.With(by.Person, access.May(by.Role, access.ExportAnswer)))
}

package paths

import (
	"net/url"

	"passerelle/internal/announcements"
	"passerelle/internal/ids"
	"passerelle/internal/mandates"
	"passerelle/internal/operators"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
)

// The pages of the console.
const (
	ConsoleCode    = "/code"
	ConsolePasskey = "/passkey"
	Tenants        = "/tenants"
	NewTenant      = Tenants + "/new"
	Operators      = "/operators"
	NewOperator    = Operators + "/new"
	Acts           = "/acts"
	Usage          = "/usage"
	Announcements  = "/announcements"

	NewAnnouncement = Announcements + "/new"
)

// Announcement is where one is changed.
func Announcement(id announcements.ID) string { return Announcements + "/" + id.String() }

// EditAnnouncement is the form for it.
func EditAnnouncement(id announcements.ID) string { return Announcement(id) + "/edit" }

// AnnouncementWithdrawal is where an announcement is taken off every page.
func AnnouncementWithdrawal(id announcements.ID) string { return Announcement(id) + "/withdrawal" }

// UsageOf is how much a tenant uses, and how much it may.
func UsageOf(id tenantdb.TenantID) string { return Tenant(id) + "/usage" }

// MandatesOf is what a tenant lets the operators do.
func MandatesOf(id tenantdb.TenantID) string { return Tenant(id) + "/mandates" }

// MandateOf is one of them; what is done within it lies below.
func MandateOf(id tenantdb.TenantID, mandate mandates.ID) string {
	return MandatesOf(id) + "/" + mandate.String()
}

// ConsolePasskeyFor asks for the second factor, and leads on to a page.
func ConsolePasskeyFor(returnTo string) string {
	if returnTo == "" || returnTo == "/" {
		return ConsolePasskey
	}
	return ConsolePasskey + "?" + url.Values{"return": {returnTo}}.Encode()
}

// Tenant is the page of one.
func Tenant(id tenantdb.TenantID) string { return Tenants + "/" + id.String() }

// Removal is where it is planned that a tenant is deleted.
func Removal(id tenantdb.TenantID) string { return Tenant(id) + "/removal" }

// EndRemoval is where that is taken back.
func EndRemoval(id tenantdb.TenantID) string { return Removal(id) + "/destroy" }

// Suspension is where a tenant is suspended, and the form for it.
func Suspension(id tenantdb.TenantID) string { return Tenant(id) + "/suspension" }

// EndSuspension is where it is resumed.
func EndSuspension(id tenantdb.TenantID) string { return Suspension(id) + "/destroy" }

// Opening is where a tenant goes live.
func Opening(id tenantdb.TenantID) string { return Tenant(id) + "/opening" }

// SetUp is where a step of setting a tenant up is done. The trial is looked at beside those who are to do it.
func SetUp(id tenantdb.TenantID, step platform.Step) string {
	if step == platform.Trial {
		return Tenant(id) + "/" + string(platform.Administrators) + "#trial"
	}
	return Tenant(id) + "/" + string(step)
}

// ProviderChecks is where what is typed of a tenant's provider is looked at.
func ProviderChecks(id tenantdb.TenantID) string { return SetUp(id, platform.Connection) + "/checks" }

// CodeRenewal is where a first administrator gets another code, and what asks for it.
func CodeRenewal(id tenantdb.TenantID, member tenantdb.PersonID) string {
	return SetUp(id, platform.Administrators) + "/" + member.String() + "/renewal"
}

// RemoveOperator and ResetOperator are where somebody is removed, and where lost passkeys are taken away.
func RemoveOperator(id operators.ID) string { return Operators + "/" + id.String() + "/destroy" }

// ResetOperator is where somebody's lost passkeys are taken away.
func ResetOperator(id operators.ID) string { return Operators + "/" + id.String() + "/reset" }

// ActsBefore is an older page of what was done.
func ActsBefore(before ids.ID[operators.Act]) string {
	return Acts + "?" + url.Values{"before": {before.String()}}.Encode()
}

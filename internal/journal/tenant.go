package journal

// What those who run the installation did with a tenant. They have no place in it: the entries are nobody's in particular, and
// about no dossier.
const (
	TenantCreated   Action = "tenant_created"
	TenantWentLive  Action = "tenant_went_live"
	TenantSuspended Action = "tenant_suspended"
	TenantResumed   Action = "tenant_resumed"
)

package tenantdb

import (
	"context"
	"strings"

	"github.com/google/uuid"

	"passerelle/internal/ids"
)

// Tenant marks the identifiers of tenants, Office those of offices, Person those of members and office members.
// The types live here, below every capability, because the scope is made of them.
type (
	Tenant struct{}
	Office struct{}
	Person struct{}
)

// TenantID, OfficeID and PersonID are what a scope is bound with.
type (
	TenantID = ids.ID[Tenant]
	OfficeID = ids.ID[Office]
	PersonID = ids.ID[Person]
)

// Scope is whose rows exist for a transaction. The zero Scope sees nothing.
type Scope struct {
	kind   string
	tenant TenantID
	office OfficeID
	person PersonID
	// erases is the one dossier that a transaction of this scope may delete.
	erases uuid.UUID
}

// Staff is the scope of a member of an NGO.
func Staff(tenant TenantID, member PersonID) Scope {
	return Scope{kind: "staff", tenant: tenant, person: member}
}

// AtOffice is the scope of somebody who works in an office: of that tenant, only what was sent to it.
func AtOffice(tenant TenantID, office OfficeID, person PersonID) Scope {
	return Scope{kind: "office", tenant: tenant, office: office, person: person}
}

// Watch is the scope of what watches how much is read: of a tenant it shows the journal and which dossiers are decoys, and
// not one row of a dossier; it raises alerts and pauses people of offices.
func Watch(tenant TenantID) Scope { return Scope{kind: "watch", tenant: tenant} }

// Clock is the scope of what is done by itself when a day has come: of a tenant it shows who is responsible for which dossier,
// the dates that follow, and the staff, and nothing that is sealed; it writes reminders and summaries.
func Clock(tenant TenantID) Scope { return Scope{kind: "clock", tenant: tenant} }

// SignIn is the scope of the door: connections, memberships and sessions, and not one row of a dossier.
func SignIn() Scope { return Scope{kind: "signin"} }

// Erasing is the context's scope, in which one dossier may be deleted, and no other.
func Erasing(ctx context.Context, dossier uuid.UUID) context.Context {
	scope := ScopeFrom(ctx)
	scope.erases = dossier
	return WithScope(ctx, scope)
}

// Rotation is the scope in which the keysets of all tenants are listed, by the role that wraps them anew, and by no other;
// of the data it shows nothing.
func Rotation() Scope { return Scope{kind: "rotation"} }

// Sequencer is the scope in which the entries of a tenant's journal are hashed and its tree signed, by the role that does
// nothing else. Of the keys it shows the one that signs.
func Sequencer(tenant TenantID) Scope { return Scope{kind: "sequencer", tenant: tenant} }

// Empty says that nothing was bound.
func (s Scope) Empty() bool { return s.kind == "" }

// bindings are the statements that bind the scope to the transaction that has just begun. Kinds are constants and
// the rest are UUIDs, so that the text can hold nothing else.
func (s Scope) bindings() []string {
	statements := []string{"set local app.scope = '" + s.kind + "'"}
	if !s.tenant.Zero() {
		statements = append(statements, "set local app.tenant_id = '"+s.tenant.String()+"'")
	}
	if !s.office.Zero() {
		statements = append(statements, "set local app.office_id = '"+s.office.String()+"'")
	}
	if !s.person.Zero() {
		statements = append(statements, "set local app.person_id = '"+s.person.String()+"'")
	}
	if s.erases != uuid.Nil {
		statements = append(statements, "set local app.erases = '"+s.erases.String()+"'")
	}
	return statements
}

// bind is the bindings as one message, for a transaction that has just begun.
func (s Scope) bind() string { return strings.Join(s.bindings(), "; ") }

type scopeKey struct{}

// WithScope gives the context a scope. access.WithPrincipal calls it; sign-in binds the door's.
func WithScope(ctx context.Context, scope Scope) context.Context {
	return context.WithValue(ctx, scopeKey{}, scope)
}

// ScopeFrom is the scope that the context carries, or the empty one.
func ScopeFrom(ctx context.Context) Scope {
	scope, _ := ctx.Value(scopeKey{}).(Scope)
	return scope
}

// Tenant is whose rows the scope shows; zero at the door.
func (s Scope) Tenant() TenantID { return s.tenant }

// Shared is the scope without the person: that of all for whom the same rows exist, but for what is a person's own.
func (s Scope) Shared() Scope {
	s.person, s.erases = PersonID{}, uuid.Nil
	return s
}

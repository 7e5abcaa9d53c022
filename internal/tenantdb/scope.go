package tenantdb

import (
	"context"

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

// identity marks the identifier of an account, which signin owns.
type identity struct{}

// erased is the dossier that a transaction may delete.
type erased struct{}

// Scope is whose rows exist for a transaction. The zero Scope sees nothing.
type Scope struct {
	kind   string
	tenant TenantID
	office OfficeID
	person PersonID
	// identity is whose passkeys exist for a transaction.
	identity ids.ID[identity]
	// erases is the one dossier that a transaction of this scope may delete.
	erases ids.ID[erased]
	// counted says that what was counted of it for the year stays counted.
	counted bool
	// throughout says that restricted dossiers exist as well.
	throughout bool
}

// Staff is the scope of a member of an NGO. Restricted dossiers for which the member is not named are not there.
func Staff(tenant TenantID, member PersonID) Scope {
	return Scope{kind: "staff", tenant: tenant, person: member}
}

// AtOffice is the scope of somebody who works in an office: of that tenant, only what was sent to it.
func AtOffice(tenant TenantID, office OfficeID, person PersonID) Scope {
	return Scope{kind: "office", tenant: tenant, office: office, person: person}
}

// Administration is the scope of somebody who administers a tenant: its people, offices and connections, and not one row of a
// dossier.
func Administration(tenant TenantID, member PersonID) Scope {
	return Scope{kind: "admin", tenant: tenant, person: member}
}

// Figures is the scope of somebody who reads the year in numbers: the counts, and no one who is counted.
func Figures(tenant TenantID, member PersonID) Scope {
	return Scope{kind: "figures", tenant: tenant, person: member}
}

// Watch is the scope of what watches how much is read: of a tenant it shows the journal and which dossiers are decoys, and
// not one row of a dossier; it raises alerts and pauses people of offices.
func Watch(tenant TenantID) Scope { return Scope{kind: "watch", tenant: tenant} }

// Clock is the scope of what is done by itself when a day has come: of a tenant it shows who is responsible for which dossier,
// the dates that follow, and the staff, and nothing that is sealed; it writes reminders and summaries.
func Clock(tenant TenantID) Scope { return Scope{kind: "clock", tenant: tenant} }

// Factor is the scope in which somebody shows a second factor: of a tenant, the passkeys of one account, and what is under way
// with them. Nothing else exists in it, and those in no other.
func Factor(tenant TenantID, office OfficeID, person PersonID, account uuid.UUID) Scope {
	return Scope{kind: "factor", tenant: tenant, office: office, person: person, identity: ids.From[identity](account)}
}

// Platform is the scope of those who run the installation, for the role that does nothing else: which tenants there are, how people
// sign in there, who administers them, and not one row of anything else. The tenant is the one whose journal tells what is done,
// and may be none.
func Platform(tenant TenantID) Scope { return Scope{kind: "platform", tenant: tenant} }

// Directory is the scope in which a tenant's directory acts, through one of its connections: whom it has announced, who came through
// that connection, and who administers. The connection stands where otherwise a person does.
func Directory(tenant TenantID, connection uuid.UUID) Scope {
	return Scope{kind: "directory", tenant: tenant, person: ids.From[Person](connection)}
}

// SignIn is the scope of the door: connections, memberships and sessions, and not one row of a dossier.
func SignIn() Scope { return Scope{kind: "signin"} }

// SignInOf is the door of one tenant: beside what stands at the door, how its connections are being changed. Of the keys it
// shows those of its connections. A connection that several tenants share has keys as if it were a tenant by itself.
func SignInOf(tenant TenantID) Scope { return Scope{kind: "signin", tenant: tenant} }

// Erasing is the context's scope, in which one dossier may be deleted, and no other.
func Erasing(ctx context.Context, dossier uuid.UUID) context.Context {
	scope := ScopeFrom(ctx)
	scope.erases = ids.From[erased](dossier)
	return WithScope(ctx, scope)
}

// Anonymising is the context's scope, in which one dossier may be deleted, and what was counted of it for the year stays counted.
func Anonymising(ctx context.Context, dossier uuid.UUID) context.Context {
	scope := ScopeFrom(Erasing(ctx, dossier))
	scope.counted = true
	return WithScope(ctx, scope)
}

// Admittance is the scope in which a member of an NGO is told which dossiers are restricted, and what they are called; of what is in
// them it shows nothing, and nothing is changed in it.
func Admittance(tenant TenantID, member PersonID) Scope {
	return Scope{kind: "admittance", tenant: tenant, person: member}
}

// Throughout is the scope in which restricted dossiers exist as well: for what is done with all of them, whoever has it done, and shows
// nothing of any (internal/arch knows who may).
func (s Scope) Throughout() Scope {
	s.throughout = true
	return s
}

// Throughout is the context's scope, in which restricted dossiers exist as well.
func Throughout(ctx context.Context) context.Context {
	return WithScope(ctx, ScopeFrom(ctx).Throughout())
}

// Rotation is the scope in which the keysets of all tenants are listed, by the role that wraps them anew, and by no other;
// of the data it shows nothing.
func Rotation() Scope { return Scope{kind: "rotation"} }

// Sequencer is the scope in which the entries of a tenant's journal are hashed and its tree signed, by the role that does
// nothing else. Of the keys it shows the one that signs.
func Sequencer(tenant TenantID) Scope { return Scope{kind: "sequencer", tenant: tenant} }

// Transfer is the scope of what takes everything of a tenant out, in or away, for the role that steps over the fences: no fence knows
// it, and no other role sees anything in it.
func Transfer(tenant TenantID) Scope { return Scope{kind: "transfer", tenant: tenant} }

// Removal is the scope in which all keys of a tenant are destroyed, and nothing else is done.
func Removal(tenant TenantID) Scope { return Scope{kind: "removal", tenant: tenant} }

// Empty says that nothing was bound.
func (s Scope) Empty() bool { return s.kind == "" }

// What binds a scope to the transaction in which it runs, and to none after it: all settings, since one that stayed unbound could be
// left over from something else. Whose they are travels beside the text. For somebody of the staff restricted dossiers may not exist:
// which those are, admit finds out once the rest is bound (migrations/050). Nobody else is barred from one.
const (
	binding = "select set_config('app.scope', $1, true), set_config('app.tenant_id', $2, true), set_config('app.office_id', $3, true), " +
		"set_config('app.person_id', $4, true), set_config('app.erases', $5, true), set_config('app.identity_id', $6, true), set_config('app.counts', $7, true), " +
		// Circles are bound by what asks for notes of a profession, and by nothing else (migrations/056).
		"set_config('app.circles', '', true), " +
		// What one side of a move does on the other is bound by the functions of moves (migrations/057).
		"set_config('app.crossing', '', true), "
	unbarred    = "set_config('app.barred', '{}', true)"
	admitted    = "set_config('app.barred', '', true), public.admit($2, $4)"
	readingOnly = ", set_config('transaction_read_only', 'on', true)"
)

// bind is what begins a transaction of the scope. The keys know no dossier, so that nobody is barred from one there.
func (db *DB) bind(s Scope, toWrite bool) Statement {
	text := binding + unbarred
	if s.kind == "staff" && !s.throughout && !db.keys {
		text = binding + admitted
	}
	if !toWrite {
		text += readingOnly
	}
	return Statement{"bind scope", text}
}

// settings are what the scope is bound with, in that order; fences read an empty one as none.
func (s Scope) settings() []any {
	counts := ""
	if s.counted {
		counts = "stay"
	}
	return []any{s.kind, s.tenant.String(), s.office.String(), s.person.String(), s.erases.String(), s.identity.String(), counts}
}

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
	s.person, s.erases, s.identity, s.throughout, s.counted = PersonID{}, ids.ID[erased]{}, ids.ID[identity]{}, false, false
	return s
}

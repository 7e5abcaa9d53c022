// Package access decides who may do what: role × action from policies/roles.csv, and what a kind of office may ever
// be sent from policies/disclosure.csv. It is the only one that knows casbin. Which rows exist for somebody is not
// decided here but by row-level security; whether something may be done now, by the rules of the thing itself.
package access

import (
	"context"

	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// Principal is who is asking: a person in one membership.
type Principal struct {
	Role   Role
	Tenant tenantdb.TenantID
	Person tenantdb.PersonID
	Name   string
	// TenantName and Canton (two letters) say whose house this is.
	TenantName, Canton string
	// Office is zero for the staff of an NGO.
	Office     tenantdb.OfficeID
	OfficeName string
	OfficeKind OfficeKind
}

// AtOffice says that the person works in an office and not for the NGO.
func (p Principal) AtOffice() bool { return p.Role.AtOffice() }

// Scope is the part of the database that exists for the principal.
func (p Principal) Scope() tenantdb.Scope {
	if p.Role == Operator && p.Tenant.Zero() && p.Office.Zero() {
		return tenantdb.Platform(tenantdb.TenantID{})
	}
	if p.Role == "" || p.Role == Operator || p.Tenant.Zero() || p.Office.Zero() == p.AtOffice() {
		return tenantdb.Scope{}
	}
	switch p.Role {
	case OfficeMember, OfficeLead:
		return tenantdb.AtOffice(p.Tenant, p.Office, p.Person)
	case Admin:
		return tenantdb.Administration(p.Tenant, p.Person)
	case Statistician:
		return tenantdb.Figures(p.Tenant, p.Person)
	default:
		return tenantdb.Staff(p.Tenant, p.Person)
	}
}

type principalKey struct{}

// WithPrincipal makes principal the one who asks, and binds the scope of the database to match.
func WithPrincipal(ctx context.Context, principal Principal) context.Context {
	return context.WithValue(tenantdb.WithScope(ctx, principal.Scope()), principalKey{}, principal)
}

// From gives the principal, if somebody with a membership is signed in.
func From(ctx context.Context) (Principal, bool) {
	principal, ok := ctx.Value(principalKey{}).(Principal)
	return principal, ok
}

// Require gives the principal if the role may do it, and a refusal otherwise: asking and knowing who asked are one act. What needs
// a second factor (policies/step_up.csv) it refuses to whoever has not shown one.
func Require(ctx context.Context, action Action) (Principal, error) {
	principal, err := granted(ctx, action)
	if err != nil {
		return Principal{}, err
	}
	if NeedsFactor(action) && !Confirmed(ctx) {
		return Principal{}, errUnconfirmed
	}
	return principal, nil
}

func granted(ctx context.Context, action Action) (Principal, error) {
	principal, ok := From(ctx)
	if !ok || !decisions.roles[decision{"role:" + string(principal.Role), action.object, action.verb}] {
		return Principal{}, fault.Refused("ui.refused.role")
	}
	return principal, nil
}

// Can says whether Require would let it pass, once whoever asks has confirmed with a passkey where that is needed: for showing or
// not showing a button, never for guarding an act.
func Can(ctx context.Context, action Action) bool {
	_, err := granted(ctx, action)
	return err == nil
}

// May says whether a role is granted an action, whoever has it.
func May(role Role, action Action) bool {
	return decisions.roles[decision{"role:" + string(role), action.object, action.verb}]
}

// Disclosable says whether a kind of office may ever receive a class of data.
func Disclosable(kind OfficeKind, class DataClass) bool {
	return decisions.disclosure[decision{"office:" + string(kind), string(class), "receive"}]
}

// Ceiling lists what a kind of office may ever receive, in the order in which pages show it.
func Ceiling(kind OfficeKind) []DataClass {
	var classes []DataClass
	for _, class := range DataClasses {
		if Disclosable(kind, class) {
			classes = append(classes, class)
		}
	}
	return classes
}

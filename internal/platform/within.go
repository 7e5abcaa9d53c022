package platform

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/blueprints"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// ErrNoMandate is what the database says where a live tenant has not let those who run the installation do something.
var ErrNoMandate = errors.New("the tenant has given no mandate for this")

func mandated(err error) error {
	if tenantdb.Violates(err, "live_tenants_give_a_mandate_first") {
		return ErrNoMandate
	}
	return err
}

// NameAdministrator expects one more administrator of a tenant, who comes through its own connection and enters the code. The same id
// twice names one, and gives no second code.
func NameAdministrator(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id tenantdb.PersonID, administrator Administrator, now time.Time) (Handed, error) {
	slug, connection, err := findWayIn(ctx, tx, tenant)
	if err != nil {
		return Handed{}, err
	}
	administrator.Subject = ""
	if err := insertAdministrator(ctx, tx, tenant, connection, id, administrator); err != nil {
		return Handed{}, mandated(err)
	}
	code, hash := signin.NewCode(slug)
	until := now.Add(codeLifetime)
	if err := insertCode(ctx, tx, tenant, id, administrator.Name, hash, until); err != nil {
		return Handed{}, mandated(err)
	}
	return Handed{administrator, code, until}, nil
}

// Correction is what the registry is to say of a tenant.
type Correction struct {
	Name      string
	Languages []i18n.Lang
	Regime    blueprints.Regime
}

// Check says what has to be corrected in it.
func (c Correction) Check() (problems fault.Problems) {
	if strings.TrimSpace(c.Name) == "" || utf8.RuneCountInString(c.Name) > 100 {
		problems.Add("registry_name", "mandates.name.missing")
	}
	if len(c.Languages) == 0 || slices.ContainsFunc(c.Languages, func(l i18n.Lang) bool { return !l.Known() }) {
		problems.Add("languages", "mandates.languages.missing")
	}
	if !c.Regime.Known() {
		problems.Add("regime", "mandates.regime.missing")
	}
	return problems
}

// Correct has the registry say something else of a tenant.
func Correct(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, correction Correction) error {
	return mandated(correctTenant(ctx, tx, tenant, correction))
}

// FindTenant gives one as the registry knows it.
func FindTenant(ctx context.Context, tx tenantdb.Tx, id tenantdb.TenantID) (Tenant, error) {
	return findTenant(ctx, tx, id)
}

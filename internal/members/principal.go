package members

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// As is the principal of a member who works there, for a command that somebody gives on the server in that member's name.
// Nobody signs in by it: who can give commands there holds the database's password already. A tenant or member that there is
// not is fault.NotFound.
func As(ctx context.Context, db *tenantdb.DB, slug, email string) (access.Principal, error) {
	var found found
	if err := db.Read(tenantdb.WithScope(ctx, tenantdb.SignIn()), ofEmail(slug, email, &found)); err != nil {
		return access.Principal{}, fmt.Errorf("find a member of %s: %w", slug, err)
	}
	return access.Principal{
		Role: found.Role, Tenant: found.TenantID, Person: found.MemberID, Name: found.Name, TenantName: found.TenantName, Canton: found.Canton,
	}, nil
}

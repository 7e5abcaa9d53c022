package members

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// mostPeople is how many people one page shows.
const mostPeople = 1000

func staffPeople(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("members as m")).
		ColumnExpr("m.member_id as person_id, m.name, m.email, m.role, null::uuid as office_id, '' as office_name, m.connection_id, m.expected_subject as subject").
		ColumnExpr("m.identity_id is not null as bound, m.joined_at, m.seen_at, m.ended_at, m.ended_as")
}

func officePeople(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("office_members as m")).
		ColumnExpr("m.office_member_id as person_id, m.name, m.email, m.role, m.office_id, m.connection_id, m.expected_subject as subject").
		ColumnExpr("coalesce((select o.name from offices as o where o.tenant_id = m.tenant_id and o.office_id = m.office_id), '') as office_name").
		ColumnExpr("m.identity_id is not null as bound, m.joined_at, m.seen_at, m.ended_at, m.ended_as")
}

// listPeople gives everybody of the staff, then of the offices.
func listPeople(ctx context.Context, tx tenantdb.Tx) (people []Person, err error) {
	var offices []Person
	err = staffPeople(tx.Select()).OrderExpr("m.name, m.member_id").Limit(mostPeople).Scan(ctx, &people)
	if err == nil {
		err = officePeople(tx.Select()).OrderExpr("office_name, m.name, m.office_member_id").Limit(mostPeople).Scan(ctx, &offices)
	}
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return append(people, offices...), nil
}

// listColleagues gives everybody of the office whose scope it is.
func listColleagues(ctx context.Context, tx tenantdb.Tx, office tenantdb.OfficeID) (people []Person, err error) {
	err = officePeople(tx.Select()).Where("m.office_id = ?", office).OrderExpr("m.name, m.office_member_id").Limit(mostPeople).Scan(ctx, &people)
	if err != nil {
		return nil, fmt.Errorf("list the people of an office: %w", err)
	}
	return people, nil
}

// findPerson gives somebody of the staff or of an office.
func findPerson(ctx context.Context, tx tenantdb.Tx, id tenantdb.PersonID) (person Person, err error) {
	return personOf(ctx, staffPeople(tx.Select()).Where("m.member_id = ?", id), officePeople(tx.Select()).Where("m.office_member_id = ?", id))
}

// lockPerson keeps everybody else from changing the membership until the transaction ends.
func lockPerson(ctx context.Context, tx tenantdb.Tx, id tenantdb.PersonID) (Person, error) {
	return personOf(ctx, staffPeople(tx.Select()).Where("m.member_id = ?", id).For("update of m"),
		officePeople(tx.Select()).Where("m.office_member_id = ?", id).For("update of m"))
}

func personOf(ctx context.Context, staff, office *bun.SelectQuery) (person Person, err error) {
	err = tenantdb.Found(staff.Scan(ctx, &person))
	if errors.Is(err, fault.NotFound()) {
		err = tenantdb.Found(office.Scan(ctx, &person))
	}
	if err != nil {
		return Person{}, fmt.Errorf("find person: %w", err)
	}
	return person, nil
}

// listSame gives the other memberships of a human being.
func listSame(ctx context.Context, tx tenantdb.Tx, person Person) (others []Person, err error) {
	query := staffPeople(tx.Select()).Where("m.member_id <> ?", person.PersonID)
	if person.AtOffice() {
		query = officePeople(tx.Select()).Where("m.office_member_id <> ?", person.PersonID)
	}
	err = query.Where("m.connection_id = ?", person.ConnectionID).Where("m.expected_subject = ?", person.Subject).OrderExpr("m.name").Limit(mostPeople).Scan(ctx, &others)
	if err != nil {
		return nil, fmt.Errorf("list memberships of a person: %w", err)
	}
	return others, nil
}

// lockAdmins counts who administers and goes on doing so, and keeps it so until the transaction ends: two admins who take the role
// from each other at the same moment would otherwise leave none.
func lockAdmins(ctx context.Context, tx tenantdb.Tx) (int, error) {
	var admins []struct{ MemberID tenantdb.PersonID }
	err := tenantdb.OfTenant(tx.Select().TableExpr("members")).Column("member_id").Where("role = ?", access.Admin).Where("ended_at is null").
		OrderExpr("member_id").For("update").Scan(ctx, &admins)
	if err != nil {
		return 0, fmt.Errorf("count admins: %w", err)
	}
	return len(admins), nil
}

type memberRow struct {
	bun.BaseModel   `bun:"table:members"`
	TenantID        tenantdb.TenantID
	MemberID        tenantdb.PersonID
	Name            string
	Email           string
	Role            access.Role
	ConnectionID    signin.ConnectionID
	ExpectedSubject string
	IdentityID      signin.IdentityID
	JoinedAt        time.Time
}

type officeMemberRow struct {
	bun.BaseModel   `bun:"table:office_members"`
	TenantID        tenantdb.TenantID
	OfficeMemberID  tenantdb.PersonID
	OfficeID        tenantdb.OfficeID
	Name            string
	Email           string
	Role            access.Role
	ConnectionID    signin.ConnectionID
	ExpectedSubject string
	IdentityID      signin.IdentityID
	JoinedAt        time.Time
}

// insertPerson makes a membership; false says that this human being has, or had, the same one.
func insertPerson(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, person Person, identity signin.IdentityID) (fresh bool, err error) {
	var query *bun.InsertQuery
	if person.AtOffice() {
		query = tx.Insert().Model(&officeMemberRow{
			TenantID: tenant, OfficeMemberID: person.PersonID, OfficeID: person.OfficeID, Name: person.Name, Email: person.Email, Role: person.Role,
			ConnectionID: person.ConnectionID, ExpectedSubject: person.Subject, IdentityID: identity, JoinedAt: person.JoinedAt,
		})
	} else {
		query = tx.Insert().Model(&memberRow{
			TenantID: tenant, MemberID: person.PersonID, Name: person.Name, Email: person.Email, Role: person.Role,
			ConnectionID: person.ConnectionID, ExpectedSubject: person.Subject, IdentityID: identity, JoinedAt: person.JoinedAt,
		})
	}
	result, err := query.On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert membership: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

// own holds for memberships m that wait for an identity or are its own. A subject of an issuer that was exchanged is somebody else.
const own = "(m.identity_id is null or m.identity_id = ?)"

// lockSame finds the membership that kept insertPerson from making one.
func lockSame(ctx context.Context, tx tenantdb.Tx, person Person, identity signin.IdentityID) (Person, error) {
	var found Person
	query := staffPeople(tx.Select()).Where("m.role = ?", person.Role)
	if person.AtOffice() {
		query = officePeople(tx.Select()).Where("m.office_id = ?", person.OfficeID)
	}
	err := query.Where("m.connection_id = ?", person.ConnectionID).Where("m.expected_subject = ?", person.Subject).Where(own, identity).For("update of m").Scan(ctx, &found)
	if err := tenantdb.Found(err); err != nil {
		return Person{}, fmt.Errorf("find membership: %w", err)
	}
	return found, nil
}

// bindPerson gives an existing membership to an identity, and lets it go on.
func bindPerson(ctx context.Context, tx tenantdb.Tx, person Person, identity signin.IdentityID) error {
	query := change(tx, person).Set("identity_id = ?", identity).Set("ended_at = null").Set("ended_as = ''").Set("role = ?", person.Role)
	if err := tenantdb.Affected(query.Exec(ctx)); err != nil {
		return fmt.Errorf("bind membership: %w", err)
	}
	return nil
}

func change(tx tenantdb.Tx, person Person) *bun.UpdateQuery {
	if person.AtOffice() {
		return tx.Update().TableExpr("office_members").Where("office_member_id = ?", person.PersonID)
	}
	return tx.Update().TableExpr("members").Where("member_id = ?", person.PersonID)
}

func updateRole(ctx context.Context, tx tenantdb.Tx, person Person, role access.Role) error {
	if err := tenantdb.Affected(change(tx, person).Set("role = ?", role).Exec(ctx)); err != nil {
		return fmt.Errorf("update role: %w", err)
	}
	return nil
}

func updateEnd(ctx context.Context, tx tenantdb.Tx, person Person, until *time.Time, as Ending) error {
	if err := tenantdb.Affected(change(tx, person).Set("ended_at = ?", until).Set("ended_as = ?", as).Exec(ctx)); err != nil {
		return fmt.Errorf("update the end of a membership: %w", err)
	}
	return nil
}

// Place is an office as the forms offer it.
type Place struct {
	OfficeID tenantdb.OfficeID
	Name     string
}

func listPlaces(ctx context.Context, tx tenantdb.Tx) (places []Place, err error) {
	err = tenantdb.OfTenant(tx.Select().TableExpr("offices")).Column("office_id", "name").Where("closed_at is null").OrderExpr("name, office_id").Limit(mostPeople).Scan(ctx, &places)
	if err != nil {
		return nil, fmt.Errorf("list offices: %w", err)
	}
	return places, nil
}

// findPlace gives an office that is open.
func findPlace(ctx context.Context, tx tenantdb.Tx, id tenantdb.OfficeID) (place Place, err error) {
	err = tenantdb.OfTenant(tx.Select().TableExpr("offices")).Column("office_id", "name").Where("office_id = ?", id).Where("closed_at is null").Scan(ctx, &place)
	if errors.Is(tenantdb.Found(err), fault.NotFound()) {
		return Place{}, fault.Invalid("office", "members.office.missing")
	}
	if err != nil {
		return Place{}, fmt.Errorf("find office: %w", err)
	}
	return place, nil
}

// tenantOf finds the tenant of a short name, as the door knows it.
func tenantOf(slug string, into *struct{ TenantID tenantdb.TenantID }) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("tenants").Column("tenant_id").Where("slug = ?", slug))
}

func findSlug(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (slug string, err error) {
	if err = tx.Select().TableExpr("tenants").Column("slug").Where("tenant_id = ?", tenant).Scan(ctx, &slug); err != nil {
		return "", fmt.Errorf("find the name of the tenant: %w", err)
	}
	return slug, nil
}

// findIdentity is who is bound to a membership of the staff.
func findIdentity(ctx context.Context, tx tenantdb.Tx, id tenantdb.PersonID) (identity signin.IdentityID, err error) {
	if err = tenantdb.OfTenant(tx.Select().TableExpr("members")).Column("identity_id").Where("member_id = ?", id).Scan(ctx, &identity); err != nil {
		return signin.IdentityID{}, fmt.Errorf("find identity: %w", err)
	}
	return identity, nil
}

// findBefore finds the membership that a code would let go on, if there is one already; otherwise id stays.
func findBefore(ctx context.Context, tx tenantdb.Tx, hash []byte, identity signin.Identity, id *tenantdb.PersonID) error {
	for _, before := range []*bun.SelectQuery{
		tenantdb.OfTenant(tx.Select().TableExpr("members as m")).ColumnExpr("m.member_id").Where("m.role = (?)", tx.Select().TableExpr("invitations as i").ColumnExpr("i.role").Where("i.code_hash = ?", hash)),
		tenantdb.OfTenant(tx.Select().TableExpr("office_members as m")).ColumnExpr("m.office_member_id").Where("m.office_id = (?)", tx.Select().TableExpr("invitations as i").ColumnExpr("i.office_id").Where("i.code_hash = ?", hash)),
	} {
		err := tenantdb.Found(before.Where("m.connection_id = ?", identity.ConnectionID).Where("m.expected_subject = ?", identity.Subject).Where(own, identity.ID).Scan(ctx, id))
		if err == nil {
			return nil
		}
		if !errors.Is(err, fault.NotFound()) {
			return fmt.Errorf("find membership: %w", err)
		}
	}
	return nil
}

// listKnownAs gives the memberships, at the NGO and at offices, of whomever a provider calls by a subject.
func listKnownAs(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, subject string) ([]Person, error) {
	return knownAs(ctx, tx, connection, subject, func(query *bun.SelectQuery) *bun.SelectQuery { return query })
}

// lockKnownAs keeps everybody else from changing them until the transaction ends.
func lockKnownAs(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, subject string) ([]Person, error) {
	return knownAs(ctx, tx, connection, subject, func(query *bun.SelectQuery) *bun.SelectQuery { return query.For("update of m") })
}

func knownAs(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, subject string, how func(*bun.SelectQuery) *bun.SelectQuery) (people []Person, err error) {
	for _, query := range []*bun.SelectQuery{staffPeople(tx.Select()).OrderExpr("m.member_id"), officePeople(tx.Select()).OrderExpr("m.office_member_id")} {
		var some []Person
		if err := how(query.Where("m.connection_id = ?", connection).Where("m.expected_subject = ?", subject).Limit(mostPeople)).Scan(ctx, &some); err != nil {
			return nil, fmt.Errorf("list memberships of a subject: %w", err)
		}
		people = append(people, some...)
	}
	return people, nil
}

// Slug is the short name of a tenant, in the transaction of another capability.
func Slug(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID) (string, error) {
	return findSlug(ctx, tx, tenant)
}

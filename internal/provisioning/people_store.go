package provisioning

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

type personRow struct {
	bun.BaseModel `bun:"table:provisioned_people"`
	TenantID      tenantdb.TenantID
	PersonID      PersonID
	ConnectionID  signin.ConnectionID
	ExternalID    string
	UserName      string
	GivenName     string
	FamilyName    string
	DisplayName   string
	Email         string
	Active        bool
	Subject       string `bun:",nullzero"`
	MadeAt        time.Time
	ChangedAt     time.Time
}

// insertPerson says whether it was new: neither the name nor what the provider calls the person is somebody else's.
func insertPerson(ctx context.Context, tx tenantdb.Tx, known Known, p Person) (fresh bool, err error) {
	row := personRow{
		TenantID: known.TenantID, PersonID: p.PersonID, ConnectionID: known.ConnectionID, ExternalID: p.ExternalID, UserName: p.UserName,
		GivenName: p.GivenName, FamilyName: p.FamilyName, DisplayName: p.DisplayName, Email: p.Email, Active: p.Active, Subject: p.Subject, MadeAt: p.MadeAt, ChangedAt: p.ChangedAt,
	}
	result, err := tx.Insert().Model(&row).On("conflict do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert person: %w", err)
	}
	n, err := result.RowsAffected()
	return n > 0, err
}

func updatePerson(ctx context.Context, tx tenantdb.Tx, p Person) error {
	err := tenantdb.Affected(tx.Update().TableExpr("provisioned_people").Set("external_id = ?", p.ExternalID).Set("user_name = ?", p.UserName).
		Set("given_name = ?", p.GivenName).Set("family_name = ?", p.FamilyName).Set("display_name = ?", p.DisplayName).Set("email = ?", p.Email).
		Set("active = ?", p.Active).Set("subject = nullif(?, '')", p.Subject).Set("changed_at = ?", p.ChangedAt).Where("person_id = ?", p.PersonID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update person: %w", err)
	}
	return nil
}

func deletePerson(ctx context.Context, tx tenantdb.Tx, id PersonID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("provisioned_people").Where("person_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete person: %w", err)
	}
	return nil
}

func people(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("provisioned_people as p")).ColumnExpr("p.person_id, p.external_id, p.user_name, p.given_name, p.family_name").
		ColumnExpr("p.display_name, p.email, p.active, coalesce(p.subject, '') as subject, p.made_at, p.changed_at")
}

func findPerson(ctx context.Context, tx tenantdb.Tx, id PersonID) (p Person, err error) {
	if err = tenantdb.Found(people(tx.Select()).Where("p.person_id = ?", id).Scan(ctx, &p)); err != nil {
		return Person{}, fmt.Errorf("find person: %w", err)
	}
	return p, nil
}

// lockPerson keeps everybody else from changing what was said of a person until the transaction ends.
func lockPerson(ctx context.Context, tx tenantdb.Tx, id PersonID) (p Person, err error) {
	if err = tenantdb.Found(people(tx.Select()).Where("p.person_id = ?", id).For("update of p").Scan(ctx, &p)); err != nil {
		return Person{}, fmt.Errorf("find person: %w", err)
	}
	return p, nil
}

func countPeople(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, which Which) (int64, error) {
	n, err := which.people(tenantdb.OfTenant(tx.Select().TableExpr("provisioned_people as p")).Where("p.connection_id = ?", connection)).Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count people: %w", err)
	}
	return n, nil
}

// listPeople gives the people of a directory, those first who were announced first.
func listPeople(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, which Which, window Window) (found []Person, err error) {
	err = which.people(people(tx.Select()).Where("p.connection_id = ?", connection)).OrderExpr("p.made_at, p.person_id").
		Offset(window.Start-1).Limit(window.Count).Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return found, nil
}

func (w Which) people(query *bun.SelectQuery) *bun.SelectQuery {
	if w.ID != nil {
		query = query.Where("p.person_id::text = ?", *w.ID)
	}
	if w.ExternalID != nil {
		query = query.Where("p.external_id = ?", *w.ExternalID)
	}
	if w.Name != nil {
		query = query.Where("lower(p.display_name) = lower(?)", *w.Name)
	}
	if w.UserName != nil {
		query = query.Where("lower(p.user_name) = lower(?)", *w.UserName)
	}
	if w.Email != nil {
		query = query.Where("lower(p.email) = lower(?)", *w.Email)
	}
	if w.Active != nil {
		query = query.Where("p.active = ?", *w.Active)
	}
	return query
}

func (w Which) groups(query *bun.SelectQuery) *bun.SelectQuery {
	if w.ID != nil {
		query = query.Where("g.group_id::text = ?", *w.ID)
	}
	if w.ExternalID != nil {
		query = query.Where("g.external_id = ?", *w.ExternalID)
	}
	if w.Name != nil {
		query = query.Where("lower(g.name) = lower(?)", *w.Name)
	}
	if w.UserName != nil || w.Email != nil || w.Active != nil {
		query = query.Where("false")
	}
	return query
}

// isTaken says whether the name of a person, or what the provider calls the person, is somebody else's.
func isTaken(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, p Person) (bool, error) {
	taken, err := tenantdb.OfTenant(tx.Select().TableExpr("provisioned_people as p")).Where("p.connection_id = ?", connection).Where("p.person_id <> ?", p.PersonID).
		Where("lower(p.user_name) = lower(?) or p.subject = nullif(?, '')", p.UserName, p.Subject).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("look for a name: %w", err)
	}
	return taken, nil
}

func updateSubject(ctx context.Context, tx tenantdb.Tx, id PersonID, subject string) error {
	err := tenantdb.Affected(tx.Update().TableExpr("provisioned_people").Set("subject = ?", subject).Where("person_id = ?", id).Where("subject is null").Exec(ctx))
	if err != nil {
		return fmt.Errorf("match person: %w", err)
	}
	return nil
}

// Candidate is somebody who has signed in, and could be whom a directory has announced.
type Candidate struct{ Subject, Name, Email string }

// listCandidates gives who came through a connection and is matched with nobody yet.
func listCandidates(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID) (found []Candidate, err error) {
	for _, query := range []*bun.SelectQuery{
		tenantdb.OfTenant(tx.Select().TableExpr("members as m")).ColumnExpr("m.expected_subject as subject"),
		tenantdb.OfTenant(tx.Select().TableExpr("office_members as m")).ColumnExpr("m.expected_subject as subject"),
		tenantdb.OfTenant(tx.Select().TableExpr("applications as m")).ColumnExpr("m.subject").Where("m.accepted_at is null"),
	} {
		var some []Candidate
		column := query.ColumnExpr("m.name, m.email").Where("m.connection_id = ?", connection).OrderExpr("m.name").Limit(mostPeople)
		if err := column.Scan(ctx, &some); err != nil {
			return nil, fmt.Errorf("list candidates: %w", err)
		}
		found = append(found, some...)
	}
	return found, nil
}

// regroupApplications writes the groups of whoever waits anew, as the directory tells them.
func regroupApplications(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID) error {
	_, err := tx.Update().TableExpr("applications as a").TableExpr("provisioned_people as p").
		Set("groups = coalesce((select array_agg(m.group_name order by m.group_name) from provisioned_memberships as m where m.tenant_id = p.tenant_id and m.person_id = p.person_id), '{}')").
		Where("a.tenant_id = p.tenant_id").Where("a.connection_id = p.connection_id").Where("a.subject = p.subject").
		Where("p.connection_id = ?", connection).Where("a.announced_at is not null").Where("a.accepted_at is null").Exec(ctx)
	if err != nil {
		return fmt.Errorf("regroup applications: %w", err)
	}
	return nil
}

package offices

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/tenantdb"
)

// The most that lists show. A canton has some hundreds of offices.
const (
	most           = 2000
	mostAgreements = 200
	mostEnding     = 50
)

// works says that somebody of an office has an account here.
const works = "exists (select from office_members as person where person.tenant_id = office.tenant_id and person.office_id = office.office_id and person.ended_at is null) as works"

func selectEntries(query *bun.SelectQuery) *bun.SelectQuery {
	return tenantdb.OfTenant(query.TableExpr("offices as office")).
		Column("office.office_id", "office.name", "office.kind", "office.place", "office.closed_at", "office.successor_id", "office.organisation_id", "office.authority_id",
			"office.valid_from", "office.services", "office.languages", "office.hours", "office.capacity", "office.capacity_unit", "office.capacity_said_on", "office.capacity_said_by",
			"office.phone", "office.secure_mail", "office.post_address", "office.website", "office.contact", "office.reach_note", "office.version", "office.changed_at").
		ColumnExpr(works)
}

var (
	directory     = tenantdb.Prepare(selectEntries(tenantdb.Select()).OrderExpr("office.name, office.office_id").Limit(most))
	openDirectory = tenantdb.Prepare(selectEntries(tenantdb.Select()).Where("office.closed_at is null").OrderExpr("office.name, office.office_id").Limit(most))
	allBodies     = tenantdb.Prepare(selectBodies(tenantdb.Select()).OrderExpr("body.name, body.body_id").Limit(most))
	allStays      = tenantdb.Prepare(tenantdb.Select().TableExpr("office_regions").Column("office_id", "region_id", "valid_from").OrderExpr("office_id, valid_from").Limit(most))
)

// Listed asks for the whole directory, closed offices too.
func Listed(into *[]Entry) tenantdb.Question { return tenantdb.Many(into, directory.With()) }

// OpenListed asks for the offices that take referrals, with what helps to choose one.
func OpenListed(into *[]Entry) tenantdb.Question { return tenantdb.Many(into, openDirectory.With()) }

// ofID asks for one office; none where there is none.
func ofID(id ID, into *[]Entry) tenantdb.Question {
	return tenantdb.Many(into, selectEntries(tenantdb.Select()).Where("office.office_id = ?", id))
}

// Look gives what the directory knows of an office, and at which office one arrives when it is closed, within a transaction of
// another capability.
func Look(ctx context.Context, tx tenantdb.Tx, id ID) (entry Entry, successor Office, err error) {
	if err := tenantdb.Found(selectEntries(tx.Select()).Where("office.office_id = ?", id).Scan(ctx, &entry)); err != nil {
		return Entry{}, Office{}, fmt.Errorf("find office %s: %w", id, err)
	}
	if entry.SuccessorID.Zero() {
		return entry, Office{}, nil
	}
	var known []Office
	err = tenantdb.OfTenant(tx.Select().TableExpr("offices").Column("office_id", "name", "kind", "place", "closed_at", "successor_id")).Limit(most).Scan(ctx, &known)
	if err != nil {
		return entry, Office{}, fmt.Errorf("find what came after office %s: %w", id, err)
	}
	return entry, SuccessorOf(entry.Office, known), nil
}

func selectBodies(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("bodies as body").Column("body.body_id", "body.kind", "body.name", "body.website", "body.authority_id", "body.valid_from", "body.valid_until", "body.successor_id", "body.version")
}

func listedBodies(into *Bodies) tenantdb.Question {
	return tenantdb.Many((*[]Body)(into), allBodies.With())
}

func listedStays(into *[]Stay) tenantdb.Question { return tenantdb.Many(into, allStays.With()) }

func staysOf(id ID, into *[]Stay) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("office_regions").Column("office_id", "region_id", "valid_from").Where("office_id = ?", id).OrderExpr("valid_from").Limit(mostAgreements))
}

func selectAgreements(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("agreements").Column("agreement_id", "office_id", "subject", "valid_from", "valid_until", "document", "filed_at", "contact", "remind_days", "version")
}

func agreementsOf(id ID, into *[]Agreement) tenantdb.Question {
	return tenantdb.Many(into, selectAgreements(tenantdb.Select()).Where("office_id = ?", id).OrderExpr("valid_from desc, agreement_id").Limit(mostAgreements))
}

// Ended asks for the agreements of which the end presses on a day, soonest first: for the page of the team.
func Ended(today time.Time, into *[]Ending) tenantdb.Question {
	return tenantdb.Many(into, tenantdb.Select().TableExpr("agreements as agreement").
		Join("join offices as office on office.tenant_id = agreement.tenant_id and office.office_id = agreement.office_id").
		ColumnExpr("agreement.agreement_id, agreement.office_id, office.name as office_name, agreement.subject, agreement.valid_until").
		Where("agreement.remind_days is not null").Where("agreement.valid_until - agreement.remind_days <= ?::date", today).
		OrderExpr("agreement.valid_until, agreement.agreement_id").Limit(mostEnding+1))
}

type entryRow struct {
	bun.BaseModel `bun:"table:offices"`
	TenantID      tenantdb.TenantID
	Entry
	ChangedBy tenantdb.PersonID
}

// rowOf is an entry as the table has it: lists that are empty are not null.
func rowOf(by access.Principal, e Entry, at time.Time) entryRow {
	e.Services, e.Languages, e.Hours = append([]string{}, e.Services...), append([]string{}, e.Languages...), append([]Opening{}, e.Hours...)
	e.ChangedAt = &at
	return entryRow{TenantID: by.Tenant, Entry: e, ChangedBy: by.Person}
}

// insertEntry says whether it is new: the same form sent twice adds one office.
func insertEntry(ctx context.Context, tx tenantdb.Tx, by access.Principal, e Entry, at time.Time) (bool, error) {
	row := rowOf(by, e, at)
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, office_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert office: %w", unknownBody(err))
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// lockEntry gives an office that nobody else changes until the transaction is over.
func lockEntry(ctx context.Context, tx tenantdb.Tx, id ID) (found Entry, err error) {
	if err := tenantdb.Found(selectEntries(tx.Select()).Where("office.office_id = ?", id).For("no key update of office").Scan(ctx, &found)); err != nil {
		return Entry{}, fmt.Errorf("find office %s: %w", id, err)
	}
	return found, nil
}

func updateEntry(ctx context.Context, tx tenantdb.Tx, by access.Principal, e Entry, at time.Time) error {
	row := rowOf(by, e, at)
	err := tenantdb.Affected(tx.Update().Model(&row).Column("name", "place", "organisation_id", "authority_id", "valid_from", "services", "languages", "hours",
		"capacity", "capacity_unit", "capacity_said_on", "capacity_said_by", "phone", "secure_mail", "post_address", "website", "contact", "reach_note",
		"version", "changed_at", "changed_by").Where("office_id = ?", e.OfficeID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update office %s: %w", e.OfficeID, unknownBody(err))
	}
	return nil
}

// updateClosing writes down that an office is closed or open, and what came after it with the moment at which that ends.
func updateClosing(ctx context.Context, tx tenantdb.Tx, by access.Principal, e Entry, at time.Time) error {
	end := tx.Select().TableExpr("offices as next").Column("next.ends_at").Where("next.office_id = ?", e.SuccessorID)
	err := tenantdb.Affected(tx.Update().TableExpr("offices").Set("closed_at = ?", e.ClosedAt).Set("successor_id = ?", e.SuccessorID).Set("successor_ends_at = (?)", end).
		Set("version = ?", e.Version).Set("changed_at = ?", at).Set("changed_by = ?", by.Person).Where("office_id = ?", e.OfficeID).Exec(ctx))
	if tenantdb.Violates(err, "offices_are_followed_by_what_closes_later") {
		return fault.Invalid("successor", "offices.successor.closed")
	}
	if err != nil {
		return fmt.Errorf("close office %s: %w", e.OfficeID, err)
	}
	return nil
}

// deleteEntry removes an office that nothing refers to; the keys say whether anything does, whoever may see it.
func deleteEntry(ctx context.Context, tx tenantdb.Tx, id ID) error {
	err := tenantdb.Affected(tx.Delete().TableExpr("offices").Where("office_id = ?", id).Exec(ctx))
	if tenantdb.Referred(err) {
		return fault.Refused("offices.removal.used")
	}
	if err != nil {
		return fmt.Errorf("delete office %s: %w", id, err)
	}
	return nil
}

type bodyRow struct {
	bun.BaseModel `bun:"table:bodies"`
	TenantID      tenantdb.TenantID
	Body
	ChangedAt time.Time
	ChangedBy tenantdb.PersonID
}

func insertBody(ctx context.Context, tx tenantdb.Tx, by access.Principal, b Body, at time.Time) (bool, error) {
	row := bodyRow{TenantID: by.Tenant, Body: b, ChangedAt: at, ChangedBy: by.Person}
	row.SuccessorID = BodyID{} // it is named with its end, once the body is there
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, body_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert body: %w", unknownBody(err))
	}
	n, err := result.RowsAffected()
	if err != nil || n == 0 || b.SuccessorID.Zero() {
		return n == 1, err
	}
	return true, updateBody(ctx, tx, by, b, at)
}

// updateBody names what comes after the body with the day on which that ends.
func updateBody(ctx context.Context, tx tenantdb.Tx, by access.Principal, b Body, at time.Time) error {
	row := bodyRow{TenantID: by.Tenant, Body: b, ChangedAt: at, ChangedBy: by.Person}
	end := tx.Select().TableExpr("bodies as next").Column("next.ends_on").Where("next.body_id = ?", b.SuccessorID).Where("next.kind = ?", b.Kind)
	err := tenantdb.Affected(tx.Update().Model(&row).Column("name", "website", "authority_id", "valid_from", "valid_until", "successor_id", "version", "changed_at", "changed_by").
		Set("successor_ends_on = (?)", end).Where("body_id = ?", b.BodyID).Exec(ctx))
	if tenantdb.Violates(err, "bodies_are_followed_by_what_ends_later") {
		return fault.Invalid("successor", "offices.successor.ends_before")
	}
	if err != nil {
		return fmt.Errorf("update body %s: %w", b.BodyID, unknownBody(err))
	}
	return nil
}

// lockBodies gives all bodies, which nobody else changes until the transaction is over.
func lockBodies(ctx context.Context, tx tenantdb.Tx) (found Bodies, err error) {
	if err := selectBodies(tx.Select()).OrderExpr("body.body_id").For("no key update").Limit(most).Scan(ctx, (*[]Body)(&found)); err != nil {
		return nil, fmt.Errorf("list bodies: %w", err)
	}
	return found, nil
}

func deleteBody(ctx context.Context, tx tenantdb.Tx, id BodyID) error {
	err := tenantdb.Affected(tx.Delete().TableExpr("bodies").Where("body_id = ?", id).Exec(ctx))
	if tenantdb.Referred(err) {
		return fault.Refused("offices.body.removal.used")
	}
	if err != nil {
		return fmt.Errorf("delete body %s: %w", id, err)
	}
	return nil
}

type stayRow struct {
	bun.BaseModel `bun:"table:office_regions"`
	TenantID      tenantdb.TenantID
	OfficeID      ID
	RegionID      BodyID
	ValidFrom     time.Time `bun:"valid_from,type:date"`
	RecordedAt    time.Time
	RecordedBy    tenantdb.PersonID
}

// upsertStay says anew to which region an office belongs from a day on.
func upsertStay(ctx context.Context, tx tenantdb.Tx, by access.Principal, s Stay, at time.Time) error {
	row := stayRow{TenantID: by.Tenant, OfficeID: s.OfficeID, RegionID: s.RegionID, ValidFrom: s.ValidFrom, RecordedAt: at, RecordedBy: by.Person}
	_, err := tx.Insert().Model(&row).On("conflict (tenant_id, office_id, valid_from) do update").
		Set("region_id = excluded.region_id").Set("recorded_at = excluded.recorded_at").Set("recorded_by = excluded.recorded_by").Exec(ctx)
	if err != nil {
		return fmt.Errorf("say to which region office %s belongs: %w", s.OfficeID, unknownBody(err))
	}
	return nil
}

func deleteStay(ctx context.Context, tx tenantdb.Tx, office ID, from time.Time) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("office_regions").Where("office_id = ?", office).Where("valid_from = ?", from).Exec(ctx)); err != nil {
		return fmt.Errorf("take back to which region office %s belongs: %w", office, err)
	}
	return nil
}

type agreementRow struct {
	bun.BaseModel `bun:"table:agreements"`
	TenantID      tenantdb.TenantID
	Agreement
	ChangedAt time.Time
	ChangedBy tenantdb.PersonID
}

func insertAgreement(ctx context.Context, tx tenantdb.Tx, by access.Principal, a Agreement, at time.Time) (bool, error) {
	row := agreementRow{TenantID: by.Tenant, Agreement: a, ChangedAt: at, ChangedBy: by.Person}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, agreement_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert agreement: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// agreementOf asks for one agreement; none where there is none.
func agreementOf(id AgreementID, into *[]Agreement) tenantdb.Question {
	return tenantdb.Many(into, selectAgreements(tenantdb.Select()).Where("agreement_id = ?", id))
}

func findAgreement(ctx context.Context, query *bun.SelectQuery, id AgreementID) (found Agreement, err error) {
	if err := tenantdb.Found(selectAgreements(query).Where("agreement_id = ?", id).Scan(ctx, &found)); err != nil {
		return Agreement{}, fmt.Errorf("find agreement %s: %w", id, err)
	}
	return found, nil
}

func updateAgreement(ctx context.Context, tx tenantdb.Tx, by access.Principal, a Agreement, at time.Time) error {
	row := agreementRow{TenantID: by.Tenant, Agreement: a, ChangedAt: at, ChangedBy: by.Person}
	err := tenantdb.Affected(tx.Update().Model(&row).Column("subject", "valid_from", "valid_until", "document", "filed_at", "contact", "remind_days", "version", "changed_at", "changed_by").
		Where("agreement_id = ?", a.AgreementID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update agreement %s: %w", a.AgreementID, err)
	}
	return nil
}

func deleteAgreement(ctx context.Context, tx tenantdb.Tx, id AgreementID) error {
	if err := tenantdb.Affected(tx.Delete().TableExpr("agreements").Where("agreement_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("delete agreement %s: %w", id, err)
	}
	return nil
}

// unknownBody turns the refusal of a key into nothing being there: whoever names a body of somebody else's names none.
func unknownBody(err error) error {
	for constraint, field := range map[string]string{
		"offices_are_of_an_organisation": "organisation", "offices_answer_to_an_authority": "authority", "bodies_answer_to_an_authority": "authority",
		"office_regions_are_regions": "region", "bodies_are_followed_by_their_kind": "successor",
	} {
		if tenantdb.Violates(err, constraint) {
			return fault.Invalid(field, "offices."+field+".unknown")
		}
	}
	return err
}

package connections

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// SealedRows says where what providers said in trials is sealed.
var SealedRows = []keys.Rows{
	{Kind: keys.Connection, Table: "connection_trials", Holder: "connection_id", Key: []string{"trial_id"}, Columns: []string{"report"}},
}

// mostHistory is how many changes that are over a page shows.
const mostHistory = 20

type connectionRow struct {
	bun.BaseModel `bun:"table:connections"`
	ConnectionID  ID
	TenantID      tenantdb.TenantID
	Slug          string
	Name          string
	Kind          signin.Kind
	Issuer        string
	ClientID      string
	SecretID      signin.SecretID
	Scopes        []string `bun:",array"`
	NameClaim     string
	EmailClaim    string
	EmailDomains  []string `bun:",array"`
	LiveAt        *time.Time
	EndedAt       *time.Time
}

func (r connectionRow) connection() Connection {
	return Connection{
		ConnectionID: r.ConnectionID, Slug: r.Slug, Kind: r.Kind, LiveAt: r.LiveAt, EndedAt: r.EndedAt,
		Terms: Terms{
			Name: r.Name, Issuer: r.Issuer, ClientID: r.ClientID, SecretID: r.SecretID, Scopes: r.Scopes,
			NameClaim: r.NameClaim, EmailClaim: r.EmailClaim, EmailDomains: r.EmailDomains,
		},
	}
}

// listConnections gives those of the tenant whose scope is bound, by name.
func listConnections(ctx context.Context, tx tenantdb.Tx) ([]Connection, error) {
	var rows []connectionRow
	if err := tx.Select().Model(&rows).OrderExpr("ended_at nulls first, name, connection_id").Scan(ctx); err != nil {
		return nil, fmt.Errorf("list connections: %w", err)
	}
	connections := make([]Connection, len(rows))
	for i, row := range rows {
		connections[i] = row.connection()
	}
	return connections, nil
}

func findConnection(ctx context.Context, tx tenantdb.Tx, id ID) (Connection, error) {
	var row connectionRow
	if err := tx.Select().Model(&row).Where("connection_id = ?", id).Scan(ctx); err != nil {
		return Connection{}, fmt.Errorf("find connection %s: %w", id, tenantdb.Found(err))
	}
	return row.connection(), nil
}

type newConnectionRow struct {
	bun.BaseModel `bun:"table:connections"`
	ConnectionID  ID
	TenantID      tenantdb.TenantID
	Slug          string
	Name          string
	Kind          signin.Kind
	Issuer        string
	ClientID      string
	LiveAt        *time.Time
}

// insertConnection adds one that nobody comes in through; one that is there already stays.
func insertConnection(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, id ID, kind signin.Kind, name string) error {
	row := newConnectionRow{ConnectionID: id, TenantID: tenant, Slug: SlugOf(id), Name: name, Kind: kind}
	_, err := tx.Insert().Model(&row).Value("live_at", "null").On("conflict do nothing").Exec(ctx)
	if err != nil {
		return fmt.Errorf("insert connection: %w", err)
	}
	return nil
}

type changeRow struct {
	bun.BaseModel `bun:"table:connection_changes"`
	TenantID      tenantdb.TenantID
	ChangeID      ChangeID
	ConnectionID  ID
	Kind          string
	Name          string
	Issuer        string
	ClientID      string
	SecretID      signin.SecretID
	Scopes        []string `bun:",array"`
	NameClaim     string
	EmailClaim    string
	EmailDomains  []string `bun:",array"`
	KeepsSubjects bool
	Version       int
	TriedVersion  *int
	WrittenBy     tenantdb.PersonID
	WrittenAt     time.Time
	ProposedBy    tenantdb.PersonID
	ProposedAt    *time.Time
	ApprovedBy    tenantdb.PersonID
	ApprovedAt    *time.Time
	TakesEffectAt *time.Time
	TookEffectAt  *time.Time
	WithdrawnBy   tenantdb.PersonID
	WithdrawnAt   *time.Time
}

func rowOf(tenant tenantdb.TenantID, c Change) changeRow {
	return changeRow{
		TenantID: tenant, ChangeID: c.ChangeID, ConnectionID: c.ConnectionID, Kind: c.Kind, Name: c.Terms.Name, Issuer: c.Terms.Issuer, ClientID: c.Terms.ClientID,
		SecretID: c.Terms.SecretID, Scopes: some(c.Terms.Scopes), NameClaim: c.Terms.NameClaim, EmailClaim: c.Terms.EmailClaim, EmailDomains: some(c.Terms.EmailDomains),
		KeepsSubjects: c.Terms.KeepsSubjects, Version: c.Version, TriedVersion: c.Tried, WrittenBy: c.WrittenBy, WrittenAt: c.WrittenAt,
		ProposedBy: c.ProposedBy, ProposedAt: c.ProposedAt, ApprovedBy: c.ApprovedBy, ApprovedAt: c.ApprovedAt, TakesEffectAt: c.TakesEffectAt,
		TookEffectAt: c.TookEffectAt, WithdrawnBy: c.WithdrawnBy, WithdrawnAt: c.WithdrawnAt,
	}
}

// some is a list that is not null.
func some(words []string) []string { return append([]string{}, words...) }

func (r changeRow) change() Change {
	return Change{
		ChangeID: r.ChangeID, ConnectionID: r.ConnectionID, Kind: r.Kind,
		Terms: Terms{
			Name: r.Name, Issuer: r.Issuer, ClientID: r.ClientID, SecretID: r.SecretID, Scopes: r.Scopes, NameClaim: r.NameClaim,
			EmailClaim: r.EmailClaim, EmailDomains: r.EmailDomains, KeepsSubjects: r.KeepsSubjects,
		},
		Version: r.Version, Tried: r.TriedVersion, WrittenBy: r.WrittenBy, WrittenAt: r.WrittenAt, ProposedBy: r.ProposedBy, ProposedAt: r.ProposedAt,
		ApprovedBy: r.ApprovedBy, ApprovedAt: r.ApprovedAt, TakesEffectAt: r.TakesEffectAt, TookEffectAt: r.TookEffectAt, WithdrawnBy: r.WithdrawnBy, WithdrawnAt: r.WithdrawnAt,
	}
}

const stillOpen = "took_effect_at is null and withdrawn_at is null"

// listOpen gives the changes that are open, of all connections.
func listOpen(ctx context.Context, tx tenantdb.Tx) (map[ID]*Change, error) {
	var rows []changeRow
	if err := tx.Select().Model(&rows).Where(stillOpen).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list changes of connections: %w", err)
	}
	open := make(map[ID]*Change, len(rows))
	for _, row := range rows {
		open[row.ConnectionID] = new(row.change())
	}
	return open, nil
}

// listHistory gives changes of a connection that are over.
func listHistory(ctx context.Context, tx tenantdb.Tx, id ID) (history []Change, err error) {
	var rows []changeRow
	err = tx.Select().Model(&rows).Where("connection_id = ?", id).Where("not (took_effect_at is null and withdrawn_at is null)").
		Order("written_at desc", "change_id").Limit(mostHistory).Scan(ctx)
	if err != nil {
		return nil, fmt.Errorf("list past changes of connection %s: %w", id, err)
	}
	for _, row := range rows {
		history = append(history, row.change())
	}
	return history, nil
}

// lockOpen gives the change of a connection that is open, and keeps others from changing it; nil where there is none.
func lockOpen(ctx context.Context, tx tenantdb.Tx, id ID) (*Change, error) {
	var row changeRow
	err := tenantdb.Found(tx.Select().Model(&row).Where("connection_id = ?", id).Where(stillOpen).For("update").Scan(ctx))
	if errors.Is(err, fault.NotFound()) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("lock the change of connection %s: %w", id, err)
	}
	return new(row.change()), nil
}

func lockChange(ctx context.Context, tx tenantdb.Tx, id ChangeID) (Change, error) {
	var row changeRow
	if err := tx.Select().Model(&row).Where("change_id = ?", id).For("update").Scan(ctx); err != nil {
		return Change{}, fmt.Errorf("lock change %s: %w", id, tenantdb.Found(err))
	}
	return row.change(), nil
}

func findChange(ctx context.Context, tx tenantdb.Tx, id ChangeID) (Change, error) {
	var row changeRow
	if err := tx.Select().Model(&row).Where("change_id = ?", id).Scan(ctx); err != nil {
		return Change{}, fmt.Errorf("find change %s: %w", id, tenantdb.Found(err))
	}
	return row.change(), nil
}

func insertChange(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, c Change) error {
	row := rowOf(tenant, c)
	_, err := tx.Insert().Model(&row).Exec(ctx)
	if tenantdb.Violates(err, "connection_changes_are_open_one_at_a_time") {
		return fault.Conflict("connections.change.conflict")
	}
	if err != nil {
		return fmt.Errorf("insert change of a connection: %w", err)
	}
	return nil
}

func updateChange(ctx context.Context, tx tenantdb.Tx, tenant tenantdb.TenantID, c Change) error {
	row := rowOf(tenant, c)
	err := tenantdb.Affected(tx.Update().Model(&row).Column("name", "issuer", "client_id", "secret_id", "scopes", "name_claim", "email_claim", "email_domains", "keeps_subjects",
		"version", "tried_version", "written_by", "written_at", "proposed_by", "proposed_at", "approved_by", "approved_at", "takes_effect_at", "took_effect_at", "withdrawn_by", "withdrawn_at").
		Where("change_id = ?", c.ChangeID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update change %s: %w", c.ChangeID, err)
	}
	return nil
}

// updateConnection has a connection become what a change says.
func updateConnection(ctx context.Context, tx tenantdb.Tx, c Change, now time.Time) error {
	row := connectionRow{
		Name: c.Terms.Name, Issuer: c.Terms.Issuer, ClientID: c.Terms.ClientID, SecretID: c.Terms.SecretID, Scopes: some(c.Terms.Scopes),
		NameClaim: c.Terms.NameClaim, EmailClaim: c.Terms.EmailClaim, EmailDomains: some(c.Terms.EmailDomains),
	}
	update := tx.Update().Model(&row).Column("name", "issuer", "client_id", "secret_id", "scopes", "name_claim", "email_claim", "email_domains").
		Set("live_at = coalesce(live_at, ?)", now)
	if c.Kind == End {
		update = tx.Update().Model(&row).Set("ended_at = ?", now).Set("secret_id = null")
	}
	if err := tenantdb.Affected(update.Where("connection_id = ?", c.ConnectionID).Exec(ctx)); err != nil {
		return fmt.Errorf("update connection %s: %w", c.ConnectionID, err)
	}
	return nil
}

// deleteSecrets deletes what a connection shows to nobody any more.
func deleteSecrets(ctx context.Context, tx tenantdb.Tx, id ID, but signin.SecretID) error {
	if _, err := tx.Delete().TableExpr("connection_secrets").Where("connection_id = ?", id).Where("secret_id is distinct from ?", but).Exec(ctx); err != nil {
		return fmt.Errorf("delete secrets of connection %s: %w", id, err)
	}
	return nil
}

type trialRow struct {
	bun.BaseModel `bun:"table:connection_trials"`
	TenantID      tenantdb.TenantID
	TrialID       ids.ID[Trial]
	ConnectionID  ID
	ChangeID      ChangeID
	Version       int
	MemberID      tenantdb.PersonID
	TriedAt       time.Time
	Outcome       string
	Report        keys.Sealed[Report] `bun:"report"`
}

// Place says where the report stands.
func (r *trialRow) Place() keys.Place {
	return keys.Place{Table: "connection_trials", Row: r.TrialID.String()}
}

// replaceTrial keeps the last trial of a person.
func replaceTrial(ctx context.Context, tx tenantdb.Tx, box *keys.Box, row trialRow) error {
	if err := box.Seal(&row); err != nil {
		return fmt.Errorf("seal trial: %w", err)
	}
	if _, err := tx.Delete().TableExpr("connection_trials").Where("change_id = ?", row.ChangeID).Where("member_id = ?", row.MemberID).Exec(ctx); err != nil {
		return fmt.Errorf("delete trial: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert trial: %w", err)
	}
	return nil
}

func listTrials(ctx context.Context, tx tenantdb.Tx, change ChangeID) (rows []trialRow, err error) {
	if err := tx.Select().Model(&rows).Where("change_id = ?", change).Scan(ctx); err != nil {
		return nil, fmt.Errorf("list trials: %w", err)
	}
	return rows, nil
}

func deleteTrials(ctx context.Context, tx tenantdb.Tx, change ChangeID) error {
	if _, err := tx.Delete().TableExpr("connection_trials").Where("change_id = ?", change).Exec(ctx); err != nil {
		return fmt.Errorf("delete trials: %w", err)
	}
	return nil
}

type settingsRow struct {
	bun.BaseModel `bun:"table:connection_settings"`
	TenantID      tenantdb.TenantID
	DelayHours    int
	NextHours     *int
	NextFrom      *time.Time
	Version       int
	SetBy         tenantdb.PersonID
	SetAt         time.Time
}

// findSettings gives the tenant's settings, or those of one that has decided nothing.
func findSettings(ctx context.Context, tx tenantdb.Tx) (Settings, error) {
	var rows []settingsRow
	if err := tx.Select().Model(&rows).Limit(1).Scan(ctx); err != nil {
		return Settings{}, fmt.Errorf("find settings of connections: %w", err)
	}
	if len(rows) == 0 {
		return Settings{DelayHours: DefaultDelay}, nil
	}
	return Settings{rows[0].DelayHours, rows[0].NextHours, rows[0].NextFrom, rows[0].Version}, nil
}

// upsertSettings is fault.Conflict where somebody else has set them meanwhile.
func upsertSettings(ctx context.Context, tx tenantdb.Tx, by access.Principal, s Settings, now time.Time) error {
	row := settingsRow{TenantID: by.Tenant, DelayHours: s.DelayHours, NextHours: s.NextHours, NextFrom: s.NextFrom, Version: s.Version, SetBy: by.Person, SetAt: now}
	err := tenantdb.Affected(tx.Insert().Model(&row).On("conflict (tenant_id) do update").
		Set("delay_hours = excluded.delay_hours").Set("next_hours = excluded.next_hours").Set("next_from = excluded.next_from").
		Set("version = excluded.version").Set("set_by = excluded.set_by").Set("set_at = excluded.set_at").
		Where("settings_row.version = excluded.version - 1").Exec(ctx))
	if errors.Is(err, fault.NotFound()) {
		return fault.Conflict("connections.delay.conflict")
	}
	return err
}

// administrator is one of those who set up connections.
type administrator struct {
	MemberID tenantdb.PersonID
	Name     string
}

func listAdministrators(ctx context.Context, tx tenantdb.Tx) (found []administrator, err error) {
	err = tx.Select().TableExpr("members").Column("member_id", "name").Where("role = ?", access.Admin).Where("ended_at is null").Order("name", "member_id").Scan(ctx, &found)
	if err != nil {
		return nil, fmt.Errorf("list administrators: %w", err)
	}
	return found, nil
}

// namesOf gives the names of members, whether they are there still or not.
func namesOf(ctx context.Context, tx tenantdb.Tx, people []tenantdb.PersonID) (map[tenantdb.PersonID]string, error) {
	names := map[tenantdb.PersonID]string{}
	if len(people) == 0 {
		return names, nil
	}
	var rows []administrator
	if err := tx.Select().TableExpr("members").Column("member_id", "name").Where("member_id in (?)", bun.List(people)).Scan(ctx, &rows); err != nil {
		return nil, fmt.Errorf("name administrators: %w", err)
	}
	for _, row := range rows {
		names[row.MemberID] = row.Name
	}
	return names, nil
}

// countPeople is how many sign in through a connection.
func countPeople(ctx context.Context, tx tenantdb.Tx, id ID) (int, error) {
	staff, err := tx.Select().TableExpr("members").Where("connection_id = ?", id).Where("ended_at is null").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count members: %w", err)
	}
	office, err := tx.Select().TableExpr("office_members").Where("connection_id = ?", id).Where("ended_at is null").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count members of offices: %w", err)
	}
	return int(staff + office), nil
}

// countWaysIn is how many administrators come in through other connections than one, which are live.
func countWaysIn(ctx context.Context, tx tenantdb.Tx, but ID) (int, error) {
	n, err := tx.Select().TableExpr("members as m").Join("join connections as c using (connection_id)").Where("m.role = ?", access.Admin).Where("m.ended_at is null").
		Where("m.connection_id <> ?", but).Where("c.live_at is not null").Where("c.ended_at is null").Count(ctx)
	if err != nil {
		return 0, fmt.Errorf("count ways in: %w", err)
	}
	return int(n), nil
}

package interviews

import (
	"context"
	"fmt"
	"net/url"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where interviews have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "interviews", Holder: "dossier_id", Key: []string{"interview_id"}, Columns: []string{"account"}},
	{Kind: keys.Dossier, Table: "interview_versions", Holder: "dossier_id", Key: []string{"interview_id", "version"}, Columns: []string{"contents"}},
	{Kind: keys.Person, Table: "drafts", Holder: "person_id", Key: []string{"draft_id"}, Columns: []string{"form_values"}},
}

// lines are interviews without the code name of their dossier.
func lines(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("interviews as interview").ColumnExpr("interview.interview_id, interview.dossier_id, interview.kind, interview.held_at").
		ColumnExpr("interview.minutes, interview.member_id, interview.hard, interview.noted")
}

func named(query *bun.SelectQuery) *bun.SelectQuery {
	return lines(query).ColumnExpr("dossier.code_name").
		Join("join dossiers as dossier on dossier.tenant_id = interview.tenant_id and dossier.dossier_id = interview.dossier_id")
}

func whole(query *bun.SelectQuery) *bun.SelectQuery {
	return named(query).ColumnExpr("interview.account, interview.version, interview.written_at, interview.written_by")
}

func newestFirst(query *bun.SelectQuery, before Cursor) *bun.SelectQuery {
	if !before.None() {
		query = query.Where("(interview.held_at, interview.interview_id) < (?, ?)", before.at, before.id)
	}
	return query.OrderExpr("interview.held_at desc, interview.interview_id desc")
}

func (f Filter) narrow(query *bun.SelectQuery) *bun.SelectQuery {
	if !f.Month.IsZero() {
		from, until := f.between()
		query = query.Where("interview.held_at >= ?", from).Where("interview.held_at < ?", until)
	}
	if f.Kind != "" {
		query = query.Where("interview.kind = ?", f.Kind)
	}
	if !f.Member.Zero() {
		query = query.Where("interview.member_id = ?", f.Member)
	}
	return newestFirst(query, f.Before)
}

// askRows asks for one more than a page holds: whether there is another page is then known without counting.
func askRows(f Filter, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, f.narrow(named(tenantdb.Select())).Limit(PageSize+1))
}

func askPart(dossier dossiers.ID, f Filter, into *[]Interview) tenantdb.Question {
	return tenantdb.Many(into, f.narrow(whole(tenantdb.Select()).Where("interview.dossier_id = ?", dossier)).Limit(PartSize+1))
}

// mostCounted is how many counts a list reads: those of forty years.
const mostCounted = 2_400

func counts(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("interview_counts").ColumnExpr("month, kind, sum(interviews) as interviews, sum(minutes) as minutes").
		GroupExpr("month, kind").Having("sum(interviews) > 0").OrderExpr("month desc, kind").Limit(mostCounted)
}

var (
	countsStatement   = tenantdb.Prepare(counts(tenantdb.Select()))
	countsOfStatement = tenantdb.Prepare(counts(tenantdb.Select()).Where("member_id = ?", tenantdb.Argument(1)))
	tallyStatement    = tenantdb.Prepare(tenantdb.Select().TableExpr("interviews").
				ColumnExpr("date '0001-01-01' as month, kind, count(*) as interviews, sum(minutes) as minutes").
				Where("dossier_id = ?", tenantdb.Argument(1)).GroupExpr("kind"))
	latestStatement = tenantdb.Prepare(lines(tenantdb.Select()).ColumnExpr("'' as code_name").Where("interview.dossier_id = ?", tenantdb.Argument(1)).
			OrderExpr("interview.held_at desc, interview.interview_id desc").Limit(1))
	withoutNoteStatement = tenantdb.Prepare(named(tenantdb.Select()).Where("interview.member_id = ?", tenantdb.Argument(1)).Where("not interview.noted").
				OrderExpr("interview.held_at desc, interview.interview_id desc").Limit(PartSize))
	draftsStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("drafts as draft").
			ColumnExpr("draft.draft_id, draft.person_id, draft.dossier_id, draft.form_values, draft.saved_at, coalesce(dossier.code_name, '') as code_name").
			Join("left join dossiers as dossier on dossier.tenant_id = draft.tenant_id and dossier.dossier_id = draft.dossier_id").
			Where("draft.person_id = ?", tenantdb.Argument(1)).Where("draft.saved_at > ?", tenantdb.Argument(2)).OrderExpr("draft.saved_at desc").Limit(PartSize))
	responsibleStatement = tenantdb.Prepare(tenantdb.Select().TableExpr("dossiers").Column("dossier_id", "code_name").
				Where("responsible_id = ?", tenantdb.Argument(1)).OrderExpr("updated_at desc, dossier_id desc").Limit(PageSize))
	metStatement = tenantdb.Prepare(tenantdb.Select().ColumnExpr("distinct dossier.dossier_id, dossier.code_name").
			TableExpr("(?) as met", tenantdb.Select().TableExpr("interviews").Column("tenant_id", "dossier_id").Where("member_id = ?", tenantdb.Argument(1)).
				OrderExpr("held_at desc, interview_id desc").Limit(PageSize)).
			Join("join dossiers as dossier on dossier.tenant_id = met.tenant_id and dossier.dossier_id = met.dossier_id"))
)

// askCounts asks how many interviews there were by month and kind, of one member or of everybody.
func askCounts(member tenantdb.PersonID, into *Tally) tenantdb.Question {
	if member.Zero() {
		return tenantdb.Many((*[]Counted)(into), countsStatement.With())
	}
	return tenantdb.Many((*[]Counted)(into), countsOfStatement.With(member))
}

// askTally asks how many interviews a dossier has by kind: some hundred rows at most, beside each other in one index.
func askTally(dossier dossiers.ID, into *Tally) tenantdb.Question {
	return tenantdb.Many((*[]Counted)(into), tallyStatement.With(dossier))
}

// Latest asks for the last interview of a dossier, without what was said; there may be none.
func Latest(dossier dossiers.ID, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, latestStatement.With(dossier))
}

// WithoutNote asks for the interviews of whoever asks that nobody has written a note about, the newest first.
func WithoutNote(ctx context.Context, into *[]Line) tenantdb.Question {
	by, _ := access.From(ctx)
	return tenantdb.Many(into, withoutNoteStatement.With(by.Person))
}

func askDrafts(person tenantdb.PersonID, since time.Time, into *[]Draft) tenantdb.Question {
	return tenantdb.Many(into, draftsStatement.With(person, since))
}

func askResponsible(person tenantdb.PersonID, into *[]dossiers.Mention) tenantdb.Question {
	return tenantdb.Many(into, responsibleStatement.With(person))
}

func askMet(person tenantdb.PersonID, into *[]dossiers.Mention) tenantdb.Question {
	return tenantdb.Many(into, metStatement.With(person))
}

// lockInterview keeps everybody else from correcting an interview until the transaction ends.
func lockInterview(ctx context.Context, tx tenantdb.Tx, id ID) (Interview, error) {
	var interview Interview
	err := whole(tx.Select()).Where("interview.interview_id = ?", id).For("update of interview").Scan(ctx, &interview)
	if err := tenantdb.Found(err); err != nil {
		return Interview{}, fmt.Errorf("lock interview: %w", err)
	}
	return interview, nil
}

func exists(ctx context.Context, tx tenantdb.Tx, id ID) (bool, error) {
	yes, err := tx.Select().TableExpr("interviews").Where("interview_id = ?", id).Exists(ctx)
	if err != nil {
		return false, fmt.Errorf("find interview: %w", err)
	}
	return yes, nil
}

func listEarlier(ctx context.Context, tx tenantdb.Tx, id ID) (earlier []Earlier, err error) {
	err = tx.Select().TableExpr("interview_versions").Column("interview_id", "dossier_id", "version", "contents", "written_at", "written_by").
		Where("interview_id = ?", id).OrderExpr("version desc").Scan(ctx, &earlier)
	if err != nil {
		return nil, fmt.Errorf("list versions of interview %s: %w", id, err)
	}
	return earlier, nil
}

type interviewRow struct {
	bun.BaseModel `bun:"table:interviews"`
	TenantID      tenantdb.TenantID    `bun:"tenant_id"`
	InterviewID   ID                   `bun:"interview_id"`
	DossierID     dossiers.ID          `bun:"dossier_id"`
	Kind          Kind                 `bun:"kind"`
	HeldAt        time.Time            `bun:"held_at"`
	Minutes       int                  `bun:"minutes"`
	MemberID      tenantdb.PersonID    `bun:"member_id"`
	Hard          bool                 `bun:"hard"`
	Noted         bool                 `bun:"noted"`
	Account       keys.Sealed[Account] `bun:"account"`
	RecordedAt    time.Time            `bun:"recorded_at"`
	Version       int                  `bun:"version"`
	WrittenAt     time.Time            `bun:"written_at"`
	WrittenBy     tenantdb.PersonID    `bun:"written_by"`
}

// rowOf gives the row of an interview, sealed.
func rowOf(box *keys.Box, i Interview) (interviewRow, error) {
	if err := box.Seal(&i); err != nil {
		return interviewRow{}, fmt.Errorf("seal interview: %w", err)
	}
	return interviewRow{
		InterviewID: i.InterviewID, DossierID: i.DossierID, Kind: i.Kind, HeldAt: i.HeldAt, Minutes: i.Minutes, MemberID: i.MemberID, Hard: i.Hard,
		Noted: i.Noted, Account: i.Account, RecordedAt: i.WrittenAt, Version: i.Version, WrittenAt: i.WrittenAt, WrittenBy: i.WrittenBy,
	}, nil
}

// insertInterview says whether the interview is new: the same form sent twice makes one.
func insertInterview(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, i Interview) (bool, error) {
	row, err := rowOf(box, i)
	if err != nil {
		return false, err
	}
	row.TenantID = tenant
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, interview_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert interview: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateInterview(ctx context.Context, tx tenantdb.Tx, box *keys.Box, i Interview) error {
	row, err := rowOf(box, i)
	if err != nil {
		return err
	}
	err = tenantdb.Affected(tx.Update().Model(&row).Column("kind", "held_at", "minutes", "hard", "noted", "account", "version", "written_at", "written_by").
		Where("interview_id = ?", i.InterviewID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update interview %s: %w", i.InterviewID, err)
	}
	return nil
}

type earlierRow struct {
	bun.BaseModel `bun:"table:interview_versions"`
	TenantID      tenantdb.TenantID
	Earlier
}

func insertEarlier(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, earlier Earlier) error {
	row := earlierRow{TenantID: tenant, Earlier: earlier}
	if err := box.Seal(&row.Earlier); err != nil {
		return fmt.Errorf("seal a version of interview %s: %w", earlier.InterviewID, err)
	}
	if _, err := tx.Insert().Model(&row).Exec(ctx); err != nil {
		return fmt.Errorf("insert a version of interview %s: %w", earlier.InterviewID, err)
	}
	return nil
}

type draftRow struct {
	bun.BaseModel `bun:"table:drafts"`
	TenantID      tenantdb.TenantID       `bun:"tenant_id"`
	DraftID       ID                      `bun:"draft_id"`
	PersonID      tenantdb.PersonID       `bun:"person_id"`
	DossierID     dossiers.ID             `bun:"dossier_id"`
	FormValues    keys.Sealed[url.Values] `bun:"form_values"`
	SavedAt       time.Time               `bun:"saved_at"`
}

// upsertDraft saves a draft over what was saved before. An identifier that is somebody else's draft is not found.
func upsertDraft(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, draft Draft) error {
	if err := box.Seal(&draft); err != nil {
		return fmt.Errorf("seal draft: %w", err)
	}
	row := draftRow{
		TenantID: tenant, DraftID: draft.DraftID, PersonID: draft.PersonID, DossierID: draft.DossierID, FormValues: draft.FormValues, SavedAt: draft.SavedAt,
	}
	result, err := tx.Update().Model(&row).Column("dossier_id", "form_values", "saved_at").Where("draft_id = ?", draft.DraftID).Exec(ctx)
	if err != nil {
		return fmt.Errorf("update draft: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n > 0 {
		return err
	}
	if err := tenantdb.Affected(tx.Insert().Model(&row).On("conflict (tenant_id, draft_id) do nothing").Exec(ctx)); err != nil {
		return fmt.Errorf("insert draft: %w", err)
	}
	return nil
}

func deleteDraft(ctx context.Context, tx tenantdb.Tx, id ID) error {
	if _, err := tx.Delete().TableExpr("drafts").Where("draft_id = ?", id).Exec(ctx); err != nil {
		return fmt.Errorf("delete draft: %w", err)
	}
	return nil
}

func deleteDraftsBefore(ctx context.Context, tx tenantdb.Tx, moment time.Time) error {
	if _, err := tx.Delete().TableExpr("drafts").Where("saved_at <= ?", moment).Exec(ctx); err != nil {
		return fmt.Errorf("delete drafts: %w", err)
	}
	return nil
}

package interviews

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tasks"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with interviews.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Prepare gives what a form for an interview begins with, of a dossier or of one that is still to be chosen.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (Occasion, error) {
	by, err := access.Require(ctx, access.InterviewWrite)
	if err != nil {
		return Occasion{}, err
	}
	var occasion Occasion
	var drafts []Draft
	var mine, met []dossiers.Mention
	asked := []tenantdb.Question{askDrafts(by.Person, s.now().Add(-keptFor), &drafts)}
	if dossier.Zero() {
		asked = append(asked, askResponsible(by.Person, &mine), askMet(by.Person, &met))
	} else {
		asked = append(asked, dossiers.Mentioned(dossier, &occasion.Dossier))
	}
	if err := s.db.Read(ctx, asked...); err != nil {
		return Occasion{}, fmt.Errorf("prepare an interview: %w", err)
	}
	occasion.Recent = recent(mine, met)
	occasion.sort(drafts)
	if occasion.Draft == nil {
		return occasion, nil
	}
	box, err := s.keys.BoxOfPerson(ctx, by.Person)
	if err != nil {
		return Occasion{}, fmt.Errorf("open a draft: %w", err)
	}
	if err := box.Open(occasion.Draft); err != nil {
		return Occasion{}, fmt.Errorf("open a draft: %w", err)
	}
	return occasion, nil
}

// recent puts the dossiers that somebody is responsible for, and those of the last interviews, together by their code names.
func recent(mine, met []dossiers.Mention) []dossiers.Mention {
	all := slices.Concat(mine, met)
	slices.SortFunc(all, func(a, b dossiers.Mention) int { return strings.Compare(a.CodeName.Key(), b.CodeName.Key()) })
	return slices.Compact(all)
}

// Keep saves what somebody is writing, and says when that was. What has been handed in meanwhile is no draft any more.
func (s *Service) Keep(ctx context.Context, id ID, dossier dossiers.ID, typed url.Values) (time.Time, error) {
	by, err := access.Require(ctx, access.InterviewWrite)
	if err != nil {
		return time.Time{}, err
	}
	now := s.now()
	box, err := s.keys.BoxOfPerson(ctx, by.Person)
	if err != nil {
		return time.Time{}, fmt.Errorf("keep a draft: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if !dossier.Zero() {
			if _, _, err := dossiers.HoldForContact(ctx, tx, s.keys, dossier); err != nil {
				return err
			}
		}
		if err := deleteDraftsBefore(ctx, tx, now.Add(-keptFor)); err != nil {
			return err
		}
		if handedIn, err := exists(ctx, tx, id); err != nil || handedIn {
			return err
		}
		return upsertDraft(ctx, tx, box, by.Tenant, Draft{DraftID: id, PersonID: by.Person, DossierID: dossier, FormValues: keys.Of(typed), SavedAt: now})
	})
	return now, err
}

// Discard throws a draft away. One that is not there, or is somebody else's, is gone already.
func (s *Service) Discard(ctx context.Context, id ID) error {
	if _, err := access.Require(ctx, access.InterviewWrite); err != nil {
		return err
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error { return deleteDraft(ctx, tx, id) })
}

// Whose says which dossier an interview is about: by its identifier, or by its code name.
type Whose struct {
	Dossier  dossiers.ID
	CodeName dossiers.CodeName
}

func (w Whose) find(ctx context.Context, tx tenantdb.Tx) (dossiers.ID, error) {
	switch {
	case !w.Dossier.Zero():
		return w.Dossier, nil
	case w.CodeName == "":
		return dossiers.ID{}, fault.Invalid("dossier", "interviews.dossier.missing")
	}
	found, err := dossiers.Named(ctx, tx, w.CodeName)
	if errors.Is(err, fault.NotFound()) {
		return dossiers.ID{}, fault.Invalid("code_name", "interviews.code_name.unknown")
	}
	return found.DossierID, err
}

// Record writes an interview down, and its next steps as tasks. The same form sent twice makes one. It gives the dossier.
func (s *Service) Record(ctx context.Context, whose Whose, id ID, contents Contents, steps []Step) (dossier dossiers.ID, err error) {
	by, err := access.Require(ctx, access.InterviewWrite)
	if err != nil {
		return dossiers.ID{}, err
	}
	now := s.now()
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if dossier, err = whose.find(ctx, tx); err != nil {
			return err
		}
		if err := contents.Check(now).Err(); err != nil {
			return err
		}
		_, box, err := dossiers.HoldForContact(ctx, tx, s.keys, dossier)
		if err != nil {
			return err
		}
		interview := Interview{Line: Line{InterviewID: id, DossierID: dossier, MemberID: by.Person}, Version: 1, WrittenAt: now, WrittenBy: by.Person}
		interview.write(contents)
		fresh, err := insertInterview(ctx, tx, box, by.Tenant, interview)
		if err != nil {
			return err
		}
		if !fresh {
			return sameDossier(ctx, tx, id, dossier)
		}
		for _, step := range tasksOf(steps, by.Person, forms.Today(now)) {
			if err := tasks.Add(ctx, tx, by, box, dossier, ids.New[tasks.Task](), step, now); err != nil {
				return err
			}
		}
		if err := deleteDraft(ctx, tx, id); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.InterviewRecorded, Dossier: dossiers.TimelineID(dossier), Detail: string(contents.Kind)})
	})
	return dossier, err
}

// sameDossier keeps an identifier that is taken by another dossier's interview from being taken for this one's.
func sameDossier(ctx context.Context, tx tenantdb.Tx, id ID, dossier dossiers.ID) error {
	interview, err := lockInterview(ctx, tx, id)
	if err == nil && interview.DossierID != dossier {
		return fault.NotFound()
	}
	return err
}

// OfDossier gives the interviews of a dossier with what was said, the newest first.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID, filter Filter) (Part, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Part{}, err
	}
	part := Part{Filter: filter}
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &part.Dossier), askPart(dossier, filter, &part.Interviews), askTally(dossier, &part.Tally),
		members.Recent(&part.Staff), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Part{}, fmt.Errorf("list interviews of dossier %s: %w", dossier, err)
	}
	if len(part.Interviews) > PartSize {
		part.Interviews = part.Interviews[:PartSize]
		part.Next = part.Interviews[PartSize-1].cursor()
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return Part{}, fmt.Errorf("list interviews of dossier %s: %w", dossier, err)
	}
	for i := range part.Interviews {
		if err := box.Open(&part.Interviews[i]); err != nil {
			return Part{}, fmt.Errorf("open interviews of dossier %s: %w", dossier, err)
		}
	}
	return part, nil
}

// List gives a page of the interviews of all dossiers, and counts them, without counting them: see the table interview_counts.
func (s *Service) List(ctx context.Context, filter Filter) (Page, error) {
	if _, err := access.Require(ctx, access.DossierList); err != nil {
		return Page{}, err
	}
	page := Page{Filter: filter}
	if err := s.db.Read(ctx, askRows(filter, &page.Rows), askCounts(filter.Member, &page.Tally), members.Recent(&page.Staff)); err != nil {
		return Page{}, fmt.Errorf("list interviews: %w", err)
	}
	if len(page.Rows) > PageSize {
		page.Rows = page.Rows[:PageSize]
		page.Next = page.Rows[PageSize-1].cursor()
	}
	return page, nil
}

// File is an interview, opened, with all that it said before.
type File struct {
	Interview
	Account Account
	Earlier []Earlier
	Staff   []members.Member
}

// Mention is how pages speak of the interview's dossier.
func (f File) Mention() dossiers.Mention {
	return dossiers.Mention{DossierID: f.DossierID, CodeName: f.CodeName}
}

// Name is what a member of the staff is called.
func (f File) Name(id tenantdb.PersonID) string { return members.Name(f.Staff, id) }

// Contents are what the interview says.
func (f File) Contents() Contents { return f.contents() }

// Find opens an interview.
func (s *Service) Find(ctx context.Context, id ID) (file File, err error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return File{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		file, _, err = s.open(ctx, tx, id)
		return err
	})
	return file, err
}

// open opens an interview with its history. Whoever asks for it has seen it, also when nothing comes of that.
func (s *Service) open(ctx context.Context, tx tenantdb.Tx, id ID) (File, *keys.Box, error) {
	interview, err := lockInterview(ctx, tx, id)
	if err != nil {
		return File{}, nil, err
	}
	if err := journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(interview.DossierID)}); err != nil {
		return File{}, nil, err
	}
	box, err := s.keys.Box(ctx, dossiers.HolderOf(interview.DossierID))
	if err != nil {
		return File{}, nil, err
	}
	if err := box.Open(&interview); err != nil {
		return File{}, nil, fmt.Errorf("open interview %s: %w", id, err)
	}
	earlier, err := listEarlier(ctx, tx, id)
	if err != nil {
		return File{}, nil, err
	}
	for i := range earlier {
		if err := box.Open(&earlier[i]); err != nil {
			return File{}, nil, fmt.Errorf("open version %d of interview %s: %w", earlier[i].Version, id, err)
		}
	}
	staff, err := members.List(ctx, tx)
	return File{interview, interview.Account.Get(), earlier, staff}, box, err
}

// Correct writes an interview anew that somebody saw in a version; what it said before is kept. When it changed meanwhile it is
// a fault.Conflict, and the file is what it is now; when somebody else wrote just the same, it is done.
func (s *Service) Correct(ctx context.Context, id ID, version int, contents Contents) (current File, err error) {
	by, err := access.Require(ctx, access.InterviewWrite)
	if err != nil {
		return File{}, err
	}
	now := s.now()
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var box *keys.Box
		if current, box, err = s.open(ctx, tx, id); err != nil {
			return err
		}
		if err := contents.Check(now).Err(); err != nil {
			return tenantdb.AndCommit(err)
		}
		if contents.same(current.contents()) {
			return nil
		}
		changed := current.Interview
		before, err := changed.correct(version, contents, by.Person, now)
		if err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := insertEarlier(ctx, tx, box, by.Tenant, before); err != nil {
			return err
		}
		if err := updateInterview(ctx, tx, box, changed); err != nil {
			return err
		}
		return timeline.Record(ctx, tx, by, timeline.Event{Kind: timeline.InterviewCorrected, Dossier: dossiers.TimelineID(changed.DossierID), Detail: string(changed.Kind)})
	})
	return current, err
}

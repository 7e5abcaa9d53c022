package appointments

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/interpreters"
	"passerelle/internal/journal"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Service is what can be done with appointments and bookings.
type Service struct {
	db   *tenantdb.DB
	keys *keys.Ring
	now  func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, ring *keys.Ring, now func() time.Time) *Service {
	return &Service{db, ring, now}
}

// Agenda is what a dossier's page about appointments shows.
type Agenda struct {
	Dossier dossiers.Mention
	// Coming begins with what is under way; Past is newest first, and Older where the next page of it begins.
	Coming, Past []Appointment
	Older        Cursor
	Bookings     []Booking
	Exclusions   []interpreters.Exclusion
	Directory    []interpreters.Interpreter
	Staff        []members.Member
}

// OfDossier gives the appointments of a dossier, and who must not interpret. Past ones are those before a place in the list;
// no place is its beginning.
func (s *Service) OfDossier(ctx context.Context, dossier dossiers.ID, before Cursor) (Agenda, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Agenda{}, err
	}
	now := s.now()
	if before.None() {
		before = Cursor{at: now}
	}
	var agenda Agenda
	var ahead []Appointment
	err := s.db.Read(ctx, dossiers.Mentioned(dossier, &agenda.Dossier), coming(dossier, now, &ahead), past(dossier, before, &agenda.Past), bookingsOf(dossier, &agenda.Bookings),
		interpreters.ExclusionsOf(dossier, &agenda.Exclusions), interpreters.All(&agenda.Directory), members.Recent(&agenda.Staff), journal.Seen(ctx, dossiers.TimelineID(dossier)))
	if err != nil {
		return Agenda{}, fmt.Errorf("list the appointments of dossier %s: %w", dossier, err)
	}
	for _, appointment := range ahead {
		if now.Before(appointment.EndsAt()) {
			agenda.Coming = append(agenda.Coming, appointment)
		}
	}
	if len(agenda.Past) > pastPage {
		agenda.Past = agenda.Past[:pastPage]
		agenda.Older = Cursor{agenda.Past[pastPage-1].StartsAt, agenda.Past[pastPage-1].AppointmentID}
	}
	agenda.Past = slices.DeleteFunc(agenda.Past, func(a Appointment) bool { return now.Before(a.EndsAt()) })
	return agenda, s.open(ctx, dossier, &agenda)
}

func (s *Service) open(ctx context.Context, dossier dossiers.ID, agenda *Agenda) error {
	box, err := s.keys.Box(ctx, dossiers.HolderOf(dossier))
	if err != nil {
		return fmt.Errorf("open the appointments of dossier %s: %w", dossier, err)
	}
	for _, list := range [][]Appointment{agenda.Coming, agenda.Past} {
		for i := range list {
			if err := box.Open(&list[i]); err != nil {
				return fmt.Errorf("open appointment %s: %w", list[i].AppointmentID, err)
			}
		}
	}
	for i := range agenda.Bookings {
		if err := box.Open(&agenda.Bookings[i]); err != nil {
			return fmt.Errorf("open booking %s: %w", agenda.Bookings[i].BookingID, err)
		}
	}
	for i := range agenda.Exclusions {
		if err := box.Open(&agenda.Exclusions[i]); err != nil {
			return fmt.Errorf("open exclusion %s: %w", agenda.Exclusions[i].ExclusionID, err)
		}
	}
	return interpreters.Open(ctx, s.keys, agenda.Directory)
}

// Sheet is one appointment with all that its page shows.
type Sheet struct {
	Appointment
	Dossier   dossiers.Mention
	Bookings  []Booking
	Directory []interpreters.Interpreter
	// Exclusions are those that hold: a booking of before may meet one.
	Exclusions []interpreters.Exclusion
	Staff      []members.Member
}

// Find gives one appointment. What is a member's own is that member's to see, and of those who may see others' weeks.
func (s *Service) Find(ctx context.Context, id ID) (Sheet, error) {
	by, err := access.Require(ctx, access.DossierShow)
	if err != nil {
		return Sheet{}, err
	}
	var sheet Sheet
	if err := s.db.Read(ctx, ofID(id, &sheet.Appointment)); err != nil {
		return Sheet{}, fmt.Errorf("find appointment %s: %w", id, err)
	}
	if sheet.Own() {
		if sheet.MemberID != by.Person && !access.Can(ctx, access.CalendarOthers) {
			return Sheet{}, fault.NotFound()
		}
		return sheet, s.db.Read(ctx, members.Recent(&sheet.Staff))
	}
	agenda := Agenda{}
	if err := s.db.Read(ctx, dossiers.Mentioned(sheet.DossierID, &sheet.Dossier), bookingsFor(id, &agenda.Bookings), interpreters.All(&agenda.Directory),
		interpreters.ExclusionsOf(sheet.DossierID, &agenda.Exclusions), members.Recent(&sheet.Staff), journal.Seen(ctx, dossiers.TimelineID(sheet.DossierID))); err != nil {
		return Sheet{}, fmt.Errorf("find appointment %s: %w", id, err)
	}
	agenda.Coming = []Appointment{sheet.Appointment}
	if err := s.open(ctx, sheet.DossierID, &agenda); err != nil {
		return Sheet{}, err
	}
	sheet.Appointment, sheet.Bookings, sheet.Directory, sheet.Exclusions = agenda.Coming[0], agenda.Bookings, agenda.Directory, agenda.Exclusions
	return sheet, nil
}

// Occasion is what a form for an appointment begins with.
type Occasion struct {
	// Dossier is none for a member's own.
	Dossier dossiers.Mention
	Staff   []members.Member
}

// Prepare gives what a form for a new appointment begins with; the zero dossier is for a member's own.
func (s *Service) Prepare(ctx context.Context, dossier dossiers.ID) (Occasion, error) {
	if _, err := access.Require(ctx, access.AppointmentWrite); err != nil {
		return Occasion{}, err
	}
	var occasion Occasion
	asked := []tenantdb.Question{members.All(&occasion.Staff)}
	if !dossier.Zero() {
		asked = append(asked, dossiers.Mentioned(dossier, &occasion.Dossier))
	}
	if err := s.db.Read(ctx, asked...); err != nil {
		return Occasion{}, fmt.Errorf("prepare an appointment: %w", err)
	}
	return occasion, nil
}

// Make writes an appointment down, repeated weekly so many times, and says how many there are. The zero dossier is a
// member's own, which is of whoever asks. The same form sent twice makes each once.
func (s *Service) Make(ctx context.Context, dossier dossiers.ID, id ID, terms Terms, weeks int) error {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return err
	}
	if weeks < 1 || weeks > MostWeeks {
		return fault.Invalid("weeks", "forms.number.out_of_range", "Min", 1, "Max", MostWeeks)
	}
	if dossier.Zero() {
		terms.MemberID, terms.Where = by.Person, ""
	}
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		box, err := s.hold(ctx, tx, dossier)
		if err != nil {
			return err
		}
		if err := s.check(ctx, tx, terms, dossier); err != nil {
			return err
		}
		made := 0
		for i, day := range weekly(*terms.On, weeks) {
			terms.On = &day
			appointment := Appointment{AppointmentID: repeated(id, i), DossierID: dossier, ChangedBy: by.Person, ChangedAt: s.now(), Version: 1}.with(terms)
			fresh, err := insertAppointment(ctx, tx, box, by.Tenant, appointment, id)
			if err != nil {
				return err
			}
			if fresh {
				made++
			}
		}
		if made == 0 {
			return ofThis(ctx, tx, id, dossier)
		}
		return record(ctx, tx, by, timeline.AppointmentMade, dossier, string(terms.Kind))
	})
}

// hold keeps a dossier as it is; there is none to keep of what is a member's own.
func (s *Service) hold(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (*keys.Box, error) {
	if dossier.Zero() {
		return nil, nil
	}
	_, box, err := dossiers.Hold(ctx, tx, s.keys, dossier)
	return box, err
}

func (s *Service) check(ctx context.Context, tx tenantdb.Tx, terms Terms, dossier dossiers.ID) error {
	staff, err := members.List(ctx, tx)
	if err != nil {
		return err
	}
	if err := terms.Check(staff, dossier.Zero(), s.now()); err != nil {
		return err
	}
	return dossiers.MayBeGiven(ctx, tx, dossier, terms.MemberID, "member")
}

// record leaves the event of a dossier; what is a member's own has no timeline.
func record(ctx context.Context, tx tenantdb.Tx, by access.Principal, kind timeline.Kind, dossier dossiers.ID, detail string) error {
	if dossier.Zero() {
		return nil
	}
	return timeline.Record(ctx, tx, by, timeline.Event{Kind: kind, Dossier: dossiers.TimelineID(dossier), Detail: detail})
}

// ofThis keeps an identifier that is taken by another dossier's appointment from being taken for this one's.
func ofThis(ctx context.Context, tx tenantdb.Tx, id ID, dossier dossiers.ID) error {
	there, err := findAppointment(ctx, tx.Select(), id)
	if err == nil && there.DossierID != dossier {
		return fault.NotFound()
	}
	return err
}

// locked gives an appointment to change, with its dossier held. A member's own is changed by that member alone.
func (s *Service) locked(ctx context.Context, tx tenantdb.Tx, by access.Principal, id ID) (Appointment, *keys.Box, error) {
	found, err := findAppointment(ctx, tx.Select(), id)
	if err != nil {
		return Appointment{}, nil, err
	}
	if found.Own() && found.MemberID != by.Person {
		return Appointment{}, nil, fault.NotFound()
	}
	box, err := s.hold(ctx, tx, found.DossierID)
	if err != nil {
		return Appointment{}, nil, err
	}
	// Read again: now nobody else can be changing it.
	if found, err = findAppointment(ctx, tx.Select().For("no key update of a"), id); err != nil || found.Own() {
		return found, nil, err
	}
	if err := box.Open(&found); err != nil {
		return Appointment{}, nil, fmt.Errorf("open appointment %s: %w", id, err)
	}
	// What is opened was seen, also when nothing comes of it.
	return found, box, journal.Record(ctx, tx, journal.Entry{Action: journal.DossierSeen, Dossier: dossiers.TimelineID(found.DossierID)})
}

// Change gives an appointment that somebody saw in a version other terms. When it was changed meanwhile it is a
// fault.Conflict, and the appointment is what it is now. An interpreter is asked anew when the time or the day moves.
func (s *Service) Change(ctx context.Context, id ID, version int, terms Terms) (current Appointment, err error) {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return Appointment{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var box *keys.Box
		if current, box, err = s.locked(ctx, tx, by, id); err != nil {
			return err
		}
		if current.Own() {
			terms.MemberID, terms.Where = by.Person, ""
		}
		if err := s.check(ctx, tx, terms, current.DossierID); err != nil {
			return tenantdb.AndCommit(err)
		}
		if current.same(terms) {
			return nil
		}
		if current.Version != version {
			return tenantdb.AndCommit(fault.Conflict("appointments.conflict"))
		}
		if err := current.Movable(); err != nil {
			return tenantdb.AndCommit(err)
		}
		changed := current.with(terms).changed(by, s.now())
		if err := updateAppointment(ctx, tx, box, changed); err != nil {
			return err
		}
		if !changed.StartsAt.Equal(current.StartsAt) || changed.Minutes != current.Minutes {
			if err := answerLive(ctx, tx, id, Requested, s.now()); err != nil {
				return err
			}
		}
		return record(ctx, tx, by, timeline.AppointmentChanged, current.DossierID, string(changed.Kind))
	})
	return current, err
}

// changed notes by whom and when.
func (a Appointment) changed(by access.Principal, at time.Time) Appointment {
	a.ChangedBy, a.ChangedAt, a.Version = by.Person, at, a.Version+1
	return a
}

// Conclude writes down what came of an appointment; whoever was to interpret at one that is called off is called off as well.
func (s *Service) Conclude(ctx context.Context, id ID, outcome Outcome) (concluded Appointment, err error) {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return Appointment{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		var box *keys.Box
		if concluded, box, err = s.locked(ctx, tx, by, id); err != nil || concluded.Outcome == outcome && outcome != "" {
			return err
		}
		if err := concluded.Conclude(outcome, s.now()); err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := updateAppointment(ctx, tx, box, concluded.changed(by, s.now())); err != nil {
			return err
		}
		if outcome == Cancelled {
			if err := answerLive(ctx, tx, id, CalledOff, s.now()); err != nil {
				return err
			}
		}
		return record(ctx, tx, by, timeline.AppointmentConcluded, concluded.DossierID, string(outcome))
	})
	return concluded, err
}

// Calendar gives the file for a calendar. Nothing is opened for it.
func (s *Service) Calendar(ctx context.Context, id ID) ([]byte, error) {
	by, err := access.Require(ctx, access.CalendarShow)
	if err != nil {
		return nil, err
	}
	var row calendarRow
	if err := s.db.Read(ctx, forCalendar(id, &row)); err != nil {
		return nil, fmt.Errorf("find appointment %s: %w", id, err)
	}
	if row.DossierID.Zero() && row.MemberID != by.Person {
		return nil, fault.NotFound()
	}
	return Appointment{StartsAt: row.StartsAt, Minutes: row.Minutes, Reminder: row.Reminder, Outcome: row.Outcome,
		CalendarUID: row.CalendarUID, ChangedAt: row.ChangedAt, Version: row.Version}.Calendar(ctx), nil
}

// Week gives the week of a member in which a day is; the zero member and day are whoever asks, and today. Other people's
// weeks are for those who see to the team.
func (s *Service) Week(ctx context.Context, member tenantdb.PersonID, day time.Time) (Week, error) {
	by, err := access.Require(ctx, access.CalendarShow)
	if err != nil {
		return Week{}, err
	}
	now := s.now()
	if member.Zero() {
		member = by.Person
	}
	if day.IsZero() {
		day = forms.Today(now)
	}
	week := Week{Member: member, Monday: MondayOf(day)}
	if member != by.Person {
		if _, err := access.Require(ctx, access.CalendarOthers); err != nil {
			return Week{}, err
		}
	}
	var staff []members.Member
	if err := s.db.Read(ctx, between(member, midnight(week.Monday), midnight(week.Monday.AddDate(0, 0, 7)), &week.Lines), Unwritten(member, now, &week.Unwritten), members.Recent(&staff)); err != nil {
		return Week{}, fmt.Errorf("show the week of member %s: %w", member, err)
	}
	if !slices.ContainsFunc(staff, func(m members.Member) bool { return m.MemberID == member }) {
		return Week{}, fault.NotFound()
	}
	if access.Can(ctx, access.CalendarOthers) {
		week.Staff = staff
	}
	return week, nil
}

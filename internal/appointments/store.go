package appointments

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// SealedRows says where appointments have sealed what.
var SealedRows = []keys.Rows{
	{Kind: keys.Dossier, Table: "meeting_places", Holder: "dossier_id", Key: []string{"appointment_id"}, Columns: []string{"place"}},
	{Kind: keys.Dossier, Table: "bookings", Holder: "dossier_id", Key: []string{"booking_id"}, Columns: []string{"terms"}},
}

// How many a page shows: of what comes, of what was, in a week, and that wait for somebody to say what came of them.
const (
	mostComing    = 100
	pastPage      = 50
	mostInWeek    = 300
	mostUnwritten = 50
	mostBookings  = 300
)

var columns = []string{
	"a.appointment_id", "a.dossier_id", "a.member_id", "a.kind", "a.starts_at", "a.minutes", "a.reminder", "p.place", "a.calendar_uid", "a.changed_by", "a.changed_at", "a.version",
}

func selectAppointments(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("appointments as a").Column(columns...).ColumnExpr("coalesce(a.outcome, '') as outcome").
		Join("left join meeting_places as p on p.tenant_id = a.tenant_id and p.appointment_id = a.appointment_id")
}

// coming asks for what a dossier has before it, soonest first; what is under way is among it.
func coming(dossier dossiers.ID, now time.Time, into *[]Appointment) tenantdb.Question {
	return tenantdb.Many(into, comingStatement.With(dossier, now.Add(-longest*time.Minute)))
}

var comingStatement = tenantdb.Prepare(selectAppointments(tenantdb.Select()).Where("a.dossier_id = ?", tenantdb.Argument(1)).Where("a.starts_at > ?", tenantdb.Argument(2)).
	OrderExpr("a.starts_at, a.appointment_id").Limit(mostComing))

// past asks for what a dossier has behind it before a place, newest first, and one more than a page shows.
func past(dossier dossiers.ID, before Cursor, into *[]Appointment) tenantdb.Question {
	return tenantdb.Many(into, pastStatement.With(dossier, before.at, before.id.UUID()))
}

var pastStatement = tenantdb.Prepare(selectAppointments(tenantdb.Select()).Where("a.dossier_id = ?", tenantdb.Argument(1)).Where("(a.starts_at, a.appointment_id) < (?, ?)", tenantdb.Argument(2), tenantdb.Argument(3)).
	OrderExpr("a.starts_at desc, a.appointment_id desc").Limit(pastPage + 1))

// ofID asks for one appointment.
func ofID(id ID, into *Appointment) tenantdb.Question {
	return tenantdb.One(into, selectAppointments(tenantdb.Select()).Where("a.appointment_id = ?", id))
}

func findAppointment(ctx context.Context, query *bun.SelectQuery, id ID) (found Appointment, err error) {
	if err := tenantdb.Found(selectAppointments(query).Where("a.appointment_id = ?", id).Scan(ctx, &found)); err != nil {
		return Appointment{}, fmt.Errorf("find appointment %s: %w", id, err)
	}
	return found, nil
}

func selectBookings(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("bookings").Column("booking_id", "appointment_id", "dossier_id", "interpreter_id", "terms", "state", "booked_at").OrderExpr("booked_at desc, booking_id")
}

// bookingsOf asks for the bookings of a dossier, newest first.
func bookingsOf(dossier dossiers.ID, into *[]Booking) tenantdb.Question {
	return tenantdb.Many(into, bookingsStatement.With(dossier))
}

var bookingsStatement = tenantdb.Prepare(selectBookings(tenantdb.Select()).Where("dossier_id = ?", tenantdb.Argument(1)).Limit(mostBookings))

// bookingsFor asks for the bookings of one appointment.
func bookingsFor(appointment ID, into *[]Booking) tenantdb.Question {
	return tenantdb.Many(into, bookingsForStatement.With(appointment))
}

var bookingsForStatement = tenantdb.Prepare(selectBookings(tenantdb.Select()).Where("appointment_id = ?", tenantdb.Argument(1)).Limit(mostBookings))

func ofBookingID(id BookingID, into *Booking) tenantdb.Question {
	return tenantdb.One(into, selectBookings(tenantdb.Select()).Where("booking_id = ?", id))
}

func findBooking(ctx context.Context, tx tenantdb.Tx, id BookingID) (found Booking, err error) {
	if err := tenantdb.Found(selectBookings(tx.Select()).Where("booking_id = ?", id).Scan(ctx, &found)); err != nil {
		return Booking{}, fmt.Errorf("find booking %s: %w", id, err)
	}
	return found, nil
}

// selectLines is appointments as lists across dossiers show them; nothing sealed is among it.
func selectLines() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("appointments as a").
		ColumnExpr("a.appointment_id, a.dossier_id, coalesce(d.code_name, '') as code_name, a.kind, a.starts_at, a.minutes, coalesce(a.outcome, '') as outcome").
		ColumnExpr("coalesce((select b.state from bookings as b where b.tenant_id = a.tenant_id and b.appointment_id = a.appointment_id order by b.booked_at desc, b.booking_id limit 1), '') as interpreter").
		Join("left join dossiers as d on d.tenant_id = a.tenant_id and d.dossier_id = a.dossier_id").
		Where("a.member_id = ?", tenantdb.Argument(1))
}

// between asks for a member's appointments from one moment until before another.
func between(member tenantdb.PersonID, from, until time.Time, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, betweenStatement.With(member, from, until))
}

var betweenStatement = tenantdb.Prepare(selectLines().Where("a.starts_at >= ?", tenantdb.Argument(2)).Where("a.starts_at < ?", tenantdb.Argument(3)).
	OrderExpr("a.starts_at, a.appointment_id").Limit(mostInWeek))

// Unwritten asks for what a member had with a dossier, is over, and of which nothing says what came of it: interviews without
// a note. The oldest comes first.
func Unwritten(member tenantdb.PersonID, now time.Time, into *[]Line) tenantdb.Question {
	return tenantdb.Many(into, unwrittenStatement.With(member, now))
}

var unwrittenStatement = tenantdb.Prepare(selectLines().Where("a.dossier_id is not null and a.outcome is null").
	Where("a.starts_at + make_interval(mins => a.minutes) <= ?", tenantdb.Argument(2)).OrderExpr("a.starts_at, a.appointment_id").Limit(mostUnwritten))

// NextOf asks for the next appointment of a dossier that is not settled; none is an empty list.
func NextOf(dossier dossiers.ID, now time.Time, into *[]Appointment) tenantdb.Question {
	return tenantdb.Many(into, nextStatement.With(dossier, now))
}

var nextStatement = tenantdb.Prepare(selectAppointments(tenantdb.Select()).Where("a.dossier_id = ?", tenantdb.Argument(1)).Where("a.starts_at >= ?", tenantdb.Argument(2)).
	Where("a.outcome is null").OrderExpr("a.starts_at, a.appointment_id").Limit(1))

type appointmentRow struct {
	bun.BaseModel `bun:"table:appointments"`
	TenantID      tenantdb.TenantID
	SeriesID      ID
	Appointment
}

type placeRow struct {
	bun.BaseModel `bun:"table:meeting_places"`
	TenantID      tenantdb.TenantID
	Appointment
}

var (
	inserted = []string{"tenant_id", "appointment_id", "dossier_id", "member_id", "kind", "starts_at", "minutes", "reminder", "series_id", "changed_by", "changed_at", "version"}
	updated  = []string{"member_id", "kind", "starts_at", "minutes", "reminder", "outcome", "changed_by", "changed_at", "version"}
)

// insertAppointment says whether it is new. The box is nil for what is a member's own.
func insertAppointment(ctx context.Context, tx tenantdb.Tx, box *keys.Box, tenant tenantdb.TenantID, a Appointment, series ID) (bool, error) {
	result, err := tx.Insert().Model(&appointmentRow{TenantID: tenant, SeriesID: series, Appointment: a}).Column(inserted...).
		On("conflict (tenant_id, appointment_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert appointment: %w", err)
	}
	if n, err := result.RowsAffected(); err != nil || n == 0 || a.Own() {
		return n == 1, err
	}
	row := placeRow{TenantID: tenant, Appointment: a}
	if err := box.Seal(&row.Appointment); err != nil {
		return false, fmt.Errorf("seal appointment: %w", err)
	}
	if _, err := tx.Insert().Model(&row).Column("tenant_id", "appointment_id", "dossier_id", "place").Exec(ctx); err != nil {
		return false, fmt.Errorf("insert the place of an appointment: %w", err)
	}
	return true, nil
}

func updateAppointment(ctx context.Context, tx tenantdb.Tx, box *keys.Box, a Appointment) error {
	err := tenantdb.Affected(tx.Update().Model(&appointmentRow{Appointment: a}).Column(updated...).Where("appointment_id = ?", a.AppointmentID).Exec(ctx))
	if err != nil || a.Own() {
		return wrapped(err, a)
	}
	row := placeRow{Appointment: a}
	if err := box.Seal(&row.Appointment); err != nil {
		return wrapped(err, a)
	}
	return wrapped(tenantdb.Affected(tx.Update().Model(&row).Column("place").Where("appointment_id = ?", a.AppointmentID).Exec(ctx)), a)
}

func wrapped(err error, a Appointment) error {
	if err != nil {
		return fmt.Errorf("update appointment %s: %w", a.AppointmentID, err)
	}
	return nil
}

type bookingRow struct {
	bun.BaseModel `bun:"table:bookings"`
	TenantID      tenantdb.TenantID
	Booking
	BookedBy  tenantdb.PersonID
	ChangedAt time.Time
}

// insertBooking says whether it is new: the same form sent twice asks once.
func insertBooking(ctx context.Context, tx tenantdb.Tx, box *keys.Box, by access.Principal, b Booking) (bool, error) {
	row := bookingRow{TenantID: by.Tenant, Booking: b, BookedBy: by.Person, ChangedAt: b.BookedAt}
	if err := box.Seal(&row.Booking); err != nil {
		return false, fmt.Errorf("seal booking: %w", err)
	}
	result, err := tx.Insert().Model(&row).On("conflict (tenant_id, booking_id) do nothing").Exec(ctx)
	if err != nil {
		return false, fmt.Errorf("insert booking: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

func updateBooking(ctx context.Context, tx tenantdb.Tx, b Booking, at time.Time) error {
	err := tenantdb.Affected(tx.Update().TableExpr("bookings").Set("state = ?", b.State).Set("changed_at = ?", at).Where("booking_id = ?", b.BookingID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update booking %s: %w", b.BookingID, err)
	}
	return nil
}

// answerLive takes the bookings of an appointment that still run to another state.
func answerLive(ctx context.Context, tx tenantdb.Tx, appointment ID, state State, at time.Time) error {
	_, err := tx.Update().TableExpr("bookings").Set("state = ?", state).Set("changed_at = ?", at).
		Where("appointment_id = ?", appointment).Where("state in (?, ?)", Requested, Confirmed).Exec(ctx)
	if err != nil {
		return fmt.Errorf("answer the bookings of appointment %s: %w", appointment, err)
	}
	return nil
}

// calendarRow is all that a calendar file is made of.
type calendarRow struct {
	MemberID    tenantdb.PersonID
	DossierID   dossiers.ID
	StartsAt    time.Time
	Minutes     int
	Reminder    Reminder
	Outcome     Outcome
	CalendarUID uuid.UUID
	ChangedAt   time.Time
	Version     int
}

func forCalendar(id ID, into *calendarRow) tenantdb.Question {
	return tenantdb.One(into, tenantdb.Select().TableExpr("appointments").Column("member_id", "dossier_id", "starts_at", "minutes", "reminder", "calendar_uid", "changed_at", "version").
		ColumnExpr("coalesce(outcome, '') as outcome").Where("appointment_id = ?", id))
}

package appointments

import (
	"context"
	"fmt"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/interpreters"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Search is who may interpret at an appointment.
type Search struct {
	Appointment
	Dossier dossiers.Mention
	// Languages are those of the person.
	Languages  []string
	Candidates []interpreters.Candidate
	// Excluded is how many are left out because the person excludes them.
	Excluded int
}

// Seek finds who may interpret at an appointment of a dossier, the best first.
func (s *Service) Seek(ctx context.Context, id ID) (search Search, err error) {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return Search{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		appointment, _, err := s.locked(ctx, tx, by, id)
		if err != nil {
			return err
		}
		if appointment.Own() {
			return fault.NotFound()
		}
		file, exclusions, err := s.person(ctx, tx, appointment.DossierID)
		if err != nil {
			return err
		}
		search = Search{Appointment: appointment, Dossier: dossiers.Mention{DossierID: appointment.DossierID, CodeName: file.CodeName}, Languages: file.Beneficiary.Languages}
		directory, err := interpreters.Listed(ctx, tx, s.keys)
		if err != nil {
			return err
		}
		search.Candidates, search.Excluded = interpreters.Candidates(directory, exclusions, search.Languages, forms.Today(appointment.StartsAt))
		return nil
	})
	return search, err
}

// person is the file of a dossier, and whom it excludes.
func (s *Service) person(ctx context.Context, tx tenantdb.Tx, dossier dossiers.ID) (dossiers.File, []interpreters.Exclusion, error) {
	file, err := dossiers.Load(ctx, tx, s.keys, dossier)
	if err != nil {
		return dossiers.File{}, nil, err
	}
	exclusions, err := interpreters.ListExclusions(ctx, tx, dossier)
	if err != nil {
		return dossiers.File{}, nil, err
	}
	for i := range exclusions {
		if err := file.Open(&exclusions[i]); err != nil {
			return dossiers.File{}, nil, fmt.Errorf("open exclusion %s: %w", exclusions[i].ExclusionID, err)
		}
	}
	return file, exclusions, nil
}

// Book asks an interpreter to come. The same form sent twice asks once; one who is asked already has to answer first.
func (s *Service) Book(ctx context.Context, appointment ID, id BookingID, interpreter interpreters.ID, terms BookingTerms) error {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		found, box, err := s.locked(ctx, tx, by, appointment)
		if err != nil {
			return err
		}
		if found.Own() {
			return fault.NotFound()
		}
		file, exclusions, err := s.person(ctx, tx, found.DossierID)
		if err != nil {
			return err
		}
		asked, err := interpreters.Load(ctx, tx, s.keys, interpreter)
		if err != nil {
			return err
		}
		if err := terms.Check(file); err != nil {
			return tenantdb.AndCommit(err)
		}
		if err := found.May(asked, exclusions, terms.Language, s.now()); err != nil {
			return tenantdb.AndCommit(err)
		}
		if terms.Mode != OnSite {
			terms.MeetingPoint = ""
		}
		fresh, err := insertBooking(ctx, tx, box, by, Booking{id, appointment, found.DossierID, interpreter, keys.Of(terms), Requested, s.now()})
		if err != nil {
			return err
		}
		if !fresh {
			there, err := findBooking(ctx, tx, id)
			if err == nil && there.AppointmentID != appointment {
				return fault.NotFound()
			}
			return err
		}
		return record(ctx, tx, by, timeline.InterpreterBooked, found.DossierID, "")
	})
	if tenantdb.Violates(err, "bookings_of_an_appointment_run_one_at_a_time") {
		return fault.Refused("appointments.booking.one_runs")
	}
	return err
}

// Answer writes down where a booking stands now, and gives its appointment. An interpreter whom the person has come to exclude
// is not confirmed.
func (s *Service) Answer(ctx context.Context, id BookingID, state State) (appointment Appointment, err error) {
	by, err := access.Require(ctx, access.AppointmentWrite)
	if err != nil {
		return Appointment{}, err
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		booking, err := findBooking(ctx, tx, id)
		if err != nil {
			return err
		}
		if appointment, _, err = s.locked(ctx, tx, by, booking.AppointmentID); err != nil {
			return err
		}
		// Read again: now nobody else can be answering it.
		if booking, err = findBooking(ctx, tx, id); err != nil || booking.State == state {
			return err
		}
		if err := booking.Answer(state, appointment, s.now()); err != nil {
			return tenantdb.AndCommit(err)
		}
		if state == Confirmed {
			_, exclusions, err := s.person(ctx, tx, appointment.DossierID)
			if err != nil {
				return err
			}
			interpreter, err := interpreters.Load(ctx, tx, s.keys, booking.InterpreterID)
			if err != nil {
				return err
			}
			if err := interpreter.MayCome(exclusions); err != nil {
				return tenantdb.AndCommit(err)
			}
		}
		if err := updateBooking(ctx, tx, booking, s.now()); err != nil {
			return err
		}
		return record(ctx, tx, by, timeline.BookingAnswered, appointment.DossierID, string(state))
	})
	return appointment, err
}

// Message is what an interpreter is told, with whom to tell it to.
type Message struct {
	Booking
	Dossier     dossiers.Mention
	Interpreter interpreters.Interpreter
	Call        Call
}

// Tell gives what an interpreter is told about a booking, and how to reach her or him.
func (s *Service) Tell(ctx context.Context, id BookingID) (Message, error) {
	if _, err := access.Require(ctx, access.DossierShow); err != nil {
		return Message{}, err
	}
	var message Message
	if err := s.db.Read(ctx, ofBookingID(id, &message.Booking)); err != nil {
		return Message{}, fmt.Errorf("find booking %s: %w", id, err)
	}
	sheet, err := s.Find(ctx, message.AppointmentID)
	if err != nil {
		return Message{}, err
	}
	for _, booking := range sheet.Bookings {
		if booking.BookingID == id {
			message.Booking = booking
		}
	}
	for _, interpreter := range sheet.Directory {
		if interpreter.InterpreterID == message.InterpreterID {
			message.Interpreter = interpreter
		}
	}
	message.Dossier, message.Call = sheet.Dossier, call(sheet.Appointment, message.Terms.Get())
	return message, nil
}

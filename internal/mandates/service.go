package mandates

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/journal"
	"passerelle/internal/members"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
)

// Service is what a tenant and those who run the installation do with mandates: the tenant's administrators in the application, the
// operators in the console, each as a role of the database of their own.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
	// waiting are the tenants of which something is asked, as of some seconds ago.
	waiting atomic.Pointer[[]tenantdb.TenantID]
}

// New makes the service.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db: db, now: now} }

// Sheet is all mandates of a tenant.
type Sheet struct {
	Mandates []Mandate
	// Names are those of the administrators who answered, for the tenant's own page.
	Names map[tenantdb.PersonID]string
	// Tenant is whose they are, for the page of the console.
	Tenant platform.Tenant
	At     time.Time
}

// List shows a tenant's administrators what was asked of it, and done.
func (s *Service) List(ctx context.Context) (Sheet, error) {
	by, err := access.Require(ctx, access.MandateList)
	if err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{At: s.now()}
	err = s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if sheet.Mandates, err = listMandates(ctx, tx, by.Tenant); err != nil {
			return err
		}
		sheet.Names, err = members.NamesOfAdministrators(ctx, tx)
		return err
	})
	return sheet, err
}

// Approve lets the operators do what they asked for, from now on and for as long as they asked.
func (s *Service) Approve(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.MandateAnswer)
	if err != nil {
		return err
	}
	return s.answer(ctx, by, id, journal.MandateApproved, (*Mandate).Approve)
}

// Refuse does not let them.
func (s *Service) Refuse(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.MandateAnswer)
	if err != nil {
		return err
	}
	return s.answer(ctx, by, id, journal.MandateRefused, (*Mandate).Refuse)
}

// End ends a mandate at once. It asks for no passkey: who wants others out must not be kept waiting.
func (s *Service) End(ctx context.Context, id ID) error {
	by, err := access.Require(ctx, access.MandateList)
	if err != nil {
		return err
	}
	return s.answer(ctx, by, id, journal.MandateEnded, (*Mandate).End)
}

func (s *Service) answer(ctx context.Context, by access.Principal, id ID, action journal.Action, say func(*Mandate, tenantdb.PersonID, time.Time) error) error {
	return s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		mandate, err := lockMandate(ctx, tx, by.Tenant, id)
		if err != nil {
			return err
		}
		if err := say(&mandate, by.Person, s.now()); err != nil {
			return err
		}
		if err := updateAnswer(ctx, tx, mandate); err != nil {
			return err
		}
		return journal.Record(ctx, tx, journal.Entry{Action: action})
	})
}

// look is how often the application sees whether something was asked, and how long that may take.
const (
	look     = 30 * time.Second
	patience = 5 * time.Second
)

// Watch sees to it until ctx ends that administrators are told on their pages that something waits for their answer.
func Watch(ctx context.Context, s *Service, log *slog.Logger) {
	tick := time.NewTicker(look)
	defer tick.Stop()
	for {
		looking, cancel := context.WithTimeout(ctx, patience)
		err := s.see(looking)
		cancel()
		if err != nil && ctx.Err() == nil {
			log.Error("mandates were not read", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

func (s *Service) see(ctx context.Context) error {
	var waiting []tenantdb.TenantID
	err := s.db.View(tenantdb.WithScope(ctx, tenantdb.SignIn()), func(ctx context.Context, tx tenantdb.Tx) (err error) {
		waiting, err = listAsked(ctx, tx, s.now())
		return err
	})
	if err == nil {
		s.waiting.Store(&waiting)
	}
	return err
}

// Wait says whether something was asked of a tenant that nobody has answered, as of some seconds ago.
func (s *Service) Wait(tenant tenantdb.TenantID) bool {
	waiting := s.waiting.Load()
	return waiting != nil && slices.Contains(*waiting, tenant)
}

// For shows an operator the mandates of a tenant.
func (s *Service) For(ctx context.Context, tenant tenantdb.TenantID) (Sheet, error) {
	if _, err := access.Require(ctx, access.MandateAsk); err != nil {
		return Sheet{}, err
	}
	sheet := Sheet{At: s.now()}
	err := s.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if sheet.Tenant, err = platform.FindTenant(ctx, tx, tenant); err != nil {
			return err
		}
		sheet.Mandates, err = listMandates(ctx, tx, tenant)
		return err
	})
	return sheet, err
}

// Ask asks a tenant to let those who run the installation act for it. The same form sent twice asks once.
func (s *Service) Ask(ctx context.Context, request Request) error {
	by, err := access.Require(ctx, access.MandateAsk)
	if err != nil {
		return err
	}
	request.Purpose = strings.TrimSpace(request.Purpose)
	if err := request.Check().Err(); err != nil {
		return err
	}
	return s.operate(ctx, request.TenantID, func(ctx context.Context, tx tenantdb.Tx) error {
		fresh, err := insertMandate(ctx, tx, request, by.Person, by.Name, s.now())
		if err != nil || !fresh {
			return err
		}
		return journal.RecordOperated(ctx, tx, request.TenantID, journal.MandateAsked, "")
	})
}

// Return gives a mandate back that is needed no longer, or takes a request back.
func (s *Service) Return(ctx context.Context, tenant tenantdb.TenantID, id ID) error {
	if _, err := access.Require(ctx, access.MandateAsk); err != nil {
		return err
	}
	return s.operate(ctx, tenant, func(ctx context.Context, tx tenantdb.Tx) error {
		mandate, err := lockMandate(ctx, tx, tenant, id)
		if err != nil {
			return err
		}
		if err := mandate.End(tenantdb.PersonID{}, s.now()); err != nil {
			return err
		}
		if err := updateReturned(ctx, tx, mandate); err != nil {
			return err
		}
		return journal.RecordOperated(ctx, tx, tenant, journal.MandateReturned, "")
	})
}

// NameAdministrator expects, within a mandate, one more administrator of the tenant, who is handed the code. The code is known here
// once. Sent twice, the second is refused: it would make another code.
func (s *Service) NameAdministrator(ctx context.Context, tenant tenantdb.TenantID, mandate ID, member tenantdb.PersonID, administrator platform.Administrator) (handed platform.Handed, err error) {
	by, err := access.Require(ctx, access.MandateAsk)
	if err != nil {
		return platform.Handed{}, err
	}
	if err := administrator.Check().Err(); err != nil {
		return platform.Handed{}, err
	}
	err = s.within(ctx, tenant, Deed{MandateID: mandate, Act: NameAdministrator, ByName: by.Name, About: administrator.Name}, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		handed, err = platform.NameAdministrator(ctx, tx, tenant, member, administrator, s.now())
		return err
	})
	if tenantdb.Violates(err, "members_pkey") {
		return platform.Handed{}, fault.Conflict("mandates.named_already")
	}
	return handed, err
}

// Correct has the registry say, within a mandate, something else of a tenant.
func (s *Service) Correct(ctx context.Context, tenant tenantdb.TenantID, mandate ID, correction platform.Correction) error {
	by, err := access.Require(ctx, access.MandateAsk)
	if err != nil {
		return err
	}
	if err := correction.Check().Err(); err != nil {
		return err
	}
	return s.within(ctx, tenant, Deed{MandateID: mandate, Act: CorrectRegistry, ByName: by.Name, About: correction.Name}, func(ctx context.Context, tx tenantdb.Tx) error {
		return platform.Correct(ctx, tx, tenant, correction)
	})
}

// within does something of a mandate, writes down that it was done, and tells the tenant's journal. The rule refuses in words; that
// nothing is done beyond a mandate, the database sees to as well.
func (s *Service) within(ctx context.Context, tenant tenantdb.TenantID, deed Deed, do func(ctx context.Context, tx tenantdb.Tx) error) error {
	deed.At = s.now()
	return s.operate(ctx, tenant, func(ctx context.Context, tx tenantdb.Tx) error {
		mandate, err := lockMandate(ctx, tx, tenant, deed.MandateID)
		if err != nil {
			return err
		}
		if !mandate.Allows(deed.Act, deed.At) {
			return fault.Refused("mandates.beyond")
		}
		if err := insertDeed(ctx, tx, tenant, deed); err != nil {
			return err
		}
		if err := do(ctx, tx); errors.Is(err, platform.ErrNoMandate) {
			return fault.Refused("mandates.beyond")
		} else if err != nil {
			return err
		}
		return journal.RecordOperated(ctx, tx, tenant, journal.MandateUsed, string(deed.Act))
	})
}

// operate acts for those who run the installation, with the tenant bound whose journal tells of it.
func (s *Service) operate(ctx context.Context, tenant tenantdb.TenantID, do func(ctx context.Context, tx tenantdb.Tx) error) error {
	return s.db.Write(tenantdb.WithScope(ctx, tenantdb.Platform(tenant)), do)
}

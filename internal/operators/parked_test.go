package operators

import (
	"net/url"
	"testing"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
)

// What was typed waits for an hour, in a memory that does not grow.
func TestWhatIsParkedWaitsForAnHour(t *testing.T) {
	now := time.Now()
	s := &Service{now: func() time.Time { return now }}
	session := Session{Operator: &Operator{OperatorID: ids.New[Operator]()}, ConfirmedAt: now}
	for range mostParked + 20 {
		s.Park(session, "/tenants/new", url.Values{"name": {"x"}})
	}
	if n := len(s.parking.forms); n != mostParked {
		t.Errorf("%d forms are kept", n)
	}
	now = now.Add(parkedFor - time.Second)
	if n := len(s.parking.standing(now)); n != mostParked {
		t.Errorf("%d forms are there before the hour is over", n)
	}
	now = now.Add(time.Second)
	if n := len(s.parking.standing(now)); n != 0 {
		t.Errorf("%d forms are there after it", n)
	}
	// Whoever is not in has nothing to lose.
	if path := s.Park(Session{}, "/tenants/new", url.Values{}); path != "/tenants/new" || len(s.parking.standing(now)) != 0 {
		t.Error(path)
	}
	if _, ok := s.Unpark(t.Context(), ids.New[signin.ParkedForm](), "/tenants/new"); ok {
		t.Error("nobody is given something")
	}
}

package operators

import (
	"context"
	"net/url"
	"sync"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/signin"
)

// What had been typed when the session ran out is kept in the memory of the process, and nowhere else: the console has no key with
// which to seal it. It waits for an hour, for the same operator and nobody else, and is given back once.
const (
	parkedFor  = time.Hour
	mostParked = 100
)

type parkedForm struct {
	signin.ParkedForm
	of ID
}

type parking struct {
	mu    sync.Mutex
	forms []parkedForm
}

// Park keeps a form for the operator of a session, which may have run out, and gives the path at which the page will find it again.
// Somebody who is not in has no form to lose, and is led to the page.
func (s *Service) Park(session Session, page string, values url.Values) string {
	form := signin.NewParkedForm(page, values, s.now())
	if session.Operator == nil || !session.In() {
		return form.Page
	}
	s.parking.mu.Lock()
	defer s.parking.mu.Unlock()
	s.parking.forms = append(s.parking.standing(s.now()), parkedForm{form, session.Operator.OperatorID})
	if len(s.parking.forms) > mostParked {
		s.parking.forms = s.parking.forms[1:]
	}
	return form.Path()
}

// Unpark gives back what the operator of the context had typed on a page, once.
func (s *Service) Unpark(ctx context.Context, id signin.ParkedFormID, page string) (url.Values, bool) {
	by, err := access.Require(ctx, access.TenantManage)
	if err != nil {
		return nil, false
	}
	s.parking.mu.Lock()
	defer s.parking.mu.Unlock()
	s.parking.forms = s.parking.standing(s.now())
	for i, form := range s.parking.forms {
		if form.ID == id && form.of.String() == by.Person.String() && form.PagePath() == page {
			s.parking.forms = append(s.parking.forms[:i], s.parking.forms[i+1:]...)
			return form.Values, true
		}
	}
	return nil, false
}

// standing are those that have not waited for too long.
func (p *parking) standing(now time.Time) (forms []parkedForm) {
	for _, form := range p.forms {
		if now.Sub(form.ParkedAt) < parkedFor {
			forms = append(forms, form)
		}
	}
	return forms
}

package signin

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

const (
	parkedFor        = 24 * time.Hour
	parkedMostFields = 300
	parkedParameter  = "parked"
)

// ParkedFormID identifies a parked form.
type ParkedFormID = ids.ID[ParkedForm]

// ParkedForm is what somebody had typed when the session ran out. It waits for a day, for the same person at the
// same workplace and nobody else, and is gone once it was given back.
type ParkedForm struct {
	ID       ParkedFormID
	Page     string
	Values   url.Values
	ParkedAt time.Time
}

// Park keeps a form for the person of a session, which may have expired, and gives the path at which the page will
// find it again. Somebody without a workplace has no form to lose.
func (s *Service) Park(ctx context.Context, session Session, page string, values url.Values) (string, error) {
	scope := session.Membership.Scope()
	if scope.Empty() || session.judge(s.clock()) == ErrNoSession {
		return "", fault.NotFound()
	}
	form := NewParkedForm(page, values, s.clock())
	ctx = tenantdb.WithScope(ctx, scope)
	box, err := s.keys.BoxOfPerson(ctx, session.Membership.Principal.Person)
	if err != nil {
		return "", fmt.Errorf("park form: %w", err)
	}
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := deleteParkedFormsBefore(ctx, tx, s.clock().Add(-parkedFor)); err != nil {
			return err
		}
		return insertParkedForm(ctx, tx, box, session.Membership.Principal, form)
	})
	if err != nil {
		return "", fmt.Errorf("park form: %w", err)
	}
	return form.Path(), nil
}

// Unpark gives back what the person of the context had typed on a page, once.
func (s *Service) Unpark(ctx context.Context, id ParkedFormID, page string) (url.Values, error) {
	by, ok := access.From(ctx)
	if !ok {
		return nil, fault.NotFound()
	}
	box, err := s.keys.BoxOfPerson(ctx, by.Person)
	if err != nil {
		return nil, fmt.Errorf("give back form: %w", err)
	}
	var form ParkedForm
	err = s.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		form, err = deleteParkedForm(ctx, tx, box, id, s.clock().Add(-parkedFor))
		if err == nil && form.PagePath() != page {
			// Asked for by another page: it stays where it is.
			return fault.NotFound()
		}
		return err
	})
	if errors.Is(err, fault.NotFound()) {
		return nil, fault.NotFound()
	}
	if err != nil {
		return nil, fmt.Errorf("give back form: %w", err)
	}
	return form.Values, nil
}

// NewParkedForm is what was typed on a page, without what the form carries for the machine.
func NewParkedForm(page string, values url.Values, at time.Time) ParkedForm {
	return ParkedForm{ID: ids.New[ParkedForm](), Page: ReturnPath(page), Values: typed(values), ParkedAt: at}
}

// Path is where the form is given back.
func (f ParkedForm) Path() string {
	page, err := url.Parse(f.Page)
	if err != nil {
		return "/"
	}
	query := page.Query()
	query.Set(parkedParameter, f.ID.String())
	page.RawQuery = query.Encode()
	return page.RequestURI()
}

// PagePath is the page on which it was typed, without what stands behind the path.
func (f ParkedForm) PagePath() string {
	page, err := url.Parse(f.Page)
	if err != nil {
		return ""
	}
	return page.Path
}

// typed leaves out what the form carries for the machine: tokens die with the session.
func typed(values url.Values) url.Values {
	kept := make(url.Values, len(values))
	for name, value := range values {
		if !strings.HasPrefix(name, "_") && len(kept) < parkedMostFields {
			kept[name] = value
		}
	}
	return kept
}

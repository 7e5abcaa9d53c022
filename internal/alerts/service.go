package alerts

import (
	"context"
	"fmt"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/tenantdb"
)

// Service is what can be done with alerts, pauses and decoys.
type Service struct {
	db  *tenantdb.DB
	now func() time.Time
}

// New makes the service; now is the clock.
func New(db *tenantdb.DB, now func() time.Time) *Service { return &Service{db, now} }

// Ask is which alerts a page shows. It stands in its address.
type Ask struct {
	// All shows those as well that somebody has looked into.
	All bool
	// After is where the page begins.
	After Cursor
}

// List is a page of alerts, those first that nobody has looked into, then the newest.
type List struct {
	Ask   Ask
	Lines []Line
	// Next is where the following page begins.
	Next Cursor
	// Marks are the decoys, for those who may mark them.
	Marks []Mark
}

// pageSize is how many alerts a page shows; mostMarks bounds the decoys, of which an NGO has a few.
const (
	pageSize  = 30
	mostMarks = 100
)

// List gives a page of alerts.
func (s *Service) List(ctx context.Context, ask Ask) (List, error) {
	if _, err := access.Require(ctx, access.AlertList); err != nil {
		return List{}, err
	}
	list := List{Ask: ask}
	questions := []tenantdb.Question{tenantdb.Many(&list.Lines, listLines(ask))}
	if access.Can(ctx, access.DecoyMark) {
		questions = append(questions, tenantdb.Many(&list.Marks, listMarks()))
	}
	if err := s.db.Read(ctx, questions...); err != nil {
		return List{}, fmt.Errorf("list alerts: %w", err)
	}
	if len(list.Lines) > pageSize {
		list.Lines = list.Lines[:pageSize]
		list.Next = cursorOf(list.Lines[pageSize-1].Alert)
	}
	return list, nil
}

// Waiting is how many alerts nobody has looked into.
func (s *Service) Waiting(ctx context.Context) (int, error) {
	if _, err := access.Require(ctx, access.AlertList); err != nil {
		return 0, err
	}
	var waiting counted
	if err := s.db.Read(ctx, tenantdb.One(&waiting, countWaiting.With())); err != nil {
		return 0, fmt.Errorf("count alerts: %w", err)
	}
	return waiting.N, nil
}

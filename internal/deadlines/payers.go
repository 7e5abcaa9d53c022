package deadlines

import (
	"context"
	"errors"
	"regexp"
	"time"
)

// Payer is one link of the chain of those who pay a victim's shelter and support one after the other, as it is usual in a
// canton. What was agreed for one person can be another thing; it is recorded by people.
type Payer struct {
	// ID is the code of who pays: immediate_help, longer_term_help, social_assistance.
	ID string
	// Amount and Unit are for how long; Amount is 0 where no end is set.
	Amount    int
	Unit      Unit
	Basis     Basis
	Confirmed bool
}

// payerRow is how a file writes it.
type payerRow struct {
	Payer     string `yaml:"payer"`
	Amount    int    `yaml:"amount"`
	Unit      Unit   `yaml:"unit"`
	Basis     Basis  `yaml:"basis"`
	Confirmed *bool  `yaml:"confirmed"`
}

var payerName = regexp.MustCompile(`^[a-z_]{1,40}$`)

func (row payerRow) payer() (Payer, error) {
	switch {
	case !payerName.MatchString(row.Payer):
		return Payer{}, errors.New("there is no code of who pays, such as immediate_help")
	case row.Amount < 0 || row.Amount > longest[Days] || row.Amount > 0 && row.Unit != Days && row.Unit != Months:
		return Payer{}, errors.New("for how long is said in days or in months")
	case row.Amount == 0 && row.Unit != "":
		return Payer{}, errors.New("there is a unit and no amount")
	case row.Basis == Basis{}:
		return Payer{}, errors.New("there is no basis")
	case row.Confirmed == nil:
		return Payer{}, errors.New("say whether it is confirmed")
	}
	return Payer{row.Payer, row.Amount, row.Unit, row.Basis, *row.Confirmed}, nil
}

// Payers is the usual chain, first payer first. A canton that names one replaces the federation's.
func (r *Rules) Payers() []Payer { return r.payers }

// Until is the last day that the payer pays when the first one is given; ok is false where no end is set.
func (p Payer) Until(from time.Time) (last time.Time, ok bool) {
	switch {
	case p.Amount == 0:
		return time.Time{}, false
	case p.Unit == Months:
		return AddMonths(dayOf(from), p.Amount).AddDate(0, 0, -1), true
	default:
		return dayOf(from).AddDate(0, 0, p.Amount-1), true
	}
}

// Span is for how long in words; empty where no end is set.
func (p Payer) Span(ctx context.Context) string {
	if p.Amount == 0 {
		return ""
	}
	return Rule{Amount: p.Amount, Unit: p.Unit}.span(ctx)
}

// Package agenda keeps of every dossier which dates follow from what is known of it. A capability reports its dated facts
// in the transaction that changed them; the agenda puts those of all capabilities together, asks internal/deadlines, and
// writes the answer where lists find it. Nobody else writes a deadline down.
package agenda

import (
	"context"
	"fmt"
	"slices"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/deadlines"
	"passerelle/internal/ids"
	"passerelle/internal/jobs"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
	"passerelle/internal/timeline"
)

// Source is the capability that reports facts; each reports all of its own at once, and they replace what it reported
// before.
type Source string

// Line is a deadline as lists show it, without the facts that it follows from.
type Line struct {
	DossierID ids.ID[timeline.Dossier]
	Rule      deadlines.RuleID
	// About is which stay, decision or other thing of the dossier it concerns.
	About string
	// DueOn is the day; of what follows from a birthday the first of its month, since the day would say who somebody is.
	DueOn      time.Time
	ToTheMonth bool
	// Presses says whether something is lost when nobody acts by that day.
	Presses   bool
	SettledOn *time.Time
	// WarnOn are the days on which to remind of it, while it is open and presses.
	WarnOn []time.Time `bun:",array"`
}

// Report writes down, in the transaction of a change, all that one capability knows of a dossier, and computes its
// deadlines anew. It gives the facts of all capabilities. The dossier's agenda is locked until the transaction ends, so
// that two changes never compute past each other.
func Report(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier ids.ID[timeline.Dossier], source Source, facts []deadlines.Fact) ([]deadlines.Fact, error) {
	return compute(ctx, tx, box, dossier, func(by access.Principal) error {
		return replaceFacts(ctx, tx, box, by.Tenant, dossier, source, facts)
	})
}

// Recompute computes the deadlines of a dossier anew from what is known of it, by the rules that apply now.
func Recompute(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier ids.ID[timeline.Dossier]) ([]deadlines.Fact, error) {
	return compute(ctx, tx, box, dossier, func(access.Principal) error { return nil })
}

func compute(ctx context.Context, tx tenantdb.Tx, box *keys.Box, dossier ids.ID[timeline.Dossier], change func(access.Principal) error) ([]deadlines.Fact, error) {
	by, _ := access.From(ctx)
	rules, err := AppliedIn(ctx, tx)
	if err != nil {
		return nil, err
	}
	at, err := lockAgenda(ctx, tx, by.Tenant, dossier, rules.Digest)
	if err != nil {
		return nil, err
	}
	if err := change(by); err != nil {
		return nil, err
	}
	all, err := Known(ctx, tx, box, dossier)
	if err != nil {
		return nil, err
	}
	lines := Lines(rules.Rules, dossier, all)
	// What follows now, instead of what followed before.
	if err := deleteDeadlines(ctx, tx, dossier); err != nil {
		return nil, err
	}
	if err := insertDeadlines(ctx, tx, by.Tenant, lines); err != nil {
		return nil, err
	}
	return all, jobs.Plan(ctx, tx, warnings(by.Tenant, dossier, lines, at)...)
}

// Open gives the facts that were read, of all capabilities; open is that of the dossier's box or file.
func Open(open func(keys.Row) error, reported []Reported) ([]deadlines.Fact, error) {
	var all []deadlines.Fact
	for i := range reported {
		if err := open(&reported[i]); err != nil {
			return nil, fmt.Errorf("open the facts of %s: %w", reported[i].Source, err)
		}
		all = append(all, reported[i].Facts.Get()...)
	}
	return certain(all), nil
}

// certain leaves the birth date out where the age is disputed: nothing is counted from a day of which nobody knows whether
// it is right, and the person counts as a child (Council of Europe Convention art. 10(3)).
func certain(facts []deadlines.Fact) []deadlines.Fact {
	if !slices.ContainsFunc(facts, func(f deadlines.Fact) bool { return f.Trigger == deadlines.AgeDisputed }) {
		return facts
	}
	return slices.DeleteFunc(facts, func(f deadlines.Fact) bool { return f.Trigger == deadlines.Born })
}

// Of gives the deadlines of a dossier with all that explains them.
func Of(ctx context.Context, db *tenantdb.DB, open func(keys.Row) error, reported []Reported) (deadlines.List, error) {
	facts, err := Open(open, reported)
	if err != nil {
		return nil, err
	}
	rules, err := Rules(ctx, db)
	if err != nil {
		return nil, err
	}
	return rules.Deadlines(facts), nil
}

// Lines are what lists may know of all deadlines that follow from the facts of a dossier.
func Lines(rules *deadlines.Rules, dossier ids.ID[timeline.Dossier], facts []deadlines.Fact) (lines []Line) {
	// Whoever closed the dossier has seen what was open: nobody is reminded of it any more, unless it is reopened. What the
	// person may ask for of a closed one is owed all the same.
	closed := slices.ContainsFunc(facts, func(fact deadlines.Fact) bool { return fact.Trigger == deadlines.DossierClosed })
	for _, d := range rules.Deadlines(facts) {
		lines = append(lines, lineOf(dossier, d, closed))
	}
	return lines
}

// lineOf is what lists may know of a deadline. In a closed dossier hardly any presses.
func lineOf(dossier ids.ID[timeline.Dossier], d deadlines.Deadline, closed bool) Line {
	line := Line{DossierID: dossier, Rule: d.ID, About: d.Of, DueOn: d.On, Presses: d.Presses() && (!closed || d.Outlives())}
	if d.From.Trigger == deadlines.Born {
		line.DueOn, line.ToTheMonth = time.Date(d.On.Year(), d.On.Month(), 1, 0, 0, 0, 0, time.UTC), true
	}
	if d.Settled != nil {
		line.SettledOn = &d.Settled.On
	} else if line.Presses {
		line.WarnOn = d.Warnings(line.DueOn)
	}
	return line
}

// Only keeps the deadlines of some rules, in order: those that a page is about.
func Only(list deadlines.List, rules ...deadlines.RuleID) (kept deadlines.List) {
	for _, d := range list {
		if slices.Contains(rules, d.ID) {
			kept = append(kept, d)
		}
	}
	return kept
}

package deadlines

import (
	"cmp"
	"maps"
	"slices"
)

// Deadlines are all dates that follow from facts, soonest first. Of which law applied decides the day of the fact that a
// date is counted from: what happened under an old row keeps it. A fact whose day is not known gives no date and settles
// none.
func (r *Rules) Deadlines(facts []Fact) List {
	known := make([]Fact, 0, len(facts))
	for _, fact := range facts {
		if !fact.On.IsZero() {
			fact.On = dayOf(fact.On)
			known = append(known, fact)
		}
	}
	var list List
	for _, id := range slices.Sorted(maps.Keys(r.rows)) {
		for _, of := range r.subjects(id, known) {
			if d, ok := r.deadline(id, of, known); ok {
				list = append(list, d)
			}
		}
	}
	slices.SortStableFunc(list, func(a, b Deadline) int { return cmp.Or(a.On.Compare(b.On), cmp.Compare(a.ID, b.ID)) })
	return list
}

// subjects are the things that a rule's triggers are known of, in order.
func (r *Rules) subjects(id RuleID, facts []Fact) (found []string) {
	for _, row := range r.rows[id] {
		for _, fact := range facts {
			if slices.Contains(row.Triggers, fact.Trigger) && !slices.Contains(found, fact.Of) {
				found = append(found, fact.Of)
			}
		}
	}
	slices.Sort(found)
	return found
}

// deadline is the date that a rule's rows give for one thing. Rows never overlap; where they begin with different facts,
// the oldest under which one happened applies.
func (r *Rules) deadline(id RuleID, of string, facts []Fact) (Deadline, bool) {
	for _, row := range r.rows[id] {
		from, with, ok := row.from(facts, of)
		if !ok || !row.covers(from.On) || !row.young(facts, of) {
			continue
		}
		d := Deadline{ID: id, Of: of, Rule: row, From: from, With: with, Triggers: row.Triggers, Settles: row.SettledBy}
		d.Counted, d.On, d.Passed = r.Calendar.count(row, from.On)
		d.Settled = row.settled(id, facts, of)
		if row.UnderAge > 0 {
			d.Triggers = append(slices.Clone(d.Triggers), Offence)
			d.Supposed = !slices.ContainsFunc(facts, func(fact Fact) bool { return fact.Trigger == Offence })
		}
		return d, true
	}
	return Deadline{}, false
}

// from is the fact that the date is counted from, and the others that were looked at. Where the latest counts, all have
// to be there: a reflection period does not end early on one of its two declarations.
func (r Rule) from(facts []Fact, of string) (from Fact, with []Fact, ok bool) {
	var found []Fact
	for _, trigger := range r.Triggers {
		if fact, known := pick(facts, trigger, of); known {
			found = append(found, fact)
		}
	}
	if len(found) == 0 || r.Take == latest && len(found) < len(r.Triggers) {
		return Fact{}, nil, false
	}
	slices.SortStableFunc(found, func(a, b Fact) int { return a.On.Compare(b.On) })
	if r.Take == latest {
		slices.Reverse(found)
	}
	return found[0], found[1:], true
}

// young says whether the person had not reached the rule's age when an offence was committed. Where the offence is not
// known, the rule is kept: a claim that is not shown is one that nobody makes.
func (r Rule) young(facts []Fact, of string) bool {
	if r.UnderAge == 0 {
		return true
	}
	born, ok := pick(facts, Born, of)
	if !ok {
		return true
	}
	known := false
	for _, fact := range facts {
		if fact.Trigger == Offence {
			known = true
			if fact.On.Before(AddMonths(born.On, 12*r.UnderAge)) {
				return true
			}
		}
	}
	return !known
}

// settled is the earliest fact after which nobody waits any more. One about another thing settles nothing; one about the
// person settles all, but for what is waived: that is named.
func (r Rule) settled(id RuleID, facts []Fact, of string) (found *Fact) {
	for _, fact := range facts {
		done := slices.Contains(r.SettledBy, fact.Trigger) && (fact.Of == of || fact.Of == "")
		waived := fact.Trigger == Waived && fact.Rule == id && fact.Of == of
		if (done || waived) && (found == nil || fact.On.Before(found.On)) {
			found = &fact
		}
	}
	return found
}

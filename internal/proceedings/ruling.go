package proceedings

import (
	"slices"
	"time"

	"passerelle/internal/fault"
)

// RulingKind is what was decided, which sets by what and until when it can be contested.
type RulingKind string

// The kinds.
const (
	Order        RulingKind = "order"         // of police, prosecution or court: an objection (CPP 396)
	PenalRuling  RulingKind = "penal_order"   // an opposition (CPP 354)
	Judgement    RulingKind = "judgement"     // of a first instance: an appeal, announced and then declared (CPP 399)
	LastInstance RulingKind = "last_instance" // of the canton: to the Federal Supreme Court (LTF 100)
)

// RulingKinds lists them in the order of forms.
var RulingKinds = []RulingKind{Order, PenalRuling, Judgement, LastInstance}

// Ruling is a decision that can be contested, and what was done about it.
type Ruling struct {
	EntryID EntryID
	Kind    RulingKind
	// NotifiedOn is when it was notified; of a judgement, when it was pronounced, and ReasonedOn when its reasons came.
	NotifiedOn time.Time
	ReasonedOn *time.Time
	// AnnouncedOn is when an appeal was announced, FiledOn when it was declared or another remedy filed.
	AnnouncedOn, FiledOn *time.Time
	// WaivedOn is when the person decided to do without.
	WaivedOn *time.Time
	Note     string
}

func (r Ruling) check(today time.Time) error {
	var problems fault.Problems
	if r.Kind == "" {
		problems.Add("kind", "proceedings.ruling.kind.missing")
	}
	if r.NotifiedOn.IsZero() {
		problems.Add("notified_on", "proceedings.notified_on.missing")
		return problems.Err()
	}
	if r.Kind != Judgement && r.ReasonedOn != nil {
		problems.Add("reasoned_on", "proceedings.reasoned_on.no_judgement")
	}
	if r.Kind != Judgement && r.AnnouncedOn != nil {
		problems.Add("announced_on", "proceedings.announced_on.no_judgement")
	}
	if r.NotifiedOn.After(today) {
		problems.Add("notified_on", "proceedings.date.future")
	}
	for _, later := range []struct {
		field string
		on    *time.Time
	}{{"reasoned_on", r.ReasonedOn}, {"announced_on", r.AnnouncedOn}, {"filed_on", r.FiledOn}, {"waived_on", r.WaivedOn}} {
		switch {
		case later.on == nil:
		case later.on.After(today):
			problems.Add(later.field, "proceedings.date.future")
		case later.on.Before(r.NotifiedOn):
			problems.Add(later.field, "proceedings.remedy.before_decision")
		}
	}
	if r.WaivedOn != nil && r.FiledOn != nil {
		problems.Add("waived_on", "proceedings.waived_on.filed")
	}
	return problems.Err()
}

func (r Ruling) write(p *Particulars) (known bool, err error) {
	p.Rulings, known, err = put(p.Rulings, r, func(other Ruling) bool { return other.EntryID == r.EntryID })
	slices.SortStableFunc(p.Rulings, func(a, b Ruling) int { return a.NotifiedOn.Compare(b.NotifiedOn) })
	return known, err
}

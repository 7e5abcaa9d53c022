package dossiers

import (
	"slices"
	"time"

	"passerelle/internal/agenda"
	"passerelle/internal/deadlines"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/keys"
)

// FindingID identifies a finding.
type FindingID = ids.ID[Finding]

// Finding is what one body found on whether the person is a victim, on a day. Several stand side by side, and may
// contradict each other: none of them is the truth, and nothing here makes one of them all.
type Finding struct {
	FindingID FindingID
	DossierID ID
	Body      Body
	Verdict   Verdict
	FoundOn   time.Time `bun:",type:date"`
	// Words are sealed under the keyset of the dossier.
	Words      keys.Sealed[FindingWords] `bun:"words"`
	RecordedAt time.Time
	// Corrects is the finding in whose place this one stands.
	Corrects    FindingID
	WithdrawnAt *time.Time
	// By and WithdrawnBy are the names of the members who recorded and withdrew it.
	By          string `bun:",scanonly"`
	WithdrawnBy string `bun:",scanonly"`
}

// FindingWords are what the finding rests on, and why it was corrected or withdrawn.
type FindingWords struct{ Basis, Why string }

// Place says where the sealed words stand.
func (f *Finding) Place() keys.Place {
	return keys.Place{Table: "findings", Row: f.FindingID.String()}
}

// Stands says that nobody has corrected or withdrawn it.
func (f Finding) Stands() bool { return f.WithdrawnAt == nil }

// Body is who found.
type Body string

// The bodies.
const (
	ByNGO              Body = "ngo"
	ByPolice           Body = "police_justice"
	BySEM              Body = "sem"
	ByCourt            Body = "court"
	ByVictimAssistance Body = "victim_assistance"
)

// Bodies lists them in the order of forms.
var Bodies = []Body{ByNGO, ByPolice, BySEM, ByCourt, ByVictimAssistance}

// Verdict is what was found.
type Verdict string

// What an NGO finds, and what an authority does. An NGO identifies; it is the authorities that recognise.
const (
	Presumed       Verdict = "presumed"
	Identified     Verdict = "identified"
	NotTrafficking Verdict = "not_trafficking"
	Unclear        Verdict = "unclear"
	ContactLost    Verdict = "contact_lost"

	Indications   Verdict = "indications"
	Recognised    Verdict = "recognised"
	NotRecognised Verdict = "not_recognised"
	Pending       Verdict = "pending"
)

// verdicts are what each body can find: a court does not leave it open.
var verdicts = map[Body][]Verdict{
	ByNGO:              {Presumed, Identified, NotTrafficking, Unclear, ContactLost},
	ByPolice:           {Indications, Recognised, NotRecognised, Pending},
	BySEM:              {Indications, Recognised, NotRecognised, Pending},
	ByCourt:            {Recognised, NotRecognised},
	ByVictimAssistance: {Recognised, NotRecognised, Pending},
}

// NGOVerdicts lists what an NGO finds, in the order of forms.
var NGOVerdicts = verdicts[ByNGO]

// Verdicts lists all of them, those of an NGO first.
var Verdicts = slices.Concat(NGOVerdicts, verdicts[ByPolice])

// Statement is what the form of a finding says.
type Statement struct {
	Body    Body
	Verdict Verdict
	On      *time.Time
	Basis   string
}

// Check says what has to be corrected, on the day of today.
func (s Statement) Check(today time.Time) fault.Problems {
	var problems fault.Problems
	if s.Body == "" {
		problems.Add("body", "dossiers.finding.body_missing")
	}
	switch {
	case s.Verdict == "":
		problems.Add("verdict", "dossiers.finding.verdict_missing")
	case s.Body != "" && !slices.Contains(verdicts[s.Body], s.Verdict):
		problems.Add("verdict", "dossiers.finding.verdict_of_another_body")
	}
	switch {
	case s.On == nil:
		problems.Add("found_on", "dossiers.finding.found_on_missing")
	case s.On.After(today):
		problems.Add("found_on", "dossiers.finding.found_on_ahead")
	}
	if s.Basis == "" {
		problems.Add("basis", "dossiers.finding.basis_missing")
	}
	return problems
}

// Of is the statement that a finding makes, as its form shows it.
func (f Finding) Of() Statement {
	return Statement{f.Body, f.Verdict, &f.FoundOn, f.Words.Get().Basis}
}

// findings is the source of what findings tell the agenda.
const findings agenda.Source = "findings"

// factsOf are those of the findings that stand.
func factsOf(all []Finding) (told []deadlines.Fact) {
	for _, f := range all {
		if f.Stands() {
			told = append(told, deadlines.Fact{Trigger: deadlines.FindingMade, On: f.FoundOn, Of: f.FindingID.String()})
		}
	}
	return told
}

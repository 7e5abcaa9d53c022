package risks

import (
	"strconv"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

// Measure is what somebody does for the person's safety, until when.
type Measure struct {
	What, Who string
	// By is the day until which it is done, Done the day on which it was.
	By, Done *time.Time
}

// MaxMeasures is how many a plan has at most.
const MaxMeasures = 12

// PlanDetails are the plan: first what the person herself or himself does, which can be printed for her or him; then what we do.
type PlanDetails struct {
	// Signs are by what one notices that it becomes dangerous; Steps what the person does then; People whom she or he
	// calls; Signal a word or sign that was agreed; Devices what is to be minded with telephone and accounts.
	Signs, Steps, People, Signal, Devices string
	Measures                              []Measure
}

// Plan is the safety plan of a dossier; there is one, which changes.
type Plan struct {
	DossierID   dossiers.ID
	Particulars keys.Sealed[PlanDetails] `bun:"particulars"`
	Version     int
	WrittenBy   tenantdb.PersonID
	WrittenAt   time.Time
}

// Written says that there is a plan.
func (p Plan) Written() bool { return p.Version > 0 }

// Check refuses a plan that says nothing, and a measure of which nobody knows what it is or who sees to it.
func (p PlanDetails) Check() error {
	var problems fault.Problems
	if p.Steps == "" {
		problems.Add("steps", "risks.steps.missing")
	}
	for i, measure := range p.Measures {
		field := "measure_" + strconv.Itoa(i+1)
		if measure.What == "" {
			problems.Add(field+"_what", "risks.measure.what_missing")
		}
		if measure.Who == "" {
			problems.Add(field+"_who", "risks.measure.who_missing")
		}
	}
	return problems.Err()
}

// same says whether two plans read the same.
func (p PlanDetails) same(other PlanDetails) bool {
	if p.Signs != other.Signs || p.Steps != other.Steps || p.People != other.People || p.Signal != other.Signal || p.Devices != other.Devices || len(p.Measures) != len(other.Measures) {
		return false
	}
	for i, measure := range p.Measures {
		theirs := other.Measures[i]
		if measure.What != theirs.What || measure.Who != theirs.Who || !sameDay(measure.By, theirs.By) || !sameDay(measure.Done, theirs.Done) {
			return false
		}
	}
	return true
}

func sameDay(one, other *time.Time) bool {
	if one == nil || other == nil {
		return one == other
	}
	return one.Equal(*other)
}

package platform

import (
	"slices"
	"strings"

	"passerelle/internal/blueprints"
)

// Step is a part of setting a tenant up. Each can be done when one likes, left, and gone on with: how far it is, is how the tenant
// is.
type Step string

// The steps.
const (
	Organisation   Step = "organisation"
	Languages      Step = "languages"
	Protection     Step = "protection"
	Blueprint      Step = "blueprint"
	Connection     Step = "connection"
	Administrators Step = "administrators"
	Retention      Step = "retention"
	Trial          Step = "trial"
)

// Steps lists them in the order in which they are best done. Letting the tenant go live comes after them.
var Steps = []Step{Organisation, Languages, Protection, Blueprint, Connection, Administrators, Retention, Trial}

// inWords says on a command line what is missing of a step.
var inWords = map[Step]string{
	Organisation: "its name or its canton is missing", Languages: "nobody has confirmed its languages",
	Protection: "nobody has said which law on data protection it is under", Blueprint: "nobody has accepted the blueprint of its canton as it is now",
	Connection: "it has no connection of its own", Administrators: "fewer than two administrators are expected",
	Retention: "nobody has said how long dossiers are kept",
	Trial:     "fewer than two of its administrators have signed in",
}

// InWords says in English what is missing of steps.
func InWords(missing []Step) string {
	said := make([]string, len(missing))
	for i, step := range missing {
		said[i] = inWords[step]
	}
	return strings.Join(said, "; ")
}

// first is how many administrators there have to be: one alone changes nothing about how people sign in.
const first = 2

// Done says whether a step is.
func (t Tenant) Done(step Step) bool {
	switch step {
	case Organisation:
		return t.Name != "" && t.Canton != ""
	case Languages:
		return len(t.Languages) > 0 && slices.Contains(t.ConfirmedSteps, Languages)
	case Protection, Retention:
		return slices.Contains(t.ConfirmedSteps, step)
	case Blueprint:
		digest, err := blueprints.Digest(t.Canton)
		return err == nil && t.BlueprintHash == digest
	case Connection:
		return t.Connections > 0
	case Administrators:
		return t.Administrators >= first
	default:
		return t.Arrived >= first
	}
}

// Missing are the steps that have to be done before people of a tenant come in. The last is the trial: two administrators have then
// seen their provider vouch for them.
func (t Tenant) Missing() (missing []Step) {
	for _, step := range Steps {
		if !t.Done(step) {
			missing = append(missing, step)
		}
	}
	return missing
}

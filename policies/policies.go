// Package policies embeds what a lawyer reads: who may do what, what an office may ever be sent, and how much may be read.
package policies

import _ "embed"

// Model is casbin's model for both tables.
//
//go:embed model.conf
var Model string

// Roles grants actions to roles.
//
//go:embed roles.csv
var Roles string

// Disclosure is the ceiling of what a kind of office may receive, by class of data.
//
//go:embed disclosure.csv
var Disclosure string

// Reading is how much somebody reads in an hour before an alert is raised, and where an office's people are paused.
//
//go:embed reading.csv
var Reading string

// Retention is how long a closed dossier is kept where an organisation has decided nothing else.
//
//go:embed retention.csv
var Retention string

// StepUp is what nobody does without having confirmed with a passkey of their own just before.
//
//go:embed step_up.csv
var StepUp string

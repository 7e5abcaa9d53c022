package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/interviews"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/signin"
	"passerelle/internal/tasks"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(dossiers.SealedRows, agenda.SealedRows, consents.SealedRows, referrals.SealedRows, messages.SealedRows, signin.SealedRows,
	tasks.SealedRows, interviews.SealedRows)

package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/interpreters"
	"passerelle/internal/letters"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/signin"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(dossiers.SealedRows, agenda.SealedRows, consents.SealedRows, referrals.SealedRows, messages.SealedRows, signin.SealedRows,
	interpreters.SealedRows,
	appointments.SealedRows,
	letters.SealedRows,
)

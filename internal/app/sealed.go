package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/messages"
	"passerelle/internal/proceedings"
	"passerelle/internal/referrals"
	"passerelle/internal/reflections"
	"passerelle/internal/signin"
	"passerelle/internal/stays"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(dossiers.SealedRows, agenda.SealedRows, consents.SealedRows, referrals.SealedRows, messages.SealedRows, signin.SealedRows,
	proceedings.SealedRows,
	reflections.SealedRows,
	stays.SealedRows,
)

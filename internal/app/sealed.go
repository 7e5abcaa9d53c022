package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/imports"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/internal/reflections"
	"passerelle/internal/signin"
	"passerelle/internal/stays"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(
	agenda.SealedRows,
	consents.SealedRows,
	dossiers.SealedRows,
	imports.SealedRows,
	messages.SealedRows,
	referrals.SealedRows,
	reflections.SealedRows,
	signin.SealedRows,
	stays.SealedRows,
)

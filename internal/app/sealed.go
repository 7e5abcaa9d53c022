package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/identifications"
	"passerelle/internal/messages"
	"passerelle/internal/minors"
	"passerelle/internal/referrals"
	"passerelle/internal/risks"
	"passerelle/internal/signin"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(
	dossiers.SealedRows, agenda.SealedRows, consents.SealedRows, referrals.SealedRows, messages.SealedRows, signin.SealedRows,
	minors.SealedRows,
	risks.SealedRows,
	identifications.SealedRows,
)

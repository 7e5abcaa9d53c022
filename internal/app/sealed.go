package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/claims"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/messages"
	"passerelle/internal/projects"
	"passerelle/internal/referrals"
	"passerelle/internal/returns"
	"passerelle/internal/signin"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(dossiers.SealedRows, agenda.SealedRows, consents.SealedRows,
	projects.SealedRows, returns.SealedRows, claims.SealedRows,
	referrals.SealedRows, messages.SealedRows, signin.SealedRows)

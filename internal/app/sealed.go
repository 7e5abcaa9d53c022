package app

import (
	"slices"

	"passerelle/internal/agenda"
	"passerelle/internal/appointments"
	"passerelle/internal/claims"
	"passerelle/internal/confidences"
	"passerelle/internal/connections"
	"passerelle/internal/consents"
	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/houserules"
	"passerelle/internal/housing"
	"passerelle/internal/identifications"
	"passerelle/internal/imports"
	"passerelle/internal/inquiries"
	"passerelle/internal/interpreters"
	"passerelle/internal/interviews"
	"passerelle/internal/letters"
	"passerelle/internal/messages"
	"passerelle/internal/minors"
	"passerelle/internal/moves"
	"passerelle/internal/proceedings"
	"passerelle/internal/projects"
	"passerelle/internal/referrals"
	"passerelle/internal/reflections"
	"passerelle/internal/restrictions"
	"passerelle/internal/returns"
	"passerelle/internal/risks"
	"passerelle/internal/signin"
	"passerelle/internal/stays"
	"passerelle/internal/tasks"
)

// SealedRows is everything that is sealed, for whoever changes keys.
var SealedRows = slices.Concat(
	agenda.SealedRows,
	appointments.SealedRows,
	claims.SealedRows,
	connections.SealedRows,
	confidences.SealedRows,
	consents.SealedRows,
	documents.SealedRows,
	dossiers.SealedRows,
	houserules.SealedRows,
	housing.SealedRows,
	identifications.SealedRows,
	imports.SealedRows,
	inquiries.SealedRows,
	interpreters.SealedRows,
	interviews.SealedRows,
	letters.SealedRows,
	messages.SealedRows,
	minors.SealedRows,
	moves.SealedRows,
	proceedings.SealedRows,
	projects.SealedRows,
	referrals.SealedRows,
	reflections.SealedRows,
	restrictions.SealedRows,
	returns.SealedRows,
	risks.SealedRows,
	signin.SealedRows,
	stays.SealedRows,
	tasks.SealedRows,
)

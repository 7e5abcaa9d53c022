package paths

import (
	"passerelle/internal/claims"
	"passerelle/internal/dossiers"
	"passerelle/internal/projects"
	"passerelle/internal/returns"
)

// Integration is the page of a person's project and its steps.
func Integration(dossier dossiers.ID) string { return Dossier(dossier) + "/integration" }

// Project is the form of the life project, and where it is posted.
func Project(dossier dossiers.ID) string { return Integration(dossier) + "/project" }

// Step is the form of a step, and where it is posted.
func Step(dossier dossiers.ID) string { return Integration(dossier) + "/step" }

// EditStep is the form of a step that is there.
func EditStep(dossier dossiers.ID, id projects.ID) string {
	return Step(dossier) + "?step=" + id.String()
}

// Return is the page of voluntary returns.
func Return(dossier dossiers.ID) string { return Dossier(dossier) + "/return" }

// Preparation is the form with which a return is considered and prepared, and where it is posted.
func Preparation(dossier dossiers.ID) string { return Return(dossier) + "/preparation" }

// Milestone is the form for what a return has come to, and where it is posted.
func Milestone(dossier dossiers.ID, milestone returns.Milestone) string {
	return Return(dossier) + "/" + string(milestone)
}

// Contact is the form for a contact after the departure, and where it is posted.
func Contact(dossier dossiers.ID) string { return Return(dossier) + "/contact" }

// Assistance is the page of victim assistance.
func Assistance(dossier dossiers.ID) string { return Dossier(dossier) + "/assistance" }

// Offence is the form for the days of the offence, and where it is posted.
func Offence(dossier dossiers.ID) string { return Assistance(dossier) + "/offence" }

// Claim is the form of a claim, and where it is posted.
func Claim(dossier dossiers.ID) string { return Assistance(dossier) + "/claim" }

// NewClaim is the form of a claim of one kind.
func NewClaim(dossier dossiers.ID, kind claims.Kind) string {
	return Claim(dossier) + "?kind=" + string(kind)
}

// EditClaim is the form of a claim that is there.
func EditClaim(dossier dossiers.ID, id claims.ID) string {
	return Claim(dossier) + "?claim=" + id.String()
}

// Payer is the form of who pays, and where it is posted.
func Payer(dossier dossiers.ID) string { return Assistance(dossier) + "/payer" }

// EditPayer is the form of a payer that is there.
func EditPayer(dossier dossiers.ID, id claims.PayerID) string {
	return Payer(dossier) + "?payer=" + id.String()
}

// DestroyPayer is where one that was entered by mistake is taken away.
func DestroyPayer(dossier dossiers.ID) string { return Payer(dossier) + "/destroy" }

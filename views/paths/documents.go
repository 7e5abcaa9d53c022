package paths

import (
	"net/url"

	"passerelle/internal/documents"
	"passerelle/internal/dossiers"
	"passerelle/internal/exports"
)

// Documents is a dossier's page about them, and where one is added.
func Documents(dossier dossiers.ID) string { return Dossier(dossier) + "/documents" }

// NewDocument is the form to add one.
func NewDocument(dossier dossiers.ID) string { return Documents(dossier) + "/new" }

// Uploads is where files are announced that come in parts.
func Uploads(dossier dossiers.ID) string { return Dossier(dossier) + "/uploads" }

// UploadDestruction throws away what has arrived of a file.
func UploadDestruction(id documents.UploadID) string { return "/uploads/" + id.String() + "/destroy" }

// Document is what is known of one; below it lie the acts.
func Document(id documents.ID) string { return "/documents/" + id.String() }

// DocumentTicket asks for leave to take it, and DocumentFile is where it is taken with that.
func DocumentTicket(id documents.ID) string { return Document(id) + "/ticket" }

// DocumentFile is what is in it, for a ticket.
func DocumentFile(id documents.ID, ticket string) string {
	return Document(id) + "/file?" + url.Values{"ticket": {ticket}}.Encode()
}

// DocumentDestruction takes it away.
func DocumentDestruction(id documents.ID) string { return Document(id) + "/destroy" }

// Exports is what was asked for to leave the house, and NewExport asks for more.
const (
	Exports   = "/exports"
	NewExport = Exports + "/new"
)

// Export is one that was asked for.
func Export(id exports.ID) string { return Exports + "/" + id.String() }

// ExportAnswer is where somebody else grants it, or not.
func ExportAnswer(id exports.ID) string { return Export(id) + "/answer" }

// ExportFile is where it is taken.
func ExportFile(id exports.ID) string { return Export(id) + "/file" }

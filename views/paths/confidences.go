package paths

import (
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
)

// Circles is where a circle of a dossier is opened.
func Circles(id dossiers.ID) string { return Dossier(id) + "/circles" }

// Succession is where a circle of a dossier is handed on in which nobody is left.
func Succession(id dossiers.ID, circle confidences.CircleID) string {
	return Circles(id) + "/" + circle.String() + "/succession"
}

// Circle is the page of notes that those of a profession keep on a dossier.
func Circle(id confidences.CircleID) string { return "/circles/" + id.String() }

// OlderNotes are those that follow after one.
func OlderNotes(id confidences.CircleID, after confidences.NoteID) string {
	return Circle(id) + "?before=" + after.String()
}

// CircleNotes is where a note is written.
func CircleNotes(id confidences.CircleID) string { return Circle(id) + "/notes" }

// NewNote is the form of a note.
func NewNote(id confidences.CircleID) string { return CircleNotes(id) + "/new" }

// CircleMembers is where somebody is named, CircleRemoval where somebody leaves, CircleClosure where it is closed.
func CircleMembers(id confidences.CircleID) string { return Circle(id) + "/members" }

// CircleRemoval is where somebody leaves, or is named no longer.
func CircleRemoval(id confidences.CircleID) string { return Circle(id) + "/removal" }

// CircleClosure is where a circle is closed.
func CircleClosure(id confidences.CircleID) string { return Circle(id) + "/closure" }

// Note is where a note is corrected.
func Note(id confidences.NoteID) string { return "/notes/" + id.String() }

// EditNote is the form in which a note is corrected.
func EditNote(id confidences.NoteID) string { return Note(id) + "/edit" }

// NoteStriking is where a note is struck.
func NoteStriking(id confidences.NoteID) string { return Note(id) + "/striking" }

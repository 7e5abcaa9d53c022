package ui

import "strings"

// Unrecorded is the status for ErrorPage of what is kept back because the journal cannot be written (503).
const Unrecorded = "503 unrecorded"

// Away is the status for ErrorPage of what cannot be done because something that it needs is not there (503); which, its problem says.
const Away = "503 away"

// errorName is the word in the catalogues for an HTTP status.
func errorName(status string) string {
	switch status {
	case "403":
		return "refused"
	case "410":
		return "gone"
	case "404", "421":
		return "not_found"
	case "405":
		return "method"
	case "408", "503":
		return "busy"
	case Unrecorded:
		return "unrecorded"
	case Away:
		return "away"
	case "409":
		return "conflict"
	case "413", "415", "431":
		return "too_much"
	case "429":
		return "too_often"
	default:
		if failedHere(status) {
			return "failed"
		}
		return "invalid"
	}
}

func failedHere(status string) bool { return strings.HasPrefix(status, "5") }

package paths

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/interviews"
)

// Interviews lists those of all dossiers, and is where a new one is posted; NewInterview writes one from anywhere.
const (
	Interviews   = "/interviews"
	NewInterview = Interviews + "/new"
	// Drafts is where what somebody is writing is kept, and DestroyDraft where it is thrown away.
	Drafts       = Interviews + "/drafts"
	DestroyDraft = Drafts + "/destroy"
)

// InterviewsOf are those of a dossier.
func InterviewsOf(id dossiers.ID) string { return Dossier(id) + "/interviews" }

// NewInterviewOf writes one of a dossier.
func NewInterviewOf(id dossiers.ID) string { return InterviewsOf(id) + "/new" }

// Interview is one with all that it said before, and where its correction is posted.
func Interview(id interviews.ID) string { return Interviews + "/" + id.String() }

// EditInterview corrects it.
func EditInterview(id interviews.ID) string { return Interview(id) + "/edit" }

package paths

import (
	"passerelle/internal/dossiers"
	"passerelle/internal/tasks"
)

// Tasks are those of whoever asks; NewTask adds one that is about no dossier.
const (
	Tasks   = "/tasks"
	NewTask = Tasks + "/new"
)

// TasksOf are those of a dossier, and where a new one of it is posted.
func TasksOf(id dossiers.ID) string { return Dossier(id) + "/tasks" }

// NewTaskOf adds one to a dossier.
func NewTaskOf(id dossiers.ID) string { return TasksOf(id) + "/new" }

// Task is where a task's change is posted.
func Task(id tasks.ID) string { return Tasks + "/" + id.String() }

// EditTask changes it.
func EditTask(id tasks.ID) string { return Task(id) + "/edit" }

// Ending is where a task is ended; DestroyEnding takes that back.
func Ending(id tasks.ID) string { return Task(id) + "/ending" }

// DestroyEnding opens a task again.
func DestroyEnding(id tasks.ID) string { return Ending(id) + "/destroy" }

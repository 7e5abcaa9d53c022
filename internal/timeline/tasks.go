package timeline

// What happens with the tasks of a dossier; the detail is the task's kind.
const (
	TaskAdded    Kind = "task_added"
	TaskChanged  Kind = "task_changed"
	TaskDone     Kind = "task_done"
	TaskDropped  Kind = "task_dropped"
	TaskReopened Kind = "task_reopened"
)

package app_test

import (
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/tasks"
	"passerelle/internal/webtest"
)

// everyday is an interview of a dossier, and a task that came of it.
func everyday(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	ctx := cast.Lea.Context(t.Context())
	id, taskID := ids.New[interviews.Interview](), ids.New[tasks.Task]()
	at, minutes, due := time.Now().Add(-time.Hour), 30, forms.Today(time.Now())
	if _, err := site.App.Interviews.Record(ctx, interviews.Whose{Dossier: dossier}, id, interviews.Contents{
		Kind: "phone", HeldAt: &at, Minutes: &minutes, Account: interviews.Account{Where: "Canaryplace", Note: "Canarynote"},
	}, nil); err != nil {
		t.Fatal(err)
	}
	if err := site.App.Tasks.Add(ctx, dossier, taskID, tasks.Contents{Kind: "call", Text: "Canarytask", DueOn: &due}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{"/interviews/": id.String(), "/tasks/": taskID.String()}
}

// reminded is a reminder that nobody has seen yet.
func reminded(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	id := ids.New[things]().String()
	site.Database.Exec(t, `insert into reminders (tenant_id, reminder_id, dossier_id, rule, about, due_on, warn_on) values ($1, $2, $3, 'stay_end', '', current_date, current_date)`, cast.Vaud.ID, id, dossier)
	return map[string]string{"/reminders/": id}
}

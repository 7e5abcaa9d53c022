package main

import (
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/cast"
)

// TestKilled is T54 and T56 where it hurts: the server is killed again and again in the middle of its work, and the database
// throws its connections out, while forms are sent, and sent again until they have an answer, as somebody at a browser would. Each
// has then done what it asks for once: one task, one next task after it, and one entry in the journal of each.
func TestKilled(t *testing.T) {
	i := install(t)
	address := free(t)
	server := i.serve(t, address)
	client := &http.Client{Timeout: 5 * time.Second, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	kill := func() {
		t.Helper()
		if err := server.program.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		<-server.ended
		server = i.serve(t, address)
	}
	task := func(id uuid.UUID) url.Values {
		return url.Values{
			"_csrf": {i.csrf}, "id": {id.String()}, "text": {"Appeler la permanence"}, "kind": {"call"}, "due_on": {time.Now().AddDate(0, 0, 7).Format("02.01.2006")},
			"assignee": {cast.Lea.ID.String()}, "every": {"1"}, "unit": {"weeks"},
		}
	}
	ending := url.Values{"_csrf": {i.csrf}, "outcome": {"done"}}

	// What was done, and whose answer never arrived, is answered the second time as it was the first.
	lost := uuid.New()
	for _, form := range []struct {
		path   string
		values url.Values
	}{{"/dossiers/" + i.dossier + "/tasks", task(lost)}, {"/tasks/" + lost.String() + "/ending", ending}} {
		var led [2]string
		for n := range led {
			response, err := client.Do(i.request(t, http.MethodPost, "http://"+address+form.path, form.values))
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			led[n] = response.Header.Get("Location")
			kill()
		}
		if led[0] != led[1] || led[0] == "" {
			t.Errorf("%s leads to %q, and again to %q", form.path, led[0], led[1])
		}
	}

	var unanswered atomic.Int32
	// submit sends a form until it has an answer, which has to be that it is done.
	submit := func(path string, values url.Values) {
		for deadline := time.Now().Add(time.Minute); ; time.Sleep(10 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Errorf("%s has no answer", path)
				return
			}
			response, err := client.Do(i.request(t, http.MethodPost, "http://"+address+path, values))
			if err != nil {
				unanswered.Add(1)
				continue
			}
			body, err := io.ReadAll(response.Body)
			_ = response.Body.Close()
			switch {
			case err != nil || response.StatusCode >= 500:
				unanswered.Add(1)
			case response.StatusCode == http.StatusSeeOther:
				return
			default:
				t.Errorf("%s: %d %.500s", path, response.StatusCode, body)
				return
			}
		}
	}
	var done atomic.Int32
	var all sync.WaitGroup
	stop := make(chan struct{})
	for range 4 {
		all.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				id := uuid.New()
				submit("/dossiers/"+i.dossier+"/tasks", task(id))
				submit("/tasks/"+id.String()+"/ending", ending)
				done.Add(1)
			}
		})
	}
	for round := range 8 {
		time.Sleep(time.Duration(200+rand.IntN(500)) * time.Millisecond)
		if round%2 == 0 {
			i.database.Exec(t, "select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and usename like 'passerelle%'")
			continue
		}
		kill()
	}
	time.Sleep(500 * time.Millisecond)
	close(stop)
	all.Wait()
	n := 1 + int(done.Load())
	t.Logf("%d forms were sent %d times in vain", 2*n, unanswered.Load())
	if n < 10 || unanswered.Load() == 0 {
		t.Errorf("nothing was interrupted: %d tasks, %d answers missing", n, unanswered.Load())
	}
	for what, query := range map[string]string{
		"tasks that were ended":            "select count(*) from tasks where dossier_id = $1 and ended_at is not null",
		"tasks that follow":                "select count(*) from tasks where dossier_id = $1 and ended_at is null and follows is not null",
		"entries of tasks that were made":  "select count(*) from journal_entries where dossier_id = $1 and action = 'task_added'",
		"entries of tasks that were ended": "select count(*) from journal_entries where dossier_id = $1 and action = 'task_done'",
	} {
		var found int
		if err := i.database.Owner.QueryRow(t.Context(), query, i.dossier).Scan(&found); err != nil {
			t.Fatal(err)
		}
		if found != n {
			t.Errorf("%d %s, want %d", found, what, n)
		}
	}
}

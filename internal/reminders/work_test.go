package reminders

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/deadlines"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/ids"
	"passerelle/internal/interviews"
	"passerelle/internal/tasks"
)

func TestWork(t *testing.T) {
	t.Parallel()
	h := start(t)
	for i, ahead := range []int{-3, 0, 5, 7, 8} {
		name := dossiers.CodeName([]string{"Abalo", "Bebelo", "Cidolo", "Dodulo", "Emalo"}[i])
		h.until(cast.Lea, h.opened(cast.Lea, name), h.day(ahead))
	}
	h.until(cast.Claire, h.opened(cast.Claire, "Fenulat"), h.day(0))

	only := func(due []Due) (kept []Due) {
		for _, d := range due {
			if d.Rule == "reflection_end" {
				kept = append(kept, d)
			}
		}
		return kept
	}
	work := h.work(cast.Lea)
	for what, list := range map[string]struct {
		got  []Due
		want string
	}{"overdue": {work.Overdue, "[Abalo reflection_end]"}, "today": {work.Today, "[Bebelo reflection_end]"}, "the week": {work.Week, "[Cidolo reflection_end Dodulo reflection_end]"}} {
		if got := fmt.Sprint(names(only(list.got))); got != list.want {
			t.Errorf("%s: %s, want %s", what, got, list.want)
		}
	}
	if work := h.work(cast.Karim); !work.Empty() {
		t.Errorf("Karim is responsible for nothing: %+v", work)
	}
	if work := h.work(cast.Claire); fmt.Sprint(names(only(work.Today))) != "[Fenulat reflection_end]" || len(only(work.Overdue)) > 0 {
		t.Errorf("Claire sees %v", names(work.Today))
	}
	for _, stranger := range []cast.Person{cast.Ruth, cast.Noe, cast.Eva} {
		if _, err := h.Work(stranger.Context(t.Context())); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", stranger.Name, err)
		}
	}
}

// TestWorkLeavesNothingOut: tasks that are due, appointments of which nobody said what came of them, interviews without a note.
// Each is shown to whoever has to do it and to nobody else, and is gone once it is done.
func TestWorkLeavesNothingOut(t *testing.T) {
	t.Parallel()
	h := start(t)
	now := func() time.Time { return h.clock }
	doing, meeting, noting := tasks.New(h.db.App, h.ring, now), appointments.New(h.db.App, h.ring, now), interviews.New(h.db.App, h.ring, now)
	amina, lea := h.opened(cast.Lea, "Lomidak"), cast.Lea.Context(t.Context())
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	task := func(due time.Time, to cast.Person) tasks.ID {
		t.Helper()
		id := ids.New[tasks.Task]()
		must(doing.Add(lea, amina, id, tasks.Contents{Kind: tasks.Kinds[0], Text: "Appeler", DueOn: &due, AssigneeID: to.ID}))
		return id
	}
	late, soon := task(h.day(0), cast.Lea), task(h.day(week), cast.Lea)
	task(h.day(week+1), cast.Lea)
	task(h.day(0), cast.Karim)
	appointment, minutes, on := ids.New[appointments.Appointment](), 30, h.day(1)
	must(meeting.Make(lea, amina, appointment, appointments.Terms{Kind: appointments.Kinds[0], On: &on, At: "10:00", Minutes: &minutes, MemberID: cast.Lea.ID, Reminder: appointments.Reminders[0], Where: "Rue du Lac"}, 1))
	interview, held := ids.New[interviews.Interview](), h.clock.Add(-time.Hour)
	must2 := func(_ dossiers.ID, err error) { t.Helper(); must(err) }
	must2(noting.Record(lea, interviews.Whose{Dossier: amina}, interview, interviews.Contents{Kind: interviews.Kinds[0], HeldAt: &held, Minutes: &minutes}, nil))

	work := h.work(cast.Lea)
	if len(work.Tasks) != 2 || work.Tasks[0].TaskID != late || work.Tasks[1].TaskID != soon {
		t.Errorf("tasks: %+v", work.Tasks)
	}
	if len(work.Unwritten) > 0 {
		t.Errorf("one that is to come is over: %+v", work.Unwritten)
	}
	if len(work.Noteless) != 1 || work.Noteless[0].InterviewID != interview {
		t.Errorf("interviews without a note: %+v", work.Noteless)
	}
	h.clock = h.clock.AddDate(0, 0, 2)
	if work := h.work(cast.Lea); len(work.Unwritten) != 1 || work.Unwritten[0].AppointmentID != appointment {
		t.Errorf("appointments that are over: %+v", work.Unwritten)
	}
	if work := h.work(cast.Karim); len(work.Tasks) != 1 || len(work.Unwritten)+len(work.Noteless) > 0 {
		t.Errorf("Karim is shown what is Léa's: %+v", work)
	}
	if work := h.work(cast.Claire); !work.Empty() {
		t.Errorf("Genève is shown what is Vaud's: %+v", work)
	}
	must(doing.End(lea, late, tasks.Done))
	_, err := meeting.Conclude(lea, appointment, appointments.Outcomes[0])
	must(err)
	_, err = noting.Correct(lea, interview, 1, interviews.Contents{Kind: interviews.Kinds[0], HeldAt: &held, Minutes: &minutes, Account: interviews.Account{Note: "Elle va bien."}})
	must(err)
	if work := h.work(cast.Lea); len(work.Unwritten)+len(work.Noteless) > 0 || slices.ContainsFunc(work.Tasks, func(t tasks.Task) bool { return t.TaskID == late }) {
		t.Errorf("what is done still waits: %+v", work)
	}
}

func TestTeam(t *testing.T) {
	t.Parallel()
	h := start(t)
	amina := h.opened(cast.Lea, "Lomidak")
	if err := h.report(cast.Lea, amina, "stays", deadlines.Fact{Trigger: deadlines.StayValidUntil, On: h.day(40), Of: "stay"}); err != nil {
		t.Fatal(err)
	}
	if err := h.report(cast.Lea, amina, "housing", deadlines.Fact{Trigger: deadlines.ShelterEntered, On: h.day(-200), Of: "shelter"}); err != nil {
		t.Fatal(err)
	}
	h.opened(cast.Karim, "Beludok")
	silent := h.opened(cast.Karim, "Cidolo")
	met, network, heard := h.opened(cast.Karim, "Donimef"), h.opened(cast.Karim, "Gulapem"), h.opened(cast.Karim, "Hitelon")
	h.db.Exec(t, "update dossiers set opened_at = now() - interval '61 days' where dossier_id = any($1)", []dossiers.ID{silent, met, network, heard})
	for _, interview := range []struct {
		of   dossiers.ID
		kind interviews.Kind
		days int
	}{{met, "phone", -60}, {met, "office", -90}, {network, "network", -3}, {network, "individual", -70}, {heard, "phone", -59}} {
		// To the moment, as it is looked for: midnight of a day may lie an hour on either side of it.
		held, minutes := h.clock.AddDate(0, 0, interview.days), 20
		contents := interviews.Contents{Kind: interview.kind, HeldAt: &held, Minutes: &minutes}
		noting := interviews.New(h.db.App, h.ring, func() time.Time { return h.clock })
		if _, err := noting.Record(cast.Karim.Context(t.Context()), interviews.Whose{Dossier: interview.of}, ids.New[interviews.Interview](), contents, nil); err != nil {
			t.Fatal(err)
		}
	}
	h.until(cast.Claire, h.opened(cast.Claire, "Fenulat"), h.day(-4))

	team, err := h.Team(cast.Karim.Context(t.Context()))
	if err != nil {
		t.Fatal(err)
	}
	var loads []string
	for _, load := range team.Loads {
		loads = append(loads, fmt.Sprint(load.Name, " ", load.Dossiers, " ", load.Overdue > 0))
	}
	if got := fmt.Sprint(loads); got != "[Léa Morel 1 true Karim Benali 5 false]" {
		t.Errorf("loads are %s", got)
	}
	if got := fmt.Sprint(names(team.Leaving)); got != "[Lomidak shelter_stay]" {
		t.Errorf("leaving the shelter: %s", got)
	}
	if got := fmt.Sprint(names(team.Expiring)); got != "[Lomidak stay_end]" {
		t.Errorf("expiring: %s", got)
	}
	var quiet []string
	for _, line := range team.Quiet {
		quiet = append(quiet, fmt.Sprint(line.CodeName, " ", line.Responsible, " ", line.LastAt != nil))
	}
	if got := fmt.Sprint(quiet); got != "[Gulapem Karim Benali true Cidolo Karim Benali false Donimef Karim Benali true]" {
		t.Errorf("quiet are %s", got)
	}
	if len(team.Undated) != 5 {
		t.Errorf("undated are %+v", team.Undated)
	}
	if theirs, err := h.Team(cast.Marc.Context(t.Context())); err != nil || len(theirs.Leaving)+len(theirs.Expiring)+len(theirs.Quiet)+len(theirs.Undated) > 0 || theirs.Loads[0].Name != cast.Claire.Name {
		t.Errorf("Genève sees %+v: %v", theirs, err)
	}
	for _, stranger := range []cast.Person{cast.Lea, cast.Ruth, cast.Noe, cast.Eva} {
		if _, err := h.Team(stranger.Context(t.Context())); !errors.Is(err, fault.Refused("")) {
			t.Errorf("%s: %v", stranger.Name, err)
		}
	}
}

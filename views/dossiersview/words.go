package dossiersview

import (
	"context"
	"strconv"
	"strings"
	"time"

	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/timeline"
	"passerelle/views/ui"
)

// words are the messages of codes, in a row.
func words[T ~string](ctx context.Context, prefix string, codes []T) string {
	said := make([]string, len(codes))
	for i, code := range codes {
		said[i] = i18n.T(ctx, prefix+strings.ToLower(string(code)))
	}
	return strings.Join(said, ", ")
}

// word is the message of a code, or nothing where there is no code.
func word[T ~string](ctx context.Context, prefix string, code T) string {
	if code == "" {
		return ""
	}
	return words(ctx, prefix, []T{code})
}

func named(ctx context.Context, name func(context.Context, string) string, codes []string) string {
	said := make([]string, len(codes))
	for i, code := range codes {
		said[i] = name(ctx, code)
	}
	return strings.Join(said, ", ")
}

// age says how old the person is today, and how one knows.
func age(ctx context.Context, b dossiers.Beneficiary, now time.Time) string {
	years, exact, known := b.AgeOn(forms.Today(now))
	switch {
	case !known:
		return ""
	case exact:
		return i18n.T(ctx, "dossiers.age.born", "Date", i18n.Date(ctx, *b.BirthDate), "Years", years)
	default:
		return i18n.T(ctx, "dossiers.age.estimated", "Date", i18n.Date(ctx, *b.AgeEstimatedOn), "Years", years)
	}
}

func minor(b dossiers.Beneficiary, now time.Time) bool {
	years, _, known := b.AgeOn(forms.Today(now))
	return known && years < ageOfMajority
}

// ageOfMajority: CC art. 14.
const ageOfMajority = 18

// actor is who did it: of the NGO's own people the name says enough, of others the office has to.
func actor(entry timeline.Entry) string {
	if entry.FromOffice() {
		return entry.ActorName + " (" + entry.OfficeName + ")"
	}
	return entry.ActorName
}

// detail says which phase the dossier came to, or which office the NGO addressed; what became of a referral is told on
// its own page.
func detail(ctx context.Context, entry timeline.Entry) string {
	switch {
	case entry.Detail != "" && details[entry.Kind] != "":
		return word(ctx, details[entry.Kind], entry.Detail)
	case entry.OfficeName == "" || entry.FromOffice():
		return ""
	default:
		return i18n.T(ctx, "timeline.receiver", "Office", entry.OfficeName)
	}
}

// details are the messages that the details of events are codes of.
var details = map[timeline.Kind]string{
	timeline.DossierChanged:     "dossiers.phase.",
	timeline.PhaseSet:           "dossiers.phase.",
	timeline.PhaseReleased:      "dossiers.phase.",
	timeline.FindingRecorded:    "dossiers.finding.verdict.",
	timeline.FindingCorrected:   "dossiers.finding.verdict.",
	timeline.FindingWithdrawn:   "dossiers.finding.verdict.",
	timeline.DeadlineWaived:     "deadlines.rule.",
	timeline.WaiverTakenBack:    "deadlines.rule.",
	timeline.OpenedInEmergency:  "restrictions.reason.",
	timeline.DossierClosed:      "dossiers.closure.reason.",
	timeline.DossierReopened:    "dossiers.closure.reason.",
	timeline.AftercareBegun:     "dossiers.closure.reason.",
	timeline.InquiryAnswered:    "inquiries.outcome.",
	timeline.InquiryExtracted:   "inquiries.format.",
	timeline.CircleOpened:       "members.profession.",
	timeline.CircleJoined:       "members.profession.",
	timeline.CircleLeft:         "members.profession.",
	timeline.CircleClosed:       "members.profession.",
	timeline.CircleHandedOn:     "members.profession.",
	timeline.NoteWritten:        "members.profession.",
	timeline.NoteCorrected:      "members.profession.",
	timeline.NoteStruck:         "members.profession.",
	timeline.InterviewRecorded:  "interviews.kind.",
	timeline.InterviewCorrected: "interviews.kind.",
	timeline.TaskAdded:          "tasks.kind.",
	timeline.TaskChanged:        "tasks.kind.",
	timeline.TaskDone:           "tasks.kind.",
	timeline.TaskDropped:        "tasks.kind.",
	timeline.TaskReopened:       "tasks.kind.",
}

// because says why a dossier is in its phase: who has set it, or from which fact it follows.
func because(ctx context.Context, s dossiers.Standing) string {
	switch {
	case s.Setting != nil && s.Setting.By == "":
		return i18n.T(ctx, "dossiers.phase.noted_before")
	case s.Setting != nil && s.Setting.Words.Get() == "":
		return i18n.T(ctx, "dossiers.phase.noted", "Name", s.Setting.By, "Date", i18n.Date(ctx, s.Setting.SetAt))
	case s.Setting != nil:
		return i18n.T(ctx, "dossiers.phase.set_by", "Name", s.Setting.By, "Date", i18n.Date(ctx, s.Setting.SetAt))
	default:
		return follows(ctx, s.Course)
	}
}

// follows says from which fact the phase follows.
func follows(ctx context.Context, c dossiers.Course) string {
	switch {
	case c.Because == nil:
		return i18n.T(ctx, "dossiers.phase.beginning")
	case c.Because.On.IsZero():
		return i18n.T(ctx, "dossiers.phase.follows", "Fact", i18n.T(ctx, "deadlines.trigger."+string(c.Because.Trigger)))
	default:
		return i18n.T(ctx, "dossiers.phase.follows_on", "Fact", i18n.T(ctx, "deadlines.trigger."+string(c.Because.Trigger)), "Date", i18n.LongDate(ctx, c.Because.On))
	}
}

// steps are all phases, with the day on which each began and the one where the accompaniment stands.
func steps(ctx context.Context, p dossiers.Path) []ui.Step {
	now := p.Standing.Phase()
	all := make([]ui.Step, len(dossiers.Phases))
	for i, phase := range dossiers.Phases {
		all[i] = ui.Step{Label: "dossiers.phase." + string(phase), Current: phase == now}
		begun, known := p.Standing.Course.Begun[phase]
		switch {
		case phase == now && p.Standing.Setting != nil:
			all[i].Said = i18n.T(ctx, "dossiers.phase.since", "Date", i18n.Date(ctx, p.Standing.Setting.SetAt))
		case phase == dossiers.FirstContact && p.Standing.Course.BegunBefore(forms.Today(p.OpenedAt)):
			all[i].Reached = true
		case phase == dossiers.FirstContact:
			all[i].Said = i18n.T(ctx, "dossiers.phase.since", "Date", i18n.Date(ctx, p.OpenedAt))
		case known && !begun.On.IsZero():
			all[i].Said = i18n.T(ctx, "dossiers.phase.since", "Date", i18n.Date(ctx, begun.On))
		}
		all[i].Reached = all[i].Reached || all[i].Said != "" || known
	}
	return all
}

func tone(phase dossiers.Phase) ui.Tone {
	switch phase {
	case dossiers.FirstContact, dossiers.Identification:
		return ui.Waiting
	case dossiers.Independent, dossiers.Return, dossiers.Closed, dossiers.Aftercare:
		return ui.Neutral
	default:
		return ui.Active
	}
}

func number(n *int) string {
	if n == nil {
		return ""
	}
	return strconv.Itoa(*n)
}

func dateTyped(day *time.Time) string {
	if day == nil {
		return ""
	}
	return day.Format("02.01.2006")
}

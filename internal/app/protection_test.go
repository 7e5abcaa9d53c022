package app_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"passerelle/internal/cast"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/identifications"
	"passerelle/internal/ids"
	"passerelle/internal/minors"
	"passerelle/internal/risks"
	"passerelle/internal/webtest"
)

// protectionOf are a guardian, a report and an identification of a dossier of Vaud, by the names of their routes.
func protectionOf(t *testing.T, site *webtest.Site, dossier dossiers.ID) map[string]string {
	t.Helper()
	ctx, today := cast.Ruth.Context(t.Context()), forms.Today(time.Now())
	history, err := site.App.Identifications.OfDossier(ctx, dossier)
	if err != nil {
		t.Fatal(err)
	}
	set, _ := history.Choose("")
	guardian, report, identification := ids.New[minors.Guardian](), ids.New[minors.Report](), ids.New[identifications.Assessment]()
	ctx = cast.Lea.Context(t.Context())
	for _, err := range []error{
		site.App.Minors.Name(ctx, dossier, guardian, minors.Appointment{Role: minors.Curator, Since: &today, GuardianDetails: minors.GuardianDetails{Name: "Canaryguardian"}}),
		site.App.Minors.Notify(ctx, dossier, report, minors.Notice{ReportedOn: &today, ReportDetails: minors.ReportDetails{Authority: "APEA", Contents: "Canaryreport"}}),
		site.App.Identifications.Assess(ctx, dossier, identification, set.Digest, identifications.Finding{AssessedOn: &today, Details: identifications.Details{Judgement: "Canaryjudgement"}}),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := site.App.Risks.WritePlan(ctx, dossier, 0, risks.PlanDetails{Steps: "Canarysteps"}); err != nil {
		t.Fatal(err)
	}
	return map[string]string{":guardian": guardian.String(), ":report": report.String(), ":identification": identification.String()}
}

// TestProtectionLeavesItsEntries: whoever sees or changes what protects somebody leaves the entry that tells so.
func TestProtectionLeavesItsEntries(t *testing.T) {
	t.Parallel()
	site := webtest.Start(t)
	about := amina(t, site)
	dossier, today := ids.MustParse[dossiers.Dossier](about.dossier), forms.Today(time.Now())
	guardian, report := ids.MustParse[minors.Guardian](about.others[":guardian"]), ids.MustParse[minors.Report](about.others[":report"])
	identification := ids.MustParse[identifications.Assessment](about.others[":identification"])
	template, err := identifications.Template()
	if err != nil {
		t.Fatal(err)
	}
	one, a := 1, site.App
	for _, c := range []struct {
		what string
		who  cast.Person
		do   func(context.Context) error
		want string
	}{
		{"see the child", cast.Lea, func(ctx context.Context) error { _, err := a.Minors.OfDossier(ctx, dossier); return err }, "dossier_seen"},
		{"dispute the age", cast.Lea, func(ctx context.Context) error {
			return a.Minors.RecordAge(ctx, dossier, ids.New[minors.AgeRecord](), minors.AgeFinding{Finding: minors.Disputed, FoundOn: &today, AgeDetails: minors.AgeDetails{By: "SEM"}})
		}, "age_recorded"},
		{"name", cast.Lea, func(ctx context.Context) error {
			return a.Minors.Name(ctx, dossier, ids.New[minors.Guardian](), minors.Appointment{Role: minors.PersonOfTrust, Since: &today, GuardianDetails: minors.GuardianDetails{Name: "X"}})
		}, "guardian_named"},
		{"see the guardian", cast.Lea, func(ctx context.Context) error { _, _, err := a.Minors.Guardian(ctx, dossier, guardian); return err }, "dossier_seen"},
		{"change the guardian", cast.Lea, func(ctx context.Context) error {
			_, err := a.Minors.ChangeGuardian(ctx, dossier, guardian, 1, minors.Appointment{GuardianDetails: minors.GuardianDetails{Name: "Y"}})
			return err
		}, "dossier_seen guardian_changed"},
		{"come too late to the guardian", cast.Karim, func(ctx context.Context) error {
			_, _ = a.Minors.ChangeGuardian(ctx, dossier, guardian, 1, minors.Appointment{GuardianDetails: minors.GuardianDetails{Name: "Z"}})
			return nil
		}, "dossier_seen"},
		{"notify", cast.Lea, func(ctx context.Context) error {
			return a.Minors.Notify(ctx, dossier, ids.New[minors.Report](), minors.Notice{ReportedOn: &today, ReportDetails: minors.ReportDetails{Authority: "APEA", Contents: "X"}})
		}, "protection_reported"},
		{"see the report", cast.Lea, func(ctx context.Context) error { _, _, err := a.Minors.Report(ctx, dossier, report); return err }, "dossier_seen"},
		{"answer the report", cast.Lea, func(ctx context.Context) error {
			_, err := a.Minors.ChangeReport(ctx, dossier, report, 1, minors.Notice{AnsweredOn: &today, ReportDetails: minors.ReportDetails{Authority: "APEA", Contents: "X", Answer: "Y"}})
			return err
		}, "dossier_seen protection_changed"},
		{"come too late to the report", cast.Karim, func(ctx context.Context) error {
			_, _ = a.Minors.ChangeReport(ctx, dossier, report, 1, minors.Notice{ReportDetails: minors.ReportDetails{Authority: "APEA", Contents: "Z"}})
			return nil
		}, "dossier_seen"},
		{"see the risk", cast.Ruth, func(ctx context.Context) error { _, err := a.Risks.OfDossier(ctx, dossier); return err }, "dossier_seen"},
		{"assess the risk", cast.Lea, func(ctx context.Context) error {
			return a.Risks.Assess(ctx, dossier, ids.New[risks.Assessment](), risks.Finding{Kind: risks.Here, Level: risks.Low, ChildScale: &one, AssessedOn: &today, Details: risks.Details{Described: "X"}})
		}, "dossier_seen risk_assessed"},
		{"plan", cast.Lea, func(ctx context.Context) error {
			_, err := a.Risks.WritePlan(ctx, dossier, 1, risks.PlanDetails{Steps: "X"})
			return err
		}, "dossier_seen safety_planned"},
		{"come too late to the plan", cast.Karim, func(ctx context.Context) error {
			_, _ = a.Risks.WritePlan(ctx, dossier, 1, risks.PlanDetails{Steps: "Y"})
			return nil
		}, "dossier_seen"},
		{"see the identification", cast.Ruth, func(ctx context.Context) error { _, err := a.Identifications.OfDossier(ctx, dossier); return err }, "dossier_seen"},
		{"load a set", cast.Karim, func(ctx context.Context) error { return a.Identifications.Load(ctx, "Officielle", "1", template) }, "indicator_set_loaded"},
		{"read as the second", cast.Karim, func(ctx context.Context) error {
			return a.Identifications.ReadSecond(ctx, dossier, identification, identifications.SecondDetails{Opinion: "agrees"})
		}, "identification_second_read"},
	} {
		var since time.Time
		if err := site.Database.Owner.QueryRow(t.Context(), "select clock_timestamp()").Scan(&since); err != nil {
			t.Fatal(err)
		}
		if err := c.do(c.who.Context(t.Context())); err != nil {
			t.Errorf("%s: %v", c.what, err)
		}
		var left []string
		if err := site.Database.Owner.QueryRow(t.Context(), "select coalesce(array_agg(action order by action), '{}') from journal_entries where at > $1 and person_id = $2", since, c.who.ID).Scan(&left); err != nil {
			t.Fatal(err)
		}
		slices.Sort(left)
		if got := strings.Join(left, " "); got != c.want {
			t.Errorf("%s leaves %q, want %q", c.what, got, c.want)
		}
	}
}

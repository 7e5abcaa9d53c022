package metrics_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"passerelle/internal/metrics"
)

func paper(t *testing.T, name string) string {
	t.Helper()
	content, err := os.ReadFile(filepath.Join("../../docs", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

var (
	ofOurs  = regexp.MustCompile(`passerelle_[a-z_]+`)
	labels  = regexp.MustCompile(`([a-z]+)(?:=|!=|=~|!~)"`)
	grouped = regexp.MustCompile(`(?:by|on) \(([a-z, ]+)\)`)
	// given are labels that Prometheus adds by itself.
	given = []string{"instance", "job", "le"}
)

// unknown are the figures and labels of an expression that nobody tells.
func unknown(expression string) (found []string) {
	var known []string
	for _, name := range ofOurs.FindAllString(expression, -1) {
		i := slices.IndexFunc(metrics.All(), func(f metrics.Figure) bool {
			plain := name
			if f.Name == metrics.Requests.Name {
				plain = strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(name, "_bucket"), "_count"), "_sum")
			}
			return f.Name == plain
		})
		if i < 0 {
			found = append(found, name)
			continue
		}
		known = append(known, metrics.All()[i].Labels...)
	}
	var used []string
	for _, match := range labels.FindAllStringSubmatch(expression, -1) {
		used = append(used, match[1])
	}
	for _, match := range grouped.FindAllStringSubmatch(expression, -1) {
		used = append(used, strings.Split(match[1], ", ")...)
	}
	for _, label := range used {
		if !slices.Contains(known, label) && !slices.Contains(given, label) {
			found = append(found, label)
		}
	}
	return found
}

// TestPapers holds what those read who run the installation to what is told: rules and dashboard ask for figures and labels that
// there are, and every figure has a rule, or a place on the dashboard, and says what to do about it.
func TestPapers(t *testing.T) {
	for expression, want := range map[string]string{
		"max(passerelle_mails_waiting)": "", `passerelle_jobs{stage="late"}`: "", "sum by (le) (rate(passerelle_request_duration_seconds_bucket[5m]))": "",
		"passerelle_mail_waiting": "passerelle_mail_waiting", `passerelle_jobs{state="late"}`: "state", "sum by (tenant) (passerelle_jobs)": "tenant",
	} {
		if found := strings.Join(unknown(expression), " "); found != want {
			t.Errorf("the guard says %q of %s", found, expression)
		}
	}
	var rules struct {
		Groups []struct {
			Rules []struct {
				Alert, Expr string
				Annotations map[string]string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(paper(t, "monitoring/alerts.yaml")), &rules); err != nil {
		t.Fatal(err)
	}
	var dashboard struct {
		Panels []struct {
			Title   string
			Targets []struct{ Expr string }
		}
	}
	if err := json.Unmarshal([]byte(paper(t, "monitoring/dashboard.json")), &dashboard); err != nil {
		t.Fatal(err)
	}
	expressions := map[string]string{}
	for _, rule := range rules.Groups[0].Rules {
		expressions["alert "+rule.Alert] = rule.Expr
		if rule.Annotations["summary"] == "" {
			t.Errorf("alert %s says nothing", rule.Alert)
		}
	}
	for _, panel := range dashboard.Panels {
		for _, target := range panel.Targets {
			expressions["panel "+panel.Title] += target.Expr + "\n"
		}
	}
	asked := ""
	for where, expression := range expressions {
		for _, what := range unknown(expression) {
			t.Errorf("%s asks for %s, which nobody tells", where, what)
		}
		asked += expression
	}
	operations := paper(t, "operations.md")
	for _, figure := range metrics.All() {
		if !strings.Contains(operations, "`"+figure.Name+"`") {
			t.Errorf("docs/operations.md does not say what to do about %s", figure.Name)
		}
		if !strings.Contains(asked, figure.Name) {
			t.Errorf("neither a rule nor the dashboard asks for %s", figure.Name)
		}
	}
	for _, name := range ofOurs.FindAllString(operations, -1) {
		if name = strings.TrimRight(name, "_"); len(unknown(name)) > 0 {
			t.Errorf("docs/operations.md speaks of %s, which nobody tells", name)
		}
	}
}

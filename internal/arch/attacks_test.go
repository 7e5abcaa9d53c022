package arch

import (
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var (
	attackNumber = regexp.MustCompile(`\bT(\d\d)\b`)
	attackTest   = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`")
	testFunction = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`)
)

// attacks finds what is wrong with the section of docs/security.md on which attack is tried where: every attack, T01 to T62, stands there, with tests that
// there are, or with why it is not tried; and every test that is named after an attack, and every fuzz target, stands there.
func attacks(page string, tests []string) (found []string) {
	_, section, _ := strings.Cut(page, "## Which attack is tried where")
	section, _, _ = strings.Cut(section, "\n## ")
	for n := 1; n <= 62; n++ {
		if name := fmt.Sprintf("T%02d", n); !regexp.MustCompile(`\b` + name + `\b`).MatchString(section) {
			found = append(found, name+" is neither tried nor said to be left out")
		}
	}
	var named []string
	for _, match := range attackTest.FindAllStringSubmatch(section, -1) {
		if named = append(named, match[1]); !slices.Contains(tests, match[1]) {
			found = append(found, match[1]+" is no test")
		}
	}
	for _, test := range tests {
		if named, attack := slices.Contains(named, test), strings.HasPrefix(test, "Fuzz") || attackNumber.MatchString(strings.TrimPrefix(strings.TrimPrefix(test, "Test"), "Measured")); attack && !named {
			found = append(found, test+" is an attack and does not stand there")
		}
	}
	for line := range strings.Lines(section) {
		if cells := strings.Split(line, "|"); len(cells) > 3 && attackNumber.MatchString(cells[1]) && !attackTest.MatchString(cells[2]) {
			found = append(found, "nothing tries "+strings.TrimSpace(cells[1]))
		}
	}
	return found
}

func TestEveryAttackIsTriedOrSaysWhyNot(t *testing.T) {
	page, err := os.ReadFile("../../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	var tests []string
	for _, f := range house(t) {
		if strings.HasSuffix(f.path, "_test.go") {
			for _, match := range testFunction.FindAllSubmatch(f.content, -1) {
				tests = append(tests, string(match[1]))
			}
		}
	}
	for _, finding := range attacks(string(page), tests) {
		t.Error(finding)
	}
	for breach, want := range map[string][2]string{
		"an attack that nobody speaks of":     {strings.ReplaceAll(string(page), "T33", "T3"), "T33 is neither tried nor said to be left out"},
		"a test that there is not":            {strings.ReplaceAll(string(page), "`TestT33`", "`TestT3333`"), "TestT3333 is no test"},
		"a test that nobody speaks of":        {strings.ReplaceAll(string(page), "`TestT33`, ", ""), "TestT33 is an attack and does not stand there"},
		"a fuzz target that nobody speaks of": {strings.ReplaceAll(string(page), "`FuzzOpen`", ""), "FuzzOpen is an attack and does not stand there"},
		"an attack that nothing tries":        {strings.Replace(string(page), "| T40 searching another canton | `TestSearch`, `TestMeasuredSearch` in `internal/dossiers` |", "| T40 searching | nowhere |", 1), "nothing tries T40"},
		"an attack without its whole page":    {"", "T01 is neither tried nor said to be left out"},
	} {
		if found := strings.Join(attacks(want[0], tests), "\n"); !strings.Contains(found, want[1]) {
			t.Errorf("%s goes unnoticed: %s", breach, found)
		}
	}
}

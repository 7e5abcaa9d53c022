package arch

import (
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// asked is how many requirements of levels 1 and 2 each section of ASVS 5.0.0 has; their numbers begin with one.
const asked = `V1.1:2 V1.2:9 V1.3:11 V1.4:3 V1.5:2 V2.1:3 V2.2:3 V2.3:4 V2.4:1 V3.2:2 V3.3:4 V3.4:6 V3.5:5 V3.7:2 V4.1:3 V4.2:1 V4.3:2 V4.4:4
	V5.1:1 V5.2:3 V5.3:2 V5.4:3 V6.1:3 V6.2:12 V6.3:4 V6.4:4 V6.5:5 V6.6:3 V6.8:4 V7.1:3 V7.2:4 V7.3:2 V7.4:5 V7.5:2 V7.6:2 V8.1:2 V8.2:3 V8.3:1 V8.4:1
	V9.1:3 V9.2:4 V10.1:2 V10.2:2 V10.3:4 V10.4:11 V10.5:5 V10.6:2 V10.7:3 V11.1:2 V11.2:3 V11.3:3 V11.4:4 V11.5:1 V11.6:1 V12.1:3 V12.2:2 V12.3:4
	V13.1:1 V13.2:5 V13.3:2 V13.4:5 V14.1:2 V14.2:4 V14.3:3 V15.1:3 V15.2:3 V15.3:7 V16.1:1 V16.2:5 V16.3:4 V16.4:3 V16.5:3 V17.1:1 V17.2:4 V17.3:2`

var (
	requirement = regexp.MustCompile(`^\| (V\d+\.\d+\.\d+) \| ([123]) \| .+ \| (met|not met|does not apply) \| (.+) \|$`)
	chapter     = regexp.MustCompile(`^## (V\d+) `)
	witness     = regexp.MustCompile("`((?:Test|Fuzz)\\w+)`(?: in `([\\w/]+)`)?")
	witnessFile = regexp.MustCompile("`(\\w[\\w./-]*/[\\w./-]*|Makefile|Dockerfile)`")
)

// verified finds what is wrong with docs/asvs.md: every requirement of levels 1 and 2 stands there once, under its chapter; what is met
// names a test of the package that it says, or a file that there is; and the sentence that counts them is right.
func verified(page string, tests map[string][]string, there func(string) bool) (found []string) {
	say := func(format string, words ...any) { found = append(found, fmt.Sprintf(format, words...)) }
	seen, count, under := map[string]int{}, map[string]int{}, ""
	for line := range strings.Lines(page) {
		line = strings.TrimRight(line, "\n")
		if heading := chapter.FindStringSubmatch(line); heading != nil {
			under = heading[1]
		}
		if !strings.HasPrefix(line, "| V") {
			continue
		}
		row := requirement.FindStringSubmatch(line)
		if row == nil {
			say("a row that cannot be read: %.40s", line)
			continue
		}
		number, level, verdict, by := row[1], row[2], row[3], row[4]
		if seen[number]++; !strings.HasPrefix(number, under+".") {
			say("%s stands under %s", number, under)
		}
		if level != "3" {
			count[verdict]++
		}
		witnesses := 0
		for _, named := range witness.FindAllStringSubmatch(by, -1) {
			if witnesses++; !slices.Contains(tests[named[2]], named[1]) {
				say("%s names %s, which is no test of %q", number, named[1], named[2])
			}
		}
		for _, named := range witnessFile.FindAllStringSubmatch(witness.ReplaceAllString(by, ""), -1) {
			if witnesses++; !there(named[1]) {
				say("%s names %s, which is not there", number, named[1])
			}
		}
		if verdict == "met" && witnesses == 0 {
			say("%s is met, and nothing shows it", number)
		}
	}
	for _, section := range strings.Fields(asked) {
		name, number, _ := strings.Cut(section, ":")
		var last int
		_, _ = fmt.Sscan(number, &last) // they are numbers
		for n := 1; n <= last; n++ {
			if id := fmt.Sprintf("%s.%d", name, n); seen[id] != 1 {
				say("%s stands there %d times", id, seen[id])
			}
		}
	}
	if sum := fmt.Sprintf("%d are met, %d are not, and %d do not apply", count["met"], count["not met"], count["does not apply"]); !strings.Contains(page, sum) {
		say("it is not said that %s", sum)
	}
	return found
}

func TestTheStandardIsHeldByWhatIsNamed(t *testing.T) {
	text, err := os.ReadFile("../../docs/asvs.md")
	if err != nil {
		t.Fatal(err)
	}
	page, tests := string(text), map[string][]string{}
	for _, f := range house(t) {
		if f.test() {
			for _, match := range regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(`).FindAllSubmatch(f.content, -1) {
				tests[f.dir()] = append(tests[f.dir()], string(match[1]))
			}
		}
	}
	there := func(file string) bool {
		_, err := os.Stat(path.Join(root, file))
		return err == nil
	}
	for _, finding := range verified(page, tests, there) {
		t.Error(finding)
	}
	for breach, want := range map[string][2]string{
		"a requirement is left out":       {strings.Replace(page, "| V9.1.2 |", "| V9.1.1 |", 1), "V9.1.2 stands there 0 times"},
		"one stands there twice":          {strings.Replace(page, "| V9.1.2 |", "| V9.1.1 |", 1), "V9.1.1 stands there 2 times"},
		"one stands in another chapter":   {strings.Replace(page, "## V9 ", "## V8 ", 1), "V9.1.1 stands under V8"},
		"a test that there is not":        {strings.ReplaceAll(page, "`TestT37`", "`TestT3737`"), "TestT3737, which is no test"},
		"a test of another package":       {strings.ReplaceAll(page, "`TestT37` in `internal/keys`", "`TestT37` in `internal/app`"), "TestT37, which is no test of \"internal/app\""},
		"a test without a package":        {strings.ReplaceAll(page, "`TestT37` in `internal/keys`", "`TestT37`"), "TestT37, which is no test of \"\""},
		"a file that there is not":        {strings.ReplaceAll(page, "`internal/keys/keyset.go`", "`internal/keys/gone.go`"), "gone.go, which is not there"},
		"met, and nothing shows it":       {strings.Replace(page, "does not apply | no LDAP is spoken", "met | we are careful", 1), "V1.2.6 is met, and nothing shows it"},
		"a count that is not right":       {strings.Replace(page, "does not apply | no LDAP is spoken", "not met | nobody looked", 1), "it is not said that"},
		"a row that is put together ill":  {strings.Replace(page, "| does not apply | no LDAP", "| perhaps | no LDAP", 1), "a row that cannot be read"},
		"a page that is not there at all": {"", "V1.1.1 stands there 0 times"},
	} {
		if found := strings.Join(verified(want[0], tests, there), "\n"); !strings.Contains(found, want[1]) {
			t.Errorf("%s goes unnoticed: %s", breach, found)
		}
	}
}

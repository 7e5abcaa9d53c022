package i18n

import (
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// text is one message: its forms by plural, "other" alone where it has none.
type text map[string]string

func (t *text) UnmarshalYAML(node *yaml.Node) error {
	if node.Kind == yaml.ScalarNode {
		*t = text{"other": node.Value}
		return nil
	}
	return node.Decode((*map[string]string)(t))
}

func (t text) placeholders() []string {
	found := map[string]bool{}
	for _, form := range t {
		for _, match := range placeholders.FindAllStringSubmatch(form, -1) {
			found[match[1]] = true
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// readCatalogues reads the files as translators write them: language, key, message.
func readCatalogues(t *testing.T) (map[Lang]map[string]text, []string) {
	t.Helper()
	all, capabilities := map[Lang]map[string]text{}, map[string]bool{}
	for _, lang := range Langs {
		all[lang] = map[string]text{}
		files, err := fs.Glob(locales, "locales/"+string(lang)+"/*.yaml")
		if err != nil || len(files) == 0 {
			t.Fatalf("%s has no catalogue: %v", lang, err)
		}
		for _, file := range files {
			capability := strings.TrimSuffix(filepath.Base(file), ".yaml")
			capabilities[capability] = true
			source, err := locales.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			messages := map[string]text{}
			if err := yaml.Unmarshal(source, &messages); err != nil {
				t.Fatalf("%s: %v", file, err)
			}
			for key, message := range messages {
				if !strings.HasPrefix(key, capability+".") {
					t.Errorf("%s: %s belongs into another file", file, key)
				}
				all[lang][key] = message
			}
		}
	}
	return all, slices.Sorted(maps.Keys(capabilities))
}

func TestCataloguesSayTheSameInEveryLanguage(t *testing.T) {
	t.Parallel()
	all, _ := readCatalogues(t)
	keys := map[string]bool{}
	for _, messages := range all {
		for key := range messages {
			keys[key] = true
		}
	}
	for _, key := range slices.Sorted(maps.Keys(keys)) {
		for _, lang := range Langs {
			message, ok := all[lang][key]
			if !ok {
				t.Errorf("%s is absent from %s", key, lang)
				continue
			}
			if message["other"] == "" || len(message) > 1 && message["one"] == "" {
				t.Errorf("%s: %s is empty or lacks a plural", lang, key)
			}
			if first, ok := all[Langs[0]][key]; ok {
				if want, got := first.placeholders(), message.placeholders(); !slices.Equal(want, got) {
					t.Errorf("%s: %s has the placeholders %v; in %s they are %v", lang, key, got, Langs[0], want)
				}
				if (len(first) > 1) != (len(message) > 1) {
					t.Errorf("%s: %s has a plural in one language only", lang, key)
				}
			}
			for _, form := range message {
				if strings.Contains(form, "ß") {
					t.Errorf("%s: %s contains ß, which Swiss German does not write", lang, key)
				}
				if strings.Contains(placeholders.ReplaceAllString(form, ""), "{{") {
					t.Errorf("%s: %s has a placeholder that is not {{.Name}}: %s", lang, key, form)
				}
			}
		}
	}
}

func TestEveryKeyIsThereAndUsed(t *testing.T) {
	t.Parallel()
	all, capabilities := readCatalogues(t)
	messages := all[Langs[0]]
	used, err := findKeys(os.DirFS("../.."), capabilities)
	if err != nil {
		t.Fatal(err)
	}
	covered := func(key string) bool {
		for _, start := range used.prefixes() {
			if strings.HasPrefix(key, start) {
				return true
			}
		}
		return false
	}
	for _, key := range slices.Sorted(maps.Keys(used)) {
		if _, ok := messages[key]; !ok && !strings.HasSuffix(key, ".") {
			t.Errorf("%s: the key %s is in no catalogue", used[key], key)
		}
	}
	for _, start := range used.prefixes() {
		if !slices.ContainsFunc(slices.Collect(maps.Keys(messages)), func(key string) bool { return strings.HasPrefix(key, start) }) {
			t.Errorf("%s: no key of the catalogues begins with %s", used[start], start)
		}
	}
	for _, key := range slices.Sorted(maps.Keys(messages)) {
		if _, ok := used[key]; !ok && !covered(key) {
			t.Errorf("%s is used nowhere", key)
		}
	}
}

// uses are keys, and beginnings of keys that the program completes ("dossiers.gender." + code), with a place.
type uses map[string]string

func (u uses) prefixes() []string {
	var found []string
	for key := range u {
		if strings.HasSuffix(key, ".") {
			found = append(found, key)
		}
	}
	slices.Sort(found)
	return found
}

// findKeys reads the program's sources for literals in the shape of a key whose first word is a catalogue.
func findKeys(root fs.FS, capabilities []string) (uses, error) {
	literal := regexp.MustCompile(`"((?:` + strings.Join(capabilities, "|") + `)(?:\.[a-z0-9_]+)*\.?)"`)
	found := uses{}
	err := fs.WalkDir(root, ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			// Folders of a running demo belong to other users; no source lies there.
			if entry != nil && entry.IsDir() {
				return fs.SkipDir
			}
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if strings.HasPrefix(name, ".") && path != "." || name == "node_modules" {
				return fs.SkipDir
			}
			return nil
		}
		source := strings.HasSuffix(name, ".go") || strings.HasSuffix(name, ".templ")
		if !source || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		text, err := fs.ReadFile(root, path)
		if err != nil {
			return err
		}
		for number, line := range strings.Split(string(text), "\n") {
			for _, match := range literal.FindAllStringSubmatch(line, -1) {
				key := match[1]
				// In a store, "dossiers.id" is a column: keys there have three words.
				column := strings.HasSuffix(name, "store.go") && strings.Count(key, ".") < 2
				if strings.Contains(key, ".") && !column {
					found[key] = fmt.Sprintf("%s:%d", path, number+1)
				}
			}
		}
		return nil
	})
	return found, err
}

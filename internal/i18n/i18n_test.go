package i18n

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"
)

func in(lang Lang) context.Context { return With(context.Background(), lang) }

func TestMatch(t *testing.T) {
	t.Parallel()
	for header, want := range map[string]Lang{
		"":                       FR,
		"de-CH,de;q=0.9,en;q=.8": DE,
		"gsw":                    DE,
		"it-CH":                  IT,
		"en-US,en;q=0.9":         EN,
		"pt-BR,pt;q=0.9,it;q=.7": IT,
		"ti":                     EN, // what CLDR holds Tigrinya speakers to read as well
		"%%%":                    FR,
	} {
		if got := Match(header); got != want {
			t.Errorf("Match(%q) = %s, want %s", header, got, want)
		}
	}
}

func TestWithKeepsALanguageThatExists(t *testing.T) {
	t.Parallel()
	if got := From(With(in(DE), "rm")); got != DE {
		t.Errorf("an unknown language changed the reader's to %s", got)
	}
	if got := From(context.Background()); got != FR {
		t.Errorf("without a language pages are in %s", got)
	}
}

func TestSay(t *testing.T) {
	t.Parallel()
	file := func(text string) *fstest.MapFile { return &fstest.MapFile{Data: []byte(text)} }
	c, err := load(fstest.MapFS{
		"locales/fr/a.yaml": file("a.plain: Bonjour\na.name: Dossier « {{.Name}} »\na.days: {one: \"{{.Count}} jour\", other: \"{{.Count}} jours\"}"),
		"locales/en/a.yaml": file("a.plain: Hello\na.name: Dossier “{{.Name}}”\na.days: {one: \"{{.Count}} day\", other: \"{{.Count}} days\"}"),
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		lang Lang
		key  string
		args []any
		want string
	}{
		{FR, "a.plain", nil, "Bonjour"},
		{EN, "a.plain", nil, "Hello"},
		{FR, "a.name", []any{"Name", "<Amarante>"}, "Dossier « <Amarante> »"},
		{FR, "a.days", []any{"Count", 0}, "0 jour"},
		{EN, "a.days", []any{"Count", 0}, "0 days"},
		{FR, "a.days", []any{"Count", 1}, "1 jour"},
		{FR, "a.days", []any{"Count", 1_000_000}, "1000000 jours"},
		{EN, "a.unheard_of", nil, "a.unheard_of"},
	} {
		if got := c.say(test.lang, test.key, test.args); got != test.want {
			t.Errorf("%s %s %v = %q, want %q", test.lang, test.key, test.args, got, test.want)
		}
	}
}

func TestDatesAreThoseOfZurich(t *testing.T) {
	t.Parallel()
	summer := time.Date(2026, 6, 30, 22, 30, 0, 0, time.UTC)
	if got := DateTime(in(DE), summer); got != "01.07.2026, 00:30" {
		t.Errorf("DateTime = %q", got)
	}
	if got := Date(in(FR), time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)); got != "24.11.2026" {
		t.Errorf("a day without a clock became %q", got)
	}
	if got := Time(in(IT), summer); got != "00:30" {
		t.Errorf("Time = %q", got)
	}
}

func TestCountriesAndLanguagesHaveNamesInOrder(t *testing.T) {
	t.Parallel()
	sameAsCode := []string{"ewe", "fon", "lao", "luo", "twi"}
	for _, lang := range Langs {
		ctx := in(lang)
		// ISO 3166-1 has 249 codes; 7 are uninhabited; Kosovo and statelessness are added.
		if n := len(Countries(ctx)); n != 249-7+2 {
			t.Errorf("%s: %d countries", lang, n)
		}
		for _, o := range slices.Concat(Countries(ctx), Languages(ctx)) {
			if o.Name == "" || o.Name == o.Code && !slices.Contains(sameAsCode, o.Code) || strings.Contains(o.Name, "ß") {
				t.Errorf("%s: %s is called %q", lang, o.Code, o.Name)
			}
		}
	}
	french := Countries(in(FR))
	position := func(code string) int {
		return slices.IndexFunc(french, func(o Option) bool { return o.Code == code })
	}
	if !(position("EG") < position("GB") && position("ER") < position("ES") && position("ES") < position("US")) {
		t.Error("French countries are not in the order of a French dictionary: Égypte, Érythrée, Espagne, États-Unis")
	}
	if got := Country(in(DE), "NG"); got != "Nigeria" {
		t.Errorf("NG in German is %q", got)
	}
	if got := Language(in(FR), "tir"); got != "tigrigna" {
		t.Errorf("tir in French is %q", got)
	}
	if got := Country(in(FR), "ZZ"); got != "ZZ" {
		t.Errorf("an unknown code is shown as %q", got)
	}
}

func BenchmarkT(b *testing.B) {
	c, err := load(fstest.MapFS{"locales/fr/a.yaml": &fstest.MapFile{Data: []byte("a.plain: Bonjour")}})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		c.say(FR, "a.plain", nil)
	}
}

func TestMatchAnswersTheSameAgain(t *testing.T) {
	t.Parallel()
	for range 2 {
		for header, want := range map[string]Lang{"de-CH, de;q=0.9": DE, "it": IT, "": FR, "ja": FR, ";;;": FR} {
			if got := Match(header); got != want {
				t.Errorf("%q is answered in %s, want %s", header, got, want)
			}
		}
	}
	// Whoever sends ever new headers is answered all the same.
	for i := range 2 * mostRemembered {
		if got := Match("de;q=0." + strconv.Itoa(100+i)); got != DE {
			t.Fatalf("header %d is answered in %s", i, got)
		}
	}
}

func TestLongDate(t *testing.T) {
	t.Parallel()
	// Half an hour before midnight in UTC is the first of May in Zurich.
	first := time.Date(2026, 4, 30, 23, 30, 0, 0, time.UTC)
	for lang, want := range map[Lang][2]string{
		FR: {"1er mai 2026", "24 décembre 2026"},
		DE: {"1. Mai 2026", "24. Dezember 2026"},
		IT: {"1º maggio 2026", "24 dicembre 2026"},
		EN: {"1 May 2026", "24 December 2026"},
	} {
		ctx := in(lang)
		got := [2]string{LongDate(ctx, first), LongDate(ctx, time.Date(2026, 12, 24, 0, 0, 0, 0, time.UTC))}
		if got != want {
			t.Errorf("%s: %q, want %q", lang, got, want)
		}
	}
}

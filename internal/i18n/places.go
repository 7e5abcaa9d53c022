package i18n

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"

	"golang.org/x/text/collate"
	"golang.org/x/text/language"
	"golang.org/x/text/language/display"
)

// Option is a code with its name, for a list to choose from.
type Option struct {
	Code string
	Name string
}

// Stateless is the code, reserved by ISO 3166-1 for its users, of people whom no state regards as its national.
const Stateless = "XX"

// Uninhabited territories have a code and no nationals.
var uninhabited = []string{"AQ", "BV", "GS", "HM", "IO", "TF", "UM"}

// names are the words of one language, read from CLDR once.
type names struct {
	countries, languages         map[string]string
	countryOptions, languageOpts []Option
}

var namesOf = func() map[Lang]func() *names {
	all := map[Lang]func() *names{}
	for _, lang := range Langs {
		all[lang] = sync.OnceValue(func() *names { return readNames(lang) })
	}
	return all
}()

// Country is the name of a state by its ISO 3166-1 code of two letters; an unknown code is shown as it is.
func Country(ctx context.Context, code string) string {
	return nameOr(namesOf[From(ctx)]().countries, code)
}

// Countries are all states and territories, Kosovo and statelessness, in the order of the reader's language. The
// list is shared: it must not be changed.
func Countries(ctx context.Context) []Option { return namesOf[From(ctx)]().countryOptions }

// Language is the name of a spoken language by its ISO 639-3 code; an unknown code is shown as it is.
func Language(ctx context.Context, code string) string {
	return nameOr(namesOf[From(ctx)]().languages, code)
}

// Languages are those that beneficiaries speak, in the order of the reader's language. The list is shared: it must
// not be changed.
func Languages(ctx context.Context) []Option { return namesOf[From(ctx)]().languageOpts }

func nameOr(names map[string]string, code string) string {
	if name, ok := names[code]; ok {
		return name
	}
	return code
}

func readNames(lang Lang) *names {
	n := &names{countries: map[string]string{}, languages: map[string]string{}}
	regions, spoken := display.Regions(tags[lang]), display.Languages(tags[lang])
	for _, code := range countryCodes() {
		n.countries[code] = swiss(regions.Name(language.MustParseRegion(code)))
	}
	for _, code := range strings.Fields(languageCodes) {
		if base, err := language.ParseBase(code); err == nil {
			n.languages[code] = swiss(spoken.Name(base))
		}
	}
	for code, own := range ownNames {
		if len(code) == 2 {
			n.countries[code] = own[lang]
		} else {
			n.languages[code] = own[lang]
		}
	}
	n.countryOptions, n.languageOpts = sorted(lang, n.countries), sorted(lang, n.languages)
	return n
}

// CLDR writes German as in Germany.
func swiss(name string) string { return strings.ReplaceAll(name, "ß", "ss") }

// countryCodes are the codes of ISO 3166-1 with people behind them, and Kosovo's, which is in use before being one.
func countryCodes() []string {
	var codes []string
	for a := 'A'; a <= 'Z'; a++ {
		for b := 'A'; b <= 'Z'; b++ {
			code := string(a) + string(b)
			region, err := language.ParseRegion(code)
			if err == nil && region.IsCountry() && region.Canonicalize() == region && region.String() == code &&
				!slices.Contains(notStates, code) && !slices.Contains(uninhabited, code) {
				codes = append(codes, code)
			}
		}
	}
	return codes
}

// Codes that CLDR keeps beside ISO 3166-1: islands, groups of states, states that are no more.
var notStates = []string{
	"AC", "AN", "CP", "CQ", "CS", "DG", "EA", "EU", "EZ", "FQ", "IC", "NT", "PC", "QO", "SU", "TA", "UN", "YU",
}

func sorted(lang Lang, names map[string]string) []Option {
	options := make([]Option, 0, len(names))
	for _, code := range slices.Sorted(maps.Keys(names)) {
		options = append(options, Option{code, names[code]})
	}
	order := collate.New(tags[lang], collate.IgnoreCase)
	slices.SortStableFunc(options, func(a, b Option) int { return order.CompareString(a.Name, b.Name) })
	return options
}

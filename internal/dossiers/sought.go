package dossiers

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"passerelle/internal/fault"
)

// LongestSought is how much may be typed into a search, in characters.
const LongestSought = 100

// mostWords are those of a name; who types more is not typing one.
const mostWords = 8

// Sought is what somebody looks for: words of a name or a code name, and what narrows it. All of it has to fit.
type Sought struct {
	words   []word
	dates   []date
	numbers []string
	emails  []string
	// name is all of what was typed, should it be a code name.
	name CodeName
}

// date is a day of birth as it was typed, perhaps with two digits for the year.
type date struct{ day, month, year int }

var (
	soughtEmail  = regexp.MustCompile(`[^\s@<>,;]+@[^\s@<>,;]+`)
	soughtNumber = regexp.MustCompile(`\+?[0-9](?:[0-9 ()./-]*[0-9])?`)
	soughtDate   = regexp.MustCompile(`^(?:([0-9]{1,2})[./-]([0-9]{1,2})[./-]([0-9]{4}|[0-9]{2})|([0-9]{4})-([0-9]{1,2})-([0-9]{1,2}))$`)
)

// fewestDigits is how many digits of a number one has to know: the last four are what a note often has.
const fewestDigits = 4

// ParseSought reads what somebody typed: names in any order and script, a code name, a date or year of birth, a telephone
// number or its end, an e-mail address.
func ParseSought(typed string) (Sought, error) {
	typed = strings.TrimSpace(typed)
	switch {
	case typed == "":
		return Sought{}, fault.Invalid("sought", "dossiers.search.empty")
	case !utf8.ValidString(typed):
		return Sought{}, fault.Invalid("sought", "forms.text.control_characters")
	case utf8.RuneCountInString(typed) > LongestSought:
		return Sought{}, fault.Invalid("sought", "forms.text.too_long", "Max", LongestSought)
	}
	s := Sought{name: CodeName(typed)}
	rest := soughtEmail.ReplaceAllStringFunc(typed, func(email string) string {
		s.emails = append(s.emails, strings.ToLower(email))
		return " "
	})
	rest = soughtNumber.ReplaceAllStringFunc(rest, func(text string) string {
		s.addNumbers(text)
		return " "
	})
	s.words = wordsOf(rest)
	letters := 0
	for _, word := range s.words {
		letters += len(word.letters)
	}
	switch {
	case len(s.words) > mostWords:
		return Sought{}, fault.Invalid("sought", "dossiers.search.too_many_words", "Max", mostWords)
	case letters < 2 && len(s.dates)+len(s.numbers)+len(s.emails) == 0:
		return Sought{}, fault.Invalid("sought", "dossiers.search.too_short")
	}
	return s, nil
}

// addNumbers takes dates out of a run of digits and blanks; the rest is one telephone number, whatever its blanks.
func (s *Sought) addNumbers(text string) {
	var number []string
	for _, part := range strings.Fields(text) {
		if day, ok := parseSoughtDate(part); ok {
			s.dates = append(s.dates, day)
			continue
		}
		number = append(number, part)
	}
	if digits := dialled(strings.Join(number, "")); len(digits) >= fewestDigits {
		s.numbers = append(s.numbers, digits)
	}
}

func parseSoughtDate(text string) (date, bool) {
	parts := soughtDate.FindStringSubmatch(text)
	if parts == nil {
		return date{}, false
	}
	part := func(first, second int) int {
		number, _ := strconv.Atoi(parts[first] + parts[second]) // digits, of which one of the two has none
		return number
	}
	d := date{part(1, 6), part(2, 5), part(3, 4)}
	return d, d.day >= 1 && d.day <= 31 && d.month >= 1 && d.month <= 12
}

func (d date) is(day time.Time) bool {
	year := day.Year()
	if d.year < 100 {
		year %= 100
	}
	return d.day == day.Day() && d.month == int(day.Month()) && d.year == year
}

// dialled is a telephone number's digits without the noughts that it begins with at home (079) or from abroad (0041), and
// without the one that is written and not dialled in +41 (0)79.
func dialled(number string) string {
	digits := strings.TrimLeft(strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, number), "0")
	if rest, ok := strings.CutPrefix(digits, "410"); ok && len(rest) == len("791234567") {
		return "41" + rest
	}
	return digits
}

// wholeNumber is how many digits a telephone number has at least.
const wholeNumber = 7

// sameNumber says whether one number is the end of the other: somebody may have left out where it begins.
func sameNumber(typed, written string) bool {
	return strings.HasSuffix(written, typed) || len(written) >= wholeNumber && strings.HasSuffix(typed, written)
}

// known is what a search reads of a person; the rest of the particulars is never taken out of its document.
type known struct {
	FamilyName, GivenNames string
	BirthDate              *time.Time
	EstimatedAge           *int
	AgeEstimatedOn         *time.Time
	Phone, Email           string
}

// fit says how well a dossier fits what is sought.
func (s Sought) fit(codeName CodeName, k known) Quality {
	if !s.narrowsTo(k) {
		return none
	}
	if len(s.words) == 0 {
		return Exact
	}
	quality := fitName(s.words, wordsOf(k.GivenNames+" "+k.FamilyName))
	if len(s.words) == 1 {
		quality = min(quality, s.words[0].fit(wordOf(codeName.Key(), false)))
	}
	return quality
}

func (s Sought) narrowsTo(k known) bool {
	for _, day := range s.dates {
		if k.BirthDate == nil || !day.is(*k.BirthDate) {
			return false
		}
	}
	for _, number := range s.numbers {
		if !sameNumber(number, dialled(k.Phone)) && (k.BirthDate == nil || number != strconv.Itoa(k.BirthDate.Year())) {
			return false
		}
	}
	return !slices.ContainsFunc(s.emails, func(email string) bool { return email != strings.ToLower(k.Email) })
}

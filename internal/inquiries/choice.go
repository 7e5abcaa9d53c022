package inquiries

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"passerelle/internal/disclosure"
	"passerelle/internal/fault"
)

// Decision is what becomes of a free text in an extract.
type Decision string

// The decisions. A text of which nobody has decided anything is left out.
const (
	// Whole gives it as it is, without what was struck elsewhere.
	Whole Decision = "whole"
	// Struck gives it without some passages.
	Struck Decision = "struck"
	// Omitted leaves it out, for a ground.
	Omitted Decision = "omitted"
)

// Decisions lists them in the order of forms.
var Decisions = []Decision{Whole, Struck, Omitted}

// Choice is what somebody has decided about a text.
type Choice struct {
	// Digest is of the text that was read. Of another one nothing is decided.
	Digest   string
	Decision Decision
	// Passages are what is struck, wherever it stands.
	Passages []string `json:",omitempty"`
	// Ground is why it is left out (LPD 26).
	Ground Ground `json:",omitempty"`
}

// What a form takes: so many passages of a text, and characters of a passage.
const (
	mostPassages, shortestPassage, LongestPassage = 30, 2, 200
)

// What is kept with a request, at most: decisions, and passages of all texts together.
const mostChoices, mostStruck = 5_000, 1_000

// inPart are the grounds for which a part is left out.
var inPart = slices.DeleteFunc(slices.Clone(Grounds), func(g Ground) bool { return g == "unfounded" })

// PartialGrounds lists them in the order of forms.
func PartialGrounds() []Ground { return slices.Clone(inPart) }

// Text is a free text that could be given out.
type Text struct {
	// Ref names its place for as long as the thing exists.
	Ref string
	// What and Label are the message keys of the thing and of the field.
	What, Label string
	Body        string
	// Choice is what was decided, and nil where nobody has, or the text has changed since; Changed says the latter.
	Choice  *Choice
	Changed bool
}

// Whole chapters are chosen as if each were a text without a word, which is given unless somebody leaves it out.
func chapterRef(name string) string { return short("chapter\n" + name)[:16] }

// Area is a chapter as something that is decided about.
func Area(name string, choices map[string]Choice) Text {
	area := Text{Ref: chapterRef(name), What: "inquiries.chapter." + name, Label: "inquiries.area.label"}
	if choice, ok := choices[area.Ref]; ok && choice.Decision == Omitted {
		area.Choice = &choice
	}
	return area
}

// Digest is of what stands there now.
func (t Text) Digest() string { return short(t.Body) }

func short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:16])
}

// Decide checks what somebody has decided about a text that she or he saw with a digest.
func (t Text) Decide(c Choice) (Choice, error) {
	field := func(name string) string { return name + "-" + t.Ref }
	switch {
	case c.Digest != t.Digest():
		return Choice{}, fault.Invalid(field("decision"), "inquiries.text.changed")
	case !slices.Contains(Decisions, c.Decision):
		return Choice{}, fault.Invalid(field("decision"), "inquiries.decision.missing")
	case c.Decision == Omitted && !slices.Contains(inPart, c.Ground):
		return Choice{}, fault.Invalid(field("ground"), "inquiries.text.ground")
	case c.Decision == Struck && len(c.Passages) == 0:
		return Choice{}, fault.Invalid(field("passages"), "inquiries.passages.missing")
	case len(c.Passages) > mostPassages:
		return Choice{}, fault.Invalid(field("passages"), "inquiries.passages.many", "Count", mostPassages)
	}
	for _, passage := range c.Passages {
		switch {
		case strings.TrimSpace(passage) == "" || utf8.RuneCountInString(passage) < shortestPassage || utf8.RuneCountInString(passage) > LongestPassage:
			return Choice{}, fault.Invalid(field("passages"), "inquiries.passages.length", "Least", shortestPassage, "Most", LongestPassage)
		case c.Decision == Struck && !want(passage).in(t.Body):
			return Choice{}, fault.Invalid(field("passages"), "inquiries.passages.absent", "Passage", passage)
		}
	}
	kept := Choice{Digest: c.Digest, Decision: c.Decision}
	switch c.Decision {
	case Struck:
		kept.Passages = c.Passages
	case Omitted:
		kept.Ground = c.Ground
	}
	return kept, nil
}

// Passages are the lines of what somebody has typed.
func Passages(typed string) (passages []string) {
	for line := range strings.Lines(typed) {
		if line = strings.TrimSpace(line); line != "" && !slices.Contains(passages, line) {
			passages = append(passages, line)
		}
	}
	return passages
}

// wanted is a passage to be struck: the expression that finds it, and its longest word as folded has it, without which it is not there.
type wanted struct {
	word  string
	looks *regexp.Regexp
}

// want finds a passage wherever it stands: in small letters or large, within a word, over the end of a line.
func want(passage string) wanted {
	words := strings.Fields(passage)
	longest := slices.MaxFunc(words, func(a, b string) int { return len(a) - len(b) })
	for i, word := range words {
		words[i] = strings.NewReplacer("'", "['’]", "’", "['’]").Replace(regexp.QuoteMeta(word))
	}
	return wanted{folded(longest), regexp.MustCompile("(?i)" + strings.Join(words, `[\s\p{Z}]+`))}
}

func (w wanted) in(text string) bool { return w.looks.MatchString(text) }

// folded is a text in which letters are the same that an expression takes for the same.
func folded(text string) string {
	return strings.Map(func(r rune) rune {
		if r == '’' {
			return '\''
		}
		least := r
		for other := unicode.SimpleFold(r); other != r; other = unicode.SimpleFold(other) {
			least = min(least, other)
		}
		return least
	}, text)
}

// strike puts a mark in the place of passages. What of two passages stands in each other is struck whole.
func strike(text string, passages []wanted, mark string) string {
	hidden := make([]bool, len(text))
	found, whole := false, folded(text)
	for _, passage := range passages {
		if !strings.Contains(whole, passage.word) {
			continue
		}
		for at := 0; at < len(text); {
			place := passage.looks.FindStringIndex(text[at:])
			if place == nil {
				break
			}
			for i := at + place[0]; i < at+place[1]; i++ {
				hidden[i] = true
			}
			_, size := utf8.DecodeRuneInString(text[at+place[0]:])
			at, found = at+place[0]+size, true
		}
	}
	if !found {
		return text
	}
	var left strings.Builder
	for i := range len(text) {
		switch {
		case !hidden[i]:
			left.WriteByte(text[i])
		case i == 0 || !hidden[i-1]:
			left.WriteString(mark)
		}
	}
	return left.String()
}

// struck are all passages that were struck in any text of a request, those of texts that have changed since included: who is not to
// be named in one is not to be named in another.
func struck(choices map[string]Choice) (passages []string) {
	for _, choice := range choices {
		for _, passage := range choice.Passages {
			if !slices.Contains(passages, passage) {
				passages = append(passages, passage)
			}
		}
	}
	return passages
}

// textsOf are the free texts of a chapter with what was decided about each, in the order in which they stand there.
func textsOf(chapter disclosure.Chapter, choices map[string]Choice) (texts []Text) {
	for _, thing := range chapter.Things {
		each(chapter, thing, func(fact disclosure.Fact, ref, value string) {
			if fact.Kind != disclosure.Words {
				return
			}
			text := Text{Ref: ref, What: thing.What, Label: fact.Label, Body: value}
			if choice, ok := choices[ref]; ok {
				if text.Changed = choice.Digest != text.Digest(); !text.Changed {
					text.Choice = &choice
				}
			}
			texts = append(texts, text)
		})
	}
	return texts
}

// each calls for each value of a thing, with what names its place.
func each(chapter disclosure.Chapter, thing disclosure.Thing, do func(fact disclosure.Fact, ref, value string)) {
	counted := map[string]int{}
	for _, fact := range thing.Facts {
		for _, value := range fact.Values {
			place := strings.Join([]string{chapter.Name, thing.ID, thing.What, fact.Label}, "\n")
			do(fact, short(place + "\n" + strconv.Itoa(counted[place]))[:16], value)
			counted[place]++
		}
	}
}

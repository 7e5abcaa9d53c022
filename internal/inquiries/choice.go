package inquiries

import (
	"crypto/sha256"
	"encoding/hex"
	"regexp"
	"slices"
	"strconv"
	"strings"
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

// mostChoices bounds what is kept with a request.
const mostChoices = 5_000

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
		case utf8.RuneCountInString(passage) < shortestPassage || utf8.RuneCountInString(passage) > LongestPassage:
			return Choice{}, fault.Invalid(field("passages"), "inquiries.passages.length", "Least", shortestPassage, "Most", LongestPassage)
		case c.Decision == Struck && !pattern(passage).MatchString(t.Body):
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

// pattern finds a passage wherever it stands: in small letters or large, within a word, over the end of a line.
func pattern(passage string) *regexp.Regexp {
	words := strings.Fields(passage)
	for i, word := range words {
		words[i] = strings.NewReplacer("'", "['’]", "’", "['’]").Replace(regexp.QuoteMeta(word))
	}
	return regexp.MustCompile("(?i)" + strings.Join(words, `[\s\p{Z}]+`))
}

// strike puts a mark in the place of passages. What of two passages stands in each other is struck whole.
func strike(text string, passages []string, mark string) string {
	hidden := make([]bool, len(text))
	found := false
	for _, passage := range passages {
		looked := pattern(passage)
		for at := 0; at < len(text); {
			place := looked.FindStringIndex(text[at:])
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

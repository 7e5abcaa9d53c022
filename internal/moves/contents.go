package moves

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
)

// Chapter is a part of what is known of a person, as the person chooses which go along.
type Chapter string

// Situation is what is written of how things stand, class by class.
const Situation Chapter = "situation"

// Chapters lists them in the order of forms. Who she is goes along always. Notes of a profession, interviews, where she lives, whom she has met
// and what was sent to whom never do: they are no chapter here.
var Chapters = []Chapter{Situation, "identification", "risks", "childhood", "reflection", "stays", "proceedings", "assistance", "projects", "returns"}

// from is which capability tells a chapter.
func (c Chapter) from() string {
	if c == Situation {
		return "dossier"
	}
	return string(c)
}

// Contents are what a package holds.
type Contents struct {
	Person         dossiers.Beneficiary
	ReachedThrough dossiers.ReachedThrough
	Chapters       []disclosure.Chapter
}

// Teller is a capability that says what it keeps about a dossier's person.
type Teller interface {
	Chapter(ctx context.Context, dossier dossiers.ID) (disclosure.Chapter, error)
}

// tell asks the capabilities for the chapters that go along.
func tell(ctx context.Context, tellers []Teller, dossier dossiers.ID, chosen []Chapter) (told []disclosure.Chapter, err error) {
	heard := map[string]disclosure.Chapter{}
	for _, teller := range tellers {
		chapter, err := teller.Chapter(ctx, dossier)
		if err != nil {
			return nil, fmt.Errorf("ask for a chapter: %w", err)
		}
		heard[chapter.Name] = chapter
	}
	for _, chapter := range Chapters {
		if slices.Contains(chosen, chapter) {
			told = append(told, cut(chapter, heard[chapter.from()]))
		}
	}
	return told, nil
}

// cut leaves of what a capability tells what goes to another organisation: no word about others, and of free texts those alone that say how things
// stand, which whoever sends them has read. Where she lives is not among them: it may be the address of a shelter.
func cut(as Chapter, told disclosure.Chapter) disclosure.Chapter {
	left := disclosure.Chapter{Name: string(as)}
	for _, thing := range told.Things {
		situation := thing.What == "inquiries.thing.situation"
		if told.Name == "dossier" && !situation && thing.What != "inquiries.thing.finding" {
			continue
		}
		var facts disclosure.Facts
		for _, fact := range thing.Facts {
			third := fact.Kind == disclosure.Message && slices.Contains(fact.Values, "inquiries.extract.third")
			words := fact.Kind == disclosure.Words && (!situation || fact.Label == "access.data_class."+string(access.Housing))
			if !third && !words {
				facts = append(facts, fact)
			}
		}
		left.Add("", thing.What, facts)
	}
	return left
}

// Seal names exactly what a preview shows. Sending with that of an earlier one is refused: somebody has read what was on the page, and not what
// the dossier has become meanwhile.
func (c Contents) Seal() (string, error) {
	text, err := json.Marshal(c)
	if err != nil {
		return "", fmt.Errorf("write a package: %w", err)
	}
	sum := sha256.Sum256(text)
	return hex.EncodeToString(sum[:]), nil
}

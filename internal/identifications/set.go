// Package identifications keeps what speaks for somebody being a victim of trafficking: answers to a set of indicators, the
// judgement of whoever asked, the view of the person, and what a second reader made of it. Answers are reasons to look
// further and never a finding: no sum of them says what somebody is, and nothing is decided by itself.
package identifications

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"time"

	"passerelle/internal/i18n"
	"passerelle/tenants"
)

// Element is what a group of indicators speaks for (CP 182, Palermo Protocol art. 3).
type Element string

// The elements: somebody was recruited, carried or housed; by deceit, force or abuse; to be exploited.
const (
	Act     Element = "act"
	Means   Element = "means"
	Purpose Element = "purpose"
)

// Elements lists them.
var Elements = []Element{Act, Means, Purpose}

// Strength is how much an indicator says by itself.
type Strength string

// The strengths.
const (
	Strong Strength = "strong"
	Medium Strength = "medium"
	Weak   Strength = "weak"
)

// Strengths lists them.
var Strengths = []Strength{Strong, Medium, Weak}

// Texts are the same words in some languages.
type Texts map[i18n.Lang]string

// In is the text in a language, or in the first of ours in which there is one: an official list may exist in one alone.
func (t Texts) In(lang i18n.Lang) string {
	if text := t[lang]; text != "" {
		return text
	}
	for _, other := range i18n.Langs {
		if text := t[other]; text != "" {
			return text
		}
	}
	return ""
}

// Indicator is one thing that is asked.
type Indicator struct {
	Code     string
	Strength Strength
	Texts    Texts
}

// Group is indicators that speak for the same.
type Group struct {
	Code       string
	Element    Element
	Texts      Texts
	Indicators []Indicator
}

// Set is a list of indicators, in one edition, which never changes.
type Set struct {
	Digest, Name, Edition string
	Groups                []Group
	// Definition is the file.
	Definition string
	LoadedAt   time.Time
}

// read is the set that a definition makes.
func read(name, edition, definition string) (Set, error) {
	groups, err := Parse([]byte(definition))
	if err != nil {
		return Set{}, err
	}
	hash := sha256.New()
	fmt.Fprintf(hash, "%d %s %d %s ", len(name), name, len(edition), edition)
	hash.Write([]byte(definition))
	return Set{Digest: hex.EncodeToString(hash.Sum(nil)), Name: name, Edition: edition, Groups: groups, Definition: definition}, nil
}

// OurName is what the set that we ship is called; no other may be.
const OurName = "Passerelle"

// ours is the set that we ship, in its last edition; that it can be read, a test sees to.
var ours = sync.OnceValues(func() (Set, error) {
	text, err := tenants.Indicators.ReadFile("indicators/passerelle-1.csv")
	if err != nil {
		return Set{}, fmt.Errorf("read our indicators: %w", err)
	}
	return read(OurName, "1", string(text))
})

// Template is our set as a file, for whoever makes one.
func Template() ([]byte, error) {
	set, err := ours()
	return []byte(set.Definition), err
}

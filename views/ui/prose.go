package ui

import (
	"strings"
	"unicode/utf8"
)

const (
	// longProse is how many characters of one text a page shows beside others.
	longProse = 400
	// beginning is how many of them it shows of one that is longer.
	beginning = 240
)

// unfold parts a long text where it can be unfolded: after a line or a sentence if one ends in time, or else after a
// word. What is short has no rest, and nothing is lost but the space between the two.
func unfold(text string) (begins, rest string) {
	if utf8.RuneCountInString(text) <= longProse {
		return text, ""
	}
	end := 0
	for range beginning {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	begins = text[:end]
	for _, boundary := range []string{"\n", ". ", " "} {
		if at := strings.LastIndex(begins, boundary); at >= end/2 {
			begins = text[:at+len(boundary)]
			break
		}
	}
	return strings.TrimSpace(begins), strings.TrimSpace(text[len(begins):])
}

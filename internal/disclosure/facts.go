package disclosure

import (
	"strconv"
	"strings"
	"time"
)

// Facts collects those that are known: what is empty leaves no fact.
type Facts []Fact

// Add adds values of a kind.
func (f *Facts) Add(label string, kind Kind, values ...string) {
	if len(values) > 0 {
		*f = append(*f, Fact{Label: label, Kind: kind, Values: values})
	}
}

// Text adds what stands as somebody wrote it.
func (f *Facts) Text(label, value string) {
	if value != "" {
		f.Add(label, Text, value)
	}
}

// Words adds what somebody has written freely, and in which other people may be named.
func (f *Facts) Words(label, value string) {
	if value != "" {
		f.Add(label, Words, value)
	}
}

// Third adds that somebody else is named there, and not who: value does not leave this call.
func (f *Facts) Third(label, value string) {
	if value != "" {
		f.Add(label, Message, "inquiries.extract.third")
	}
}

// Day adds a day; the zero one is not known.
func (f *Facts) Day(label string, day time.Time) {
	if !day.IsZero() {
		f.Add(label, Date, day.Format(time.DateOnly))
	}
}

// DayOf is Day for what need not be known.
func (f *Facts) DayOf(label string, day *time.Time) {
	if day != nil {
		f.Day(label, *day)
	}
}

// At adds a moment.
func (f *Facts) At(label string, at time.Time) {
	if !at.IsZero() {
		f.Add(label, Moment, at.UTC().Format(time.RFC3339))
	}
}

// AtOf is At for what need not have happened.
func (f *Facts) AtOf(label string, at *time.Time) {
	if at != nil {
		f.At(label, *at)
	}
}

// Code adds codes, as the messages whose keys begin with a prefix; an empty one is not known.
func Code[T ~string](f *Facts, label, prefix string, codes ...T) {
	f.Add(label, Message, Messages(prefix, codes)...)
}

// Messages are the message keys of codes, without those that are not known.
func Messages[T ~string](prefix string, codes []T) (found []string) {
	for _, code := range codes {
		if code != "" {
			found = append(found, prefix+string(code))
		}
	}
	return found
}

// Number adds a number that is known.
func (f *Facts) Number(label string, number *int) {
	if number != nil {
		f.Add(label, Text, strconv.Itoa(*number))
	}
}

// Cantons adds cantons by their short names.
func (f *Facts) Cantons(label string, codes ...string) {
	var found []string
	for _, code := range codes {
		found = append(found, strings.ToLower(code))
	}
	Code(f, label, "dossiers.canton.", found...)
}

// Package i18n says everything in the reader's language: messages from the catalogues, dates, countries and
// languages. The reader's language travels in the context; nothing here knows of requests or pages.
package i18n

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/text/language"
)

// Lang is one of the four languages that every page exists in.
type Lang string

// The languages, named as in HTML's lang attribute.
const (
	FR Lang = "fr"
	DE Lang = "de"
	IT Lang = "it"
	EN Lang = "en"
)

// Langs is the order in which the languages are offered; the first one is used where nothing better is known.
var Langs = []Lang{FR, DE, IT, EN}

var tags = map[Lang]language.Tag{
	FR: language.French,
	DE: language.German,
	IT: language.Italian,
	EN: language.BritishEnglish,
}

var matcher = language.NewMatcher([]language.Tag{tags[FR], tags[DE], tags[IT], tags[EN]})

// Known says whether pages exist in this language.
func (l Lang) Known() bool {
	_, ok := tags[l]
	return ok
}

// Name is what the language calls itself, which is how somebody finds it who does not read the current one.
func (l Lang) Name() string {
	return map[Lang]string{FR: "Français", DE: "Deutsch", IT: "Italiano", EN: "English"}[l]
}

// Match chooses the language that a browser's Accept-Language header likes best. Browsers send the same few headers all
// day, so that the answers are remembered, up to so many.
func Match(acceptLanguage string) Lang {
	if known, ok := matches.Load(acceptLanguage); ok {
		return known.(Lang)
	}
	lang := Langs[0]
	if wanted, _, err := language.ParseAcceptLanguage(acceptLanguage); err == nil {
		_, i, _ := matcher.Match(wanted...)
		lang = Langs[i]
	}
	if len(acceptLanguage) <= longestRemembered && remembered.Add(1) <= mostRemembered {
		matches.Store(strings.Clone(acceptLanguage), lang)
	}
	return lang
}

// What somebody can make the program remember who sends ever new headers is bounded.
const mostRemembered, longestRemembered = 1000, 200

var (
	matches    sync.Map
	remembered atomic.Int64
)

type langKey struct{}

// With binds the reader's language; a language that we do not have leaves the context as it was.
func With(ctx context.Context, lang Lang) context.Context {
	if !lang.Known() {
		return ctx
	}
	return context.WithValue(ctx, langKey{}, lang)
}

// From is the reader's language, French where none was bound.
func From(ctx context.Context) Lang {
	if lang, ok := ctx.Value(langKey{}).(Lang); ok {
		return lang
	}
	return Langs[0]
}

package ui

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"sync"
	"time"

	"github.com/a-h/templ"

	"passerelle/internal/i18n"
)

// Markup is HTML written by hand, for what stands on a page a hundred times: the rows of a long list and the options
// of a long choice. A row as a component took five times as long as reading it from the database. Everything else is
// a component.
type Markup struct {
	html []byte
	lang i18n.Lang
}

// literal is a type that only constants have: a text that somebody typed does not compile as HTML.
type literal string

// HTML writes what stands in the program.
func (m *Markup) HTML(html literal) *Markup {
	m.html = append(m.html, html...)
	return m
}

// Text writes a text, which can be no HTML; it may stand in an attribute within quotes as well.
func (m *Markup) Text(text string) *Markup {
	for i := range len(text) {
		switch text[i] {
		case '<', '>', '&', '"', '\'':
			m.html = append(m.html, templ.EscapeString(text)...)
			return m
		}
	}
	m.html = append(m.html, text...)
	return m
}

// Say writes the message of a key, which is a prefix and a code.
func (m *Markup) Say(prefix, code string) *Markup { return m.Text(m.lang.Say(prefix, code)) }

// Date writes a day; nil is none.
func (m *Markup) Date(day *time.Time) *Markup {
	if day != nil {
		m.html = i18n.AppendDate(m.html, *day)
	}
	return m
}

// DateTime writes a day and its hour.
func (m *Markup) DateTime(t time.Time) *Markup {
	m.html = i18n.AppendDateTime(m.html, t)
	return m
}

var markups = sync.Pool{New: func() any { return new(Markup) }}

// mostMarkup is how large a kept Markup may have grown.
const mostMarkup = 64 << 10

// Written is a component that writes by hand.
func Written(write func(ctx context.Context, m *Markup)) templ.Component {
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		m := markups.Get().(*Markup)
		m.html, m.lang = m.html[:0], i18n.From(ctx)
		write(ctx, m)
		_, err := w.Write(m.html)
		if cap(m.html) <= mostMarkup {
			markups.Put(m)
		}
		return err
	})
}

// same is a part of the frame that says the same to everybody who reads a language. It is rendered once for each, when
// the program starts, with nothing in its context but the language: nothing of anybody's can stay in it.
func same(part templ.Component) templ.Component {
	html := map[i18n.Lang][]byte{}
	for _, lang := range i18n.Langs {
		var buffer bytes.Buffer
		if err := part.Render(i18n.With(context.Background(), lang), &buffer); err != nil {
			panic(fmt.Sprintf("a part of the frame cannot be rendered: %v", err))
		}
		html[lang] = buffer.Bytes()
	}
	return templ.ComponentFunc(func(ctx context.Context, w io.Writer) error {
		_, err := w.Write(html[i18n.From(ctx)])
		return err
	})
}

var sameStandby = same(standby())

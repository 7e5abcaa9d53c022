package i18n

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"strings"

	"github.com/nicksnyder/go-i18n/v2/i18n"
	"go.yaml.in/yaml/v3"
)

//go:embed locales
var locales embed.FS

// catalogue holds the messages of all languages. A page of fifty rows asks for several hundred labels, and most of
// them never change: those lie ready in plain, and those with nothing but placeholders in filled. The others go through
// go-i18n for their plurals; it fills each message through a template of its own, which took a tenth of a dossier's page.
type catalogue struct {
	plain      map[Lang]map[string]string
	filled     map[Lang]map[string]filling
	plural     map[string]bool // the keys of the others
	localizers map[Lang]*i18n.Localizer
}

// filling is a message with placeholders: the texts between them, and their names.
type filling struct{ texts, names []string }

var placeholders = regexp.MustCompile(`{{\s*\.(\w+)\s*}}`)

func fillingOf(message string) filling {
	f := filling{texts: placeholders.Split(message, -1)}
	for _, match := range placeholders.FindAllStringSubmatch(message, -1) {
		f.names = append(f.names, match[1])
	}
	return f
}

// with puts values in the places of their names; args alternate name and value.
func (f filling) with(args []any) string {
	var text strings.Builder
	for i, name := range f.names {
		text.WriteString(f.texts[i])
		for j := 0; j+1 < len(args); j += 2 {
			if args[j] == name {
				fmt.Fprint(&text, args[j+1])
			}
		}
	}
	text.WriteString(f.texts[len(f.names)])
	return text.String()
}

// The catalogues are part of the program, so one that cannot be read is a defect that must not serve a page.
var messages = func() *catalogue {
	c, err := load(locales)
	if err != nil {
		panic(err)
	}
	return c
}()

func load(files fs.FS) (*catalogue, error) {
	c := &catalogue{plain: map[Lang]map[string]string{}, filled: map[Lang]map[string]filling{}, plural: map[string]bool{}, localizers: map[Lang]*i18n.Localizer{}}
	bundle := i18n.NewBundle(tags[Langs[0]])
	for _, lang := range Langs {
		c.plain[lang], c.filled[lang] = map[string]string{}, map[string]filling{}
		names, err := fs.Glob(files, path.Join("locales", string(lang), "*.yaml"))
		if err != nil {
			return nil, fmt.Errorf("i18n: list the catalogues of %s: %w", lang, err)
		}
		for _, name := range names {
			text, err := fs.ReadFile(files, name)
			if err != nil {
				return nil, fmt.Errorf("i18n: read %s: %w", name, err)
			}
			found, err := bundle.ParseMessageBytes(tags[lang], text, yaml.Unmarshal)
			if err != nil {
				return nil, fmt.Errorf("i18n: read %s: %w", name, err)
			}
			for _, m := range found {
				switch {
				case m.One != "" || m.Many != "":
					c.plural[m.ID] = true
				case strings.Contains(m.Other, "{{"):
					c.filled[lang][m.ID] = fillingOf(m.Other)
				default:
					c.plain[lang][m.ID] = m.Other
				}
			}
		}
		c.localizers[lang] = i18n.NewLocalizer(bundle, tags[lang].String())
	}
	return c, nil
}

// T is the message of a key in the reader's language. args alternate placeholder name and value; the value named
// "Count" chooses the plural as well. A key that does not exist is shown as it is, and fails the catalogue test.
func T(ctx context.Context, key string, args ...any) string {
	return messages.say(From(ctx), key, args)
}

// Say is T for somebody who asks a hundred times in one language: the key comes in two parts, a prefix and a code, which
// are not put together for it.
func (l Lang) Say(prefix, code string) string {
	var room [96]byte
	key := append(append(room[:0], prefix...), code...)
	if text, ok := messages.plain[l][string(key)]; ok {
		return text
	}
	return messages.say(l, string(key), nil)
}

func (c *catalogue) say(lang Lang, key string, args []any) string {
	if text, ok := c.plain[lang][key]; ok {
		return text
	}
	if message, ok := c.filled[lang][key]; ok {
		return message.with(args)
	}
	// Names go through here as well, of people and of code: go-i18n would look for each in vain.
	if !c.plural[key] {
		return key
	}
	config := i18n.LocalizeConfig{MessageID: key}
	if len(args) > 0 {
		data := make(map[string]any, len(args)/2)
		for i := 0; i+1 < len(args); i += 2 {
			data[fmt.Sprint(args[i])] = args[i+1]
		}
		config.TemplateData = data
		config.PluralCount = data["Count"]
	}
	// French and Italian have a form of their own for millions, which the catalogues leave out: go-i18n then gives
	// the general form together with an error.
	text, err := c.localizers[lang].Localize(&config)
	if err != nil && text == "" {
		return key
	}
	return text
}

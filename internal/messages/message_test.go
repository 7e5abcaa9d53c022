package messages

import (
	"errors"
	"strings"
	"testing"

	"passerelle/internal/fault"
)

func TestCheck(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		message Message
		field   string
	}{
		"a message":           {Message{Kind: Plain, Body: "Bonjour."}, ""},
		"the longest":         {Message{Kind: Question, Body: strings.Repeat("é", MaxBody)}, ""},
		"one character more":  {Message{Kind: Answer, Body: strings.Repeat("é", MaxBody+1)}, "body"},
		"nothing":             {Message{Kind: Plain}, "body"},
		"nothing but spaces":  {Message{Kind: Plain, Body: " \n\t"}, "body"},
		"a kind of its own":   {Message{Kind: "shout", Body: "Bonjour."}, "kind"},
		"a kind left empty":   {Message{Body: "Bonjour."}, "kind"},
		"capitals are others": {Message{Kind: "Message", Body: "Bonjour."}, "kind"},
	} {
		err := c.message.check()
		problems, _ := fault.Correctable(err)
		if c.field == "" && err != nil || c.field != "" && (!errors.Is(err, fault.Invalid("", "")) || problems[0].Field != c.field) {
			t.Errorf("%s: %v, want a problem of %q", name, err, c.field)
		}
	}
}

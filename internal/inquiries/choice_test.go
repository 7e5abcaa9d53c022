package inquiries

import (
	"strings"
	"testing"

	"passerelle/internal/fault"
)

func TestStrike(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		text     string
		passages []string
		want     string
	}{
		{"Victor l’a appelée.", []string{"Victor"}, "# l’a appelée."},
		{"VICTOR, victor et Victors", []string{"Victor"}, "#, # et #s"},
		{"Chez Anna\n  Muster, puis anna muster.", []string{"Anna Muster"}, "Chez #, puis #."},
		{"Anna Muster", []string{"Anna", "na Muster"}, "#"},
		{"ananan", []string{"anan"}, "#"},
		{"L'oncle d’Osei et l’oncle d'Osei", []string{"l’oncle d’Osei"}, "# et #"},
		{"(+41 78) 600.00", []string{"(+41 78) 600.00"}, "#"},
		{"K\u00fcbra, \u212a\u00fcbra et k\u00fcBRA", []string{"K\u00fcbra"}, "#, # et #"}, // the sign of Kelvin is a k as well
		{"Élodie et élodie", []string{"élodie"}, "# et #"},
		{"Rien à biffer", nil, "Rien à biffer"},
	} {
		var passages []wanted
		for _, passage := range c.passages {
			passages = append(passages, want(passage))
		}
		if got := strike(c.text, passages, "#"); got != c.want {
			t.Errorf("%q without %q is %q, want %q", c.text, c.passages, got, c.want)
		}
	}
}

func TestDecide(t *testing.T) {
	t.Parallel()
	text := Text{Ref: "x", Body: "Victor l’a appelée."}
	now := text.Digest()
	for key, c := range map[string]Choice{
		"inquiries.text.changed":      {Digest: short("Victor"), Decision: Whole},
		"inquiries.decision.missing":  {Digest: now, Decision: "perhaps"},
		"inquiries.text.ground":       {Digest: now, Decision: Omitted, Ground: "unfounded"},
		"inquiries.passages.missing":  {Digest: now, Decision: Struck},
		"inquiries.passages.absent":   {Digest: now, Decision: Struck, Passages: []string{"Viktor"}},
		"inquiries.passages.length":   {Digest: now, Decision: Struck, Passages: []string{"V"}},
		"inquiries.passages.many":     {Digest: now, Decision: Struck, Passages: make([]string, mostPassages+1)},
		"":                            {Digest: now, Decision: Whole},
		" in small letters is enough": {Digest: now, Decision: Struck, Passages: []string{"victor"}},
	} {
		_, err := text.Decide(c)
		problems, _ := fault.Correctable(err)
		if strings.HasPrefix(key, "inquiries.") != (len(problems) == 1) || len(problems) == 1 && problems[0].Key != key {
			t.Errorf("%+v: %v, want %q", c, err, key)
		}
	}
	kept, err := text.Decide(Choice{Digest: now, Decision: Omitted, Ground: "secrecy", Passages: []string{"Victor"}})
	if err != nil || kept.Passages != nil || kept.Ground != "secrecy" {
		t.Errorf("%+v, %v: what is left out keeps no passages", kept, err)
	}
}

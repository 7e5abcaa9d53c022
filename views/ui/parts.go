package ui

import (
	"encoding/json"
	"strconv"

	"github.com/a-h/templ"
)

// attributes tell upload.js.
func (p Parts) attributes() templ.Attributer {
	known, err := json.Marshal(p.Known)
	if err != nil {
		known = []byte("null") // texts and numbers can always be written
	}
	return templ.Attributes{
		"data-parts-announce": p.Announce, "data-parts-send": p.Send, "data-parts-most": strconv.Itoa(p.Most), "data-parts-known": string(known),
		"data-parts-going": p.Going, "data-parts-waiting": p.Waiting, "data-parts-looked": p.Looked,
	}
}

package ui

import (
	"context"

	"github.com/a-h/templ"
)

// contentID is the element of a page that an act in place replaces; the frame around it, and the place of the notice,
// which is announced, stay.
const contentID = "content"

// ContentTarget is how htmx names that element in the HX-Target header of what a form in place asks for.
const ContentTarget = "div#" + contentID

// Unkept is the field of a form which is not parked when the session runs out.
const Unkept = "_unkept"

// inPlace makes a form replace the page's content with that of the answer, which is a whole page for everybody, and
// the notice with the answer's. inplace.js looks after the rest.
func inPlace(ctx context.Context, pairs ...string) templ.Attributes {
	return Hx(ctx, append(pairs, "hx-target", "#"+contentID, "hx-select", "#"+contentID,
		"hx-select-oob", "#notice:innerHTML", "hx-swap", "innerHTML strip:true")...)
}

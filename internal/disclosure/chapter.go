package disclosure

// Chapter is what one capability keeps about a dossier's person, for an extract that is given to her.
type Chapter struct {
	// Name is a code; "inquiries.chapter." + Name is the message key of its heading.
	Name string
	// Tables are those with a dossier_id of which the chapter tells.
	Tables []string
	Things []Thing
	// Apart are message keys that say what is kept as well and does not stand here.
	Apart []string
	// More says that there is more than could be told here.
	More bool
}

// Thing is one thing of a chapter.
type Thing struct {
	// ID names it for as long as it exists.
	ID string
	// What is the message key of what sort of thing it is.
	What  string
	Facts Facts
}

// Add adds a thing of which something is known.
func (c *Chapter) Add(id, what string, facts Facts) {
	if len(facts) > 0 {
		c.Things = append(c.Things, Thing{id, what, facts})
	}
}

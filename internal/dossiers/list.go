package dossiers

import (
	"strconv"
	"strings"
	"time"

	"passerelle/internal/ids"
	"passerelle/internal/members"
	"passerelle/internal/tenantdb"
)

const (
	// PageSize is how many dossiers a list shows at once.
	PageSize = 50
	// CountedUpTo is where counting stops: that there are more is answer enough.
	CountedUpTo = 500
)

// Filter narrows and orders a list. It holds nothing of a person, since it stands in the address of the page.
type Filter struct {
	Phase       Phase
	Responsible tenantdb.PersonID
	// CodeName is how the code name begins, in small letters.
	CodeName string
	Sort     Sort
	// After and Before say where the page begins or ends; at most one of them is set.
	After, Before Cursor
}

// Narrows says whether the filter leaves dossiers out.
func (f Filter) Narrows() bool { return f.Phase != "" || !f.Responsible.Zero() || f.CodeName != "" }

// Whole says whether the list is everything, from its beginning.
func (f Filter) Whole() bool { return !f.Narrows() && f.After.None() && f.Before.None() }

// ParsePrefix reads the beginning of a code name as somebody types it: accents, blanks and capitals do not matter.
func ParsePrefix(typed string) string {
	letters := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' {
			return r
		}
		return -1
	}, strings.ToLower(Unaccented(typed)))
	return letters[:min(len(letters), 24)]
}

// Sort is the order of a list.
type Sort string

// The orders; the first one is used where none is asked for.
const (
	Recent     Sort = "recent"
	ByCodeName Sort = "code_name"
)

// Sorts lists them in the order of forms.
var Sorts = []Sort{Recent, ByCodeName}

// Cursor is a place in a list, just beside one of its rows.
type Cursor struct {
	at  time.Time
	id  ID
	key string
}

// None says that the list is read from its end.
func (c Cursor) None() bool { return c == Cursor{} }

// String is the cursor as the address of a page holds it.
func (c Cursor) String() string {
	switch {
	case c.key != "":
		return c.key
	case !c.id.Zero():
		return strconv.FormatInt(c.at.UnixMicro(), 10) + "." + c.id.String()
	default:
		return ""
	}
}

// ParseCursor reads what String wrote for an order; anything else is no cursor, and the list begins at its end.
func ParseCursor(sort Sort, text string) Cursor {
	if sort == ByCodeName {
		return Cursor{key: ParsePrefix(text)}
	}
	micros, id, _ := strings.Cut(text, ".")
	at, err := strconv.ParseInt(micros, 10, 64)
	parsed, idErr := ids.Parse[Dossier](id)
	// Before 1970 or after 2200 there is no dossier, and further away no timestamp either.
	if err != nil || idErr != nil || at < 0 || at > 7_258_118_400_000_000 {
		return Cursor{}
	}
	return Cursor{at: time.UnixMicro(at).UTC(), id: parsed}
}

// Row is a dossier as a list shows it: by its code name alone.
type Row struct {
	DossierID     ID
	CodeName      CodeName
	Phase         Phase
	ResponsibleID tenantdb.PersonID
	UpdatedAt     time.Time
}

// cursor is the place of the row in an order.
func (r Row) cursor(sort Sort) Cursor {
	if sort == ByCodeName {
		return Cursor{key: r.CodeName.Key()}
	}
	return Cursor{at: r.UpdatedAt, id: r.DossierID}
}

// Page is a part of a list, with the ways on and back; a cursor that is None leads nowhere.
type Page struct {
	Filter Filter
	Rows   []Row
	// Staff is everybody who can be asked for as responsible, and whose names the rows refer to.
	Staff []members.Member
	// Count is how many there are on all pages, at most CountedUpTo and one; a page without a row counts nothing.
	Count          int
	Next, Previous Cursor
}

// MoreThanCounted says that there are more dossiers than anybody counted.
func (p Page) MoreThanCounted() bool { return p.Count > CountedUpTo }

// Responsible is the name of the member who is responsible for a row.
func (p Page) Responsible(row Row) string { return members.Name(p.Staff, row.ResponsibleID) }

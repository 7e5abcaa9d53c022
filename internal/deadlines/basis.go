package deadlines

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Basis is where a rule stands: "OASA 35(1)", "LAVI 25(2)(a)", and where there is no article, the practice itself:
// "HOUSE".
type Basis struct{ Law, Article, Paragraph, Letter string }

// statutes are cited with an article, practices without. Their names in four languages are in the catalogues.
var (
	statutes  = []string{"CC", "CO", "CP", "CPP", "LASI", "LAVI", "LEI", "LTF", "OASA", "OPDO", "RLASV"}
	practices = []string{"HOUSE", "IOM", "SOLOTHURN", "SVK"}
)

var citation = regexp.MustCompile(`^([A-Z]+)(?: (\d+[a-z]{0,3})(?:\((\d+(?:bis|ter)?)\))?(?:\(([a-z])\))?)?$`)

func parseBasis(text string) (Basis, error) {
	found := citation.FindStringSubmatch(text)
	if found == nil {
		return Basis{}, fmt.Errorf("%q is no citation such as OASA 35(1)", text)
	}
	b := Basis{found[1], found[2], found[3], found[4]}
	switch {
	case slices.Contains(statutes, b.Law) && b.Article == "":
		return Basis{}, fmt.Errorf("%s is a statute, and no article is named", b.Law)
	case slices.Contains(practices, b.Law) && b.Article != "":
		return Basis{}, fmt.Errorf("%s is a practice and has no articles", b.Law)
	case !slices.Contains(statutes, b.Law) && !slices.Contains(practices, b.Law):
		return Basis{}, fmt.Errorf("%s is neither a statute of %s nor a practice of %s", b.Law,
			strings.Join(statutes, ", "), strings.Join(practices, ", "))
	}
	return b, nil
}

// String writes it as the files do.
func (b Basis) String() string {
	text := b.Law
	if b.Article != "" {
		text += " " + b.Article
	}
	if b.Paragraph != "" {
		text += "(" + b.Paragraph + ")"
	}
	if b.Letter != "" {
		text += "(" + b.Letter + ")"
	}
	return text
}

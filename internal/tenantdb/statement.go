package tenantdb

import (
	"fmt"
	"strconv"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/schema"
)

// Query is what a question asks: a bun query written for this once, or a Statement with its arguments.
type Query interface {
	AppendQuery(gen schema.QueryGen, text []byte) ([]byte, error)
}

// Statement is a query that is asked all day. Its text is the same for everybody and holds nothing of anybody, so that
// every connection may keep it prepared: Postgres takes longer to plan a page's questions than to answer them.
type Statement struct{ name, text string }

// Prepare writes a statement down, once, when the program starts. Argument stands where a value comes in later.
func Prepare(query Query) Statement {
	text, err := query.AppendQuery(renderer.QueryGen(), nil)
	if err != nil {
		panic(fmt.Sprintf("a statement of the program cannot be written: %v", err))
	}
	return Statement{nameOfQuery(query), string(text)}
}

// Argument is the place of the nth value that With brings: Where("dossier_id = ?", tenantdb.Argument(1)).
func Argument(n int) bun.Safe { return bun.Safe("$" + strconv.Itoa(n)) }

// OfTenant says of a query what its fence says already, in a way that an index can be entered by: the fences of what
// is known at the door as well have an "or" in them, and Postgres would look at every tenant's rows.
func OfTenant(query *bun.SelectQuery) *bun.SelectQuery {
	return query.Where("tenant_id = nullif(current_setting('app.tenant_id', true), '')::uuid")
}

// With is the statement with its values, which travel beside the text.
func (s Statement) With(arguments ...any) Query { return prepared{s.name, s.text, arguments} }

type prepared struct {
	name, text string
	arguments  []any
}

// AppendQuery writes the text, in which the values are not.
func (p prepared) AppendQuery(_ schema.QueryGen, text []byte) ([]byte, error) {
	return append(text, p.text...), nil
}

package tenantdb

import (
	"context"
	"regexp"

	"github.com/uptrace/bun"

	"passerelle/internal/tracing"
)

// plainName is how a table begins that is one: a sub-select in its place may hold values, and has no name.
var plainName = regexp.MustCompile(`^"?([a-z][a-z_.]*)`)

// nameOfQuery says what a statement does, and to which table. It holds nothing of the statement's text.
func nameOfQuery(query any) string {
	named, ok := query.(interface {
		Operation() string
		GetTableName() string
	})
	if !ok {
		return "statement"
	}
	if table := plainName.FindStringSubmatch(named.GetTableName()); table != nil {
		return named.Operation() + " " + table[1]
	}
	return named.Operation()
}

// traced names each statement of a transaction in its trace.
type traced struct{}

// BeforeQuery does nothing.
func (traced) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

// AfterQuery names what ran.
func (traced) AfterQuery(ctx context.Context, event *bun.QueryEvent) {
	if span := tracing.Under(ctx); span != nil && event.IQuery != nil {
		span.Statement(nameOfQuery(event.IQuery))
	}
}

// traceRead names the questions of a Read.
func traceRead(span *tracing.Span, questions []Question) {
	if span == nil {
		return
	}
	for _, question := range questions {
		if statement, ok := question.query.(prepared); ok {
			span.Statement(statement.name)
		} else {
			span.Statement(nameOfQuery(question.query))
		}
	}
}

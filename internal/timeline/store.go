package timeline

import (
	"github.com/uptrace/bun"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Ask asks for a page, and for one event more than it holds; Cut leaves that one out.
func (p *Page) Ask(dossier ids.ID[Dossier]) []tenantdb.Question {
	query := tenantdb.Select().TableExpr("events").Column("event_id", "kind", "at", "actor_name", "office_name", "detail", "referral_id").
		Where("dossier_id = ?", dossier).OrderExpr("at desc, event_id desc").Limit(PageSize + 1)
	if p.Filter.Group != "" {
		query = query.Where("kind in (?)", bun.List(p.Filter.Group.kinds()))
	}
	if !p.Filter.Actor.Zero() {
		query = query.Where("actor_id = ?", p.Filter.Actor)
	}
	if !p.Filter.Before.None() {
		query = query.Where("(at, event_id) < (?, ?)", p.Filter.Before.at, p.Filter.Before.id)
	}
	return []tenantdb.Question{tenantdb.Many(&p.Entries, query), tenantdb.Many(&p.Actors, actors.With(dossier))}
}

// mostActors is how many people one can choose from.
const mostActors = 100

// actors are named as they were named last.
var actors = tenantdb.Prepare(tenantdb.Select().ColumnExpr("actor_id, (array_agg(actor_name order by at desc))[1] as actor_name").
	TableExpr("events").Where("dossier_id = ?", tenantdb.Argument(1)).Where("actor_name <> ''").GroupExpr("actor_id").OrderExpr("actor_name, actor_id").Limit(mostActors))

package housing

import (
	"context"
	"fmt"
	"time"

	"github.com/uptrace/bun"

	"passerelle/internal/access"
	"passerelle/internal/dossiers"
	"passerelle/internal/keys"
	"passerelle/internal/tenantdb"
)

type placeRow struct {
	bun.BaseModel `bun:"table:places"`
	TenantID      tenantdb.TenantID `bun:"tenant_id"`
	PlaceID       PlaceID           `bun:"place_id"`
	Kind          Kind              `bun:"kind"`
	CodeName      string            `bun:"code_name"`
	Beds          int               `bun:"beds"`
	Genders       []dossiers.Gender `bun:"genders,array"`
	Minors        bool              `bun:"minors"`
	Children      bool              `bun:"children"`
	Couples       bool              `bun:"couples"`
	Accessible    bool              `bun:"accessible"`
	Languages     []string          `bun:"languages,array"`
	OpensOn       time.Time         `bun:"opens_on,type:date"`
	ClosesOn      *time.Time        `bun:"closes_on,type:date"`
	Version       int               `bun:"version"`
}

func rowOfPlace(by access.Principal, p Place) *placeRow {
	return &placeRow{
		TenantID: by.Tenant, PlaceID: p.PlaceID, Kind: p.Kind, CodeName: p.CodeName, Beds: p.Beds, Genders: append([]dossiers.Gender{}, p.Genders...),
		Minors: p.Minors, Children: p.Children, Couples: p.Couples, Accessible: p.Accessible, Languages: append([]string{}, p.Languages...),
		OpensOn: p.OpensOn, ClosesOn: p.ClosesOn, Version: p.Version,
	}
}

// The parts of the board are asked for by the same questions, in a batch or in a transaction.

func selectPlaces(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("places as place").
		ColumnExpr("place.place_id, place.kind, place.code_name, place.beds, place.genders, place.minors, place.children, place.couples, place.accessible, place.languages").
		ColumnExpr("place.opens_on, place.closes_on, place.address is not null as address_known, place.address_forgotten_at, place.version")
}

// guestName is the code name of the dossier of a row called guest, or nothing where it is kept from whoever asks; asked for each: whoever takes beds is few among all dossiers.
func guestName() *bun.SelectQuery {
	return tenantdb.Select().TableExpr("dossiers").Column("code_name").Where("dossiers.tenant_id = guest.tenant_id").Where("dossiers.dossier_id = guest.dossier_id")
}

func selectStaying(query *bun.SelectQuery) *bun.SelectQuery {
	return query.TableExpr("housing_stays as guest").
		ColumnExpr("guest.place_id, guest.dossier_id, coalesce((?), '') as code_name, guest.beds, false as held, guest.begins_on as from_on, guest.planned_end_on as until_on, guest.leaves_on", guestName()).
		Where("guest.ended_on is null").Where("guest.place_id is not null").OrderExpr("guest.begins_on, guest.stay_id").Limit(mostGuests)
}

func selectHolding(query *bun.SelectQuery, today any) *bun.SelectQuery {
	return query.TableExpr("bed_holds as guest").
		ColumnExpr("guest.place_id, guest.dossier_id, coalesce((?), '') as code_name, guest.beds, true as held, guest.from_on, guest.until_on, null::date as leaves_on", guestName()).
		Where("guest.until_on >= ?", today).OrderExpr("guest.from_on, guest.hold_id").Limit(mostGuests)
}

var (
	places       = tenantdb.Prepare(selectPlaces(tenantdb.Select()).OrderExpr("place.kind, lower(place.code_name)").Limit(mostPlaces))
	onePlace     = tenantdb.Prepare(selectPlaces(tenantdb.Select()).Where("place.place_id = ?", tenantdb.Argument(1)))
	staying      = tenantdb.Prepare(selectStaying(tenantdb.Select()))
	stayingThere = tenantdb.Prepare(selectStaying(tenantdb.Select()).Where("guest.place_id = ?", tenantdb.Argument(1)))
	holding      = tenantdb.Prepare(selectHolding(tenantdb.Select(), tenantdb.Argument(1)))
	holdingThere = tenantdb.Prepare(selectHolding(tenantdb.Select(), tenantdb.Argument(1)).Where("guest.place_id = ?", tenantdb.Argument(2)))
)

// board is every place with whoever takes its beds.
type board struct {
	places           []Place
	staying, holding []Guest
}

func (b *board) ask(today time.Time) []tenantdb.Question {
	return []tenantdb.Question{
		tenantdb.Many(&b.places, places.With()), tenantdb.Many(&b.staying, staying.With()), tenantdb.Many(&b.holding, holding.With(today)),
	}
}

func (b *board) vacancies(today time.Time) []Vacancy {
	guests := map[PlaceID][]Guest{}
	for _, guest := range append(b.staying, b.holding...) {
		guests[guest.PlaceID] = append(guests[guest.PlaceID], guest)
	}
	found := make([]Vacancy, len(b.places))
	for i, place := range b.places {
		found[i] = VacancyOf(place, guests[place.PlaceID], today)
	}
	return found
}

// lockVacancy keeps the beds of a place as they are until the transaction ends: of two who want the last one, one comes
// second.
func lockVacancy(ctx context.Context, tx tenantdb.Tx, id PlaceID, today time.Time) (Vacancy, error) {
	var place Place
	if err := tenantdb.Found(selectPlaces(tx.Select()).Where("place.place_id = ?", id).For("update of place").Scan(ctx, &place)); err != nil {
		return Vacancy{}, fmt.Errorf("lock place: %w", err)
	}
	var there, kept []Guest
	if err := selectStaying(tx.Select()).Where("guest.place_id = ?", id).Scan(ctx, &there); err != nil {
		return Vacancy{}, fmt.Errorf("list who lives in a place: %w", err)
	}
	if err := selectHolding(tx.Select(), today).Where("guest.place_id = ?", id).Scan(ctx, &kept); err != nil {
		return Vacancy{}, fmt.Errorf("list for whom beds are kept: %w", err)
	}
	return VacancyOf(place, append(there, kept...), today), nil
}

// insertPlace says whether the place is new. Its address comes sealed, or there is none yet.
func insertPlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, place Place) (bool, error) {
	return inserted(tx.Insert().Model(rowOfPlace(by, place)).On("conflict (tenant_id, place_id) do nothing").Exec(ctx))
}

func updatePlace(ctx context.Context, tx tenantdb.Tx, by access.Principal, place Place) error {
	err := tenantdb.Affected(tx.Update().Model(rowOfPlace(by, place)).
		Column("code_name", "beds", "genders", "minors", "children", "couples", "accessible", "languages", "opens_on", "closes_on", "version").
		Where("place_id = ?", place.PlaceID).Exec(ctx))
	if err != nil {
		return fmt.Errorf("update place: %w", err)
	}
	return nil
}

func updatePlaceAddress(ctx context.Context, tx tenantdb.Tx, box *keys.Box, id PlaceID, address Address) error {
	sealed := sealedPlace{id, keys.Of(address)}
	if err := box.Seal(&sealed); err != nil {
		return fmt.Errorf("seal the address of a place: %w", err)
	}
	if err := tenantdb.Affected(tx.Update().TableExpr("places").Set("address = ?", sealed.Address).Where("place_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("update the address of a place: %w", err)
	}
	return nil
}

func forgetPlaceAddress(ctx context.Context, tx tenantdb.Tx, id PlaceID, at time.Time) error {
	if err := tenantdb.Affected(tx.Update().TableExpr("places").Set("address = null").Set("address_forgotten_at = ?", at).Where("place_id = ?", id).Exec(ctx)); err != nil {
		return fmt.Errorf("forget the address of a place: %w", err)
	}
	return nil
}

func findPlaceAddress(ctx context.Context, tx tenantdb.Tx, id PlaceID) (found sealedPlace, err error) {
	if err := tenantdb.Found(tx.Select().TableExpr("places").Column("place_id", "address").Where("place_id = ?", id).Scan(ctx, &found)); err != nil {
		return sealedPlace{}, fmt.Errorf("find the address of a place: %w", err)
	}
	return found, nil
}

func findFlatAddress(ctx context.Context, tx tenantdb.Tx, id StayID) (found sealedFlat, err error) {
	if err := tenantdb.Found(tx.Select().TableExpr("housing_stays").Column("stay_id", "address").Where("stay_id = ?", id).Scan(ctx, &found)); err != nil {
		return sealedFlat{}, fmt.Errorf("find the address of a flat: %w", err)
	}
	return found, nil
}

package tenantdb

import (
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// collect reads all rows into structs, each column into the field of that name, as pgx.RowToStructByName does. That
// one finds the fields anew for every row, which took longer than the rest of reading a list. Here one row is filled
// time and again, and copied.
func collect[T any](rows pgx.Rows) ([]T, error) {
	defer rows.Close()
	var (
		list    = make([]T, 0, 8)
		next    T
		targets []any
	)
	for rows.Next() {
		if targets == nil { // an answer that failed has no columns
			places, err := placesOf(reflect.TypeFor[T](), rows.FieldDescriptions())
			if err != nil {
				return nil, err
			}
			targets = targetsIn(reflect.ValueOf(&next).Elem(), places)
		}
		// What a row points to is its own.
		next = *new(T)
		if err := rows.Scan(targets...); err != nil {
			return nil, err
		}
		if len(list) == cap(list) {
			list = slices.Grow(list, max(64, len(list)))
		}
		list = append(list, next)
	}
	return list, rows.Err()
}

// targetsIn are pointers to the fields of one row, in the order of the columns.
func targetsIn(row reflect.Value, places []place) []any {
	targets := make([]any, len(places))
	for i, place := range places {
		field := row.FieldByIndex(place.index).Addr()
		if place.text {
			field = field.Convert(reflect.TypeFor[*string]())
		}
		targets[i] = field.Interface()
	}
	return targets
}

// place is the field that a column fills.
type place struct {
	index []int
	// text is a named text, which is read as a text: pgx would look for a way to read it, row by row.
	text bool
}

type answer struct {
	structure reflect.Type
	columns   string
}

// places are kept by answer: the same few come all day.
var places sync.Map

func placesOf(structure reflect.Type, columns []pgconn.FieldDescription) ([]place, error) {
	var names strings.Builder
	for _, column := range columns {
		names.WriteString(column.Name)
		names.WriteByte(' ')
	}
	key := answer{structure, names.String()}
	if known, ok := places.Load(key); ok {
		return known.([]place), nil
	}
	found, err := findPlaces(structure, columns)
	if err == nil {
		places.Store(key, found)
	}
	return found, err
}

// findPlaces fails unless columns and fields are the same: what was forgotten in either is found by the first test.
func findPlaces(structure reflect.Type, columns []pgconn.FieldDescription) ([]place, error) {
	free := map[string]place{}
	for _, field := range reflect.VisibleFields(structure) {
		if !field.IsExported() || field.Anonymous && field.Type.Kind() == reflect.Struct {
			continue
		}
		scans := reflect.PointerTo(field.Type).Implements(reflect.TypeFor[sql.Scanner]())
		free[plain(nameOf(field))] = place{field.Index, field.Type.Kind() == reflect.String && !scans}
	}
	found := make([]place, len(columns))
	for i, column := range columns {
		place, ok := free[plain(column.Name)]
		if !ok {
			return nil, fmt.Errorf("%s has no field for the column %s", structure, column.Name)
		}
		delete(free, plain(column.Name))
		found[i] = place
	}
	for name := range free {
		return nil, fmt.Errorf("no column fills the field %s of %s", name, structure)
	}
	return found, nil
}

// nameOf is the column of a field where it is not called like the field.
func nameOf(field reflect.StructField) string {
	if tag := field.Tag.Get("db"); tag != "" {
		return tag
	}
	return field.Name
}

// plain is what a column and its field have in common: DossierID and dossier_id.
func plain(name string) string { return strings.ToLower(strings.ReplaceAll(name, "_", "")) }

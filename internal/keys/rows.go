package keys

import "slices"

// Rows says where a store has sealed what, for whoever seals it anew. A store declares it beside its types; a test
// compares all of them with the columns that there are.
type Rows struct {
	// Kind is what the rows are sealed under, and Holder the column that names it.
	Kind   Kind
	Table  string
	Holder string
	// Key are the columns that make up Place.Row, with a space between them.
	Key []string
	// Columns are those that are sealed.
	Columns []string
}

// Kinds are those whose keysets seal something.
var Kinds = []Kind{Dossier, Referral, Person, Lodging, Directory, Connection, Move}

// wrappedKinds are all that a keyset can belong to, those that seal nothing included: whatever a tenant's keyset wraps.
var wrappedKinds = append(slices.Clone(Kinds), Journal)

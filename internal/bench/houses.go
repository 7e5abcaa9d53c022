package bench

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/agenda"
	"passerelle/internal/dossiers"
	"passerelle/internal/housing"
)

// house is an invented tenant: its staff, and the offices that it refers to.
type house struct {
	tenant uuid.UUID
	canton string
	// rules are what dates follow from there; whoever fills reads them.
	rules   agenda.Applied
	members []person
	offices []office
	places  []place
}

type person struct {
	id   uuid.UUID
	name string
}

type office struct {
	id     uuid.UUID
	name   string
	kind   access.OfficeKind
	people []person
}

// place is where some of those live who are accompanied.
type place struct {
	id   uuid.UUID
	kind housing.Kind
}

const (
	placesOfHouse    = 40
	bedsOfPlace      = 3
	membersOfHouse   = 20
	membersOfOffice  = 3
	housesConnection = "houses"
)

// office0Share is how many in a hundred referrals go to the first office: where people live, one office pays.
const office0Share = 50

func (h house) office(s source) office {
	if s.IntN(100) < office0Share {
		return h.offices[0]
	}
	return one(s, h.offices[1:])
}

// inventHouses makes up the tenants; the same number gives the same ones.
func inventHouses(tenants int) []house {
	s := newSource(0)
	houses := make([]house, tenants)
	for i := range houses {
		houses[i].tenant, houses[i].canton = s.id(), one(s, dossiers.Cantons)
		for range membersOfHouse {
			houses[i].members = append(houses[i].members, person{s.id(), s.name() + " " + s.name()})
		}
		for _, kind := range access.OfficeKinds {
			at := office{id: s.id(), name: "Service " + s.name(), kind: kind}
			for range membersOfOffice {
				at.people = append(at.people, person{s.id(), s.name() + " " + s.name()})
			}
			houses[i].offices = append(houses[i].offices, at)
		}
		for range placesOfHouse {
			houses[i].places = append(houses[i].places, place{s.id(), one(s, housing.PlaceKinds)})
		}
	}
	return houses
}

// placesOpened is before anybody lived there, and when each house began to use what is measured.
var placesOpened = time.Date(2015, time.January, 1, 0, 0, 0, 0, time.UTC)

// fillHouses writes the houses down, with one connection for everybody: nobody signs in through it.
func fillHouses(ctx context.Context, conn *pgx.Conn, houses []house) error {
	s := newSource(-1)
	connection := s.id()
	tenants := table{name: "tenants", columns: []string{"tenant_id", "slug", "name", "canton", "live_at"}}
	connections := table{name: "connections", columns: []string{"connection_id", "tenant_id", "slug", "name", "kind", "issuer", "client_id"}}
	identities := table{name: "identities", columns: []string{"identity_id", "connection_id", "issuer", "subject", "display_name"}}
	members := table{name: "members", columns: []string{"tenant_id", "member_id", "name", "email", "role", "connection_id", "expected_subject", "identity_id"}}
	offices := table{name: "offices", columns: []string{"tenant_id", "office_id", "name", "kind", "place"}}
	places := table{name: "places", columns: []string{"tenant_id", "place_id", "kind", "code_name", "beds", "minors", "children", "couples", "accessible", "opens_on"}}
	officeMembers := table{name: "office_members", columns: []string{"tenant_id", "office_member_id", "office_id", "name", "email", "connection_id", "expected_subject", "identity_id"}}

	const issuer = "https://bench.invalid"
	connections.add(connection, nil, housesConnection, "Bench", "office", issuer, "bench")
	identify := func(p person) uuid.UUID {
		identity := s.id()
		identities.add(identity, connection, issuer, p.id.String(), p.name)
		return identity
	}
	for i, h := range houses {
		tenants.add(h.tenant, fmt.Sprintf("bench-%d", i), "Passerelle "+word(i), h.canton, placesOpened)
		for j, p := range h.members {
			role := access.Caseworker
			if j%10 == 1 {
				role = access.Coordinator
			}
			members.add(h.tenant, p.id, p.name, p.id.String()+"@bench.invalid", string(role), connection, p.id.String(), identify(p))
		}
		for _, at := range h.offices {
			offices.add(h.tenant, at.id, at.name, string(at.kind), "Lausanne")
			for _, p := range at.people {
				officeMembers.add(h.tenant, p.id, at.id, p.name, p.id.String()+"@bench.invalid", connection, p.id.String(), identify(p))
			}
		}
		for j, at := range h.places {
			places.add(h.tenant, at.id, string(at.kind), word(j), bedsOfPlace, true, true, true, false, placesOpened)
		}
	}
	return copyAll(ctx, conn, tenants, connections, identities, members, offices, officeMembers, places)
}

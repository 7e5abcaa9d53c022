// Package cast is the invented people of the demo and of the tests, in one place: two cantons, their NGOs' staff, the
// offices that they refer to, and the offices' people. Tests speak of them by name. Nobody here exists.
package cast

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"passerelle/internal/access"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Connection is an organisation's way to sign in.
type Connection struct {
	ID           string
	Slug, Name   string
	Kind         string
	Tenant       *Tenant
	EmailDomains []string
}

// Tenant is an NGO.
type Tenant struct {
	ID                 tenantdb.TenantID
	Slug, Name, Canton string
}

// Office is a service that receives referrals.
type Office struct {
	ID     tenantdb.OfficeID
	Tenant *Tenant
	Name   string
	Kind   access.OfficeKind
	Place  string
}

// Person is a membership: somebody of the staff, or of an office.
type Person struct {
	ID          tenantdb.PersonID
	Name, Email string
	Tenant      *Tenant
	Role        access.Role
	Office      *Office
	Connection  *Connection
}

// Principal is the person, signed in.
func (p Person) Principal() access.Principal {
	principal := access.Principal{
		Role: p.Role, Tenant: p.Tenant.ID, Person: p.ID, Name: p.Name, TenantName: p.Tenant.Name, Canton: p.Tenant.Canton,
	}
	if p.Office != nil {
		principal.Office, principal.OfficeName, principal.OfficeKind = p.Office.ID, p.Office.Name, p.Office.Kind
	}
	return principal
}

// Context is a context in which the person asks, having confirmed with a passkey.
func (p Person) Context(ctx context.Context) context.Context {
	return access.WithConfirmation(access.WithPrincipal(ctx, p.Principal()))
}

func tenant(id string) tenantdb.TenantID { return ids.MustParse[tenantdb.Tenant](id) }
func office(id string) tenantdb.OfficeID { return ids.MustParse[tenantdb.Office](id) }
func person(id string) tenantdb.PersonID { return ids.MustParse[tenantdb.Person](id) }

// The cantons.
var (
	Vaud   = &Tenant{tenant("7a1d0000-0000-4000-8000-000000000001"), "vaud", "Passerelle Vaud", "VD"}
	Geneve = &Tenant{tenant("6e0e0000-0000-4000-8000-000000000002"), "geneve", "Passerelle Genève", "GE"}

	Tenants = []*Tenant{Vaud, Geneve}
)

// The connections. Staff of each canton have their own; so do the offices, whatever canton they serve.
var (
	VaudStaff   = &Connection{"c0110000-0000-4000-8000-000000000001", "vaud", "Passerelle Vaud", "staff", Vaud, []string{"vaud.example"}}
	GeneveStaff = &Connection{"c0110000-0000-4000-8000-000000000002", "geneve", "Passerelle Genève", "staff", Geneve, []string{"geneve.example"}}
	Offices     = &Connection{"c0110000-0000-4000-8000-000000000003", "offices", "Services partenaires", "office", nil,
		[]string{"csr.example", "orp.example", "legal.example", "clinic.example", "hospice.example", "csr-fribourg.example"}}

	Connections = []*Connection{VaudStaff, GeneveStaff, Offices}
)

// The offices.
var (
	CSR         = &Office{office("0ff10000-0000-4000-8000-000000000001"), Vaud, "CSR de Lausanne", access.IncomeSupport, "Lausanne"}
	ORP         = &Office{office("0ff10000-0000-4000-8000-000000000002"), Vaud, "ORP de Lausanne", access.JobPlacement, "Lausanne"}
	LegalVaud   = &Office{office("0ff10000-0000-4000-8000-000000000003"), Vaud, "Permanence juridique vaudoise", access.LegalAid, "Lausanne"}
	Clinic      = &Office{office("0ff10000-0000-4000-8000-000000000004"), Vaud, "Clinique de la Riviera", access.Medical, "Vevey"}
	Hospice     = &Office{office("0ff10000-0000-4000-8000-000000000005"), Geneve, "Service social de Genève", access.Social, "Genève"}
	LegalGeneve = &Office{office("0ff10000-0000-4000-8000-000000000006"), Geneve, "Permanence juridique genevoise", access.LegalAid, "Genève"}
	School      = &Office{office("0ff10000-0000-4000-8000-000000000007"), Vaud, "Cours de français de l’Ouest", access.Training, "Renens"}
	Foyer       = &Office{office("0ff10000-0000-4000-8000-000000000008"), Vaud, "Foyer du Jorat", access.Shelter, ""}
	Return      = &Office{office("0ff10000-0000-4000-8000-000000000009"), Vaud, "Conseil en vue du retour, Vaud", access.ReturnCounselling, "Lausanne"}

	AllOffices = []*Office{CSR, ORP, LegalVaud, Clinic, Hospice, LegalGeneve, School, Foyer, Return}
)

// The people.
var (
	Lea    = Person{person("9e050000-0000-4000-8000-000000000001"), "Léa Morel", "lea@vaud.example", Vaud, access.Caseworker, nil, VaudStaff}
	Karim  = Person{person("9e050000-0000-4000-8000-000000000002"), "Karim Benali", "karim@vaud.example", Vaud, access.Coordinator, nil, VaudStaff}
	Ruth   = Person{person("9e050000-0000-4000-8000-000000000003"), "Ruth Keller", "ruth@vaud.example", Vaud, access.Auditor, nil, VaudStaff}
	Claire = Person{person("9e050000-0000-4000-8000-000000000004"), "Claire Dubois", "claire@geneve.example", Geneve, access.Caseworker, nil, GeneveStaff}
	Marc   = Person{person("9e050000-0000-4000-8000-000000000005"), "Marc Favre", "marc@geneve.example", Geneve, access.Coordinator, nil, GeneveStaff}

	Anna  = Person{person("9e050000-0000-4000-8000-00000000000d"), "Anna Rossier", "anna@vaud.example", Vaud, access.Admin, nil, VaudStaff}
	Boris = Person{person("9e050000-0000-4000-8000-00000000000e"), "Boris Chappuis", "boris@vaud.example", Vaud, access.Admin, nil, VaudStaff}
	Sami  = Person{person("9e050000-0000-4000-8000-00000000000f"), "Sami Fischer", "sami@vaud.example", Vaud, access.Statistician, nil, VaudStaff}
	Diane = Person{person("9e050000-0000-4000-8000-000000000010"), "Diane Perrin", "diane@geneve.example", Geneve, access.Admin, nil, GeneveStaff}

	Noe      = Person{person("9e050000-0000-4000-8000-000000000006"), "Noé Rochat", "noe@csr.example", Vaud, access.OfficeMember, CSR, Offices}
	Olga     = Person{person("9e050000-0000-4000-8000-000000000011"), "Olga Meylan", "olga@csr.example", Vaud, access.OfficeLead, CSR, Offices}
	Ines     = Person{person("9e050000-0000-4000-8000-000000000007"), "Inès Pereira", "ines@orp.example", Vaud, access.OfficeMember, ORP, Offices}
	Paul     = Person{person("9e050000-0000-4000-8000-000000000008"), "Paul Jaccard", "paul@legal.example", Vaud, access.OfficeMember, LegalVaud, Offices}
	Mia      = Person{person("9e050000-0000-4000-8000-000000000009"), "Mia Bernasconi", "mia@clinic.example", Vaud, access.OfficeMember, Clinic, Offices}
	Eva      = Person{person("9e050000-0000-4000-8000-00000000000a"), "Eva Lambert", "eva@hospice.example", Geneve, access.OfficeMember, Hospice, Offices}
	JoVaud   = Person{person("9e050000-0000-4000-8000-00000000000b"), "Jo Steiner", "jo@legal.example", Vaud, access.OfficeMember, LegalVaud, Offices}
	JoGeneve = Person{person("9e050000-0000-4000-8000-00000000000c"), "Jo Steiner", "jo@legal.example", Geneve, access.OfficeMember, LegalGeneve, Offices}

	Staff         = []Person{Lea, Karim, Ruth, Anna, Boris, Sami, Claire, Marc, Diane}
	OfficeMembers = []Person{Noe, Olga, Ines, Paul, Mia, Eva, JoVaud, JoGeneve}
)

// Operator is somebody who runs the installation.
type Operator struct{ ID, Name, Email string }

// ConsoleSlug is the place of the console's own connection at the provider.
const ConsoleSlug = "console"

// Those who run the installation.
var (
	Ada = Operator{"0e3a0000-0000-4000-8000-000000000001", "Ada Zimmermann", "ada@platform.example"}
	Tom = Operator{"0e3a0000-0000-4000-8000-000000000002", "Tom Bianchi", "tom@platform.example"}

	Operators = []Operator{Ada, Tom}
)

// Context is a context in which the operator asks, having confirmed with a passkey.
func (o Operator) Context(ctx context.Context) context.Context {
	return access.WithConfirmation(access.WithPrincipal(ctx, access.Principal{Role: access.Operator, Person: person(o.ID), Name: o.Name}))
}

// Provider says how the identity provider of a connection is reached and whom it vouches for.
type Provider struct {
	Issuer       func(connection string) string
	ClientID     func(connection string) string
	ClientSecret func(connection string) string
	// Subject is how the connection's provider names the person with that e-mail.
	Subject func(connection, email string) string
}

// NoProvider is for tests in which nobody signs in through a provider.
var NoProvider = Provider{
	Issuer:       func(connection string) string { return "https://" + connection + ".invalid" },
	ClientID:     func(connection string) string { return connection },
	ClientSecret: func(string) string { return "" },
	Subject:      func(connection, email string) string { return connection + "|" + email },
}

// Queryer is a connection or pool of the owner, whom the fences do not hold.
type Queryer interface {
	SendBatch(ctx context.Context, b *pgx.Batch) pgx.BatchResults
}

// Insert puts the whole cast into a migrated database. What is there already is left, but for the provider's
// addresses, which may have moved.
func Insert(ctx context.Context, owner Queryer, provider Provider) error {
	batch := &pgx.Batch{}
	for _, t := range Tenants {
		batch.Queue(`insert into tenants (tenant_id, slug, name, canton, languages, live_at) values ($1, $2, $3, $4, $5, now()) on conflict do nothing`, t.ID, t.Slug, t.Name, t.Canton, []string{"fr"})
	}
	for _, c := range Connections {
		var owned tenantdb.TenantID
		if c.Tenant != nil {
			owned = c.Tenant.ID
		}
		batch.Queue(`insert into connections (connection_id, tenant_id, slug, name, kind, issuer, client_id, client_secret, email_domains)
			values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
			on conflict (connection_id) do update set issuer = excluded.issuer, client_id = excluded.client_id, client_secret = excluded.client_secret`,
			c.ID, owned, c.Slug, c.Name, c.Kind, provider.Issuer(c.Slug), provider.ClientID(c.Slug), provider.ClientSecret(c.Slug), c.EmailDomains)
	}
	// Whoever came through a provider that has moved is still the same person.
	batch.Queue(`update identities i set issuer = c.issuer from connections c where c.connection_id = i.connection_id and i.issuer <> c.issuer`)
	for _, o := range AllOffices {
		batch.Queue(`insert into offices (tenant_id, office_id, name, kind, place) values ($1, $2, $3, $4, $5) on conflict do nothing`,
			o.Tenant.ID, o.ID, o.Name, string(o.Kind), o.Place)
	}
	for _, p := range Staff {
		batch.Queue(`insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`,
			p.Tenant.ID, p.ID, p.Name, p.Email, string(p.Role), p.Connection.ID, provider.Subject(p.Connection.Slug, p.Email))
	}
	for _, p := range OfficeMembers {
		batch.Queue(`insert into office_members (tenant_id, office_member_id, office_id, name, email, role, connection_id, expected_subject) values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict do nothing`,
			p.Tenant.ID, p.ID, p.Office.ID, p.Name, p.Email, string(p.Role), p.Connection.ID, provider.Subject(p.Connection.Slug, p.Email))
	}
	for _, o := range Operators {
		batch.Queue(`insert into console.operators (operator_id, name, email, issuer, subject) values ($1, $2, $3, $4, $5)
			on conflict (operator_id) do update set issuer = excluded.issuer`,
			o.ID, o.Name, o.Email, provider.Issuer(ConsoleSlug), provider.Subject(ConsoleSlug, o.Email))
	}
	if err := owner.SendBatch(ctx, batch).Close(); err != nil {
		return fmt.Errorf("insert the cast: %w", err)
	}
	return nil
}

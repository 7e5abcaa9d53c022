package app

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/keys"
	"passerelle/internal/mail"
	"passerelle/internal/outages"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// reachEvery is how often what is gone is asked whether it is back.
const reachEvery = 15 * time.Second

// reach watches what others run, until ctx ends.
func (a *App) reach(ctx context.Context, all *sync.WaitGroup, ring *keys.Ring, options Options) {
	every := cmp.Or(options.ReachEvery, reachEvery)
	watch := func(thing outages.Thing, works func(context.Context) error) {
		all.Go(func() { a.outages.Watch(ctx, thing, every, works) })
	}
	watch(outages.Database, a.DB.Ready)
	watch(outages.Keys, ring.Reach)
	if options.Files != nil {
		watch(outages.Documents, options.Files.Ready)
	}
	if scanner, ok := options.Scanner.(interface{ Ready(context.Context) error }); ok {
		watch(outages.Scanner, scanner.Ready)
	}
	if options.Room != nil {
		watch(outages.Room, options.Room)
	}
	if options.Post != nil {
		watch(outages.Mail, func(ctx context.Context) error { return mail.Reach(ctx, options.Post) })
	}
	all.Go(func() { a.SignIn.Watch(ctx, 4*every) })
}

// providerReached hears whether people of a tenant can sign in. One that several tenants share is nobody's in particular: those who run
// the installation hear of it.
func (a *App) providerReached(connection signin.Connection, answers bool) {
	a.outages.Note(outages.Mark{Thing: outages.Provider, ID: connection.ID.UUID(), Tenant: connection.TenantID.UUID()}, answers)
}

// failed has pages say at once what the next look would find.
func (a *App) failed(err error) {
	switch {
	case errors.Is(err, keys.ErrUnavailable):
		a.outages.Doubt(outages.Keys)
	case tenantdb.Full(err):
		a.outages.Full()
	case tenantdb.Unreachable(err):
		a.outages.Doubt(outages.Database)
	}
}

// gone is what somebody has to do without, of what she or he works with.
func (a *App) gone(by *access.Principal) (words []string) {
	tenant := uuid.Nil
	if by != nil {
		tenant = by.Tenant.UUID()
	}
	for _, thing := range a.outages.Gone(tenant) {
		documents := thing == outages.Documents || thing == outages.Scanner
		if documents && (by == nil || !access.May(by.Role, access.DocumentWrite) && !access.May(by.Role, access.DocumentTake)) {
			continue
		}
		words = append(words, string(thing))
	}
	return words
}

// outOfReach is what is gone for anybody, as figures.
func (a *App) outOfReach() map[outages.Thing]bool {
	all, gone := map[outages.Thing]bool{}, a.outages.Anywhere()
	for _, thing := range outages.Things {
		all[thing] = slices.Contains(gone, thing)
	}
	return all
}

package bench

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math"
	"net"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"

	"passerelle/internal/app"
	"passerelle/internal/keys"
	"passerelle/internal/localpg"
	"passerelle/internal/migrate"
)

// site is a filled database, people who are signed in there and what they open, and the raw client's way to it; and once it is
// served, the application.
type site struct {
	size    Size
	version string
	address string
	// data, keys and sequencer are how the application reaches them.
	data, keys, sequencer string
	raw                   *pgxpool.Pool
	people                []guest
	visits                map[string][]visit

	application *app.App
	stop        context.CancelFunc
	served      chan error
}

// open signs people in and chooses what they are to open.
func open(ctx context.Context, cluster *localpg.Cluster, name string, master keys.Master, size Size, maxConns int32) (*site, error) {
	config, err := pgxpool.ParseConfig(cluster.ConnString(name, localpg.Superuser))
	if err != nil {
		return nil, fmt.Errorf("read the address of the database: %w", err)
	}
	config.MaxConns = maxConns
	raw, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("open the database: %w", err)
	}
	s := &site{
		size: size, raw: raw, data: cluster.ConnString(name, migrate.App), keys: cluster.ConnString(name, migrate.Keys),
		sequencer: cluster.ConnString(name, migrate.Sequencer), visits: map[string][]visit{}, served: make(chan error, 1),
	}
	if err := s.invite(ctx, master); err != nil {
		raw.Close()
		return nil, err
	}
	return s, nil
}

func (s *site) invite(ctx context.Context, master keys.Master) (err error) {
	if err := s.raw.QueryRow(ctx, "select current_setting('server_version')").Scan(&s.version); err != nil {
		return fmt.Errorf("ask for the version: %w", err)
	}
	if s.people, err = signIn(ctx, s.raw, inventHouses(s.size.Tenants)); err != nil {
		return err
	}
	return withRing(ctx, s.keys, master, func(ring *keys.Ring) error { return s.plan(ctx, ring, s.people) })
}

// serve has the application answer as the command serve does, log and all, on loopback.
func (s *site) serve(ctx context.Context, master keys.Master, maxConns int32, log io.Writer) error {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	s.address = listener.Addr().String()
	s.application, err = app.New(ctx, app.Options{
		DatabaseURL: s.data, MaxConns: maxConns, KeysDatabaseURL: s.keys, Master: master, SequencerDatabaseURL: s.sequencer,
		Origin: "http://" + s.address, AllowLoopbackHTTP: true, Version: "bench", Log: slog.New(slog.NewJSONHandler(log, nil)),
		RequestsAMinute: math.MaxInt32, // a guest is many people
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	serving, stop := context.WithCancel(context.WithoutCancel(ctx))
	s.stop = stop
	go func() { s.served <- s.application.Serve(serving, listener) }()
	return nil
}

func (s *site) plan(ctx context.Context, ring *keys.Ring, people []guest) (err error) {
	for _, p := range pages {
		if s.visits[p.name], err = p.plan(ctx, s.raw, ring, people); err != nil {
			return fmt.Errorf("choose what to visit on the %s: %w", p.name, err)
		}
		if len(s.visits[p.name]) == 0 {
			return fmt.Errorf("there is nothing to visit on the %s", p.name)
		}
	}
	return nil
}

func (s *site) close() (err error) {
	if s.application != nil {
		s.stop()
		err = <-s.served
		s.application.Close()
	}
	s.raw.Close()
	return err
}

// visitorsOfEach is how many tenants have somebody signed in, one of the staff and one at the first office.
const tenantsVisited = 10

// guest is somebody signed in.
type guest struct {
	tenant, person, office uuid.UUID
	cookie, csrf           string
}

func (g guest) atOffice() bool { return g.office != uuid.Nil }

// signIn puts sessions into the table, as signing in through a provider ends: the secret stays here, its hash there.
func signIn(ctx context.Context, owner *pgxpool.Pool, houses []house) ([]guest, error) {
	var guests []guest
	for _, h := range houses[:min(len(houses), tenantsVisited)] {
		guests = append(guests,
			guest{tenant: h.tenant, person: h.members[0].id},
			guest{tenant: h.tenant, person: h.offices[0].people[0].id, office: h.offices[0].id})
	}
	for i := range guests {
		secret := make([]byte, 32)
		_, _ = rand.Read(secret)
		token := base64.RawURLEncoding.EncodeToString(secret)
		hash := sha256.Sum256([]byte(token))
		guests[i].cookie, guests[i].csrf = "pas="+token, rand.Text()
		from, column := "members", "member_id"
		if guests[i].atOffice() {
			from, column = "office_members", "office_member_id"
		}
		_, err := owner.Exec(ctx, "insert into sessions (session_hash, identity_id, tenant_id, "+column+", csrf_token, expires_at) "+
			"select $1, identity_id, tenant_id, "+column+", $2, now() + interval '8 hours' from "+from+" where tenant_id = $3 and "+column+" = $4",
			hash[:], guests[i].csrf, guests[i].tenant, guests[i].person)
		if err != nil {
			return nil, fmt.Errorf("sign somebody in: %w", err)
		}
	}
	return guests, nil
}

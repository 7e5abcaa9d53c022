// Package config reads the environment once, at start, and nothing else does.
package config

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/caarlos0/env/v11"
)

// Config is everything that an operator can set. Each has a useful zero value but for what has none.
type Config struct {
	// DatabaseURL reaches Postgres as the application's role (serve) or as a role that may create things (migrate).
	DatabaseURL string `env:"DATABASE_URL"`
	// KeysDatabaseURL reaches the keys as the role passerelle_keys (serve), which may lie on another server, with backups of
	// its own; on migrate, as a role that may create things, DatabaseURL where it is empty.
	KeysDatabaseURL string `env:"KEYS_DATABASE_URL"`
	// SequencerDatabaseURL reaches Postgres as the role passerelle_sequencer, which hashes the journal.
	SequencerDatabaseURL string `env:"SEQUENCER_DATABASE_URL"`
	// PlatformDatabaseURL reaches Postgres as the role passerelle_platform, which makes, suspends and resumes tenants.
	PlatformDatabaseURL string `env:"PLATFORM_DATABASE_URL"`
	// TransferDatabaseURL reaches Postgres as the role passerelle_transfer, which takes a whole tenant out, in or away.
	TransferDatabaseURL string `env:"TRANSFER_DATABASE_URL"`
	// BackupDatabaseURL reaches the cluster of the data as a role that may replicate, KeysBackupDatabaseURL that of the keys; the latter
	// is empty where they lie in one cluster.
	BackupDatabaseURL     string `env:"BACKUP_DATABASE_URL"`
	KeysBackupDatabaseURL string `env:"KEYS_BACKUP_DATABASE_URL"`
	// MasterKey is the key that wraps all others, MasterKeyFile a file that holds it; one of them is needed to serve.
	MasterKey     string `env:"MASTER_KEY,unset"`
	MasterKeyFile string `env:"MASTER_KEY_FILE"`
	// MasterKeyPrevious and MasterKeyPreviousFile are the key that MasterKey or MasterKeyFile takes over from: it opens, and
	// wraps nothing any more.
	MasterKeyPrevious     string `env:"MASTER_KEY_PREVIOUS,unset"`
	MasterKeyPreviousFile string `env:"MASTER_KEY_PREVIOUS_FILE"`
	// VaultKey names a key of Vault's transit engine instead of either, VaultKeyPrevious one that is taken over from; the
	// others say how Vault is reached. Names that Vault's own programs know are the same.
	VaultKey         string `env:"VAULT_TRANSIT_KEY"`
	VaultKeyPrevious string `env:"VAULT_TRANSIT_KEY_PREVIOUS"`
	VaultMount       string `env:"VAULT_TRANSIT_MOUNT" envDefault:"transit"`
	VaultAddress     string `env:"VAULT_ADDR"`
	VaultToken       string `env:"VAULT_TOKEN,unset"`
	VaultTokenFile   string `env:"VAULT_TOKEN_FILE"`
	VaultNamespace   string `env:"VAULT_NAMESPACE"`
	VaultCACert      string `env:"VAULT_CACERT"`
	// KeysBackupDays is for how many days the operator keeps backups of the keys: until then an erasure is not complete.
	KeysBackupDays int `env:"KEYS_BACKUP_DAYS" envDefault:"7"`
	// MaxConns bounds the pool of connections.
	MaxConns int32 `env:"DATABASE_MAX_CONNS" envDefault:"20"`
	// Listen is where the server listens.
	Listen string `env:"LISTEN" envDefault:"127.0.0.1:8080"`
	// MetricsListen is where numbers for Prometheus are told, to those who run the installation alone; empty tells them nowhere.
	MetricsListen string `env:"METRICS_LISTEN"`
	// TracesEndpoint is the collector that is told by OTLP over HTTP where the time of requests goes; empty tells nobody.
	TracesEndpoint string `env:"OTEL_EXPORTER_OTLP_ENDPOINT"`
	// ShutdownLead is for how long a server that is to end still takes requests, saying at /readyz that it ends.
	ShutdownLead time.Duration `env:"SHUTDOWN_LEAD" envDefault:"5s"`
	// RequestsAMinute is how often one account may ask, and a sixth of it at once.
	RequestsAMinute int `env:"REQUESTS_A_MINUTE" envDefault:"1200"`
	// Origin is the address that people type: scheme, host, and port if it is not the scheme's own.
	Origin string `env:"ORIGIN"`
	// ConsoleListen is where the console listens, and ConsoleOrigin the address that those type who run the installation.
	ConsoleListen string `env:"CONSOLE_LISTEN" envDefault:"127.0.0.1:8081"`
	ConsoleOrigin string `env:"CONSOLE_ORIGIN"`
	// ConsoleIssuer, ConsoleClientID and the secret, or a file that holds it, are how the console is registered with the provider of
	// those who run the installation.
	ConsoleIssuer           string `env:"CONSOLE_OIDC_ISSUER"`
	ConsoleClientID         string `env:"CONSOLE_OIDC_CLIENT_ID"`
	ConsoleClientSecret     string `env:"CONSOLE_OIDC_CLIENT_SECRET,unset"`
	ConsoleClientSecretFile string `env:"CONSOLE_OIDC_CLIENT_SECRET_FILE"`
	// TrustedProxies are the addresses of proxies whose X-Real-IP is believed.
	TrustedProxies []string `env:"TRUSTED_PROXIES"`
	// MailURL is the mail server through which e-mails go that say that something waits, with its password: smtps://user:password@host.
	// Without it none is sent. MailFrom is the address that they come from.
	MailURL  string `env:"MAIL_URL,unset"`
	MailFrom string `env:"MAIL_FROM"`
	// DocumentsFolder is where documents lie, sealed; DocumentsBucket is a bucket of S3 instead, such as https://s3.example.ch/documents, with
	// its region and how we are known there. Without either, none can be added.
	DocumentsFolder              string `env:"DOCUMENTS_FOLDER"`
	DocumentsBucket              string `env:"DOCUMENTS_S3_BUCKET"`
	DocumentsBucketRegion        string `env:"DOCUMENTS_S3_REGION"`
	DocumentsBucketAccessKey     string `env:"DOCUMENTS_S3_ACCESS_KEY"`
	DocumentsBucketSecretKey     string `env:"DOCUMENTS_S3_SECRET_KEY,unset"`
	DocumentsBucketSecretKeyFile string `env:"DOCUMENTS_S3_SECRET_KEY_FILE"`
	// RoomFolders are folders, apart from that of documents, on whose disks there has to be room: such as that of Postgres, where it is on
	// the same machine. From nine tenths on, nothing new is taken.
	RoomFolders []string `env:"ROOM_FOLDERS"`
	// Clamd is where ClamAV's daemon listens that looks at documents: unix:/run/clamav/clamd.ctl or tcp:host:3310. Without it nobody does,
	// which pages say.
	Clamd string `env:"CLAMD"`
	// AppPassword and KeysPassword, when set, become the passwords of the roles passerelle_app and passerelle_keys on migrate.
	AppPassword  string `env:"APP_PASSWORD"`
	KeysPassword string `env:"KEYS_PASSWORD"`
	// RotationPassword and KeysRotationPassword, likewise, those of passerelle_rotation and passerelle_keys_rotation.
	RotationPassword     string `env:"ROTATION_PASSWORD"`
	KeysRotationPassword string `env:"KEYS_ROTATION_PASSWORD"`
	// SequencerPassword, likewise, that of passerelle_sequencer.
	SequencerPassword string `env:"SEQUENCER_PASSWORD"`
	// PlatformPassword, likewise, that of passerelle_platform.
	PlatformPassword string `env:"PLATFORM_PASSWORD"`
	// TransferPassword, likewise, that of passerelle_transfer.
	TransferPassword string `env:"TRANSFER_PASSWORD"`
	// PostgresBin is the folder of initdb and postgres for the demo and the tests; empty looks for them.
	PostgresBin string `env:"POSTGRES_BIN"`
	// Chromium is the browser for the browser tests; empty looks for it.
	Chromium string `env:"CHROMIUM"`
}

// Read reads the environment.
func Read() (Config, error) {
	var c Config
	if err := env.Parse(&c); err != nil {
		return Config{}, fmt.Errorf("read the environment: %w", err)
	}
	return c, nil
}

// Named is a variable that a tenant's file names, since a secret does not stand in the file.
func Named(name string) string { return os.Getenv(name) }

// ForServe checks what serving needs.
func (c Config) ForServe() error {
	if c.DatabaseURL == "" {
		return fmt.Errorf("DATABASE_URL is not set: it says where Postgres is, as the role passerelle_app")
	}
	if c.KeysDatabaseURL == "" {
		return fmt.Errorf("KEYS_DATABASE_URL is not set: it says where the keys are, as the role passerelle_keys")
	}
	if c.SequencerDatabaseURL == "" {
		return errNoSequencer
	}
	if err := c.forMaster(); err != nil {
		return err
	}
	if c.RequestsAMinute < 60 {
		return fmt.Errorf("REQUESTS_A_MINUTE has to be a number from 60 on, such as 1200; it is %d", c.RequestsAMinute)
	}
	if c.KeysBackupDays < 0 {
		return fmt.Errorf("KEYS_BACKUP_DAYS has to be a number of days, such as 7; it is %d", c.KeysBackupDays)
	}
	if c.MaxConns < 0 || c.MaxConns == 1 {
		return fmt.Errorf("DATABASE_MAX_CONNS has to be 2 at least, since whoever watches the journal takes two at a time; it is %d", c.MaxConns)
	}
	if set(c.DocumentsFolder, c.DocumentsBucket) > 1 {
		return fmt.Errorf("DOCUMENTS_FOLDER or DOCUMENTS_S3_BUCKET may be set, and not both: where documents lie")
	}
	if c.ShutdownLead < 0 || c.ShutdownLead > time.Minute {
		return fmt.Errorf("SHUTDOWN_LEAD has to be a time of up to a minute, such as 5s; it is %s", c.ShutdownLead)
	}
	if c.MetricsListen != "" && c.MetricsListen == c.Listen {
		return fmt.Errorf("METRICS_LISTEN and LISTEN are the same: what is told to those who run the installation is told at an address of its own, which nobody else reaches")
	}
	if at, err := url.Parse(c.TracesEndpoint); c.TracesEndpoint != "" && (err != nil || at.Host == "" || at.Scheme != "http" && at.Scheme != "https") {
		return fmt.Errorf("OTEL_EXPORTER_OTLP_ENDPOINT has to be the address of a collector, such as http://collector:4318; it is %q", c.TracesEndpoint)
	}
	u, err := url.Parse(c.Origin)
	if err != nil || u.Host == "" || u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("ORIGIN has to be the address that people type, with https, such as https://passerelle.example; it is %q", c.Origin)
	}
	return nil
}

// forMaster checks that there is one master key, and at most one that it takes over from.
func (c Config) forMaster() error {
	if set(c.MasterKeyFile, c.MasterKey, c.VaultKey) != 1 {
		return fmt.Errorf("MASTER_KEY_FILE or MASTER_KEY has to be set, or VAULT_TRANSIT_KEY, and not two of them: the key that wraps all others. passerelle keys new makes one")
	}
	if set(c.MasterKeyPreviousFile, c.MasterKeyPrevious, c.VaultKeyPrevious) > 1 {
		return fmt.Errorf("MASTER_KEY_PREVIOUS_FILE, MASTER_KEY_PREVIOUS or VAULT_TRANSIT_KEY_PREVIOUS may be set, and not two of them: the key that the present one takes over from")
	}
	if c.VaultKey+c.VaultKeyPrevious != "" && c.VaultAddress == "" {
		return fmt.Errorf("VAULT_ADDR is not set: it says where Vault is, such as https://vault.example:8200")
	}
	return nil
}

// set counts the settings that are not empty.
func set(settings ...string) (n int) {
	for _, setting := range settings {
		if setting != "" {
			n++
		}
	}
	return n
}

// ForKeys checks what looking at the keys needs, and what changing them needs besides.
func (c Config) ForKeys(changing bool) error {
	if c.DatabaseURL == "" {
		return fmt.Errorf("DATABASE_URL is not set: it says where Postgres is, as the role passerelle_rotation")
	}
	if c.KeysDatabaseURL == "" {
		return fmt.Errorf("KEYS_DATABASE_URL is not set: it says where the keys are, as the role passerelle_keys_rotation")
	}
	if changing {
		return c.forMaster()
	}
	return nil
}

// errNoSequencer is told where nothing could hash the journal: without its tree, whoever rules the database could change it.
var errNoSequencer = errors.New("SEQUENCER_DATABASE_URL is not set: it says where Postgres is, as the role passerelle_sequencer, which makes it impossible to change the journal unnoticed")

// ForJournal checks what looking at the journal needs, and what signing it needs besides.
func (c Config) ForJournal(signing bool) error {
	if c.SequencerDatabaseURL == "" {
		return errNoSequencer
	}
	if !signing {
		return nil
	}
	if c.KeysDatabaseURL == "" {
		return fmt.Errorf("KEYS_DATABASE_URL is not set: it says where the keys are, as the role passerelle_keys")
	}
	return c.forMaster()
}

// ForPlatform checks what looking after tenants needs.
func (c Config) ForPlatform() error {
	if c.PlatformDatabaseURL == "" {
		return fmt.Errorf("PLATFORM_DATABASE_URL is not set: it says where Postgres is, as the role passerelle_platform")
	}
	return nil
}

// ForTransfer checks what taking a whole tenant out, in or away needs: everything of it, and its keys.
func (c Config) ForTransfer() error {
	if c.TransferDatabaseURL == "" {
		return fmt.Errorf("TRANSFER_DATABASE_URL is not set: it says where Postgres is, as the role passerelle_transfer")
	}
	if c.KeysDatabaseURL == "" {
		return fmt.Errorf("KEYS_DATABASE_URL is not set: it says where the keys are, as the role passerelle_keys")
	}
	if c.KeysBackupDays < 0 {
		return fmt.Errorf("KEYS_BACKUP_DAYS has to be a number of days, such as 7; it is %d", c.KeysBackupDays)
	}
	return c.forMaster()
}

// ForBackup checks what backing up the data needs, or the keys.
func (c Config) ForBackup(keys bool) error {
	if !keys && c.BackupDatabaseURL == "" {
		return fmt.Errorf("BACKUP_DATABASE_URL is not set: it says where Postgres is, as a role with the attribute replication, such as postgres://passerelle_backup@db/postgres")
	}
	if keys && c.KeysBackupDatabaseURL == "" {
		return fmt.Errorf("KEYS_BACKUP_DATABASE_URL is not set: it says where the cluster of the keys is, as a role with the attribute replication. Where it is that of the data, its backup holds the keys")
	}
	if c.KeysBackupDays < 0 {
		return fmt.Errorf("KEYS_BACKUP_DAYS has to be a number of days, such as 7; it is %d", c.KeysBackupDays)
	}
	return nil
}

// ForRestore checks what restoring needs: what was brought back is opened.
func (c Config) ForRestore() error { return c.forMaster() }

// ForLook checks what looking at a restored installation needs.
func (c Config) ForLook() error {
	if c.DatabaseURL == "" {
		return fmt.Errorf("DATABASE_URL is not set: it says where Postgres is, as the role passerelle_app")
	}
	return c.ForJournal(true)
}

// ForConsole checks what serving the console needs. That it has no master key is not checked: it would not know what to do with one.
func (c Config) ForConsole() error {
	if err := c.ForPlatform(); err != nil {
		return err
	}
	u, err := url.Parse(c.ConsoleOrigin)
	if err != nil || u.Host == "" || u.Scheme != "https" || strings.Trim(u.Path, "/") != "" {
		return fmt.Errorf("CONSOLE_ORIGIN has to be the address at which the console is reached, with https, such as https://console.passerelle.example; it is %q", c.ConsoleOrigin)
	}
	// Those who set a tenant up are told where its people sign in.
	if app, err := url.Parse(c.Origin); err != nil || app.Host == "" || app.Scheme != "https" || strings.Trim(app.Path, "/") != "" {
		return fmt.Errorf("ORIGIN has to be the address at which the people of tenants sign in, with https, such as https://passerelle.example; it is %q", c.Origin)
	}
	if c.ConsoleOrigin == c.Origin {
		return fmt.Errorf("CONSOLE_ORIGIN and ORIGIN are the same: the console has an address of its own")
	}
	if c.ConsoleIssuer == "" || c.ConsoleClientID == "" {
		return fmt.Errorf("CONSOLE_OIDC_ISSUER and CONSOLE_OIDC_CLIENT_ID have to be set: through which provider those sign in who run the installation")
	}
	if set(c.ConsoleClientSecret, c.ConsoleClientSecretFile) != 1 {
		return fmt.Errorf("CONSOLE_OIDC_CLIENT_SECRET_FILE or CONSOLE_OIDC_CLIENT_SECRET has to be set, and not both")
	}
	return nil
}

// ConsoleSecret is what the console shows to its provider.
func (c Config) ConsoleSecret() (string, error) {
	if c.ConsoleClientSecretFile == "" {
		return c.ConsoleClientSecret, nil
	}
	text, err := os.ReadFile(c.ConsoleClientSecretFile)
	if err != nil {
		return "", fmt.Errorf("CONSOLE_OIDC_CLIENT_SECRET_FILE cannot be read: %w", err)
	}
	return strings.TrimSpace(string(text)), nil
}

// ForMigrate checks what migrating needs.
func (c Config) ForMigrate() error {
	if c.DatabaseURL == "" {
		return fmt.Errorf("DATABASE_URL is not set: it says where Postgres is, as a role that may create roles and tables")
	}
	return nil
}

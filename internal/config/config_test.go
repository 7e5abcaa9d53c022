package config_test

import (
	"strings"
	"testing"
	"time"

	"passerelle/internal/config"
)

func TestForServe(t *testing.T) {
	good := config.Config{
		DatabaseURL: "postgres://passerelle_app@db/passerelle", KeysDatabaseURL: "postgres://passerelle_keys@keys/passerelle",
		SequencerDatabaseURL: "postgres://passerelle_sequencer@db/passerelle",
		MasterKeyFile:        "/run/secrets/master.key", Origin: "https://passerelle.example", RequestsAMinute: 1200,
	}
	if err := good.ForServe(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*config.Config){
		"DATABASE_URL is not set":                  func(c *config.Config) { c.DatabaseURL = "" },
		"KEYS_DATABASE_URL is not set":             func(c *config.Config) { c.KeysDatabaseURL = "" },
		"SEQUENCER_DATABASE_URL is not set":        func(c *config.Config) { c.SequencerDatabaseURL = "" },
		"MASTER_KEY_FILE or MASTER_KEY has to be":  func(c *config.Config) { c.MasterKeyFile = "" },
		"and not two of them: the key that wraps":  func(c *config.Config) { c.MasterKey = "{}" },
		"or VAULT_TRANSIT_KEY, and not two":        func(c *config.Config) { c.VaultKey, c.VaultAddress = "passerelle", "https://vault" },
		"MASTER_KEY_PREVIOUS or VAULT_TRANSIT_KEY": func(c *config.Config) { c.MasterKeyPrevious, c.MasterKeyPreviousFile = "{}", "old.key" },
		"VAULT_ADDR is not set":                    func(c *config.Config) { c.VaultKeyPrevious = "passerelle" },
		"DATABASE_MAX_CONNS has to be 2":           func(c *config.Config) { c.MaxConns = 1 },
		"OTEL_EXPORTER_OTLP_ENDPOINT has to be":    func(c *config.Config) { c.TracesEndpoint = "collector:4318" },
		"SHUTDOWN_LEAD has to be":                  func(c *config.Config) { c.ShutdownLead = time.Hour },
		"REQUESTS_A_MINUTE has to be":              func(c *config.Config) { c.RequestsAMinute = 0 },
		"METRICS_LISTEN and LISTEN are the same":   func(c *config.Config) { c.Listen, c.MetricsListen = ":8080", ":8080" },
		"ORIGIN has to be":                         func(c *config.Config) { c.Origin = "" },
		"ORIGIN has to be the":                     func(c *config.Config) { c.Origin = "http://passerelle.example" },
		"ORIGIN has to be the addr":                func(c *config.Config) { c.Origin = "https://passerelle.example/path" },
	} {
		bad := good
		change(&bad)
		if err := bad.ForServe(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestForKeys(t *testing.T) {
	c := config.Config{DatabaseURL: "postgres://passerelle_rotation@db/passerelle", KeysDatabaseURL: "postgres://passerelle_keys_rotation@keys/passerelle"}
	if err := c.ForKeys(false); err != nil {
		t.Errorf("looking needs a master key: %v", err)
	}
	if err := c.ForKeys(true); err == nil || !strings.Contains(err.Error(), "MASTER_KEY_FILE or MASTER_KEY has to be set") {
		t.Errorf("changing needs none: %v", err)
	}
	c.VaultKey, c.VaultAddress, c.MasterKeyPreviousFile = "passerelle", "https://vault", "old.key"
	if err := c.ForKeys(true); err != nil {
		t.Error(err)
	}
	if err := (config.Config{DatabaseURL: c.DatabaseURL}).ForKeys(false); err == nil || !strings.Contains(err.Error(), "as the role passerelle_keys_rotation") {
		t.Errorf("got %v", err)
	}
	if err := (config.Config{}).ForKeys(false); err == nil || !strings.Contains(err.Error(), "as the role passerelle_rotation") {
		t.Errorf("got %v", err)
	}
}

func TestForJournal(t *testing.T) {
	c := config.Config{SequencerDatabaseURL: "postgres://passerelle_sequencer@db/passerelle"}
	if err := c.ForJournal(false); err != nil {
		t.Errorf("looking needs more: %v", err)
	}
	if err := c.ForJournal(true); err == nil || !strings.Contains(err.Error(), "as the role passerelle_keys") {
		t.Errorf("signing needs no keys: %v", err)
	}
	c.KeysDatabaseURL = "postgres://passerelle_keys@keys/passerelle"
	if err := c.ForJournal(true); err == nil || !strings.Contains(err.Error(), "MASTER_KEY_FILE or MASTER_KEY has to be set") {
		t.Errorf("signing needs no master key: %v", err)
	}
	c.MasterKeyFile = "master.key"
	if err := c.ForJournal(true); err != nil {
		t.Error(err)
	}
	if err := (config.Config{}).ForJournal(false); err == nil || !strings.Contains(err.Error(), "SEQUENCER_DATABASE_URL is not set") {
		t.Errorf("got %v", err)
	}
}

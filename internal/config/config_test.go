package config_test

import (
	"strings"
	"testing"

	"passerelle/internal/config"
)

func TestForServe(t *testing.T) {
	good := config.Config{
		DatabaseURL: "postgres://passerelle_app@db/passerelle", KeysDatabaseURL: "postgres://passerelle_keys@keys/passerelle",
		MasterKeyFile: "/run/secrets/master.key", Origin: "https://passerelle.example",
	}
	if err := good.ForServe(); err != nil {
		t.Fatal(err)
	}
	for name, change := range map[string]func(*config.Config){
		"DATABASE_URL is not set":                 func(c *config.Config) { c.DatabaseURL = "" },
		"KEYS_DATABASE_URL is not set":            func(c *config.Config) { c.KeysDatabaseURL = "" },
		"MASTER_KEY_FILE or MASTER_KEY has to be": func(c *config.Config) { c.MasterKeyFile = "" },
		"and not both":                            func(c *config.Config) { c.MasterKey = "{}" },
		"ORIGIN has to be":                        func(c *config.Config) { c.Origin = "" },
		"ORIGIN has to be the":                    func(c *config.Config) { c.Origin = "http://passerelle.example" },
		"ORIGIN has to be the addr":               func(c *config.Config) { c.Origin = "https://passerelle.example/path" },
	} {
		bad := good
		change(&bad)
		if err := bad.ForServe(); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

package main

import (
	"fmt"

	"passerelle/internal/config"
	"passerelle/internal/keys"
)

type keysCommand struct {
	New newKeyCommand `cmd:"" help:"Make a master key and print it: for MASTER_KEY, or for the file MASTER_KEY_FILE, which nobody else may read."`
}

type newKeyCommand struct{}

// Run prints a new master key and keeps no copy.
func (newKeyCommand) Run() error {
	text, err := keys.NewMaster()
	if err != nil {
		return err
	}
	fmt.Println(text)
	return nil
}

// masterKey reads the key that was set.
func masterKey(settings config.Config) (keys.Master, error) {
	if settings.MasterKeyFile != "" {
		return keys.MasterFile(settings.MasterKeyFile, false)
	}
	return keys.MasterFromText(settings.MasterKey)
}

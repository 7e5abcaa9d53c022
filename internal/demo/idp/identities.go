package idp

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Identities is what the provider must remember across restarts: the key that it signs with and the
// secret from which every subject follows. Whoever was known before a restart is the same person after it.
type Identities struct {
	key    *ecdsa.PrivateKey
	secret []byte
}

type identitiesFile struct {
	SigningKey []byte `json:"signing_key"`
	Secret     []byte `json:"secret"`
}

// Remember reads the identities kept in a file, or makes them and keeps them there.
func Remember(file string) (*Identities, error) {
	kept, err := os.ReadFile(file)
	if errors.Is(err, fs.ErrNotExist) {
		return create(file)
	}
	if err != nil {
		return nil, fmt.Errorf("read identities: %w", err)
	}
	var content identitiesFile
	if err := json.Unmarshal(kept, &content); err != nil {
		return nil, fmt.Errorf("read identities in %s: %w", file, err)
	}
	key, err := x509.ParsePKCS8PrivateKey(content.SigningKey)
	if err != nil {
		return nil, fmt.Errorf("read signing key in %s: %w", file, err)
	}
	signing, ok := key.(*ecdsa.PrivateKey)
	if !ok || len(content.Secret) != sha256.Size {
		return nil, fmt.Errorf("read identities in %s: not written by this program", file)
	}
	return &Identities{key: signing, secret: content.Secret}, nil
}

func create(file string) (*Identities, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("make signing key: %w", err)
	}
	secret := make([]byte, sha256.Size)
	if _, err := rand.Read(secret); err != nil {
		return nil, fmt.Errorf("make secret: %w", err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		return nil, fmt.Errorf("write signing key: %w", err)
	}
	content, err := json.Marshal(identitiesFile{SigningKey: der, Secret: secret}) // #nosec G117 -- the file is for it, and only its owner reads it
	if err != nil {
		return nil, fmt.Errorf("write identities: %w", err)
	}
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		return nil, fmt.Errorf("write identities: %w", err)
	}
	// Written beside and renamed, so that a crash leaves either no file or a whole one.
	if err := os.WriteFile(file+".new", content, 0o600); err != nil {
		return nil, fmt.Errorf("write identities: %w", err)
	}
	if err := os.Rename(file+".new", file); err != nil {
		return nil, fmt.Errorf("write identities: %w", err)
	}
	return &Identities{key: key, secret: secret}, nil
}

// Subject is how the issuer at that path names the person with that e-mail: opaque, so that nobody is
// tempted to read an address out of it, and different at every issuer.
func (i *Identities) Subject(issuer, email string) string {
	return base64.RawURLEncoding.EncodeToString(i.derive("subject", issuer, email)[:18])
}

// ClientSecret is what the client of the issuer at that path shows when it redeems a code.
func (i *Identities) ClientSecret(issuer string) string {
	return base64.RawURLEncoding.EncodeToString(i.derive("client", issuer))
}

func (i *Identities) keyID() string {
	return base64.RawURLEncoding.EncodeToString(i.derive("key")[:9])
}

func (i *Identities) derive(parts ...string) []byte {
	mac := hmac.New(sha256.New, i.secret)
	for _, part := range parts {
		fmt.Fprintf(mac, "%d:%s", len(part), part)
	}
	return mac.Sum(nil)
}

package signin

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
)

// newSecret is 256 random bits as text fit for a cookie, a URL or a form.
func newSecret() string {
	var bits [32]byte
	// crypto/rand never fails: it ends the program instead.
	_, _ = rand.Read(bits[:])
	return base64.RawURLEncoding.EncodeToString(bits[:])
}

// wellFormed says whether text could have come from newSecret.
func wellFormed(text string) bool {
	decoded, err := base64.RawURLEncoding.Strict().DecodeString(text)
	return err == nil && len(decoded) == 32
}

// hashOf is what is stored of a secret. A plain hash does: there is nothing to guess in 256 random bits.
func hashOf(secret string) []byte {
	hash := sha256.Sum256([]byte(secret))
	return hash[:]
}

// equalHash says whether hash is that of secret, in constant time.
func equalHash(hash []byte, secret string) bool {
	return subtle.ConstantTimeCompare(hash, hashOf(secret)) == 1
}

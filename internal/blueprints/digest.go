package blueprints

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"strings"

	"passerelle/tenants"
)

// Digest names what a canton's tenants start from as it is now: the SHA-256 of the two files that it is read from, in hexadecimal.
func Digest(canton string) (string, error) {
	if _, err := For(canton); err != nil {
		return "", err
	}
	sum := sha256.New()
	for _, name := range []string{"federal.yaml", "ch-" + strings.ToLower(canton) + ".yaml"} {
		text, err := fs.ReadFile(tenants.Files, name)
		if err != nil {
			return "", fmt.Errorf("%s is missing", name)
		}
		fmt.Fprintf(sum, "%s %d\n", name, len(text))
		sum.Write(text)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

package signin

import (
	"net/url"
	"strings"
)

const longestReturn = 500

// ReturnPath keeps a path to come back to only if it lies within this site; anything else becomes "/". Browsers
// read "//host" and "/\host" as another site, and drop tabs and line breaks before they look.
func ReturnPath(path string) string {
	if len(path) > longestReturn || !strings.HasPrefix(path, "/") || strings.HasPrefix(path, "//") ||
		strings.ContainsFunc(path, func(r rune) bool { return r == '\\' || r <= ' ' || r == 0x7f }) {
		return "/"
	}
	parsed, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	// Coming back to the door itself would be a circle.
	for _, door := range []string{"/signin", "/oidc/", "/session/"} {
		if strings.HasPrefix(parsed.Path, door) {
			return "/"
		}
	}
	return path
}

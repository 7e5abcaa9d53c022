package backups

import (
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"filippo.io/age"

	"passerelle/internal/localpg"
)

// archivable is what Postgres hands over: a segment, the history of a timeline, or where a backup began.
var archivable = regexp.MustCompile(`^([0-9A-F]{24}|[0-9A-F]{8}\.history|[0-9A-F]{24}\.[0-9A-F]{8}\.backup)$`)

// KeepLog takes a piece of the write-ahead log into a folder of backups: it is what archive_command calls. It is on the disk when it
// returns. One that is there already, as it is, is fine: Postgres asks again when it was cut off. Another one of the same name is
// refused, since two servers then write into one folder.
func KeepLog(dir, piece string, recipients []age.Recipient) error {
	name := filepath.Base(piece)
	if !archivable.MatchString(name) {
		return fmt.Errorf("%s is no piece of the write-ahead log: archive_command has to hand over %%p", name)
	}
	digest, err := digestOf(piece)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, walDir), 0o700); err != nil {
		return fmt.Errorf("the folder %s cannot be written to", dir)
	}
	kept, err := pieces(dir)
	if err != nil {
		return err
	}
	if before, there := kept[name]; there {
		if before == nameOf(name, digest) {
			return nil
		}
		return fmt.Errorf("%s is in %s already, and is another one: two servers must not keep their log in one folder", name, dir)
	}
	_, err = sealed(filepath.Join(dir, walDir, nameOf(name, digest)), recipients, func(into io.Writer) error {
		from, err := os.Open(piece)
		if err != nil {
			return err
		}
		defer from.Close()
		zipped, _ := gzip.NewWriterLevel(into, gzip.BestSpeed) // the level is one that there is
		_, err = io.Copy(zipped, from)
		return errors.Join(err, zipped.Close())
	})
	return err
}

func digestOf(piece string) (string, error) {
	from, err := os.Open(piece)
	if err != nil {
		return "", fmt.Errorf("the file %s cannot be read", piece)
	}
	defer from.Close()
	hash := sha256.New()
	if _, err := io.Copy(hash, from); err != nil {
		return "", fmt.Errorf("the file %s cannot be read", piece)
	}
	return hex.EncodeToString(hash.Sum(nil)), nil
}

func nameOf(piece, digest string) string { return piece + "-" + digest + ".age" }

// pieces gives the files of the log that are kept, by the name that Postgres gave them.
func pieces(dir string) (map[string]string, error) {
	entries, err := os.ReadDir(filepath.Join(dir, walDir))
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("the folder %s cannot be read", filepath.Join(dir, walDir))
	}
	found := map[string]string{}
	for _, entry := range entries {
		if name, _, ok := strings.Cut(entry.Name(), "-"); ok && archivable.MatchString(name) && filepath.Ext(entry.Name()) == ".age" {
			found[name] = entry.Name()
		}
	}
	return found, nil
}

// logAfter is what follows a base backup: the pieces that it needs, and the first that is missing between them, or "".
type logAfter struct {
	pieces map[string]string
	// last is the last segment before anything is missing.
	last, missing string
}

func logOf(dir string, b Backup) (logAfter, error) {
	kept, err := pieces(dir)
	if err != nil {
		return logAfter{}, err
	}
	return follows(kept, b), nil
}

// follows tells of the pieces that are kept those that follow a base backup.
func follows(kept map[string]string, b Backup) logAfter {
	after := logAfter{pieces: map[string]string{}, last: b.Last}
	there, end := map[int64]string{}, place(b.Last, b.SegmentBytes)
	for name, file := range kept {
		switch {
		case strings.HasSuffix(name, ".history"):
			after.pieces[name] = file
		case segment.MatchString(name):
			if at := place(name, b.SegmentBytes); at >= place(b.First, b.SegmentBytes) {
				there[at] = max(there[at], name)
				after.pieces[name] = file
				end = max(end, at)
			}
		}
	}
	for at := place(b.Last, b.SegmentBytes) + 1; at <= end; at++ {
		name, ok := there[at]
		if !ok {
			after.missing = named(timelineOf(after.last), at, b.SegmentBytes)
			break
		}
		after.last = name
	}
	return after
}

// lay puts what follows a base backup into a folder from which Postgres takes it, in clear. What is empty of a segment takes no room.
func (l logAfter) lay(from, to string, identities []age.Identity, tools localpg.Tools, done func(int)) error {
	for _, name := range slices.Sorted(maps.Keys(l.pieces)) {
		if err := opened(filepath.Join(from, walDir, l.pieces[name]), identities, func(int) {}, func(plain io.Reader) error {
			unzipped, err := gzip.NewReader(plain)
			if err != nil {
				return err
			}
			return writeSparse(filepath.Join(to, name), unzipped)
		}); err != nil {
			return err
		}
		if err := tools.Give(filepath.Join(to, name)); err != nil {
			return err
		}
		done(1)
	}
	return nil
}

// page is in what steps what is empty is left out.
const page = 1 << 13

func writeSparse(path string, from io.Reader) error {
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	write := func() error {
		buffer := make([]byte, page)
		for size := int64(0); ; {
			n, err := fill(from, buffer)
			if slices.ContainsFunc(buffer[:n], func(b byte) bool { return b != 0 }) {
				if _, err := file.WriteAt(buffer[:n], size); err != nil {
					return err
				}
			}
			size += int64(n)
			switch {
			case errors.Is(err, io.EOF):
				return file.Truncate(size)
			case err != nil:
				return err
			}
		}
	}
	return errors.Join(write(), file.Close())
}

// fill is io.ReadFull that tells the end of what is whole from what was cut off.
func fill(from io.Reader, buffer []byte) (n int, err error) {
	for n < len(buffer) && err == nil {
		var read int
		read, err = from.Read(buffer[n:])
		n += read
	}
	return n, err
}

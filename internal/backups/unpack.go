package backups

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"passerelle/internal/localpg"
)

const megabyte = 1 << 20

// unpack makes a cluster of a base backup in a folder. Nothing leads outside of it.
func (r *restoring) unpack(backup Backup, into string, tools localpg.Tools) error {
	root, err := os.OpenRoot(into)
	if err != nil {
		return err
	}
	defer root.Close()
	done, read := r.Begin("Unpacking, MB", int(backup.Bytes/megabyte)), 0
	return opened(filepath.Join(backup.dir, baseFile), r.Identities, func(bytes int) {
		before := read / megabyte
		read += bytes
		if now := read / megabyte; now > before {
			done(now - before)
		}
	}, func(plain io.Reader) error {
		unzipped, err := gzip.NewReader(plain)
		if err != nil {
			return err
		}
		for entries := tar.NewReader(unzipped); ; {
			entry, err := entries.Next()
			if errors.Is(err, io.EOF) {
				// What is behind the end of the archive belongs to it as well: it says that nothing was cut off.
				_, err := io.Copy(io.Discard, unzipped) // #nosec G110 -- kept nowhere
				return err
			}
			if err != nil {
				return err
			}
			if err := unpackOne(root, entry, entries); err != nil {
				return err
			}
			if err := tools.Give(filepath.Join(into, entry.Name)); err != nil { // #nosec G305 -- os.Root took the name
				return err
			}
		}
	})
}

func unpackOne(root *os.Root, entry *tar.Header, content io.Reader) error {
	switch entry.Typeflag {
	case tar.TypeDir:
		err := root.Mkdir(filepath.Clean(entry.Name), 0o700)
		if errors.Is(err, os.ErrExist) {
			return nil
		}
		return err
	case tar.TypeReg:
		file, err := root.OpenFile(entry.Name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		_, err = io.Copy(file, content)
		return errors.Join(err, file.Close())
	default:
		return fmt.Errorf("%s is neither a file nor a folder: a cluster with tablespaces elsewhere is not backed up in this way", entry.Name)
	}
}

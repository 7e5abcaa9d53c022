package files

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"

	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
)

// Folder keeps files in a folder of this machine, or one that several machines share.
type Folder struct{ root *os.Root }

// OpenFolder uses a folder, and makes it where it is not there.
func OpenFolder(at string) (*Folder, error) {
	if err := os.MkdirAll(at, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of documents: %w", err)
	}
	root, err := os.OpenRoot(at)
	if err != nil {
		return nil, fmt.Errorf("open the folder of documents: %w", err)
	}
	return &Folder{root}, nil
}

// Put writes a file beside its place and moves it there when it is on the disk.
func (f *Folder) Put(_ context.Context, tenant tenantdb.TenantID, id ID, sealed []byte) error {
	place := name(tenant, id)
	if err := f.root.MkdirAll(path.Dir(place), 0o700); err != nil {
		return fmt.Errorf("put file %s: %w", id, err)
	}
	draft := place + "." + ids.New[Folder]().String() + ".draft"
	if err := f.write(draft, sealed); err != nil {
		_ = f.root.Remove(draft)
		return fmt.Errorf("put file %s: %w", id, err)
	}
	if err := f.root.Rename(draft, place); err != nil {
		_ = f.root.Remove(draft)
		return fmt.Errorf("put file %s: %w", id, err)
	}
	for _, folder := range []string{path.Dir(place), path.Dir(path.Dir(place)), "."} {
		if err := f.sync(folder); err != nil {
			return fmt.Errorf("put file %s: %w", id, err)
		}
	}
	return nil
}

func (f *Folder) write(at string, contents []byte) error {
	file, err := f.root.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(contents)
	return errors.Join(err, file.Sync(), file.Close())
}

// sync has the disk remember which files a folder has.
func (f *Folder) sync(at string) error {
	folder, err := f.root.Open(at)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// Get reads a file.
func (f *Folder) Get(_ context.Context, tenant tenantdb.TenantID, id ID) ([]byte, error) {
	contents, err := f.root.ReadFile(name(tenant, id))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrMissing
	}
	if err != nil {
		return nil, fmt.Errorf("get file %s: %w", id, err)
	}
	return contents, nil
}

// Delete takes a file away.
func (f *Folder) Delete(_ context.Context, tenant tenantdb.TenantID, id ID) error {
	if err := f.root.Remove(name(tenant, id)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("delete file %s: %w", id, err)
	}
	return nil
}

// Clear takes away all files of a tenant.
func (f *Folder) Clear(_ context.Context, tenant tenantdb.TenantID) error {
	if err := f.root.RemoveAll(tenant.String()); err != nil {
		return fmt.Errorf("clear the files of tenant %s: %w", tenant, err)
	}
	return nil
}

// Ready writes something and takes it away again.
func (f *Folder) Ready(context.Context) error {
	at := "ready." + ids.New[Folder]().String()
	err := f.write(at, []byte("ready"))
	if removed := f.root.Remove(at); err == nil && removed != nil {
		err = removed
	}
	if err != nil {
		return fmt.Errorf("the folder of documents takes nothing: %w", err)
	}
	return nil
}

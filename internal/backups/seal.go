package backups

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"
)

// sealed writes a new file that only whoever has the private key of a recipient can read, and gives how large it is. It is on the
// disk when it returns, under its name, or not there at all.
func sealed(path string, recipients []age.Recipient, write func(io.Writer) error) (size int64, err error) {
	draft := path + unfinished
	file, err := os.OpenFile(draft, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600)
	if err != nil {
		return 0, fmt.Errorf("the folder %s cannot be written to", filepath.Dir(path))
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.Remove(draft))
		}
	}()
	closed := func() error {
		into, err := age.Encrypt(file, recipients...)
		if err != nil {
			return err
		}
		if err := write(into); err != nil {
			return err
		}
		return errors.Join(into.Close(), file.Sync())
	}
	if err = errors.Join(closed(), file.Close()); err != nil {
		return 0, err
	}
	info, err := os.Stat(draft)
	if err != nil {
		return 0, err
	}
	if err = os.Rename(draft, path); err != nil {
		return 0, err
	}
	return info.Size(), syncDir(filepath.Dir(path))
}

// syncDir has the names in a folder outlive a power cut.
func syncDir(dir string) error {
	folder, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// opened reads what sealed wrote; counted is told of each piece that was read of the file.
func opened(path string, identities []age.Identity, counted func(bytes int), read func(io.Reader) error) error {
	file, err := os.Open(path)
	if err != nil {
		return fmt.Errorf("the file %s cannot be read", path)
	}
	defer file.Close()
	plain, err := age.Decrypt(counting{file, counted}, identities...)
	var other *age.NoIdentityMatchError
	if errors.As(err, &other) {
		return fmt.Errorf("the backup %s was made for another key: choose another file with --identity", path)
	}
	if err == nil {
		err = read(plain)
	}
	if err != nil {
		return fmt.Errorf("the backup %s is damaged or was changed: take another copy of it: %w", path, err)
	}
	return nil
}

type counting struct {
	io.Reader
	counted func(bytes int)
}

// Read tells how much it was.
func (c counting) Read(p []byte) (int, error) {
	n, err := c.Reader.Read(p)
	c.counted(n)
	return n, err
}

// Recipients reads for whom backups are sealed: public keys of age, one a line.
func Recipients(text string) ([]age.Recipient, error) {
	recipients, err := age.ParseRecipients(strings.NewReader(text))
	if err != nil {
		return nil, errors.New("the key for which backups are sealed is none: --recipient takes what age-keygen printed as the public key (age1…), or a file that holds it")
	}
	return recipients, nil
}

// Identities reads what opens them: private keys of age, as age-keygen wrote them.
func Identities(text string) ([]age.Identity, error) {
	identities, err := age.ParseIdentities(strings.NewReader(text))
	if err != nil {
		return nil, errors.New("the file that --identity names holds no private key as age-keygen writes it (AGE-SECRET-KEY-…)")
	}
	return identities, nil
}

package localpg

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// lock keeps a second process out of a cluster. The kernel lets go of it when its holder dies, so that a server that
// lives under a free lock is one whose owner is gone. The file remembers the folder of the owner's socket.
type lock struct{ file *os.File }

func acquire(dataDir string) (*lock, error) {
	file, err := os.OpenFile(dataDir+".lock", os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, unwritable(filepath.Dir(dataDir), err)
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); err != nil {
		file.Close()
		return nil, refuse(InUse, err, "Another process is using the database in %s; stop it first, or choose another folder.", dataDir)
	}
	return &lock{file}, nil
}

// note removes the folder that a killed owner left, and remembers the new one.
func (l *lock) note(socketDir string) error {
	left, err := io.ReadAll(l.file)
	if err != nil {
		return err
	}
	if old := strings.TrimSpace(string(left)); strings.HasPrefix(filepath.Base(old), socketDirPrefix) {
		os.RemoveAll(old)
	}
	if err := l.file.Truncate(0); err != nil {
		return err
	}
	_, err = l.file.WriteAt([]byte(socketDir+"\n"), 0)
	return err
}

func (l *lock) release() error { return l.file.Close() }

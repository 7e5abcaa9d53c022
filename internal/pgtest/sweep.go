package pgtest

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"
)

// sweep removes from a folder what test binaries left there that were killed or ended in a panic: their locks are free.
// A lock of the last minute may be one that is about to be taken.
func sweep(dir string) {
	left, _ := filepath.Glob(filepath.Join(dir, homePrefix+"*", "postgres.lock")) // fails only on a malformed pattern
	for _, path := range left {
		lock, err := os.OpenFile(path, os.O_RDWR, 0)
		if err != nil {
			continue
		}
		info, err := lock.Stat()
		if err == nil && time.Since(info.ModTime()) > time.Minute && syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil {
			// The lock names the folder of the socket.
			if content, err := os.ReadFile(path); err == nil {
				if socketDir := strings.TrimSpace(string(content)); strings.HasPrefix(filepath.Base(socketDir), "passerelle-") {
					os.RemoveAll(socketDir)
				}
			}
			os.RemoveAll(filepath.Dir(path))
		}
		lock.Close()
	}
}

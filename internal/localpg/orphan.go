package localpg

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// stopOrphan ends a server whose owner was killed. It is called under the cluster's lock, so that nobody owns it now.
func stopOrphan(dataDir string) error {
	pidFile := filepath.Join(dataDir, "postmaster.pid")
	content, err := os.ReadFile(pidFile)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return unwritable(dataDir, err)
	}
	first, _, _ := strings.Cut(string(content), "\n")
	pid, err := strconv.Atoi(strings.TrimSpace(first))
	if err != nil {
		return fmt.Errorf("read %s: %w", pidFile, err)
	}
	if !serves(pid, dataDir) {
		// Nobody's number any more, or another process's, which Postgres would take for a running server.
		return os.Remove(pidFile)
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stop the server left running in %s: %w", dataDir, err)
		}
		for range 200 {
			if !serves(pid, dataDir) {
				return nil
			}
			time.Sleep(50 * time.Millisecond)
		}
	}
	return refuse(InUse, nil, "A Postgres server still runs in %s (process %d) and does not stop; end it first.", dataDir, pid)
}

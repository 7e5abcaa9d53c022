package localpg

import (
	"os"
	"path/filepath"
	"strconv"
	"syscall"
)

const characterLocale = "C.UTF-8"

// endWithParent has the kernel ask the server for a fast shutdown when we are killed.
func endWithParent(attributes *syscall.SysProcAttr) { attributes.Pdeathsig = syscall.SIGINT }

// serves says whether a live process is the server of the cluster: a server works in its data directory, and a pid
// found in an old file may by now be anybody's.
func serves(pid int, dataDir string) bool {
	cwd, err := os.Readlink(filepath.Join("/proc", strconv.Itoa(pid), "cwd"))
	if err != nil {
		return false
	}
	resolved, err := filepath.EvalSymlinks(dataDir)
	return err == nil && cwd == resolved
}

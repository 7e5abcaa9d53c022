package localpg

import (
	"os/exec"
	"strconv"
	"strings"
	"syscall"
)

const characterLocale = "en_US.UTF-8"

// endWithParent does nothing: this system cannot tie a child to its parent, and the next start ends an orphan.
func endWithParent(*syscall.SysProcAttr) {}

// serves says whether a live process is the server of the cluster, which names its data directory when it starts.
func serves(pid int, dataDir string) bool {
	command, err := exec.Command("ps", "-ww", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(command), "-D "+dataDir+" ")
}

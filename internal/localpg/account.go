package localpg

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// sharedDir is where root keeps what another account must be able to enter.
const sharedDir = "/var/lib/passerelle"

const socketDirPrefix = "passerelle-"

// account is who Postgres runs as. It refuses to run as root, so root lends it another account.
type account struct {
	uid, gid uint32
	lent     bool
}

// accountFor is ourselves, or, as root, the owner of the cluster that is there, else postgres, else nobody. Only an
// account with a passwd entry will do: initdb asks for its name.
func accountFor(dataDir string) (account, error) {
	if os.Geteuid() != 0 {
		return account{uid: uint32(os.Geteuid()), gid: uint32(os.Getegid())}, nil // #nosec G115 -- their numbers have 32 bits
	}
	if info, err := os.Stat(dataDir); err == nil {
		if uid := info.Sys().(*syscall.Stat_t).Uid; uid != 0 {
			if owner, err := user.LookupId(strconv.Itoa(int(uid))); err == nil {
				return lend(owner)
			}
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if found, err := user.Lookup(name); err == nil {
			return lend(found)
		}
	}
	return account{}, refuse(NoPostgres, nil, "Postgres does not run as root, and this machine has neither a postgres nor a nobody account; run as another user.")
}

func lend(to *user.User) (account, error) {
	uid, err := strconv.ParseUint(to.Uid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read the id of account %s: %w", to.Username, err)
	}
	gid, err := strconv.ParseUint(to.Gid, 10, 32)
	if err != nil {
		return account{}, fmt.Errorf("read the group of account %s: %w", to.Username, err)
	}
	return account{uid: uint32(uid), gid: uint32(gid), lent: true}, nil
}

// runs has a command run as the account, with an environment that holds nothing of ours: PGDATA and its like would
// change what the programs do.
func (a account) runs(command *exec.Cmd) {
	command.Env = []string{"LC_ALL=C", "TZ=UTC", "PATH=/usr/bin:/bin"}
	command.Dir = "/"
	command.SysProcAttr = &syscall.SysProcAttr{}
	if a.lent {
		command.SysProcAttr.Credential = &syscall.Credential{Uid: a.uid, Gid: a.gid}
	}
}

// makeDir makes a folder that only the account can read.
func (a account) makeDir(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil {
		return err
	}
	return os.Chown(dir, int(a.uid), int(a.gid))
}

// enters says whether the account may go through a folder and all those above it.
func (a account) enters(dir string) bool {
	for {
		info, err := os.Stat(dir)
		if err != nil {
			return false
		}
		owner, mode := info.Sys().(*syscall.Stat_t), info.Mode().Perm()
		switch {
		case owner.Uid == a.uid && mode&0o100 == 0,
			owner.Uid != a.uid && owner.Gid == a.gid && mode&0o010 == 0,
			owner.Uid != a.uid && owner.Gid != a.gid && mode&0o001 == 0:
			return false
		case dir == filepath.Dir(dir):
			return true
		}
		dir = filepath.Dir(dir)
	}
}

// place is where the cluster really lies: in dataDir, or, where root lends an account that cannot get there (a checkout
// below /root), in a shared folder that dataDir then links to. Removing the link is removing the cluster: the next
// start makes a new one.
func (a account) place(dataDir string) (string, error) {
	if target, err := os.Readlink(dataDir); err == nil {
		return target, nil
	}
	if !a.lent || a.enters(filepath.Dir(dataDir)) {
		return dataDir, nil
	}
	target := filepath.Join(sharedDir, fmt.Sprintf("%x", sha256.Sum256([]byte(dataDir)))[:16])
	if err := errors.Join(os.MkdirAll(sharedDir, 0o755), os.RemoveAll(target)); err != nil {
		return "", unwritable(sharedDir, err)
	}
	if err := os.Symlink(target, dataDir); err != nil {
		return "", unwritable(filepath.Dir(dataDir), err)
	}
	return target, nil
}

// socketDir makes a fresh folder for the socket, readable by the account alone: who can enter it may connect as anyone.
// The path of a socket is limited to some hundred bytes, so a long TMPDIR gives way to /tmp.
func (a account) socketDir() (string, error) {
	parent := os.TempDir()
	if len(parent) > 60 || !a.enters(parent) {
		parent = "/tmp"
	}
	dir, err := os.MkdirTemp(parent, socketDirPrefix)
	if err != nil {
		return "", unwritable(parent, err)
	}
	if err := os.Chown(dir, int(a.uid), int(a.gid)); err != nil {
		return "", errors.Join(err, os.RemoveAll(dir))
	}
	return dir, nil
}

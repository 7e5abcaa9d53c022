package localpg

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"syscall"
	"time"
)

// process is a child that has a log and ends with us.
type process struct {
	command *exec.Cmd
	done    chan struct{}
	err     error
}

func run(command *exec.Cmd, logFile string) (*process, error) {
	log, err := os.OpenFile(logFile, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	defer log.Close()
	command.Stdout, command.Stderr = log, log
	// A group of its own: Ctrl-C at the terminal reaches us alone, and we end it when its last client is done.
	command.SysProcAttr.Setpgid = true
	endWithParent(command.SysProcAttr)
	p := &process{command: command, done: make(chan struct{})}
	started := make(chan error)
	go func() {
		// The kernel ties the child to the thread that started it, not to the process: the thread stays for as long
		// as the child does.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := command.Start()
		started <- err
		if err == nil {
			p.err = command.Wait()
			close(p.done)
		}
	}()
	return p, <-started
}

// end asks for a fast shutdown, then insists.
func (p *process) end() error {
	for _, step := range []struct {
		signal syscall.Signal
		within time.Duration
	}{{syscall.SIGINT, time.Minute}, {syscall.SIGQUIT, 10 * time.Second}, {syscall.SIGKILL, 10 * time.Second}} {
		if err := p.command.Process.Signal(step.signal); err != nil && !errors.Is(err, os.ErrProcessDone) {
			return fmt.Errorf("signal postgres: %w", err)
		}
		select {
		case <-p.done:
			return nil
		case <-time.After(step.within):
		}
	}
	return errors.New("postgres does not end")
}

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"time"
)

// tests are the packages' test binaries, built once, with everything in them that can be taken away.
type tests struct {
	root, folder string
}

// packagesWithTests lists, below internal, what has tests and a database of its own to ask: the rest notices nothing of
// what is taken away here.
func packagesWithTests(root string) (folders []string, err error) {
	files, err := filepath.Glob(filepath.Join(root, "internal", "*", "*_test.go"))
	if err != nil {
		return nil, err
	}
	deeper, err := filepath.Glob(filepath.Join(root, "internal", "*", "*web", "*_test.go"))
	if err != nil {
		return nil, err
	}
	met := map[string]bool{}
	for _, file := range append(files, deeper...) {
		content, err := os.ReadFile(file)
		if err != nil {
			return nil, err
		}
		relative, err := filepath.Rel(root, filepath.Dir(file))
		if err != nil {
			return nil, err
		}
		folder := filepath.ToSlash(relative)
		switch {
		case met[folder], folder == "internal/bite", folder == "internal/browsertest", folder == "internal/bench":
		case bytes.Contains(content, []byte("pgtest.Main(")):
			met[folder] = true
			folders = append(folders, folder)
		}
	}
	return folders, nil
}

// build compiles them. What is taken away has to compile: that it does not is an error of this program.
func build(ctx context.Context, root, overlay, folder string, packages []string) (*tests, error) {
	if err := os.MkdirAll(folder, 0o755); err != nil {
		return nil, err
	}
	// Nobody debugs them: without symbols they are linked in half the time.
	arguments := []string{"test", "-c", "-overlay", overlay, "-ldflags", "-s -w", "-o", folder + string(filepath.Separator)}
	for _, name := range packages {
		arguments = append(arguments, "./"+name)
	}
	command := exec.CommandContext(ctx, "go", arguments...)
	command.Dir = root
	if output, err := command.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("what is taken away does not compile: %w\n%s", err, output)
	}
	return &tests{root, folder}, nil
}

// binary is what go test -c calls the tests of a package.
func binary(name string) string { return path.Base(name) + ".test" }

// answer is what some tests say.
type answer struct {
	// bit is the test that failed; empty when all have passed.
	bit  string
	took time.Duration
}

// longest is how long the tests of one step may take.
const longest = 5 * time.Minute

// ask runs the tests of a step until one fails.
func (t *tests) ask(ctx context.Context, step Step, temporary string, flags ...string) (answer, error) {
	began := time.Now()
	arguments := append([]string{"-test.failfast", "-test.timeout", longest.String(), "-test.skip", noticers, "-test.run", step.Run}, flags...)
	command := exec.CommandContext(ctx, filepath.Join(t.folder, binary(step.Package)), arguments...)
	command.Dir = filepath.Join(t.root, filepath.FromSlash(step.Package))
	command.Env = append(command.Environ(), "TMPDIR="+temporary)
	// Interrupted, a test binary stops its servers.
	command.Cancel = func() error { return command.Process.Signal(syscall.SIGTERM) }
	command.WaitDelay = 20 * time.Second
	output, err := command.CombinedOutput()
	if ctx.Err() != nil {
		return answer{}, context.Cause(ctx)
	}
	said, judged := judge(output, err)
	said.took = time.Since(began)
	if judged != nil {
		return answer{}, fmt.Errorf("%s: %w", step, judged)
	}
	return said, nil
}

var failed = regexp.MustCompile(`(?m)^ *--- FAIL: (\S+)`)

// judge tells from what a test binary says whether a test has failed. That it broke down, or had nothing to run, is not
// a test that has failed.
func judge(output []byte, err error) (answer, error) {
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		return answer{}, err
	}
	if bytes.Contains(output, []byte("testing: warning: no tests to run")) {
		return answer{}, errors.New("there is no such test")
	}
	if timedOut := regexp.MustCompile(`(?s)panic: test timed out.*running tests:\s+(\S+)`).FindSubmatch(output); timedOut != nil {
		return answer{bit: string(timedOut[1]) + " (which never ended)"}, nil
	}
	if bytes.Contains(output, []byte("\npanic: ")) || bytes.HasPrefix(output, []byte("panic: ")) {
		return answer{}, fmt.Errorf("the tests broke down:\n%s", output)
	}
	var bit string
	for _, match := range failed.FindAllSubmatch(output, -1) {
		// A test is named before those within it.
		if name := string(match[1]); bit == "" || strings.HasPrefix(name, bit+"/") {
			bit = name
		}
	}
	switch {
	case err == nil && bit == "":
		return answer{}, nil
	case err != nil && bit != "":
		return answer{bit: bit}, nil
	default:
		return answer{}, fmt.Errorf("the tests ended without saying which of them failed: %v\n%s", err, output)
	}
}

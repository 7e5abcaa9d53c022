package backups

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"

	"passerelle/internal/localpg"
)

// BaseOptions say what is backed up, where to, and for whom.
type BaseOptions struct {
	// Dir is the folder of backups of this cluster.
	Dir string
	// ConnString reaches the cluster as a role that may replicate.
	ConnString string
	Recipients []age.Recipient
	// Keep is for how long backups are kept.
	Keep time.Duration
	// PostgresBin is the folder of pg_basebackup; empty looks for it.
	PostgresBin string
	Now         func() time.Time
	// Begin is told what is to be done, in how many steps, and gives what is told of each.
	Begin func(what string, total int) (done func(int))
}

// Made is what a backup came to.
type Made struct {
	Backup
	Took time.Duration
	// Removed are the backups whose time was over, Pieces how many of the log went with them.
	Removed []string
	Pieces  int
	// Archive says how the log is kept by the server.
	Archive Archive
}

// Base makes a base backup, and removes those whose time is over. Nothing of the cluster lies on the disk unsealed, and nothing stands
// under its name that is not whole.
func Base(ctx context.Context, o BaseOptions) (Made, error) {
	server, err := serverAt(ctx, o.ConnString)
	if err != nil {
		return Made{}, err
	}
	tools, err := localpg.FindTools(ctx, localpg.Options{BinDir: o.PostgresBin}, server.Major)
	if err != nil {
		return Made{}, err
	}
	all, err := list(o.Dir)
	if err != nil {
		return Made{}, err
	}
	if len(all) > 0 && all[0].System != server.System {
		return Made{}, fmt.Errorf("the folder %s holds backups of another cluster: choose another one", o.Dir)
	}
	made := Made{Backup: Backup{Format: format, Began: o.Now().UTC(), Server: server.Major, System: server.System, SegmentBytes: server.SegmentBytes}, Archive: server.Archive}
	made.dir = filepath.Join(o.Dir, baseDir, made.Began.Format(nameLayout))
	draft := made.dir + unfinished
	if err := errors.Join(os.RemoveAll(draft), os.MkdirAll(draft, 0o700)); err != nil {
		return Made{}, fmt.Errorf("the folder %s cannot be written to", o.Dir)
	}
	if err := made.write(ctx, o, tools, draft); err != nil {
		return Made{}, errors.Join(err, os.RemoveAll(draft))
	}
	if err := errors.Join(os.Rename(draft, made.dir), syncDir(filepath.Dir(made.dir))); err != nil {
		return Made{}, err
	}
	made.Took = made.Ended.Sub(made.Began)
	made.Removed, made.Pieces, err = expire(o.Dir, o.Now().Add(-o.Keep))
	return made, err
}

func (m *Made) write(ctx context.Context, o BaseOptions, tools localpg.Tools, draft string) error {
	connString, password, err := withoutPassword(o.ConnString)
	if err != nil {
		return err
	}
	// One stream that holds the cluster, the log without which it is not whole, and the manifest.
	command := tools.Command(ctx, localpg.BaseBackup, "--dbname", connString, "--pgdata", "-", "--format", "tar", "--wal-method", "fetch",
		"--compress", "client-gzip:1", "--checkpoint", "fast", "--no-password", "--verbose", "--progress", "--label", "passerelle")
	if password != "" {
		command.Env = append(command.Env, "PGPASSWORD="+password)
	}
	told, err := command.StderrPipe()
	if err != nil {
		return err
	}
	m.Bytes, err = sealed(filepath.Join(draft, baseFile), o.Recipients, func(into io.Writer) error {
		command.Stdout = into
		if err := command.Start(); err != nil {
			return err
		}
		said := m.listen(told, o.Begin)
		if err := command.Wait(); err != nil {
			return fmt.Errorf("%s: %w: %s", localpg.BaseBackup, err, strings.Join(said[max(0, len(said)-3):], "; "))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if m.First == "" || m.Last == "" {
		return fmt.Errorf("%s did not say where the log goes on from: is it one of Postgres %d?", localpg.BaseBackup, m.Server)
	}
	m.Ended = o.Now().UTC()
	label, err := json.MarshalIndent(m.Backup, "", "  ")
	if err != nil {
		return err
	}
	file, err := os.OpenFile(filepath.Join(draft, labelFile), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = file.Write(append(label, '\n'))
	return errors.Join(err, file.Sync(), file.Close(), syncDir(draft))
}

var (
	startPoint = regexp.MustCompile(`write-ahead log start point: ([0-9A-F]+)/([0-9A-F]+) on timeline (\d+)`)
	endPoint   = regexp.MustCompile(`write-ahead log end point: ([0-9A-F]+)/([0-9A-F]+)`)
	sofar      = regexp.MustCompile(`^\s*(\d+)/(\d+) kB`)
)

// listen reads what pg_basebackup says: how far it is, and where the log begins and ends that it took along.
func (m *Made) listen(told io.Reader, begin func(string, int) func(int)) (said []string) {
	lines := bufio.NewScanner(told)
	lines.Split(eitherLine)
	var done func(int)
	var before, timeline int64
	for lines.Scan() {
		line := lines.Text()
		if found := sofar.FindStringSubmatch(line); found != nil {
			now, _ := strconv.ParseInt(found[1], 10, 64)
			if total, _ := strconv.Atoi(found[2]); done == nil && total > 0 {
				done = begin("Copying the cluster, MB", total/1024)
			}
			if done != nil {
				done(int(now/1024 - before/1024))
			}
			before = now
			continue
		}
		if found := startPoint.FindStringSubmatch(line); found != nil {
			timeline, _ = strconv.ParseInt(found[3], 10, 64)
			m.First = segmentAt(timeline, position(found[1], found[2]), m.SegmentBytes)
		}
		if found := endPoint.FindStringSubmatch(line); found != nil {
			// The end is the first byte that is not needed any more.
			m.Last = segmentAt(timeline, position(found[1], found[2])-1, m.SegmentBytes)
		}
		said = append(said, line)
	}
	return said
}

func position(high, low string) int64 {
	h, _ := strconv.ParseInt(high, 16, 64) // the patterns have seen to it
	l, _ := strconv.ParseInt(low, 16, 64)
	return h<<32 + l
}

// eitherLine splits at carriage returns as well, with which a program writes over its own line.
func eitherLine(data []byte, atEnd bool) (int, []byte, error) {
	if i := strings.IndexAny(string(data), "\r\n"); i >= 0 {
		return i + 1, data[:i], nil
	}
	if atEnd && len(data) > 0 {
		return len(data), data, nil
	}
	return 0, nil, nil
}

// withoutPassword takes the password out of what other people of the machine could read in the list of processes.
func withoutPassword(connString string) (rest, password string, err error) {
	if !strings.HasPrefix(connString, "postgres://") && !strings.HasPrefix(connString, "postgresql://") {
		if strings.Contains(connString, "password") {
			return "", "", errors.New("write BACKUP_DATABASE_URL as an address (postgres://…) where it holds a password")
		}
		return connString, "", nil
	}
	address, err := url.Parse(connString)
	if err != nil {
		return "", "", errors.New("BACKUP_DATABASE_URL is no address that Postgres understands") // the cause holds it
	}
	if address.User != nil {
		password, _ = address.User.Password()
		address.User = url.User(address.User.Username())
	}
	return address.String(), password, nil
}

// expire removes the backups that ended before a moment, and what of the log only they needed. The last one stays, however old.
func expire(dir string, before time.Time) (removed []string, pieceCount int, err error) {
	all, err := list(dir)
	if err != nil {
		return nil, 0, err
	}
	for len(all) > 1 && all[0].Ended.Before(before) {
		if err := os.RemoveAll(all[0].dir); err != nil {
			return removed, 0, fmt.Errorf("the backup %s cannot be removed, and its time is over", all[0].dir)
		}
		removed = append(removed, filepath.Base(all[0].dir))
		all = all[1:]
	}
	if len(all) == 0 {
		return removed, 0, nil
	}
	kept, err := pieces(dir)
	if err != nil {
		return removed, 0, err
	}
	oldest := all[0]
	for name, file := range kept {
		if strings.HasSuffix(name, ".history") || place(name, oldest.SegmentBytes) >= place(oldest.First, oldest.SegmentBytes) {
			continue
		}
		if err := os.Remove(filepath.Join(dir, walDir, file)); err != nil {
			return removed, pieceCount, fmt.Errorf("the log %s cannot be removed, and its time is over", file)
		}
		pieceCount++
	}
	return removed, pieceCount, nil
}

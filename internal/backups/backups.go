// Package backups copies a whole cluster of Postgres, with the write-ahead log that follows, and brings it back as it was at a
// moment: base backups by pg_basebackup, sealed for a key that the machine which makes them does not have (age), and checked, when
// they are back, against the journal's signed checkpoints and the keys.
//
// A folder holds the backups of one cluster:
//
//	base/20261128T061500Z/backup.json   what it is and where the log goes on from
//	base/20261128T061500Z/base.age      the cluster, as tar and gzip, sealed
//	wal/SEGMENT-SHA256.age              a piece of the write-ahead log, gzip, sealed
package backups

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"time"
)

// RTO is within which time everything has to be back, RPO how much of what was written may be lost at most: what was agreed with
// those whose data it is.
const (
	RTO = time.Hour
	RPO = 5 * time.Minute
)

const (
	format    = "passerelle backup 1"
	baseDir   = "base"
	walDir    = "wal"
	labelFile = "backup.json"
	baseFile  = "base.age"
	// unfinished marks what was not written to its end.
	unfinished = ".part"
	nameLayout = "20060102T150405Z"
)

// Backup says what a base backup is. It stands beside it in clear and tells of nobody.
type Backup struct {
	Format string `json:"format"`
	// Began and Ended are between which moments it was made: it can be brought to any moment from Ended on.
	Began time.Time `json:"began"`
	Ended time.Time `json:"ended"`
	// Server is the major version of Postgres, System names the cluster.
	Server int    `json:"server"`
	System string `json:"system"`
	// SegmentBytes is how large a segment of the log is; First and Last are those that the backup itself holds.
	SegmentBytes int64  `json:"segment_bytes"`
	First        string `json:"first_segment"`
	Last         string `json:"last_segment"`
	// Bytes is how large the sealed file is.
	Bytes int64 `json:"bytes"`

	dir string
}

// list gives the base backups of a folder, the oldest first. What was cut short is none.
func list(dir string) ([]Backup, error) {
	entries, err := os.ReadDir(filepath.Join(dir, baseDir))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("the folder %s cannot be read", dir)
	}
	var found []Backup
	for _, entry := range entries {
		place := filepath.Join(dir, baseDir, entry.Name())
		content, err := os.ReadFile(filepath.Join(place, labelFile))
		if filepath.Ext(entry.Name()) == unfinished || errors.Is(err, fs.ErrNotExist) {
			continue
		}
		b, ok := readLabel(content)
		if err != nil || !ok {
			return nil, fmt.Errorf("%s is no backup of this program, or of another version of it", place)
		}
		b.dir = place
		found = append(found, b)
	}
	slices.SortFunc(found, func(a, b Backup) int { return a.Ended.Compare(b.Ended) })
	return found, nil
}

// The sizes that a segment of the log can have (initdb --wal-segsize).
const smallestSegment, largestSegment = 1 << 20, 1 << 30

// readLabel reads what a base backup says of itself, and whether it can be one.
func readLabel(content []byte) (b Backup, ok bool) {
	ok = json.Unmarshal(content, &b) == nil && b.Format == format && segment.MatchString(b.First) && segment.MatchString(b.Last) &&
		b.SegmentBytes >= smallestSegment && b.SegmentBytes <= largestSegment && b.SegmentBytes&(b.SegmentBytes-1) == 0
	return b, ok
}

// choose takes the last backup that ended before a moment, or of all.
func choose(dir string, to time.Time) (Backup, error) {
	all, err := list(dir)
	if err != nil {
		return Backup{}, err
	}
	if len(all) == 0 {
		return Backup{}, fmt.Errorf("there is no backup in %s", dir)
	}
	for _, b := range slices.Backward(all) {
		if to.IsZero() || !b.Ended.After(to) {
			return b, nil
		}
	}
	return Backup{}, fmt.Errorf("no backup in %s is as old as that: the oldest one was made at %s, and goes forward from there and not back", dir, said(all[0].Ended))
}

func said(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }

// segment is the name of a whole piece of the log: timeline, and where it stands.
var segment = regexp.MustCompile(`^[0-9A-F]{24}$`)

// place is which piece a segment is, counted from the beginning of the log, whatever its timeline.
func place(name string, bytes int64) int64 {
	high, _ := strconv.ParseInt(name[8:16], 16, 64) // the pattern has seen to it
	low, _ := strconv.ParseInt(name[16:24], 16, 64)
	return high*perHigh(bytes) + low
}

func perHigh(bytes int64) int64 { return (1 << 32) / bytes }

// segmentAt names the piece in which a position of the log lies.
func segmentAt(timeline, position, bytes int64) string {
	return named(timeline, position/bytes, bytes)
}

func named(timeline, place, bytes int64) string {
	return fmt.Sprintf("%08X%08X%08X", timeline, place/perHigh(bytes), place%perHigh(bytes))
}

// timelineOf is the first part of the name of a segment.
func timelineOf(name string) int64 {
	timeline, _ := strconv.ParseInt(name[:8], 16, 64)
	return timeline
}

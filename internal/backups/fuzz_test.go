package backups

import (
	"archive/tar"
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzFolder: whatever stands in a folder of backups, as a label, as the name of a piece of the log, or as an entry of an archive, is refused
// or understood: pieces are counted as they are named, and nothing is unpacked outside of where it belongs.
func FuzzFolder(f *testing.F) {
	const label = `{"format":"passerelle backup 1","began":"2026-11-28T06:15:00Z","ended":"2026-11-28T06:16:00Z","server":15,"segment_bytes":16777216,"first_segment":"000000010000000000000007","last_segment":"000000010000000000000008"}`
	for _, name := range []string{"000000010000000A000000FF", "00000002.history", "000000010000000000000007.00000028.backup", "base/1/2608", "../outside", "/etc/passwd", "PG_VERSION", "..", "a/../../b"} {
		f.Add([]byte(label), name)
	}
	f.Add([]byte(`{"format":"passerelle backup 1","segment_bytes":9223372036854775807,"first_segment":"FFFFFFFFFFFFFFFFFFFFFFFF","last_segment":"000000000000000000000000"}`), "x")
	f.Fuzz(func(t *testing.T, written []byte, name string) {
		b, ok := readLabel(written)
		if ok && segment.MatchString(name) {
			at := place(name, b.SegmentBytes)
			if within := at%perHigh(b.SegmentBytes) == place("0000000000000000"+name[16:], b.SegmentBytes); within && named(timelineOf(name), at, b.SegmentBytes) != name {
				t.Errorf("%s is piece %d, which is called %s", name, at, named(timelineOf(name), at, b.SegmentBytes))
			}
			follows(map[string]string{name: name}, b)
		}
		around := t.TempDir()
		into := filepath.Join(around, "into")
		if err := os.Mkdir(into, 0o700); err != nil {
			t.Fatal(err)
		}
		root, err := os.OpenRoot(into)
		if err != nil {
			t.Fatal(err)
		}
		defer root.Close()
		for _, kind := range []byte{tar.TypeReg, tar.TypeDir, tar.TypeSymlink} {
			err := unpackOne(root, &tar.Header{Name: name, Typeflag: kind, Linkname: ".."}, bytes.NewReader(written))
			if kind == tar.TypeSymlink && err == nil {
				t.Errorf("a link %q was made", name)
			}
		}
		if beside, err := os.ReadDir(around); err != nil || len(beside) != 1 {
			t.Errorf("%q was unpacked outside: %v, %v", name, beside, err)
		}
	})
}

package outages_test

import (
	"testing"

	"passerelle/internal/outages"
)

// From nine tenths on a disk is full, and until it is well below; one of several is enough. What cannot be looked at says nothing.
func TestDisks(t *testing.T) {
	used := map[string]float64{"data": 20, "documents": 20}
	room := outages.Disks(func(folder string) (float64, error) { return used[folder], nil }, "data", "documents")
	for _, step := range []struct {
		folder string
		used   float64
		full   bool
	}{{"data", 89.9, false}, {"data", 90, true}, {"data", 88.5, true}, {"data", 87.9, false}, {"data", 89, false}, {"data", 50, false}, {"documents", 97, true}, {"documents", 10, false}} {
		used[step.folder] = step.used
		if err := room(t.Context()); (err != nil) != step.full {
			t.Errorf("%s at %v: %v", step.folder, step.used, err)
		}
	}
	if percent, err := outages.Used(t.TempDir()); err != nil || percent < 0 || percent > 100 {
		t.Errorf("the disk of this test: %v, %v", percent, err)
	}
	if _, err := outages.Used("/nowhere/at/all"); err == nil {
		t.Error("a folder that is not there has a disk")
	}
	if err := outages.Disks(outages.Used, "/nowhere/at/all")(t.Context()); err != nil {
		t.Error(err)
	}
}

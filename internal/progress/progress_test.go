package progress_test

import (
	"strings"
	"testing"

	"passerelle/internal/progress"
)

func TestBar(t *testing.T) {
	var out strings.Builder
	bar := progress.New(&out, "Counting", 4)
	bar.Add(1)
	bar.Say("Meanwhile")
	bar.Add(3)
	bar.Add(1) // one more than there were to begin with
	want := []string{
		"Counting [##########..............................] 1 of 4, 0s",
		"Meanwhile",
		"Counting [########################################] 4 of 4, 0s",
		"Counting [########################################] 5 of 5, 0s",
	}
	if got := strings.Split(strings.TrimSpace(out.String()), "\n"); strings.Join(got, "|") != strings.Join(want, "|") {
		t.Errorf("got %q", got)
	}
}

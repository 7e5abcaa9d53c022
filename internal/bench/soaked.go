package bench

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"
)

// Soaked is what a server bore, and what it held meanwhile.
type Soaked struct {
	Cores    int     `json:"cores"`
	Go       string  `json:"go"`
	Postgres string  `json:"postgres"`
	Size     Size    `json:"size"`
	Pool     int     `json:"pool"`
	Rate     int     `json:"rate"`
	Seconds  float64 `json:"seconds"`
	// Figures are of all requests; Written are those of them that wrote, and Longest is the slowest, in ms.
	Figures
	Written int     `json:"written"`
	Longest float64 `json:"longest_ms"`
	// Failures are counted by what was wrong with the answer.
	Failures map[string]int `json:"failures"`
	// Looks are what the server held, from the first moment to the last, as far apart as each other.
	Looks []Footing `json:"looks"`
}

// Footing is what a server holds at one moment; memory and database are MB.
type Footing struct {
	Resident    float64 `json:"resident_mb"`
	Heap        float64 `json:"heap_mb"`
	Goroutines  float64 `json:"goroutines"`
	Files       float64 `json:"files"`
	Connections float64 `json:"connections"`
	Database    float64 `json:"database_mb"`
}

// flatGrowth is how much more a server may hold in the last sixth than in the second one: in the first it still fills its caches.
const flatGrowth = 1.1

// held is one thing that does not grow as long as a server works.
type held struct {
	name  string
	value func(Footing) float64
}

var flat = []held{
	{"memory, MB", func(f Footing) float64 { return f.Resident }},
	{"heap in use, MB", func(f Footing) float64 { return f.Heap }},
	{"goroutines", func(f Footing) float64 { return f.Goroutines }},
	{"open files", func(f Footing) float64 { return f.Files }},
	{"connections to the database", func(f Footing) float64 { return f.Connections }},
}

// between is the median of the looks from one share of them to another.
func (s Soaked) between(from, to float64, value func(Footing) float64) float64 {
	looks := s.Looks[int(from*float64(len(s.Looks))):int(to*float64(len(s.Looks)))]
	if len(looks) == 0 {
		return 0
	}
	values := make([]float64, len(looks))
	for i, look := range looks {
		values[i] = value(look)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// growth is how many times more there was in the last sixth than in the second one.
func (s Soaked) growth(value func(Footing) float64) (early, late, growth float64) {
	early, late = s.between(1./6, 2./6, value), s.between(5./6, 1, value)
	if early == 0 {
		return early, late, 0
	}
	return early, late, late / early
}

// Held says whether every request was answered as it should, and nothing grew that must not.
func (s Soaked) Held() bool {
	return len(s.Failures) == 0 && s.Requests > 0 && !slices.ContainsFunc(flat, func(h held) bool {
		_, _, growth := s.growth(h.value)
		return growth > flatGrowth
	})
}

// Write prints it as tables.
func (s Soaked) Write(out io.Writer) error {
	fmt.Fprintf(out, "\n%d cores, %s, Postgres %s; %d tenants, %d dossiers, %d referrals; a pool of %d connections, %d requests a second for %g seconds.\n",
		s.Cores, s.Go, s.Postgres, s.Size.Tenants, s.Size.Dossiers, s.Size.Referrals, s.Pool, s.Rate, s.Seconds)
	fmt.Fprintf(out, "The server is a process of its own; whoever asks and Postgres share its cores.\n\n")
	fmt.Fprintf(out, "%d requests, of which %d wrote: p50 %.2f ms, p99 %.2f ms, the longest %.0f ms.\n", s.Requests, s.Written, s.P50, s.P99, s.Longest)
	if len(s.Failures) == 0 {
		fmt.Fprintln(out, "Each was answered as it should be.")
	}
	for how, times := range s.Failures {
		fmt.Fprintf(out, "Failed: %d times, %s.\n", times, how)
	}
	fmt.Fprintln(out)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "held\tsecond sixth\tlast sixth\tgrowth\tgoal\t\t")
	for _, h := range flat {
		early, late, growth := s.growth(h.value)
		fmt.Fprintf(table, "%s\t%.0f\t%.0f\t%.2f\t%.2f\t%s\t\n", h.name, early, late, growth, flatGrowth, mark(growth <= flatGrowth))
	}
	if err := table.Flush(); err != nil {
		return fmt.Errorf("print the figures: %w", err)
	}
	if len(s.Looks) > 1 {
		fmt.Fprintf(out, "\nThe database grew from %.0f to %.0f MB.\n", s.Looks[0].Database, s.Looks[len(s.Looks)-1].Database)
	}
	return nil
}

package bench

import (
	"fmt"
	"io"
	"text/tabwriter"
)

// Report is what was measured, and where.
type Report struct {
	Cores    int               `json:"cores"`
	Go       string            `json:"go"`
	Postgres string            `json:"postgres"`
	Settings map[string]string `json:"postgres_settings"`
	Size     Size              `json:"size"`
	Pool     int               `json:"pool"`
	Seconds  float64           `json:"seconds"`
	Pages    []Measured        `json:"pages"`
	Growth   []Growth          `json:"growth"`
	Costs    []Cost            `json:"costs"`
	Search   Searched          `json:"search"`
}

// Measured is a page against its raw statement. Goal is the ratio that the page is to reach.
type Measured struct {
	Page        string  `json:"page"`
	Connections int     `json:"connections"`
	Raw         Figures `json:"raw"`
	Whole       Figures `json:"whole"`
	Ratio       float64 `json:"ratio"`
	Goal        float64 `json:"goal"`
	Bytes       int     `json:"bytes"`
}

// Growth is how the median of a page changed as the database grew tenfold; one person asks.
type Growth struct {
	Page         string  `json:"page"`
	FromDossiers int     `json:"from_dossiers"`
	ToDossiers   int     `json:"to_dossiers"`
	FromP50      float64 `json:"from_p50_ms"`
	ToP50        float64 `json:"to_p50_ms"`
	Factor       float64 `json:"factor"`
}

// What is to be reached on two cores, besides each page's ratio.
const (
	goalP99         = 40.0
	goalConnections = 16
	goalGrowth      = 1.2
)

// Write prints the report as tables.
func (r Report) Write(out io.Writer) error {
	fmt.Fprintf(out, "\n%d cores, %s, Postgres %s; %d tenants, %d dossiers, %d referrals; pools of %d connections, %g seconds each.\n",
		r.Cores, r.Go, r.Postgres, r.Size.Tenants, r.Size.Dossiers, r.Size.Referrals, r.Pool, r.Seconds)
	fmt.Fprint(out, "Load generator, application and raw client share one process, and with Postgres the same cores.\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "page\tconnections\traw/s\traw p50\traw p99\tpage/s\tp50 ms\tp99 ms\tratio\tgoal\t\t")
	for _, m := range r.Pages {
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t%.2f\t%.2f\t%s\t\n", m.Page, m.Connections,
			m.Raw.PerSecond, m.Raw.P50, m.Raw.P99, m.Whole.PerSecond, m.Whole.P50, m.Whole.P99, m.Ratio, m.Goal, m.verdict())
	}
	fmt.Fprintln(table)
	fmt.Fprintln(table, "page\tdossiers\tp50 ms\tdossiers\tp50 ms\tgrowth\tgoal\t\t")
	for _, g := range r.Growth {
		fmt.Fprintf(table, "%s\t%d\t%.2f\t%d\t%.2f\t%.2f\t%.2f\t%s\t\n", g.Page, g.FromDossiers, g.FromP50, g.ToDossiers, g.ToP50,
			g.Factor, goalGrowth, mark(g.Factor <= goalGrowth))
	}
	if err := table.Flush(); err != nil {
		return err
	}
	if err := writeCosts(out, r.Costs); err != nil {
		return err
	}
	r.Search.write(out)
	return nil
}

func (m Measured) verdict() string {
	return mark(m.Ratio >= m.Goal && (m.Connections != goalConnections || m.Whole.P99 <= goalP99))
}

func mark(reached bool) string {
	if reached {
		return "reached"
	}
	return "missed"
}

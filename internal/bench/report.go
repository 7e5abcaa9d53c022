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

// Measured is a page against its raw statement. Goal is the ratio that the page is to reach, if one is asked for, and GoalP99
// what hardly anybody is to wait longer for at goalConnections.
type Measured struct {
	Page        string  `json:"page"`
	Connections int     `json:"connections"`
	Raw         Figures `json:"raw"`
	Whole       Figures `json:"whole"`
	Ratio       float64 `json:"ratio"`
	Goal        float64 `json:"goal"`
	GoalP99     float64 `json:"goal_p99_ms"`
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
	Goal         float64 `json:"goal"`
}

// goalConnections are how many ask at once where the 99th percentile has a goal.
const goalConnections = 16

// Write prints the report as tables.
func (r Report) Write(out io.Writer) error {
	fmt.Fprintf(out, "\n%d cores, %s, Postgres %s; %d tenants, %d dossiers, %d referrals, about %d interviews; pools of %d connections, %g seconds each.\n",
		r.Cores, r.Go, r.Postgres, r.Size.Tenants, r.Size.Dossiers, r.Size.Referrals, r.Size.Dossiers*interviewsOfDossier, r.Pool, r.Seconds)
	fmt.Fprint(out, "Load generator, application and raw client share one process, and with Postgres the same cores.\n\n")
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', tabwriter.AlignRight)
	fmt.Fprintln(table, "page\tconnections\traw/s\traw p50\traw p99\tpage/s\tp50 ms\tp99 ms\tgoal\tratio\tgoal\t\t")
	for _, m := range r.Pages {
		fmt.Fprintf(table, "%s\t%d\t%.0f\t%.2f\t%.2f\t%.0f\t%.2f\t%.2f\t%s\t%.2f\t%s\t%s\t\n", m.Page, m.Connections,
			m.Raw.PerSecond, m.Raw.P50, m.Raw.P99, m.Whole.PerSecond, m.Whole.P50, m.Whole.P99, m.asked(), m.Ratio, asked("%.2f", m.Goal), m.verdict())
	}
	fmt.Fprintln(table)
	fmt.Fprintln(table, "page\tdossiers\tp50 ms\tdossiers\tp50 ms\tgrowth\tgoal\t\t")
	for _, g := range r.Growth {
		fmt.Fprintf(table, "%s\t%d\t%.2f\t%d\t%.2f\t%.2f\t%.2f\t%s\t\n", g.Page, g.FromDossiers, g.FromP50, g.ToDossiers, g.ToP50,
			g.Factor, g.Goal, mark(g.Factor <= g.Goal))
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

// verdict is empty where nothing is asked for.
func (m Measured) verdict() string {
	if m.Goal == 0 && m.Connections != goalConnections {
		return ""
	}
	return mark(m.Ratio >= m.Goal && (m.Connections != goalConnections || m.Whole.P99 <= m.GoalP99))
}

// asked is the goal for the 99th percentile, where there is one.
func (m Measured) asked() string {
	if m.Connections != goalConnections {
		return ""
	}
	return asked("%.0f", m.GoalP99)
}

// asked writes a goal; none is empty.
func asked(format string, goal float64) string {
	if goal == 0 {
		return ""
	}
	return fmt.Sprintf(format, goal)
}

func mark(reached bool) string {
	if reached {
		return "reached"
	}
	return "missed"
}

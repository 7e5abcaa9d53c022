// Package progress shows how far something is that takes minutes.
package progress

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"
)

// Bar is a bar on one line of a terminal, or a line now and then anywhere else.
type Bar struct {
	out      io.Writer
	terminal bool
	label    string
	total    int

	mu      sync.Mutex
	done    int
	began   time.Time
	written time.Time
}

const barWidth = 40

// New makes a bar for so many things.
func New(out io.Writer, label string, total int) *Bar {
	p := &Bar{out: out, label: label, total: total, began: time.Now()}
	if file, ok := out.(*os.File); ok {
		info, err := file.Stat()
		p.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return p
}

// Add counts things that are done. It may be called by several goroutines.
func (p *Bar) Add(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.done += n
	every := 10 * time.Second
	if p.terminal {
		every = 100 * time.Millisecond
	}
	if time.Since(p.written) >= every || p.done >= p.total {
		p.written = time.Now()
		p.write()
	}
}

// Say writes a line that stays, above the bar.
func (p *Bar) Say(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	fmt.Fprint(p.out, "\r\x1b[K", line, "\n")
	p.write()
}

func (p *Bar) write() {
	// There may be more of them meanwhile than there were to begin with.
	p.total = max(p.total, p.done)
	full := barWidth * p.done / max(p.total, 1)
	line := fmt.Sprintf("%s [%s%s] %d of %d, %s", p.label, strings.Repeat("#", full), strings.Repeat(".", barWidth-full),
		p.done, p.total, time.Since(p.began).Round(time.Second))
	if !p.terminal {
		fmt.Fprintln(p.out, line)
		return
	}
	fmt.Fprint(p.out, "\r", line)
	if p.done >= p.total {
		fmt.Fprintln(p.out)
	}
}

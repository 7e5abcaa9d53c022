package backups

import (
	"fmt"
	"io"
	"strings"
	"time"
)

// Write tells what was restored, what was compared, and how long each step took.
func (r Restored) Write(out io.Writer) error {
	var text strings.Builder
	fmt.Fprintf(&text, "Restored from the backup of %s.\n", said(r.Backup.Ended))
	if !r.Until.IsZero() {
		fmt.Fprintf(&text, "The last change of the data that is there was made at %s.\n", said(r.Until))
	}
	if r.Missing != "" {
		fmt.Fprintf(&text, "Of the log %s is missing. It was not needed for that moment; nothing later can be restored.\n", r.Missing)
	}
	if r.Destroyed > 0 {
		fmt.Fprintf(&text, "%d keysets that the backup brought back were destroyed again: the journal says that what they sealed was erased.\n", r.Destroyed)
	}
	r.Found.write(&text)
	fmt.Fprintln(&text)
	for _, step := range r.Steps {
		fmt.Fprintf(&text, "  %8s  %s\n", step.Took.Round(time.Millisecond), step.What)
	}
	fmt.Fprintf(&text, "  %8s  in all; it may be %s\n", r.Took().Round(time.Millisecond), RTO)
	_, err := io.WriteString(out, text.String())
	return err
}

// Write tells what was compared.
func (f Found) Write(out io.Writer) error {
	var text strings.Builder
	f.write(&text)
	_, err := io.WriteString(out, text.String())
	return err
}

func (f Found) write(text *strings.Builder) {
	var rows int64
	for _, count := range f.Counts {
		rows += count.Rows
	}
	if len(f.Counts) > 0 {
		fmt.Fprintf(text, "%d tables have %d rows:\n", len(f.Counts), rows)
		for _, count := range f.Counts {
			if count.Rows > 0 {
				fmt.Fprintf(text, "  %8d  %s\n", count.Rows, count.Table)
			}
		}
	}
	for _, journal := range f.Journals {
		if len(journal.Kept) == 0 {
			fmt.Fprintf(text, "The journal of %s has %d entries and was never signed: nothing proves them.\n", journal.Tenant, journal.Entries)
			continue
		}
		last := journal.Kept[len(journal.Kept)-1]
		fmt.Fprintf(text, "The journal of %s has %d entries; the %d until %s are as %d signed checkpoints have them.\n", journal.Tenant, journal.Entries, last.Entries, said(last.Until), len(journal.Kept))
	}
	fmt.Fprintf(text, "The master key opens the keys of %d tenants; %d dossiers have theirs.\n", f.Opened, f.Dossiers)
	if f.Brought > 0 {
		fmt.Fprintf(text, "%d dossiers are there again that were erased. Nobody can read them; erase them again.\n", f.Brought)
	}
}

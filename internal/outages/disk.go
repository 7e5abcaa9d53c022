package outages

import (
	"context"
	"fmt"
	"sync/atomic"
	"syscall"
)

// A disk counts as full from fullAt on, and not any more from roomyAt on, in per cent: between the two it stays what it was, so that nobody
// is let write one minute and not the next. What is left is for the journal, without which nothing can be read.
const (
	fullAt  = 90
	roomyAt = 88
)

// Used is how much of the disk on which a folder lies cannot be written any more, in per cent.
func Used(folder string) (percent float64, err error) {
	var disk syscall.Statfs_t
	if err := syscall.Statfs(folder, &disk); err != nil {
		return 0, fmt.Errorf("see how full the disk of %s is: %w", folder, err)
	}
	if disk.Blocks == 0 {
		return 0, nil // what has no blocks, such as a file system in memory, does not fill up
	}
	return 100 * (1 - float64(disk.Bavail)/float64(disk.Blocks)), nil
}

// Disks asks whether there is room on the disks of some folders, for Watch; used is Used. A folder that cannot be looked at says nothing:
// who needs it notices.
func Disks(used func(folder string) (percent float64, err error), folders ...string) func(context.Context) error {
	var full atomic.Bool
	return func(context.Context) error {
		bound := float64(fullAt)
		if full.Load() {
			bound = roomyAt
		}
		for _, folder := range folders {
			if percent, err := used(folder); err == nil && percent >= bound {
				full.Store(true)
				return fmt.Errorf("the disk of %s is full to %.0f per cent", folder, percent)
			}
		}
		full.Store(false)
		return nil
	}
}

package journal

import "time"

// SetPatience sets how long a signature waits.
func (s *Sequencer) SetPatience(patience time.Duration) { s.patience = patience }

// Sequencing is what sequencers meet at.
const Sequencing int64 = sequencing

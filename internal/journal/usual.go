package journal

// Measure says from when on somebody opened far more than usual: so many times as much, and never below a floor, since small
// numbers double easily.
type Measure struct {
	Times   float64
	AtLeast int
}

// What is far in a week, which the report points out, and in a day, which raises an alert: one day differs from another
// more than a week does.
var (
	InAWeek = Measure{2, 10}
	InADay  = Measure{3, 15}
)

// Far compares what somebody opened with what is usual. Where nothing is usual yet, nothing is far.
func (m Measure) Far(opened int, usual float64) bool {
	return usual > 0 && opened >= m.AtLeast && float64(opened) > m.Times*usual
}

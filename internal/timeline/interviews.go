package timeline

// What happens with interviews; the detail is the interview's kind.
const (
	InterviewRecorded  Kind = "interview_recorded"
	InterviewCorrected Kind = "interview_corrected"
)

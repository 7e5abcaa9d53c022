package timeline

// What happens with a person's rights: the reflection period, titles of stay, criminal proceedings, access to what is kept. The
// detail of an answer is what was answered, of an extract how it was written.
const (
	ReflectionRecorded Kind = "reflection_recorded"
	ReflectionChanged  Kind = "reflection_changed"
	ReflectionExtended Kind = "reflection_extended"
	ReflectionEnded    Kind = "reflection_ended"
	StayRecorded       Kind = "stay_recorded"
	StayChanged        Kind = "stay_changed"
	PresenceChanged    Kind = "presence_changed"
	ProceedingRecorded Kind = "proceeding_recorded"
	ProceedingChanged  Kind = "proceeding_changed"
	InquiryRecorded    Kind = "inquiry_recorded"
	InquiryChanged     Kind = "inquiry_changed"
	InquiryExtended    Kind = "inquiry_extended"
	InquiryAnswered    Kind = "inquiry_answered"
	InquiryExtracted   Kind = "inquiry_extracted"
)

package timeline

// What happens with notes of a profession: that there are some and who holds them, never what they say. The detail is the profession.
const (
	CircleOpened   Kind = "circle_opened"
	CircleJoined   Kind = "circle_joined"
	CircleLeft     Kind = "circle_left"
	CircleClosed   Kind = "circle_closed"
	CircleHandedOn Kind = "circle_handed_on"
	NoteWritten    Kind = "note_written"
	NoteCorrected  Kind = "note_corrected"
	NoteStruck     Kind = "note_struck"
)

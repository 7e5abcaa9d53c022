package referralsview

import (
	"net/url"

	"passerelle/internal/ids"
	"passerelle/internal/messages"
	"passerelle/internal/referrals"
	"passerelle/views/ui"
)

// NewReply is an empty reply; when the office has the last word and it is a question, it proposes to answer it.
func NewReply(file referrals.File) ReplyForm {
	kind := messages.Plain
	if n := len(file.Messages); n > 0 && file.Messages[n-1].FromOffice && file.Messages[n-1].Kind == messages.Question {
		kind = messages.Answer
	}
	return ReplyForm{ID: ids.New[messages.Message]().String(), Typed: url.Values{"kind": {string(kind)}}}
}

func kindOptions() []ui.Option {
	options := make([]ui.Option, len(messages.Kinds))
	for i, kind := range messages.Kinds {
		options[i] = ui.Option{Value: string(kind), Label: "messages.kind." + string(kind)}
	}
	return options
}

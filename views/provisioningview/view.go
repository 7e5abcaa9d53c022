// Package provisioningview is the page of a connection's directory (SCIM).
package provisioningview

import (
	"context"
	"net/url"

	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/provisioning"
	"passerelle/views/paths"
	"passerelle/views/ui"
)

// Props is what the page shows. Token is the hidden identifier of the token that the form would make.
type Props struct {
	provisioning.Sheet
	Token    string
	Typed    url.Values
	Problems fault.Problems
}

func (p Props) crumbs() []ui.Crumb {
	return []ui.Crumb{
		{Label: "connections.title", URL: paths.Connections},
		{Label: "connections.one.title", URL: paths.Connection(p.Connection.ConnectionID)},
	}
}

// source is the choice of what people are known by; nothing is chosen beforehand.
func (p Props) source() ui.Field {
	value := string(p.Source)
	if p.Typed.Has("source") {
		value = p.Typed.Get("source")
	}
	return ui.Field{Name: "source", Label: "provisioning.source.label", Hint: "provisioning.source.hint", Value: value, Problems: p.Problems}
}

func sources() (options []ui.Option) {
	for _, source := range provisioning.Sources {
		key := "provisioning.source." + string(source)
		options = append(options, ui.Option{Value: string(source), Label: key, Hint: key + ".hint"})
	}
	return options
}

func (p Props) people() (options []ui.Option) {
	for _, person := range p.Unknown() {
		options = append(options, ui.Option{Value: person.PersonID.String(), Label: labelled(person.Name(), person.Email)})
	}
	return options
}

func (p Props) candidates() []ui.Option {
	options := []ui.Option{{Value: "", Label: "provisioning.match.choose"}}
	for _, candidate := range p.Candidates {
		options = append(options, ui.Option{Value: candidate.Subject, Label: labelled(candidate.Name, candidate.Email)})
	}
	return options
}

func labelled(name, email string) string {
	if email == "" {
		return name
	}
	return name + " (" + email + ")"
}

func (p Props) field(name, label string) ui.Field {
	return ui.Field{Name: name, Label: label, Value: p.Typed.Get(name), Problems: p.Problems}
}

// used says when a token was last shown to us.
func used(ctx context.Context, token provisioning.Token) string {
	if token.UsedAt == nil {
		return i18n.T(ctx, "provisioning.token.unused")
	}
	return i18n.DateTime(ctx, *token.UsedAt)
}

// until says how long a token is good.
func until(ctx context.Context, token provisioning.Token) string {
	if token.ValidUntil == nil {
		return i18n.T(ctx, "provisioning.token.lasting")
	}
	return i18n.DateTime(ctx, *token.ValidUntil)
}

// happened is what an act was, and why it was refused where it was.
func happened(ctx context.Context, act provisioning.Act) string {
	said := i18n.T(ctx, "provisioning.deed."+string(act.Deed))
	if act.Reason != "" {
		said += ": " + i18n.T(ctx, "provisioning.reason."+act.Reason)
	}
	return said
}

// standing is where somebody stands whom the directory has announced.
func standing(person provisioning.Person) string {
	switch {
	case !person.Active:
		return "provisioning.person.gone"
	case person.Subject == "":
		return "provisioning.person.unknown"
	default:
		return "provisioning.person.expected"
	}
}

package provisioningweb

import (
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"passerelle/internal/provisioning"
)

const (
	longestFilter = 500
	longestPath   = 300
)

// which reads a filter (RFC 7644 3.4.2.2), so far as directories use them: that attributes are equal, one and another.
func which(text string) (provisioning.Which, error) {
	var asked provisioning.Which
	if text == "" {
		return asked, nil
	}
	bad := provisioning.Refusal{Reason: provisioning.BadFilter}
	if len(text) > longestFilter || strings.Count(text, "(") > 5 {
		return asked, bad
	}
	parsed, err := filter.ParseFilter([]byte(text))
	if err != nil || !narrow(parsed, &asked) {
		return provisioning.Which{}, bad
	}
	return asked, nil
}

func narrow(expression filter.Expression, asked *provisioning.Which) bool {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		return e.Operator == filter.AND && narrow(e.Left, asked) && narrow(e.Right, asked)
	case *filter.ValuePath:
		// emails[type eq "work" and value eq "…"]: each has one address, of whichever type.
		if attribute(e.AttributePath) != "emails" {
			return false
		}
		var inner provisioning.Which
		if !narrowEmail(e.ValueFilter, &inner) || inner.Email == nil {
			return false
		}
		asked.Email = inner.Email
		return true
	case *filter.AttributeExpression:
		if !strings.EqualFold(string(e.Operator), string(filter.EQ)) {
			return false
		}
		text, isText := e.CompareValue.(string)
		if attribute(e.AttributePath) == "active" {
			active, ok := truth(e.CompareValue)
			asked.Active = &active
			return ok
		}
		into := map[string]**string{
			"id": &asked.ID, "externalid": &asked.ExternalID, "username": &asked.UserName, "displayname": &asked.Name, "emails": &asked.Email, "emails.value": &asked.Email,
		}[attribute(e.AttributePath)]
		if into == nil || !isText || *into != nil {
			return false
		}
		*into = &text
		return true
	}
	return false
}

func narrowEmail(expression filter.Expression, asked *provisioning.Which) bool {
	switch e := expression.(type) {
	case *filter.LogicalExpression:
		return e.Operator == filter.AND && narrowEmail(e.Left, asked) && narrowEmail(e.Right, asked)
	case *filter.AttributeExpression:
		text, isText := e.CompareValue.(string)
		if !isText || !strings.EqualFold(string(e.Operator), string(filter.EQ)) {
			return false
		}
		if attribute(e.AttributePath) == "value" {
			asked.Email = &text
		}
		return true
	}
	return false
}

// attribute is the name of an attribute in small letters, without the schema that it is of: names differ in nothing else (RFC 7643 2.1).
func attribute(path filter.AttributePath) string {
	name := strings.ToLower(path.AttributeName)
	if path.SubAttribute != nil {
		name += "." + strings.ToLower(*path.SubAttribute)
	}
	return name
}

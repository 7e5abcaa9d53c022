package provisioningweb

import (
	"encoding/json"
	"maps"
	"slices"
	"strings"

	filter "github.com/scim2/filter-parser/v2"

	"passerelle/internal/ids"
	"passerelle/internal/provisioning"
)

// patch is a list of changes (RFC 7644 3.5.2), which are done together or not at all.
type patch struct {
	Operations []operation `json:"Operations"`
}

type operation struct {
	Op    string          `json:"op"`
	Path  string          `json:"path"`
	Value json.RawMessage `json:"value"`
}

const mostOperations = 1000

// The operations, in small letters: Entra ID writes Add, Replace and Remove.
const (
	add     = "add"
	replace = "replace"
	remove  = "remove"
)

func readPatch(body []byte) ([]operation, error) {
	var read patch
	bad := provisioning.Refusal{Reason: provisioning.BadSyntax}
	if json.Unmarshal(body, &read) != nil || len(read.Operations) == 0 || len(read.Operations) > mostOperations {
		return nil, bad
	}
	for i := range read.Operations {
		read.Operations[i].Op = strings.ToLower(read.Operations[i].Op)
		if !slices.Contains([]string{add, replace, remove}, read.Operations[i].Op) {
			return nil, bad
		}
	}
	return flat(read.Operations)
}

// flat gives each operation a path: one without has an object for its value, whose keys are the paths.
func flat(operations []operation) (paths []operation, err error) {
	for _, o := range operations {
		if o.Path != "" {
			paths = append(paths, o)
			continue
		}
		var values map[string]json.RawMessage
		if o.Op == remove || json.Unmarshal(o.Value, &values) != nil {
			return nil, provisioning.Refusal{Reason: provisioning.BadPath}
		}
		for _, path := range slices.Sorted(maps.Keys(values)) {
			paths = append(paths, operation{o.Op, path, values[path]})
		}
	}
	return paths, nil
}

// target is what a path leads to: the attribute in small letters, and the one value that is meant of many.
func (o operation) target() (name, value string, err error) {
	bad := provisioning.Refusal{Reason: provisioning.BadPath}
	if len(o.Path) > longestPath {
		return "", "", bad
	}
	// A schema itself, whose attributes are the value: nothing that we know.
	if strings.HasPrefix(strings.ToLower(o.Path), "urn:") && !strings.HasPrefix(o.Path, userSchema) && !strings.HasPrefix(o.Path, groupSchema) {
		return "", "", nil
	}
	path, err := filter.ParsePath([]byte(o.Path))
	if err != nil {
		return "", "", bad
	}
	name = attribute(path.AttributePath)
	if path.SubAttribute != nil {
		name += "." + strings.ToLower(*path.SubAttribute)
	}
	if compared, ok := path.ValueExpression.(*filter.AttributeExpression); ok {
		text, isText := compared.CompareValue.(string)
		if !isText || !strings.EqualFold(string(compared.Operator), string(filter.EQ)) {
			return "", "", bad
		}
		if attribute(compared.AttributePath) == "value" {
			value = text
		}
	} else if path.ValueExpression != nil {
		return "", "", bad
	}
	return name, value, nil
}

// changeWords does operations on what is said of a person. Attributes that we do not keep are passed over: directories send all that
// they have.
func changeWords(operations []operation, words *provisioning.Words) error {
	for _, o := range operations {
		name, _, err := o.target()
		if err != nil {
			return err
		}
		value := o.Value
		if o.Op == remove {
			value = json.RawMessage("null")
		}
		if err := setWord(words, name, value); err != nil {
			return err
		}
	}
	return nil
}

// setWord sets one attribute; null empties it.
func setWord(words *provisioning.Words, name string, value json.RawMessage) (err error) {
	switch name {
	case "active":
		var said any
		if json.Unmarshal(value, &said) != nil || said == nil {
			return provisioning.Refusal{Reason: provisioning.BadValue}
		}
		active, ok := truth(said)
		if !ok {
			return provisioning.Refusal{Reason: provisioning.BadValue}
		}
		words.Active = active
		return nil
	case "name":
		var parts struct {
			Given  *string `json:"givenName"`
			Family *string `json:"familyName"`
		}
		if json.Unmarshal(value, &parts) != nil {
			return provisioning.Refusal{Reason: provisioning.BadValue}
		}
		if parts.Given != nil || string(value) == "null" {
			words.GivenName = orNothing(parts.Given)
		}
		if parts.Family != nil || string(value) == "null" {
			words.FamilyName = orNothing(parts.Family)
		}
		return nil
	case "emails":
		words.Email, err = address(value)
		return err
	}
	into := map[string]*string{
		"externalid": &words.ExternalID, "username": &words.UserName, "displayname": &words.DisplayName,
		"name.givenname": &words.GivenName, "name.familyname": &words.FamilyName, "emails.value": &words.Email,
	}[name]
	if into == nil {
		return nil
	}
	*into, err = text(value)
	return err
}

func orNothing(text *string) string {
	if text == nil {
		return ""
	}
	return *text
}

// truth reads what is true or false; Entra ID writes it as a text.
func truth(said any) (yes, ok bool) {
	switch said := said.(type) {
	case bool:
		return said, true
	case string:
		return strings.EqualFold(said, "true"), strings.EqualFold(said, "true") || strings.EqualFold(said, "false")
	}
	return false, false
}

// text reads a text; null is an empty one.
func text(value json.RawMessage) (string, error) {
	var read *string
	if len(value) == 0 || json.Unmarshal(value, &read) != nil {
		return "", provisioning.Refusal{Reason: provisioning.BadValue}
	}
	return orNothing(read), nil
}

// address gives the one e-mail that is kept: the primary one, or that of work, or the first.
func address(value json.RawMessage) (string, error) {
	var emails []email
	if json.Unmarshal(value, &emails) != nil {
		return "", provisioning.Refusal{Reason: provisioning.BadValue}
	}
	best, rank := "", -1
	for _, e := range emails {
		primary, _ := truth(e.Primary)
		r := 0
		switch {
		case primary:
			r = 2
		case strings.EqualFold(e.Type, "work"):
			r = 1
		}
		if r > rank {
			best, rank = e.Value, r
		}
	}
	return best, nil
}

// changeGroup does operations on a group.
func changeGroup(operations []operation, group *provisioning.Group) error {
	for _, o := range operations {
		name, value, err := o.target()
		if err != nil {
			return err
		}
		switch name {
		case "members":
			err = changeMembers(o, value, group)
		case "displayname":
			group.Name, err = text(o.Value)
		case "externalid":
			group.ExternalID, err = text(o.Value)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func changeMembers(o operation, one string, group *provisioning.Group) error {
	var named []provisioning.PersonID
	switch {
	case one != "":
		named = personIDs([]member{{Value: one}})
	case len(o.Value) > 0 && string(o.Value) != "null":
		read, err := readMembers(o.Value)
		if err != nil {
			return err
		}
		named = read
	case o.Op == remove:
		group.People = nil
		return nil
	}
	switch o.Op {
	case add:
		group.People = append(group.People, named...)
	case replace:
		group.People = named
	case remove:
		gone := make(map[provisioning.PersonID]bool, len(named))
		for _, id := range named {
			gone[id] = true
		}
		group.People = slices.DeleteFunc(group.People, func(id provisioning.PersonID) bool { return gone[id] })
	}
	return nil
}

// readMembers reads members, of which there may be one without a list.
func readMembers(value json.RawMessage) ([]provisioning.PersonID, error) {
	var many []member
	if json.Unmarshal(value, &many) != nil {
		var one member
		if json.Unmarshal(value, &one) != nil {
			return nil, provisioning.Refusal{Reason: provisioning.BadValue}
		}
		many = []member{one}
	}
	return personIDs(many), nil
}

// personIDs leaves out what is no identifier of ours: groups within groups, and whom nobody has announced.
func personIDs(members []member) (found []provisioning.PersonID) {
	for _, m := range members {
		if id, err := ids.Parse[provisioning.Person](m.Value); err == nil {
			found = append(found, id)
		}
	}
	return found
}

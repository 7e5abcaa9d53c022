package provisioningweb

import (
	"encoding/json"
	"errors"
	"testing"

	"passerelle/internal/provisioning"
)

// FuzzSCIM: whatever a directory sends, as a filter or as a body, is understood or refused by a reason that we answer; and a user whom we
// understood is the same to whoever reads what we answer.
func FuzzSCIM(f *testing.F) {
	for _, body := range []string{
		`{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"ines","externalId":"7","name":{"givenName":"Inès","familyName":"Aubert"},"emails":[{"value":"i@example.ch","type":"work","primary":true}],"active":"True"}`,
		`{"displayName":"Team","members":[{"value":"0f5c1f0e-6d0a-4b6e-9a35-1f2d3c4b5a69"},{"value":"x"}]}`,
		`{"Operations":[{"op":"Replace","path":"active","value":"False"},{"op":"add","value":{"name.givenName":"Inès","emails":null}}]}`,
		`{"Operations":[{"op":"remove","path":"members[value eq \"0f5c1f0e-6d0a-4b6e-9a35-1f2d3c4b5a69\"]"},{"op":"add","path":"members","value":{"value":"x"}}]}`,
		`[]`, `{"Operations":[{"op":"remove","path":"members"}]}`, `{"active":1}`,
	} {
		f.Add(`userName eq "ines" and active eq true`, []byte(body))
		f.Add(`emails[type eq "work" and value eq "i@example.ch"]`, []byte(body))
		f.Add(`not (id pr) or ((urn:x:y.z eq null))`, []byte(body))
	}
	h := &handlers{origin: "https://passerelle.example/scim/v2"}
	f.Fuzz(func(t *testing.T, filter string, body []byte) {
		answered := func(err error) bool {
			var refusal provisioning.Refusal
			if err != nil && (!errors.As(err, &refusal) || said[refusal.Reason].status == 0) {
				t.Errorf("nothing is said of %v", err)
			}
			return err == nil
		}
		asked, err := which(filter)
		if !answered(err) && asked != (provisioning.Which{}) {
			t.Errorf("%q is refused and asks for %+v", filter, asked)
		}
		if operations, err := readPatch(body); answered(err) {
			var words provisioning.Words
			answered(changeWords(operations, &words))
			var group provisioning.Group
			answered(changeGroup(operations, &group))
		}
		if _, err := readGroup(body); err != nil {
			answered(err)
		}
		words, err := readUser(body)
		if !answered(err) {
			return
		}
		told, err := json.Marshal(h.user(provisioning.Person{Words: words}))
		if err != nil {
			t.Fatal(err)
		}
		if again, err := readUser(told); err != nil || again != words {
			t.Errorf("%+v is told as %s, and that is %+v: %v", words, told, again, err)
		}
	})
}

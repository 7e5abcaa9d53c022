package provisioningweb_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"

	"passerelle/internal/cast"
	"passerelle/internal/ids"
	"passerelle/internal/pgtest"
	"passerelle/internal/webtest"
)

func TestMain(m *testing.M) { pgtest.Main(m) }

// directory is what an organisation's directory does with a token.
type directory struct {
	t     *testing.T
	site  *webtest.Site
	token string
}

type answer struct {
	status int
	header http.Header
	body   string
	said   map[string]any
}

func (a answer) id() string { id, _ := a.said["id"].(string); return id }

func (d directory) ask(method, path, body string, headers ...string) answer {
	d.t.Helper()
	request, err := http.NewRequestWithContext(d.t.Context(), method, d.site.URL+"/scim/v2"+path, strings.NewReader(body))
	if err != nil {
		d.t.Fatal(err)
	}
	request.Header.Set("Authorization", "Bearer "+d.token)
	if body != "" {
		request.Header.Set("Content-Type", "application/scim+json; charset=utf-8")
	}
	for i := 0; i+1 < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		d.t.Fatal(err)
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		d.t.Fatal(err)
	}
	a := answer{response.StatusCode, response.Header, string(read), nil}
	if len(read) > 0 && (json.Unmarshal(read, &a.said) != nil || !strings.HasPrefix(a.header.Get("Content-Type"), "application/scim+json")) {
		d.t.Errorf("%s %s is answered with %s: %s", method, path, a.header.Get("Content-Type"), read)
	}
	return a
}

func (d directory) want(status int, method, path, body string, headers ...string) answer {
	d.t.Helper()
	a := d.ask(method, path, body, headers...)
	if a.status != status {
		d.t.Fatalf("%s %s: %d, want %d: %s\n%s", method, path, a.status, status, a.body, d.site.Log)
	}
	return a
}

// opened is the directory of somebody's connection, to which she has given a token on its page.
func opened(t *testing.T, site *webtest.Site, who *webtest.Browser, connection *cast.Connection, source string) directory {
	t.Helper()
	page := "/connections/" + connection.ID + "/provisioning"
	if answered := who.Get(page).Submit("form[action$='/provisioning']", url.Values{"source": {source}}); answered.Status != http.StatusOK {
		t.Fatalf("%d\n%s", answered.Status, answered.Text())
	}
	return directory{t, site, made(t, who, connection)}
}

func made(t *testing.T, who *webtest.Browser, connection *cast.Connection) string {
	t.Helper()
	shown := who.Get("/connections/"+connection.ID+"/provisioning").Submit("form[action$='/token']", nil)
	token := shown.Document.Find("#code").Text()
	if shown.Status != http.StatusOK || token == "" {
		t.Fatalf("no token: %d\n%s", shown.Status, shown.Text())
	}
	return token
}

func count(t *testing.T, site *webtest.Site, query string, arguments ...any) (n int) {
	t.Helper()
	if err := site.Database.Owner.QueryRow(t.Context(), query, arguments...).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func subjectOf(t *testing.T, site *webtest.Site, who cast.Person) (subject string) {
	t.Helper()
	if err := site.Database.Owner.QueryRow(t.Context(), "select expected_subject from members where member_id = $1", who.ID).Scan(&subject); err != nil {
		t.Fatal(err)
	}
	return subject
}

// What providers send, as they document it. Names and identifiers are invented.
const (
	okta = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"%[1]s@vaud.example","name":{"givenName":"%[1]s","familyName":"Roth"},
		"emails":[{"primary":true,"value":"%[1]s@vaud.example","type":"work"}],"displayName":"%[1]s Roth","locale":"en-US","externalId":"%[2]s","groups":[],"password":"1mz050nq","active":true}`
	entra = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"externalId":"%[2]s","userName":"%[1]s@vaud.example","active":true,
		"addresses":null,"displayName":"%[1]s Roth","emails":[{"primary":true,"type":"work","value":"%[1]s@vaud.example"}],"meta":{"resourceType":"User"},"name":{"formatted":"%[1]s Roth","familyName":"Roth","givenName":"%[1]s"},
		"phoneNumbers":null,"roles":[],"title":null,"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User":{"department":null,"manager":null}}`
	keycloak = `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"externalId":"%[2]s","userName":"%[1]s","name":{"givenName":"%[1]s","familyName":"Roth"},"emails":[{"value":"%[1]s@vaud.example","primary":true}],"active":true,"meta":{"resourceType":"User"}}`

	entraOff  = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}`
	entraOn   = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"True"}]}`
	oktaOff   = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"replace","value":{"active":false}}]}`
	entraName = `{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"emails[type eq \"work\"].value","value":"neu@vaud.example"},
		{"op":"Add","path":"name.familyName","value":"Blanc"},{"op":"Add","path":"urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department","value":"X"},{"op":"Replace","value":{"displayName":"Nina Blanc","name.givenName":"Nina"}}]}`
)

func filtered(path, filter string) string { return path + "?filter=" + url.QueryEscape(filter) }

// Whoever is announced waits, with the role that the groups propose, and has none until somebody who administers gives one.
func TestADirectoryAnnounces(t *testing.T) {
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	vaud := opened(t, site, anna, cast.VaudStaff, "external_id")
	anna.Get("/members/groups").Submit("form[action='/members/groups']", url.Values{"group": {"team"}, "role": {"coordinator"}})
	before := count(t, site, "select count(*) from members")

	for i, shape := range []string{okta, entra, keycloak} {
		name := []string{"nina", "olaf", "pia"}[i]
		user := vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(shape, name, name+"-subject"))
		if user.header.Get("Location") != site.URL+"/scim/v2/Users/"+user.id() {
			t.Errorf("it lies at %s", user.header.Get("Location"))
		}
		for _, filter := range []string{`userName eq "` + user.said["userName"].(string) + `"`, `externalId eq "` + name + `-subject"`, `emails[type eq "work"].value eq "x"`} {
			found := vaud.ask(http.MethodGet, filtered("/Users", filter), "")
			if n, _ := found.said["totalResults"].(float64); strings.Contains(filter, "emails") == (n == 1) && found.status == http.StatusOK {
				t.Errorf("%s finds %v: %s", filter, n, found.body)
			}
		}
		again := vaud.want(http.StatusConflict, http.MethodPost, "/Users", fmt.Sprintf(shape, name, "another"))
		if again.said["scimType"] != "uniqueness" {
			t.Errorf("a name twice: %s", again.body)
		}
	}
	nina := vaud.ask(http.MethodGet, filtered("/Users", `userName eq "NINA@vaud.example"`), "").said["Resources"].([]any)[0].(map[string]any)["id"].(string)
	group := vaud.want(http.StatusCreated, http.MethodPost, "/Groups", `{"schemas":["urn:ietf:params:scim:schemas:core:2.0:Group"],"externalId":"g1","displayName":"team","meta":{"resourceType":"Group"}}`)
	vaud.want(http.StatusOK, http.MethodPatch, "/Groups/"+group.id(), `{"Operations":[{"op":"Add","path":"members","value":[{"$ref":null,"value":"`+nina+`"},{"value":"nobody"}]}]}`)
	other := vaud.want(http.StatusCreated, http.MethodPost, "/Groups", `{"displayName":"choir","members":[{"value":"`+nina+`"}]}`)
	if strings.Contains(other.body, nina) || count(t, site, "select count(*) from provisioned_memberships") != 1 {
		t.Errorf("who is in a group that proposes nothing is kept: %s", other.body)
	}
	if body := vaud.ask(http.MethodGet, "/Groups/"+group.id()+"?excludedAttributes=members", "").body; strings.Contains(body, nina) {
		t.Error(body)
	}
	if n := count(t, site, "select count(*) from members"); n != before {
		t.Fatalf("a directory has made %d members", n-before)
	}
	page := anna.Get("/members")
	if !strings.Contains(page.Text(), "nina Roth") || !strings.Contains(page.Text(), "Annoncée par votre annuaire") {
		t.Fatalf("nobody waits:\n%s", page.Text())
	}
	application := page.Follow("a:contains('nina Roth')")
	if value := application.Values("form[action$='/acceptance']").Get("role"); value != "coordinator" {
		t.Errorf("proposed is %q", value)
	}

	// Words follow, and link nobody.
	vaud.want(http.StatusOK, http.MethodPatch, "/Users/"+nina, entraName)
	if page := anna.Get("/members"); !strings.Contains(page.Text(), "Nina Blanc") || !strings.Contains(page.Text(), "neu@vaud.example") {
		t.Errorf("words do not follow:\n%s", page.Text())
	}
	fixed := vaud.want(http.StatusBadRequest, http.MethodPatch, "/Users/"+nina, `{"Operations":[{"op":"replace","path":"externalId","value":"`+subjectOf(t, site, cast.Anna)+`"}]}`)
	if fixed.said["scimType"] != "mutability" {
		t.Error(fixed.body)
	}

	if answered := application.Submit("form[action$='/acceptance']", url.Values{"role": {"coordinator"}}); answered.Status != http.StatusOK {
		t.Fatalf("%d\n%s", answered.Status, answered.Text())
	}
	if n := count(t, site, "select count(*) from members where expected_subject = 'nina-subject' and role = 'coordinator'"); n != 1 {
		t.Errorf("Nina has %d memberships", n)
	}
	vaud.want(http.StatusNoContent, http.MethodDelete, "/Users/"+nina, "")
	vaud.want(http.StatusNotFound, http.MethodGet, "/Users/"+nina, "")
	if n := count(t, site, "select count(*) from members where expected_subject = 'nina-subject' and ended_as = 'disabled'"); n != 1 {
		t.Error("whom the directory deletes goes on working")
	}
	// A group that proposes nothing any more is a name.
	vaud.want(http.StatusOK, http.MethodPut, "/Groups/"+group.id(), `{"displayName":"team","members":[{"value":"`+vaud.ask(http.MethodGet, filtered("/Users", `externalId eq "pia-subject"`), "").said["Resources"].([]any)[0].(map[string]any)["id"].(string)+`"}]}`)
	anna.Get("/members/groups").Submit("form[action='/members/groups/removal']", nil)
	if n := count(t, site, "select count(*) from provisioned_memberships"); n != 0 {
		t.Errorf("%d are kept in a group that proposes nothing", n)
	}
	for _, action := range []string{"directory_announced", "directory_changed", "directory_removed", "directory_group", "member_disabled"} {
		if count(t, site, "select count(*) from journal_entries where action = $1 and role = 'directory'", action) == 0 {
			t.Errorf("the journal does not know of %s", action)
		}
	}
	if page := anna.Get("/connections/" + cast.VaudStaff.ID + "/provisioning"); !strings.Contains(page.Text(), "Personne annoncée") || !strings.Contains(page.Text(), "ce nom existe déjà") {
		t.Errorf("the page does not tell what came:\n%s", page.Text())
	}
	if log := site.Log.String(); strings.Contains(log, "nina") || strings.Contains(log, "Blanc") || strings.Contains(log, vaud.token) {
		t.Error("the log holds what a directory says")
	}
}

// Whom a directory deactivates is out at once, everywhere, and comes back as somebody who waits.
func TestADirectoryEnds(t *testing.T) {
	site := webtest.Start(t)
	anna, lea := site.SignIn(t, cast.Anna), site.SignIn(t, cast.Lea)
	vaud := opened(t, site, anna, cast.VaudStaff, "external_id")
	user := vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(entra, "lea", subjectOf(t, site, cast.Lea)))
	if count(t, site, "select count(*) from applications") != 0 {
		t.Error("somebody who works here waits")
	}
	if page := lea.Get("/dossiers"); page.Status != http.StatusOK || page.URL.Path != "/dossiers" {
		t.Fatalf("%d %s", page.Status, page.URL)
	}
	off := vaud.want(http.StatusOK, http.MethodPatch, "/Users/"+user.id(), entraOff)
	if off.said["active"] != false {
		t.Error(off.body)
	}
	if page := lea.Get("/dossiers"); page.URL.Path != "/signin" {
		t.Errorf("Léa is still in: %d %s", page.Status, page.URL)
	}
	vaud.want(http.StatusOK, http.MethodPatch, "/Users/"+user.id(), entraOn)
	if n := count(t, site, "select count(*) from members where member_id = $1 and ended_at is null", cast.Lea.ID); n != 0 {
		t.Error("a directory has given a role")
	}
	if n := count(t, site, "select count(*) from applications where accepted_at is null and announced_at is not null and subject = $1", subjectOf(t, site, cast.Lea)); n != 1 {
		t.Error("Léa does not wait")
	}
	vaud.want(http.StatusOK, http.MethodPatch, "/Users/"+user.id(), oktaOff)
	if n := count(t, site, "select count(*) from applications where subject = $1", subjectOf(t, site, cast.Lea)); n != 0 {
		t.Error("whom the directory takes back waits still")
	}
}

// Two stay who administer, also where a directory says of two at once that they are gone.
func TestADirectoryLeavesTwoAdministrators(t *testing.T) {
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	vaud := opened(t, site, anna, cast.VaudStaff, "external_id")
	users := map[string]string{}
	for _, who := range []cast.Person{cast.Anna, cast.Boris} {
		users[who.Name] = vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(okta, who.ID.String(), subjectOf(t, site, who))).id()
	}
	refused := vaud.want(http.StatusConflict, http.MethodPatch, "/Users/"+users[cast.Boris.Name], oktaOff)
	if detail, _ := refused.said["detail"].(string); !strings.Contains(detail, "last two administrators") {
		t.Error(refused.body)
	}
	vaud.want(http.StatusConflict, http.MethodDelete, "/Users/"+users[cast.Anna.Name], "")
	if vaud.ask(http.MethodGet, "/Users/"+users[cast.Boris.Name], "").said["active"] != true {
		t.Error("what was refused is done by half")
	}
	const admins = "select count(*) from members where tenant_id = $1 and role = 'admin' and ended_at is null"
	if n := count(t, site, admins, cast.Vaud.ID); n != 2 || count(t, site, "select count(*) from journal_entries where action = 'directory_refused'") != 2 {
		t.Errorf("%d administer, and the journal says otherwise", n)
	}
	// A third lets one go, and not two.
	site.Database.Exec(t, `insert into members (tenant_id, member_id, name, email, role, connection_id, expected_subject) values ($1, gen_random_uuid(), 'Third', '', 'admin', $2, 'third')`, cast.Vaud.ID, cast.VaudStaff.ID)
	statuses := make([]int, 2)
	var all sync.WaitGroup
	for i, id := range []string{users[cast.Anna.Name], users[cast.Boris.Name]} {
		all.Go(func() { statuses[i] = vaud.ask(http.MethodPatch, "/Users/"+id, oktaOff).status })
	}
	all.Wait()
	if n := count(t, site, admins, cast.Vaud.ID); n != 2 || statuses[0]+statuses[1] != http.StatusOK+http.StatusConflict {
		t.Errorf("%v, and %d administer", statuses, n)
	}
}

// A token opens one connection of one tenant: of others nothing is there, and what is another's looks like what never was.
func TestATokenOpensItsOwn(t *testing.T) {
	site := webtest.Start(t)
	vaud := opened(t, site, site.SignIn(t, cast.Anna), cast.VaudStaff, "external_id")
	geneve := opened(t, site, site.SignIn(t, cast.Diane), cast.GeneveStaff, "external_id")
	user := vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(okta, "nina", "nina"))
	group := vaud.want(http.StatusCreated, http.MethodPost, "/Groups", `{"displayName":"team"}`)
	for _, path := range []string{"/Users", "/Groups"} {
		if found := geneve.want(http.StatusOK, http.MethodGet, path, ""); found.said["totalResults"] != 0.0 {
			t.Errorf("Genève sees %s", found.body)
		}
	}
	never := ids.New[directory]().String()
	for _, c := range []struct{ method, path, id, body string }{
		{http.MethodGet, "/Users/", user.id(), ""}, {http.MethodPut, "/Users/", user.id(), fmt.Sprintf(okta, "x", "x")}, {http.MethodPatch, "/Users/", user.id(), oktaOff},
		{http.MethodPatch, "/Users/", user.id(), "nonsense"}, {http.MethodDelete, "/Users/", user.id(), ""}, {http.MethodGet, "/Groups/", group.id(), ""},
		{http.MethodPut, "/Groups/", group.id(), `{"displayName":"x"}`}, {http.MethodPatch, "/Groups/", group.id(), oktaOff}, {http.MethodDelete, "/Groups/", group.id(), ""},
	} {
		foreign, absent, nonsense := geneve.ask(c.method, c.path+c.id, c.body), geneve.ask(c.method, c.path+never, c.body), geneve.ask(c.method, c.path+"nonsense", c.body)
		if foreign.status != http.StatusNotFound || foreign.body != absent.body || foreign.body != nonsense.body || absent.status != http.StatusNotFound {
			t.Errorf("%s %s: %d %s, and of what never was %d %s", c.method, c.path, foreign.status, foreign.body, absent.status, absent.body)
		}
	}
	// The same subject at another connection is somebody else: nobody of Vaud is shut out by Genève.
	claimed := geneve.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(okta, "lea", subjectOf(t, site, cast.Lea)))
	geneve.want(http.StatusNoContent, http.MethodDelete, "/Users/"+claimed.id(), "")
	if n := count(t, site, "select count(*) from members where tenant_id = $1 and ended_at is not null", cast.Vaud.ID); n != 0 {
		t.Errorf("Genève has shut out %d of Vaud", n)
	}
}

// Tokens: nobody comes in without one; the one before goes on for a day, and no third.
func TestTokens(t *testing.T) {
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	first := opened(t, site, anna, cast.VaudStaff, "by_hand")
	with := func(token string) directory { return directory{t, site, token} }
	for name, token := range map[string]string{"none": "", "nonsense": "x", "another canton's name": "geneve" + strings.TrimPrefix(first.token, "vaud"), "one that never was": first.token[:len(first.token)-4] + "aaaa"} {
		if a := with(token).ask(http.MethodGet, "/Users", ""); a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	second := with(made(t, anna, cast.VaudStaff))
	first.want(http.StatusOK, http.MethodGet, "/Users", "")
	second.want(http.StatusOK, http.MethodGet, "/Users", "")
	third := with(made(t, anna, cast.VaudStaff))
	first.want(http.StatusUnauthorized, http.MethodGet, "/Users", "")
	second.want(http.StatusOK, http.MethodGet, "/Users", "")
	site.Database.Exec(t, "update provisioning_tokens set valid_until = now() - interval '1 second' where valid_until is not null")
	second.want(http.StatusUnauthorized, http.MethodGet, "/Users", "")
	third.want(http.StatusOK, http.MethodGet, "/Users", "")
	if n := count(t, site, "select count(*) from provisioning_tokens where position(convert_to($1, 'UTF8') in token_hash) > 0", third.token); n != 0 {
		t.Error("a token is kept")
	}
	site.Database.Exec(t, "update tenants set suspended_at = now(), suspended_for = 'asked' where tenant_id = $1", cast.Vaud.ID)
	third.want(http.StatusUnauthorized, http.MethodGet, "/Users", "")
	site.Database.Exec(t, "update tenants set suspended_at = null, suspended_for = '' where tenant_id = $1", cast.Vaud.ID)

	// The same form twice makes one, and shows it once.
	page := anna.Get("/connections/" + cast.VaudStaff.ID + "/provisioning")
	page.Submit("form[action$='/token']", nil)
	if again := page.Submit("form[action$='/token']", nil); again.Has("#code") {
		t.Error("the same form has made two")
	}
	last := with(made(t, anna, cast.VaudStaff))
	anna.Get("/connections/"+cast.VaudStaff.ID+"/provisioning").Submit("form[action$='/revocation']", nil)
	last.want(http.StatusUnauthorized, http.MethodGet, "/Users", "")
	for _, action := range []string{"provisioning_set", "provisioning_token_made", "provisioning_token_revoked"} {
		if count(t, site, "select count(*) from journal_entries where action = $1 and person_id = $2", action, cast.Anna.ID) == 0 {
			t.Errorf("the journal does not know of %s", action)
		}
	}
	// A caseworker, and the other canton's administrator, make none.
	for _, who := range []cast.Person{cast.Lea, cast.Diane} {
		browser := site.SignIn(t, who)
		if page := browser.Post("/connections/"+cast.VaudStaff.ID+"/provisioning/token", url.Values{"_csrf": {browser.Token()}, "id": {ids.New[directory]().String()}}); page.Status < 400 || page.Has("#code") {
			t.Errorf("%s: %d", who.Name, page.Status)
		}
	}
}

// Where no attribute says who somebody is at sign-in, an administrator does; only then does the directory end anything.
func TestWhoIsRecognisedByHand(t *testing.T) {
	site := webtest.Start(t)
	anna := site.SignIn(t, cast.Anna)
	vaud := opened(t, site, anna, cast.VaudStaff, "by_hand")
	user := vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(entra, "lea", "an object id"))
	page := "/connections/" + cast.VaudStaff.ID + "/provisioning"
	if answered := anna.Get(page).Submit("form[action$='/match']", url.Values{"subject": {"invented"}}); answered.Status != http.StatusUnprocessableEntity {
		t.Errorf("a subject that nobody has: %d", answered.Status)
	}
	if answered := anna.Get(page).Submit("form[action$='/match']", url.Values{"subject": {subjectOf(t, site, cast.Lea)}}); answered.Status != http.StatusOK {
		t.Fatalf("%d\n%s", answered.Status, answered.Text())
	}
	vaud.want(http.StatusOK, http.MethodPatch, "/Users/"+user.id(), entraOff)
	if n := count(t, site, "select count(*) from members where member_id = $1 and ended_as = 'disabled'", cast.Lea.ID); n != 1 {
		t.Error("Léa goes on working")
	}
}

// What is not as it should be is refused, and nothing is done.
func TestHostileDirectories(t *testing.T) {
	site := webtest.Start(t)
	vaud := opened(t, site, site.SignIn(t, cast.Anna), cast.VaudStaff, "external_id")
	user := vaud.want(http.StatusCreated, http.MethodPost, "/Users", fmt.Sprintf(okta, "nina", "nina"))
	members := func(n int) string {
		var b bytes.Buffer
		for i := range n {
			if i > 0 {
				b.WriteString(",")
			}
			fmt.Fprintf(&b, `{"value":"%s"}`, ids.New[directory]())
		}
		return `{"displayName":"huge","members":[` + b.String() + `]}`
	}
	for name, c := range map[string]struct {
		method, path, body string
		headers            []string
		status             int
	}{
		"a form":               {http.MethodPost, "/Users", "userName=x", []string{"Content-Type", "application/x-www-form-urlencoded"}, http.StatusUnsupportedMediaType},
		"a text":               {http.MethodPatch, "/Users/" + user.id(), oktaOff, []string{"Content-Type", "text/plain"}, http.StatusUnsupportedMediaType},
		"no kind":              {http.MethodPost, "/Users", oktaOff, []string{"Content-Type", ""}, http.StatusUnsupportedMediaType},
		"compressed":           {http.MethodPost, "/Users", "x", []string{"Content-Encoding", "gzip"}, http.StatusUnsupportedMediaType},
		"another charset":      {http.MethodPost, "/Users", "{}", []string{"Content-Type", "application/json; charset=utf-16"}, http.StatusUnsupportedMediaType},
		"a browser":            {http.MethodGet, "/Users", "", []string{"Sec-Fetch-Site", "same-origin"}, http.StatusForbidden},
		"another site":         {http.MethodPost, "/Users", "{}", []string{"Origin", "https://evil.example"}, http.StatusForbidden},
		"no JSON":              {http.MethodPost, "/Users", "nonsense", nil, http.StatusBadRequest},
		"a list":               {http.MethodPost, "/Users", "[]", nil, http.StatusBadRequest},
		"deep":                 {http.MethodPost, "/Users", strings.Repeat(`{"name":`, 20_000), nil, http.StatusBadRequest},
		"deep, and whole":      {http.MethodPost, "/Users", `{"userName":"x","x":` + strings.Repeat("[", 30_000) + strings.Repeat("]", 30_000) + `}`, nil, http.StatusBadRequest},
		"nobody":               {http.MethodPost, "/Users", `{"externalId":"x"}`, nil, http.StatusBadRequest},
		"a long name":          {http.MethodPost, "/Users", `{"userName":"` + strings.Repeat("x", 201) + `"}`, nil, http.StatusBadRequest},
		"a name of NUL":        {http.MethodPost, "/Users", `{"userName":"x\u0000y"}`, nil, http.StatusBadRequest},
		"a number for a name":  {http.MethodPost, "/Users", `{"userName":7}`, nil, http.StatusBadRequest},
		"active as it likes":   {http.MethodPatch, "/Users/" + user.id(), strings.Replace(entraOff, `"False"`, `"perhaps"`, 1), nil, http.StatusBadRequest},
		"active as nothing":    {http.MethodPatch, "/Users/" + user.id(), `{"Operations":[{"op":"remove","path":"active"}]}`, nil, http.StatusBadRequest},
		"no operation":         {http.MethodPatch, "/Users/" + user.id(), `{"Operations":[]}`, nil, http.StatusBadRequest},
		"an unknown operation": {http.MethodPatch, "/Users/" + user.id(), `{"Operations":[{"op":"test","path":"active"}]}`, nil, http.StatusBadRequest},
		"an unreadable path":   {http.MethodPatch, "/Users/" + user.id(), `{"Operations":[{"op":"replace","path":"emails[","value":"x"}]}`, nil, http.StatusBadRequest},
		"many operations":      {http.MethodPatch, "/Users/" + user.id(), `{"Operations":[` + strings.Repeat(`{"op":"add","path":"x","value":1},`, 1001) + `{"op":"add","path":"x","value":1}]}`, nil, http.StatusBadRequest},
		"injected":             {http.MethodGet, filtered("/Users", `userName eq "x' or true --"`), "", nil, http.StatusOK},
		"injected in a word":   {http.MethodGet, filtered("/Users", `userName eq "x"; drop table members`), "", nil, http.StatusBadRequest},
		"or":                   {http.MethodGet, filtered("/Users", `userName eq "x" or active eq true`), "", nil, http.StatusBadRequest},
		"what begins with":     {http.MethodGet, filtered("/Users", `userName sw "n"`), "", nil, http.StatusBadRequest},
		"not":                  {http.MethodGet, filtered("/Users", `not (userName eq "x")`), "", nil, http.StatusBadRequest},
		"a password":           {http.MethodGet, filtered("/Users", `password eq "x"`), "", nil, http.StatusBadRequest},
		"a deep filter":        {http.MethodGet, filtered("/Users", strings.Repeat("(", 100)+`userName eq "x"`+strings.Repeat(")", 100)), "", nil, http.StatusBadRequest},
		"a long filter":        {http.MethodGet, filtered("/Users", `userName eq "`+strings.Repeat("x", 600)+`"`), "", nil, http.StatusBadRequest},
		"a start of nonsense":  {http.MethodGet, "/Users?startIndex=x", "", nil, http.StatusBadRequest},
		"a start far off":      {http.MethodGet, "/Users?startIndex=2000000000&count=2000000000", "", nil, http.StatusOK},
		"a negative count":     {http.MethodGet, "/Users?startIndex=-5&count=-5", "", nil, http.StatusOK},
		"many in a group":      {http.MethodPost, "/Groups", members(3000), nil, http.StatusBadRequest},
		"bulk":                 {http.MethodPost, "/Bulk", "{}", nil, http.StatusNotFound},
		"me":                   {http.MethodGet, "/Me", "", nil, http.StatusNotFound},
		"a method of pages":    {http.MethodPost, "/Users/" + user.id(), "{}", nil, http.StatusNotFound},
	} {
		t.Run(name, func(t *testing.T) {
			d := vaud
			d.t = t
			a := d.want(c.status, c.method, c.path, c.body, c.headers...)
			if a.status >= 400 && a.said["status"] != fmt.Sprint(a.status) {
				t.Errorf("the error says %s", a.body)
			}
			if strings.Contains(a.body, "nina") {
				t.Errorf("it shows %s", a.body)
			}
		})
	}
	t.Run("10 000 in a group", func(t *testing.T) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, site.URL+"/scim/v2/Groups", strings.NewReader(members(10_000)))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/scim+json")
		request.Header.Set("Authorization", "Bearer "+vaud.token)
		response, err := http.DefaultClient.Do(request)
		if err == nil {
			_ = response.Body.Close()
		}
		// Hanging up before all of it was sent is a refusal as well.
		if err == nil && response.StatusCode != http.StatusRequestEntityTooLarge {
			t.Errorf("%d", response.StatusCode)
		}
	})
	t.Run("elsewhere the methods are none", func(t *testing.T) {
		for _, method := range []string{http.MethodPut, http.MethodPatch, http.MethodDelete} {
			request, err := http.NewRequestWithContext(t.Context(), method, site.URL+"/members", nil)
			if err != nil {
				t.Fatal(err)
			}
			response, err := http.DefaultClient.Do(request)
			if err != nil {
				t.Fatal(err)
			}
			_ = response.Body.Close()
			if response.StatusCode != http.StatusMethodNotAllowed {
				t.Errorf("%s: %d", method, response.StatusCode)
			}
		}
	})
	if n := count(t, site, "select count(*) from provisioned_people"); n != 1 || count(t, site, "select count(*) from provisioned_groups") != 0 {
		t.Errorf("something was done: %d people", n)
	}
	for range 400 {
		if a := vaud.ask(http.MethodGet, "/ServiceProviderConfig", ""); a.status == http.StatusTooManyRequests {
			if a.header.Get("Retry-After") == "" {
				t.Error("it does not say when to come again")
			}
			return
		}
	}
	t.Error("a directory may ask for ever")
}

// What we say of ourselves is what providers look for.
func TestDiscovery(t *testing.T) {
	site := webtest.Start(t)
	vaud := opened(t, site, site.SignIn(t, cast.Anna), cast.VaudStaff, "user_name")
	for _, path := range []string{"/ServiceProviderConfig", "/ResourceTypes", "/ResourceTypes/User", "/Schemas", "/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group"} {
		if a := vaud.want(http.StatusOK, http.MethodGet, path, ""); len(a.said["schemas"].([]any)) == 0 {
			t.Error(a.body)
		}
		stranger := directory{t, site, "x"}
		stranger.want(http.StatusUnauthorized, http.MethodGet, path, "")
	}
	vaud.want(http.StatusNotFound, http.MethodGet, "/ResourceTypes/Device", "")
}

package browsertest

import (
	"io"
	"mime"
	"mime/quotedprintable"
	netmail "net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/app"
	"passerelle/internal/appointments"
	"passerelle/internal/cast"
	"passerelle/internal/consents"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/mail"
	"passerelle/internal/referrals"
	"passerelle/internal/tasks"
	"passerelle/internal/timeline"
	"passerelle/internal/webtest"
	"passerelle/views/inboxview"
	"passerelle/views/paths"
)

// inFour ways somebody may come: each language, wide and narrow, by keyboard alone, without scripts.
var inFour = []style{
	{lang: i18n.FR, width: wide}, {lang: i18n.DE, width: narrow, keyboard: true}, {lang: i18n.IT, width: narrow}, {lang: i18n.EN, width: wide, noScript: true},
}

// letter waits for the e-mail to somebody, and gives its subject and text.
func letter(t testing.TB, folder, to string) (subject, text string) {
	t.Helper()
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); time.Sleep(stare) {
		files, err := filepath.Glob(filepath.Join(folder, "*.eml"))
		check(t, err)
		for _, file := range files {
			content, err := os.ReadFile(file)
			check(t, err)
			message, err := netmail.ReadMessage(strings.NewReader(string(content)))
			if err != nil || !strings.Contains(message.Header.Get("To"), to) {
				continue // not written to its end, or somebody else's
			}
			body, err := io.ReadAll(quotedprintable.NewReader(message.Body))
			check(t, err)
			subject, err = new(mime.WordDecoder).DecodeHeader(message.Header.Get("Subject"))
			check(t, err)
			return subject, string(body)
		}
	}
	t.Fatalf("no e-mail to %s", to)
	return "", ""
}

var codeInLetter = regexp.MustCompile(`(?m)^vaud\.\S+`)

// TestFirstDay is a new caseworker's: she knocks and waits, joins by the code that came by e-mail, opens a dossier, writes an
// interview and a task, and is asked for a passkey when she needs an address. What is not hers does not exist.
func TestFirstDay(t *testing.T) {
	for _, s := range inFour {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			mails := t.TempDir()
			site := webtest.Start(t, func(options *app.Options) { options.Post = mail.Folder(mails) })
			site.Database.Exec(t, "delete from members where member_id = $1", cast.Ruth.ID)
			elsewhere := sends(t, site, cast.Claire, cast.LegalGeneve, "Rossi")
			place := ids.New[housing.Place]()
			check(t, site.App.Housing.OpenPlace(cast.Karim.Context(t.Context()), place, housing.Kinds[0], housing.Description{
				CodeName: "Jonquille", Beds: 2, OpensOn: forms.Today(time.Now()),
			}, housing.Address{Where: "Chemin de l’Exemple 7, 1000 Lausanne"}))

			ruth := sit(t, site, s)
			ruth.secrets = []string{amina.family, amina.given, amina.phone, cast.Ruth.Name}
			if !s.noScript {
				ruth.plugIn()
			}
			ruth.visit("/")
			ruth.at("signin.title")
			ruth.identify(cast.Ruth)
			ruth.at("signin.waiting.title")
			ruth.visit("/dossiers")
			ruth.at("signin.waiting.title")

			site.SignIn(t, cast.Anna).Get("/invitations/new").Submit("form[action='/invitations']", url.Values{
				"name": {cast.Ruth.Name}, "email": {cast.Ruth.Email}, "role": {"caseworker"}, "language": {string(s.lang)},
			})
			subject, text := letter(t, mails, cast.Ruth.Email)
			if subject != ruth.say("members.mail.subject") {
				t.Errorf("the subject is %q", subject)
			}
			for _, telling := range []string{cast.Ruth.Name, cast.Anna.Name, cast.Vaud.Name, ruth.say("access.role.caseworker"), "dossier", "Dossier", "traite", "Menschenhandel", "tratta", "trafficking"} {
				if strings.Contains(text, telling) {
					t.Errorf("the e-mail says %q:\n%s", telling, text)
				}
			}
			code := codeInLetter.FindString(text)
			if code == "" || !strings.Contains(text, site.URL+paths.Join+"#") {
				t.Fatalf("the e-mail holds no code, or no link:\n%s", text)
			}

			ruth.visit(paths.Join + "#" + strings.TrimSpace(code))
			ruth.at("signin.join.title")
			if s.noScript {
				ruth.fill("code", strings.TrimSpace(code))
			}
			ruth.press(words(ruth.say("signin.join.submit")))
			ruth.at("work.title")

			name := ruth.opensDossier()
			dossier := ruth.path()
			ruth.visit(dossier + "/interviews/new")
			ruth.at("interviews.new.title")
			ruth.choose("kind", "individual")
			ruth.fill("minutes", "45")
			ruth.fill("note", "Elle parle de sa sœur.")
			ruth.press(words(ruth.say("interviews.new.submit")))
			ruth.at("dossiers.parts.interviews")
			ruth.sees("Elle parle de sa sœur.")
			ruth.visit(dossier + "/tasks/new")
			ruth.at("tasks.new.title")
			ruth.fill("text", "Appeler la permanence")
			ruth.choose("kind", "call")
			ruth.fill("due_on", i18n.Date(ruth.words, forms.Today(site.Now()).AddDate(0, 0, 1)))
			ruth.press(words(ruth.say("tasks.new.submit")))
			ruth.at("dossiers.parts.tasks")
			ruth.sees("Appeler la permanence")
			ruth.press(on(`.pas-nav a[href="/work"]`))
			ruth.at("work.title")
			ruth.sees(name)

			ruth.visit(paths.Place(place))
			ruth.at("Jonquille")
			ruth.pick(field("address_reason"), string(housing.Reasons[0]))
			ruth.press(words(ruth.say("housing.address.show")))
			if s.noScript {
				ruth.at("passkeys.new.title")
				ruth.seesNot("Chemin de l’Exemple")
			} else {
				ruth.registers(cast.Ruth)
				ruth.at("housing.address.title")
				ruth.sees("Chemin de l’Exemple 7")
			}

			// What is not hers: what administrators do, what coordinators do, and another canton.
			ruth.visit("/dossiers")
			ruth.at("dossiers.title")
			if n := ruth.count(on(`.pas-nav a[href="/members"]`)); n != 0 {
				t.Error("she is shown the way to the members")
			}
			ruth.wanted = []int64{403, 404}
			for _, path := range []string{paths.Members, paths.Handovers, paths.Connections} {
				ruth.visit(path)
				ruth.at("ui.error.refused.title")
			}
			ruth.visit(paths.Dossier(elsewhere.DossierID))
			ruth.at("ui.error.not_found.title")
		})
	}
}

// sends is a referral of somebody's own dossier to an office.
func sends(t testing.TB, site *webtest.Site, by cast.Person, office *cast.Office, family string) referrals.Referral {
	t.Helper()
	ctx, id, today := by.Context(t.Context()), ids.New[dossiers.Dossier](), forms.Today(time.Now())
	check(t, site.App.Dossiers.Open(ctx, id, dossiers.Particulars{
		CodeName: dossiers.Propose(), Phase: dossiers.FirstContact, ResponsibleID: by.ID, Beneficiary: dossiers.Beneficiary{FamilyName: family},
	}))
	until, classes := today.AddDate(0, 1, 0), []access.DataClass{"identity"}
	_, err := site.App.Consents.Give(ctx, id, ids.New[consents.Consent](), consents.Terms{
		OfficeID: office.ID, Purpose: office.Kind, DataClasses: classes, ValidFrom: &today, ValidUntil: &until, GivenHow: "orally",
	})
	check(t, err)
	draft, err := site.App.Referrals.Draft(ctx, id, ids.New[timeline.Referral](), office.ID)
	check(t, err)
	draft, err = site.App.Referrals.Write(ctx, draft.ReferralID, referrals.Revision{Version: draft.Version, Contents: referrals.Contents{
		Service: office.Kind, Urgency: referrals.Soon, Request: "Pour " + family, DataClasses: classes,
	}})
	check(t, err)
	preview, err := site.App.Referrals.Preview(ctx, draft.ReferralID)
	check(t, err)
	draft, err = site.App.Referrals.Send(ctx, draft.ReferralID, preview.Seal())
	check(t, err)
	return draft
}

// TestTwoCantons: Jo has an inbox for each canton, sees how many wait in the other, changes, and meets nothing of the one in the other.
func TestTwoCantons(t *testing.T) {
	for _, s := range inFour {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			first, second := sends(t, site, cast.Lea, cast.LegalVaud, "Okafor"), sends(t, site, cast.Karim, cast.LegalVaud, "Hoxha")
			theirs := sends(t, site, cast.Claire, cast.LegalGeneve, "Rossi")
			jo := sit(t, site, s)
			jo.secrets = []string{"Okafor", "Hoxha", "Rossi"}

			jo.visit("/")
			jo.at("signin.title")
			jo.identify(cast.JoGeneve)
			jo.at("signin.memberships.title")
			jo.sees(jo.say("sessions.new_referrals", "Count", 2))
			jo.sees(jo.say("sessions.new_referrals", "Count", 1))
			jo.seesNot(theirs.Reference)
			jo.press(words(cast.LegalGeneve.Name))
			jo.at("inbox.title")
			jo.sees(theirs.Reference)
			jo.seesNot(first.Reference)
			jo.seesNot(cast.LegalVaud.Name)
			jo.finds(first, "")

			// The switcher says how many wait in the other canton, and nothing else of them.
			jo.visit("/inbox")
			jo.at("inbox.title")
			jo.touch(on(".pas-switch summary"))
			jo.sees(jo.say("sessions.new_referrals", "Count", 2))
			jo.press(words(cast.LegalVaud.Name))
			jo.at("inbox.title")
			jo.sees(first.Reference)
			jo.sees(second.Reference)
			jo.seesNot(theirs.Reference)
			jo.finds(theirs, "")
			jo.finds(second, "Hoxha")
			jo.press(words(jo.say("inbox.taking.take")))
			jo.at("inbox.referral.title", "Reference", second.Reference)
			jo.sees(jo.say("inbox.notice.taken"))

			// One person, two workplaces, and a session that was left open at the other.
			left := site.SignIn(t, cast.JoGeneve)
			jo.press(words(jo.say("sessions.title")))
			jo.at("sessions.title")
			jo.sees(jo.say("sessions.here"))
			jo.press(words(jo.say("sessions.end_others")))
			jo.at("sessions.title")
			jo.sees(jo.say("sessions.others_ended"))
			if page := left.Get("/inbox"); page.URL.Path != "/signin" {
				t.Errorf("the other session leads to %s", page.URL)
			}
			jo.visit("/inbox")
			jo.at("inbox.title")
			jo.sees(first.Reference)
		})
	}
}

// finds opens a referral by its address: with the name that it says, or nothing at all.
func (p *person) finds(r referrals.Referral, says string) {
	p.t.Helper()
	if says == "" {
		p.wanted = []int64{404}
	}
	p.visit(inboxview.ReferralURL(r.ReferralID))
	if says == "" {
		p.at("ui.error.not_found.title")
		p.wanted = nil
		return
	}
	p.at("inbox.referral.title", "Reference", r.Reference)
	p.sees(says)
}

// TestLeaving: Karim hands over what he carries, Anna shuts his access, the page that he has open lets go of it at once, and Léa carries
// on. Nothing hangs.
func TestLeaving(t *testing.T) {
	for _, s := range inFour {
		t.Run(s.String(), func(t *testing.T) {
			t.Parallel()
			site := webtest.Start(t)
			sent := sends(t, site, cast.Karim, cast.CSR, "Okafor")
			due := forms.Today(time.Now()).AddDate(0, 0, 1)
			check(t, site.App.Tasks.Add(cast.Karim.Context(t.Context()), sent.DossierID, ids.New[tasks.Task](), tasks.Contents{
				Kind: tasks.FollowUp, Text: "Rappeler le CSR", DueOn: &due, AssigneeID: cast.Karim.ID,
			}))
			hour := 60
			check(t, site.App.Appointments.Make(cast.Karim.Context(t.Context()), sent.DossierID, ids.New[appointments.Appointment](), appointments.Terms{
				Kind: "medical", On: &due, At: "14:00", Minutes: &hour, MemberID: cast.Karim.ID, Reminder: appointments.None,
			}, 1))
			anna := site.SignIn(t, cast.Anna)
			at := paths.Member(cast.Karim.ID)
			if page := anna.Get(at).Submit("form[action$='/handover']", nil); page.Status != 200 {
				t.Fatalf("asking for the handover: %d %s", page.Status, page.Text())
			}

			karim, lea := sit(t, site, s), sit(t, site, s)
			karim.signedIn(cast.Karim)
			lea.signedIn(cast.Lea)
			karim.visit(paths.Handovers)
			karim.at("handovers.title")
			karim.sees(karim.say("handovers.asked"))
			karim.press(on(`a[href="` + paths.Handover(cast.Karim.ID) + `"]`))
			karim.at("handovers.new")
			karim.press(words(karim.say("handovers.submit")))
			karim.wanted = []int64{422}
			karim.at("handovers.new")
			karim.wanted = nil
			karim.sees(karim.say("handovers.to.missing"))
			karim.pick(field("to"), cast.Lea.ID.String())
			karim.press(words(karim.say("handovers.submit")))
			karim.at("handovers.title")
			karim.sees(karim.say("handovers.done"))

			karim.visit(paths.Dossier(sent.DossierID))
			karim.until("the dossier", func() bool { return strings.Contains(karim.state().Text, "Okafor") })
			karim.wanted = []int64{401}
			if page := anna.Get(at).SubmitButton("form:has([value=disabled]) button"); page.Status != 200 {
				t.Fatalf("shutting out: %d %s", page.Status, page.Text())
			}
			if s.noScript {
				karim.visit(paths.Dossier(sent.DossierID))
			}
			karim.at("signin.title")
			karim.seesNot("Okafor")
			karim.wanted = []int64{401, 403}
			karim.identify(cast.Karim)
			karim.until("no place for Karim", func() bool { state := karim.state(); return state.Ready && !state.Left && len(state.H1) == 1 })
			karim.lookOver("karim-after")
			karim.seesNot(cast.Vaud.Name)

			lea.visit(paths.TasksOf(sent.DossierID))
			lea.at("dossiers.parts.tasks")
			lea.sees("Rappeler le CSR")
			lea.visit(paths.Dossier(sent.DossierID))
			lea.until("the dossier", func() bool { return strings.Contains(lea.state().Text, "Okafor") })
			lea.visit(paths.Referral(sent.ReferralID))
			lea.at(sent.Reference)
			for what, question := range map[string]string{
				"dossiers":     "select count(*) from dossiers where responsible_id = $1",
				"agendas":      "select count(*) from agendas where responsible_id = $1",
				"tasks":        "select count(*) from tasks where assignee_id = $1 and dossier_id is not null and ended_at is null",
				"appointments": "select count(*) from appointments where member_id = $1",
				"sessions":     "select count(*) from sessions where member_id = $1 and revoked_at is null",
				"handovers":    "select count(*) from handovers where from_id = $1 and done_at is null",
			} {
				var n int
				check(t, site.Database.Owner.QueryRow(t.Context(), question, cast.Karim.ID).Scan(&n))
				if n != 0 {
					t.Errorf("%d %s hang on Karim", n, what)
				}
			}
		})
	}
}

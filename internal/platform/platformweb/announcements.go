package platformweb

import (
	"errors"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/announcements"
	"passerelle/internal/fault"
	"passerelle/internal/forms"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/tenantdb"
	"passerelle/internal/web"
	"passerelle/views/consoleview"
	"passerelle/views/paths"
)

func (h *handlers) listAnnouncements(c *fiber.Ctx) error {
	return h.announced(c, fiber.StatusOK, nil)
}

func (h *handlers) announced(c *fiber.Ctx, status int, problems fault.Problems) error {
	all, at, err := h.announcements.List(c.UserContext())
	if err != nil {
		return err
	}
	tenants, err := h.tenants.List(c.UserContext())
	if err != nil {
		return err
	}
	return web.Show(c, status, consoleview.Announcements(consoleview.AnnouncementsPage{Announcements: all, Tenants: tenants, At: at, Problems: problems}))
}

func (h *handlers) newAnnouncement(c *fiber.Ctx) error {
	form := consoleview.AnnouncementForm{ID: ids.New[announcements.Announcement](), New: true, Typed: url.Values{}}
	if web.Parked(c) {
		form.Typed = web.Values(c)
	}
	return h.announcementForm(c, fiber.StatusOK, form)
}

func (h *handlers) announcementForm(c *fiber.Ctx, status int, form consoleview.AnnouncementForm) (err error) {
	if form.Tenants, err = h.tenants.List(c.UserContext()); err != nil {
		return err
	}
	return web.Show(c, status, consoleview.Announcement(form))
}

func (h *handlers) createAnnouncement(c *fiber.Ctx) error {
	typed := web.Values(c)
	id, err := ids.Parse[announcements.Announcement](typed.Get("id"))
	if err != nil {
		return err
	}
	draft, problems := announcementOf(id, typed)
	if err = problems.Err(); err == nil {
		err = h.announcements.Publish(c.UserContext(), draft)
	}
	return h.announcing(c, err, draft, problems, consoleview.AnnouncementForm{ID: id, New: true, Typed: typed}, "announcements.published")
}

// announcing shows the form again with everything that is wrong with it, or leads back to what stands.
func (h *handlers) announcing(c *fiber.Ctx, err error, draft announcements.Draft, read fault.Problems, form consoleview.AnnouncementForm, notice string) error {
	problems, ok := fault.Correctable(err)
	switch {
	case err != nil && !ok:
		return err
	case ok && len(read) > 0:
		// What could not be read is said together with what is wrong with the rest.
		form.Problems = append(draft.Check(h.onboardings.Now()), read...)
		return h.announcementForm(c, fiber.StatusUnprocessableEntity, form)
	case ok:
		form.Problems = problems
		status := fiber.StatusUnprocessableEntity
		if errors.Is(err, fault.Conflict("")) {
			standing, err := h.announcements.Find(c.UserContext(), form.ID)
			if err != nil {
				return err
			}
			form.Version, form.Theirs, status = standing.Version, consoleview.TypedOfAnnouncement(standing), fiber.StatusConflict
		}
		return h.announcementForm(c, status, form)
	}
	web.Notice(c, notice)
	return web.See(c, paths.Announcements)
}

func (h *handlers) editAnnouncement(c *fiber.Ctx) error {
	id, err := web.ID[announcements.Announcement](c, "id")
	if err != nil {
		return err
	}
	standing, err := h.announcements.Find(c.UserContext(), id)
	if err != nil {
		return err
	}
	if !standing.Open(h.onboardings.Now()) {
		return web.See(c, paths.Announcements)
	}
	form := consoleview.AnnouncementForm{ID: id, Version: standing.Version, Typed: consoleview.TypedOfAnnouncement(standing)}
	if web.Parked(c) {
		form.Typed = web.Values(c)
		form.Version = seen(form.Typed)
	}
	return h.announcementForm(c, fiber.StatusOK, form)
}

func (h *handlers) updateAnnouncement(c *fiber.Ctx) error {
	id, err := web.ID[announcements.Announcement](c, "id")
	if err != nil {
		return err
	}
	if _, err := h.announcements.Find(c.UserContext(), id); err != nil {
		return err
	}
	typed := web.Values(c)
	draft, problems := announcementOf(id, typed)
	draft.Version = seen(typed)
	if err = problems.Err(); err == nil {
		err = h.announcements.Change(c.UserContext(), draft)
	}
	return h.announcing(c, err, draft, problems, consoleview.AnnouncementForm{ID: id, Version: draft.Version, Typed: typed}, "announcements.changed")
}

func (h *handlers) createWithdrawal(c *fiber.Ctx) error {
	id, err := web.ID[announcements.Announcement](c, "id")
	if err != nil {
		return err
	}
	err = h.announcements.Withdraw(c.UserContext(), id, seen(web.Values(c)))
	if problems, ok := fault.Correctable(err); ok {
		return h.announced(c, fiber.StatusConflict, problems)
	}
	if err != nil {
		return err
	}
	web.Notice(c, "announcements.withdrawn")
	return web.See(c, paths.Announcements)
}

// seen is the version that a form was filled in from; none is a conflict.
func seen(typed url.Values) int {
	version, err := strconv.Atoi(typed.Get("version"))
	if err != nil {
		return -1
	}
	return version
}

func announcementOf(id announcements.ID, typed url.Values) (announcements.Draft, fault.Problems) {
	var problems fault.Problems
	draft := announcements.Draft{AnnouncementID: id, Kind: announcements.Kind(typed.Get("kind")), Words: map[i18n.Lang]string{}}
	for _, language := range i18n.Langs {
		// How long it may be is said by the rule, with everything else.
		draft.Words[language] = forms.Text(typed, "words_"+string(language), forms.Narrative, &problems)
	}
	if text := typed.Get("tenant"); text != "all" {
		tenant, err := ids.Parse[tenantdb.Tenant](text)
		if err != nil {
			problems.Add("tenant", "announcements.tenant.missing")
		}
		draft.TenantID = tenant
	}
	draft.FromAt, draft.UntilAt = moment(typed, "from", &problems), moment(typed, "until", &problems)
	return draft, problems
}

// moment reads a day and an hour in Zurich.
func moment(typed url.Values, field string, problems *fault.Problems) time.Time {
	before := len(*problems)
	day, hour := forms.Date(typed, field, problems), forms.Hour(typed, field+"_at", problems)
	if len(*problems) > before {
		return time.Time{}
	}
	if day == nil {
		problems.Add(field, "announcements."+field+".missing")
		return time.Time{}
	}
	if hour == "" {
		problems.Add(field+"_at", "announcements.hour.missing")
		return time.Time{}
	}
	at, err := time.ParseInLocation("2006-01-02 15:04", day.Format(time.DateOnly)+" "+hour, i18n.Zone)
	if err != nil {
		problems.Add(field+"_at", "forms.hour.unreadable")
	}
	return at
}

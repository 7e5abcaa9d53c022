// Package statisticsweb is the year over HTTP.
package statisticsweb

import (
	"strconv"

	"github.com/gofiber/fiber/v2"

	"passerelle/internal/access"
	"passerelle/internal/statistics"
	"passerelle/internal/web"
	"passerelle/views/statisticsview"
)

type handlers struct{ statistics *statistics.Service }

// Routes registers the page of the year.
func Routes(r *web.Routes, service *statistics.Service) {
	h := &handlers{service}
	r.Get(statisticsview.URL, access.StatisticsShow, h.showYear)
}

// lastYear is one that has not begun: the service shows the present one instead.
const lastYear = 9999

// showYear shows the year that is asked for; what is none is the present one.
func (h *handlers) showYear(c *fiber.Ctx) error {
	year, err := strconv.Atoi(c.Query("year"))
	if err != nil {
		year = lastYear
	}
	shown, err := h.statistics.Of(c.UserContext(), year)
	if err != nil {
		return err
	}
	return web.Show(c, fiber.StatusOK, statisticsview.Show(shown))
}

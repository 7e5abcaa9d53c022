package dossiersweb

import (
	"time"

	"passerelle/internal/appointments"
	"passerelle/internal/claims"
	"passerelle/internal/dossiers"
	"passerelle/internal/forms"
	"passerelle/internal/housing"
	"passerelle/internal/interviews"
	"passerelle/internal/members"
	"passerelle/internal/proceedings"
	"passerelle/internal/projects"
	"passerelle/internal/reflections"
	"passerelle/internal/returns"
	"passerelle/internal/risks"
	"passerelle/internal/stays"
	"passerelle/internal/tenantdb"
	"passerelle/views/appointmentsview"
	"passerelle/views/claimsview"
	"passerelle/views/dossiersview"
	"passerelle/views/housingview"
	"passerelle/views/interviewsview"
	"passerelle/views/proceedingsview"
	"passerelle/views/projectsview"
	"passerelle/views/reflectionsview"
	"passerelle/views/returnsview"
	"passerelle/views/risksview"
	"passerelle/views/staysview"
)

// now is what capabilities say of the moment on a dossier's first page, asked in its own round trip.
type now struct {
	risks        []risks.Brief
	housing      []housing.Residence
	interviews   []interviews.Line
	appointments []appointments.Appointment
	reflections  []reflections.Line
	stays        []stays.Line
	proceedings  []proceedings.Line
	steps        projects.Tally
	returns      []returns.Brief
	paying       []claims.Paid
	staff        []members.Member
}

func (n *now) ask(id dossiers.ID, at time.Time) []tenantdb.Question {
	return []tenantdb.Question{
		risks.Latest(id, &n.risks), housing.Now(id, &n.housing), interviews.Latest(id, &n.interviews), appointments.NextOf(id, at, &n.appointments),
		reflections.Latest(id, &n.reflections), stays.Standing(id, &n.stays), proceedings.Latest(id, &n.proceedings),
		projects.Counted(id, &n.steps), returns.UnderWay(id, &n.returns), claims.Paying(id, forms.Today(at), &n.paying), members.Recent(&n.staff),
	}
}

// aspects are those of which there is something to say, and those whose lack says something: nobody has assessed the risk,
// nobody knows where the person lives, nobody has spoken with her.
func (n *now) aspects(file dossiers.File, at time.Time) ([]dossiersview.Aspect, error) {
	all := []dossiersview.Aspect{
		{Part: dossiersview.Risk, Says: risksview.Brief(n.risks, at), Missing: len(n.risks) == 0},
		{Part: dossiersview.Housing, Says: housingview.Brief(n.housing, forms.Today(at))},
		{Part: dossiersview.Interviews, Says: interviewsview.Brief(n.interviews, n.staff)},
	}
	add := func(some bool, aspect dossiersview.Aspect) {
		if some {
			all = append(all, aspect)
		}
	}
	for i := range n.appointments {
		if err := file.Open(&n.appointments[i]); err != nil {
			return nil, err
		}
		add(true, dossiersview.Aspect{Part: dossiersview.Appointments, Says: appointmentsview.Brief(n.appointments[i])})
	}
	add(len(n.reflections) > 0, dossiersview.Aspect{Part: dossiersview.Reflection, Says: reflectionsview.Brief(n.reflections)})
	add(len(n.stays) > 0, dossiersview.Aspect{Part: dossiersview.Stays, Says: staysview.Brief(n.stays)})
	add(len(n.proceedings) > 0, dossiersview.Aspect{Part: dossiersview.Proceedings, Says: proceedingsview.Brief(n.proceedings)})
	add(len(n.paying) > 0, dossiersview.Aspect{Part: dossiersview.Assistance, Says: claimsview.Brief(n.paying)})
	add(n.steps.Total() > 0, dossiersview.Aspect{Part: dossiersview.Integration, Says: projectsview.Brief(n.steps)})
	add(len(n.returns) > 0, dossiersview.Aspect{Part: dossiersview.Return, Says: returnsview.Brief(n.returns)})
	return all, nil
}

package demo

import (
	"fmt"

	"passerelle/internal/app"
	"passerelle/internal/cast"
	"passerelle/internal/confidences"
	"passerelle/internal/dossiers"
	"passerelle/internal/ids"
	"passerelle/internal/members"
)

// fillConfidences has Léa, who is a psychologist as well, keep notes under the secret of her profession: her colleagues see that she does.
func fillConfidences(a *app.App, made map[dossiers.CodeName]madeBy) error {
	of, there := made["Lomidak"]
	if !there {
		return nil
	}
	anna := cast.Anna.Context(of.ctx)
	if err := a.Members.Practise(anna, cast.Lea.ID, []members.Profession{members.Psychological}); err != nil {
		return fmt.Errorf("a profession: %w", err)
	}
	circle := ids.New[confidences.Circle]()
	if err := a.Confidences.Open(of.ctx, of.id, circle, members.Psychological); err != nil {
		return fmt.Errorf("a circle: %w", err)
	}
	for _, note := range []confidences.Draft{
		{On: daysAgo(27), Text: "Première séance. Elle dort trois à quatre heures par nuit et sursaute au moindre bruit de porte. Pas d’idées suicidaires. Nous convenons d’un rythme hebdomadaire ; elle préfère le matin, et que la porte reste entrouverte."},
		{On: daysAgo(13), Text: "Elle a dormi deux nuits de suite. Exercices de respiration faits seule. Elle parle pour la première fois de sa sœur, et pleure sans se sentir débordée.\n\nLa semaine prochaine : préparer avec elle ce qu’elle souhaite, ou non, que l’équipe sache avant l’audition."},
		{On: daysAgo(6), Text: "L’audition approche, les cauchemars reviennent. Elle ne veut pas d’attestation pour l’instant ; nous en reparlerons."},
	} {
		if err := a.Confidences.Write(of.ctx, circle, ids.New[confidences.Note](), note); err != nil {
			return fmt.Errorf("a note: %w", err)
		}
	}
	return nil
}

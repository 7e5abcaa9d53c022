package imports

import (
	"context"
	"strings"
	"sync"

	"golang.org/x/text/language"

	"passerelle/internal/dossiers"
	"passerelle/internal/i18n"
)

// Field is one that a column can fill: of a dossier's form, of its situation, or the day on which the accompaniment began.
type Field struct {
	// Name is the form's.
	Name string
	// Label is its message key.
	Label string
	// Many says that a cell may hold several answers, and that several columns may fill the field.
	Many bool
	// Date says that the field is a day, which a workbook may hold as a number.
	Date bool
	// codes are those that the field knows, each with the words for it.
	codes func(lang context.Context) []i18n.Option
	// HTCDS are the columns of IOM's Human Trafficking Case Data Standard 2.0 that fill the field.
	HTCDS []string
	// called is what columns are called in lists that houses keep, beside how the form names the field.
	called []string
	// also are other words for our codes: that standard's, and those that lists use in practice.
	also map[string]string
}

// OpenedOn and Responsible are fields that no form has, or that a file fills otherwise than a form.
const (
	OpenedOn    = "opened_on"
	Responsible = "responsible"
	codeName    = "code_name"
)

// Fields are all that can be filled, in the order of the form.
var Fields = []Field{
	{Name: codeName, Label: "dossiers.code_name.label", called: []string{"Code", "Pseudonyme", "Dossier", "Deckname", "Fallcode", "Fall", "Codice", "Pseudonimo", "Case code", "Alias"}},
	{Name: OpenedOn, Label: "imports.opened_on.label", called: []string{"Ouvert le", "Ouverte le", "Date d’ouverture", "Début", "Eröffnet am", "Eröffnung", "Beginn", "Aperto il", "Data di apertura", "Inizio", "Opened", "Opening date", "Start"}, Date: true, HTCDS: []string{"cas_IncomingReferralDate"}},
	{Name: "phase", Label: "dossiers.phase.label", codes: said("dossiers.phase.", dossiers.SettablePhases)},
	{Name: Responsible, Label: "dossiers.responsible.label", called: []string{"Référente", "Référent", "Fallführung", "Zuständig", "Referente", "Caseworker"}},
	{Name: "reached_through", Label: "dossiers.reached_through.label", codes: said("dossiers.reached_through.", dossiers.ReachedThroughs)},
	{Name: "family_name", Label: "dossiers.family_name.label", called: []string{"Nom de famille", "Nachname", "Familienname", "Cognome", "Surname", "Last name", "Family name"}, HTCDS: []string{"prs_SecondName"}},
	{Name: "given_names", Label: "dossiers.given_names.label", called: []string{"Prénom", "Vorname", "Nome", "First name", "Given name"}, HTCDS: []string{"prs_FirstName", "prs_MiddleName"}},
	{Name: "birth_date", Label: "dossiers.birth_date.label", called: []string{"Née le", "Né le", "Né(e) le", "Naissance", "Geboren am", "Geboren", "Nata il", "Nato il", "Nascita", "Born", "Born on", "DOB"}, Date: true, HTCDS: []string{"prs_Birthdate"}},
	{Name: "estimated_age", Label: "dossiers.estimated_age.label"},
	{Name: "gender", Label: "dossiers.gender.label", called: []string{"Sexe", "Geschlecht", "Sesso", "Sex"}, codes: said("dossiers.gender.", dossiers.Genders), HTCDS: []string{"prs_Gender"}, also: map[string]string{
		"feminine": "female", "masculine": "male", "transgenderfeminine": "trans", "transgendermasculine": "trans", "nonconforming": "non_binary",
		"nonspecifiedunknown": "unknown", "not specified/unknown": "unknown", "transgender feminine": "trans", "transgender masculine": "trans", "non-conforming": "non_binary",
		"f": "female", "w": "female", "weiblich": "female", "féminin": "female", "femminile": "female", "m": "male", "h": "male", "männlich": "male", "masculin": "male", "maschile": "male",
	}},
	{Name: "nationalities", Label: "dossiers.nationalities.label", called: []string{"Nationalité", "Pays d’origine", "Origine", "Nationalität", "Staatsangehörigkeit", "Herkunft", "Nazionalità", "Cittadinanza", "Nationality", "Citizenship", "Country of origin"}, Many: true, codes: i18n.Countries, HTCDS: []string{"prs_Citizenship"}},
	{Name: "languages", Label: "dossiers.languages.label", called: []string{"Langue", "Sprache", "Muttersprache", "Lingua", "Language"}, Many: true, codes: i18n.Languages, HTCDS: []string{"prs_PrimaryLanguage", "prs_SecondaryLanguage"}},
	{Name: "needs_interpreter", Label: "dossiers.needs_interpreter.label", called: []string{"Interprète", "Dolmetscher", "Dolmetscherin", "Dolmetschen", "Interprete", "Interpreter"}, codes: said("dossiers.answer.", dossiers.Answers)},
	{Name: "phone", Label: "dossiers.phone.label", called: []string{"Téléphone", "Tél.", "Portable", "Natel", "Telefon", "Handy", "Mobile", "Telefono", "Cellulare", "Phone"}, HTCDS: []string{"prs_MobilePhone", "prs_HomePhone"}},
	{Name: "email", Label: "dossiers.email.label", called: []string{"E-mail", "Mail", "Courriel"}, HTCDS: []string{"prs_Email"}},
	{Name: "contact_channels", Label: "dossiers.contact_channels.label", Many: true, codes: said("dossiers.channel.", dossiers.Channels)},
	{Name: "contact_days", Label: "dossiers.contact_days.label", Many: true, codes: said("dossiers.day.", dossiers.Days)},
	{Name: "contact_from", Label: "dossiers.contact_from.label"},
	{Name: "contact_until", Label: "dossiers.contact_until.label"},
	{Name: "contact_identify", Label: "dossiers.contact_identify.label", codes: said("dossiers.answer.", dossiers.Answers)},
	{Name: "contact_code_word", Label: "dossiers.contact_code_word.label"},
	{Name: "contact_note", Label: "dossiers.contact_note.label"},
	{Name: "exploitation_forms", Label: "dossiers.exploitation_forms.label", Many: true, codes: said("dossiers.exploitation_form.", dossiers.ExploitationForms), HTCDS: []string{"vic_TypeOfExploitation"}, also: map[string]string{
		"forcedlabour": "labour", "sexualexploitation": "sexual", "childlabour": "labour", "forcedmarriage": "forced_marriage", "servitude": "labour",
		"forcedmilitarybynonstateactors": "other", "organremoval": "organ_removal", "forcedbegging": "begging", "forcedadoption": "other", "surrogacy": "other",
		"forced labour": "labour", "sexual exploitation": "sexual", "child labour": "labour", "organ removal": "organ_removal", "forced begging": "begging", "forced adoption": "other",
	}},
	{Name: "exploitation_cantons", Label: "dossiers.exploitation_cantons.label", Many: true, codes: said("dossiers.canton.", dossiers.Cantons)},
	{Name: "exploitation_places", Label: "dossiers.exploitation_places.label", Many: true, codes: said("dossiers.exploitation_place.", dossiers.ExploitationPlaces)},
	{Name: "permit", Label: "dossiers.situation.permit", called: []string{"Permis", "Titre de séjour", "Ausweis", "Bewilligung", "Permesso", "Permit"}},
	{Name: "skills", Label: "dossiers.situation.skills"},
	{Name: "income", Label: "dossiers.situation.income"},
	{Name: "health", Label: "dossiers.situation.health"},
	{Name: "proceedings", Label: "dossiers.situation.proceedings"},
	{Name: "housing", Label: "dossiers.situation.housing"},
}

// fieldOf finds a field by its name.
func fieldOf(name string) (Field, bool) {
	for _, field := range Fields {
		if field.Name == name {
			return field, true
		}
	}
	return Field{}, false
}

// said are the codes of a fixed list with the reader's words for them.
func said[T ~string](prefix string, codes []T) func(context.Context) []i18n.Option {
	return func(ctx context.Context) []i18n.Option {
		options := make([]i18n.Option, len(codes))
		for i, code := range codes {
			options[i] = i18n.Option{Code: string(code), Name: i18n.T(ctx, prefix+strings.ToLower(string(code)))}
		}
		return options
	}
}

// Words are what a cell may say for a field, in the reader's language, with the code of each; none where it is free.
func (f Field) Words(ctx context.Context) []i18n.Option {
	if f.codes == nil {
		return nil
	}
	return f.codes(ctx)
}

// known are the codes of each field by whatever may stand for them: themselves, and the words of all four languages.
var known = sync.OnceValue(func() map[string]map[string]string {
	all := map[string]map[string]string{}
	for _, field := range Fields {
		if field.codes == nil {
			continue
		}
		codes := map[string]string{}
		for word, code := range field.also {
			codes[fold(word)] = code
		}
		for _, lang := range i18n.Langs {
			for _, option := range field.codes(i18n.With(context.Background(), lang)) {
				codes[fold(option.Name)], codes[fold(option.Code)] = option.Code, option.Code
			}
		}
		all[field.Name] = codes
	}
	return all
})

// code is what a word stands for. Of a language the older codes of libraries and those of two letters are known as well.
func (f Field) code(word string) (string, bool) {
	codes := known()[f.Name]
	if code, ok := codes[fold(word)]; ok {
		return code, true
	}
	if f.Name == "languages" && len(word) <= 3 {
		if terminology, older := bibliographic[fold(word)]; older {
			word = terminology
		}
		if base, err := language.ParseBase(word); err == nil {
			code, ok := codes[base.ISO3()]
			return code, ok
		}
	}
	if f.Name == "nationalities" && len(word) == 3 {
		if region, err := language.ParseRegion(word); err == nil {
			code, ok := codes[fold(region.String())]
			return code, ok
		}
	}
	return "", false
}

// bibliographic are the codes of ISO 639-2 that libraries use, and those of ISO 639-3 for the same languages.
var bibliographic = map[string]string{
	"alb": "sqi", "arm": "hye", "baq": "eus", "bur": "mya", "chi": "zho", "cze": "ces", "dut": "nld", "fre": "fra", "geo": "kat", "ger": "deu",
	"gre": "ell", "ice": "isl", "mac": "mkd", "mao": "mri", "may": "msa", "per": "fas", "rum": "ron", "slo": "slk", "tib": "bod", "wel": "cym",
}

// fold makes words alike that people write in different ways: capitals, accents, apostrophes, spaces.
func fold(word string) string {
	word = strings.NewReplacer("’", "'", "\u00a0", " ", "\u202f", " ").Replace(strings.ToLower(strings.TrimSpace(word)))
	return strings.Join(strings.Fields(dossiers.Unaccented(word)), " ")
}

package bench

import (
	"encoding/binary"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/google/uuid"

	"passerelle/internal/access"
	"passerelle/internal/disclosure"
	"passerelle/internal/dossiers"
	"passerelle/internal/referrals"
)

// source invents: the same seed gives the same people, so that two runs measure the same thing.
type source struct{ *rand.Rand }

func newSource(stream int) source {
	return source{rand.New(rand.NewPCG(0x706173736572656c, uint64(stream)))} // #nosec G115 G404 -- invented people, the same every time
}

func (s source) id() uuid.UUID {
	var id uuid.UUID
	binary.BigEndian.PutUint64(id[:8], s.Uint64())
	binary.BigEndian.PutUint64(id[8:], s.Uint64())
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id
}

func one[T any](s source, of []T) T { return of[s.IntN(len(of))] }

func some[T any](s source, of []T, most int) []T {
	chosen := make([]T, 0, most)
	for _, i := range s.Perm(len(of))[:1+s.IntN(most)] {
		chosen = append(chosen, of[i])
	}
	return chosen
}

// between is a moment of the span, in microseconds as Postgres keeps it.
func (s source) between(from, until time.Time) time.Time {
	if !until.After(from) {
		return from
	}
	return from.Add(time.Duration(s.Int64N(int64(until.Sub(from))))).Truncate(time.Microsecond)
}

const (
	consonants = "bdfgklmnprstvwz"
	vowels     = "aeiou"
	syllables  = len(consonants) * len(vowels)
)

// word turns a number into something that one can say; different numbers below syllables⁴ give different words.
func word(number int) string {
	// 7919 has no divisor in common with the number of syllables, so that every number is met once.
	scrambled := number * 7919 % (syllables * syllables * syllables * syllables)
	var b strings.Builder
	for range 4 {
		syllable := scrambled % syllables
		scrambled /= syllables
		b.WriteByte(consonants[syllable/len(vowels)])
		b.WriteByte(vowels[syllable%len(vowels)])
	}
	text := b.String()
	return strings.ToUpper(text[:1]) + text[1:]
}

func (s source) name() string { return word(s.IntN(1 << 20)) }

// sentences are what the invented people's situations consist of.
var sentences = []string{
	"Attend la décision du canton sur le permis.",
	"Préfère les rendez-vous le matin, en semaine.",
	"A travaillé trois ans dans la restauration et cherche une place à mi-temps.",
	"Un suivi régulier est en place depuis le printemps.",
	"La prochaine audience est prévue dans quelques semaines.",
	"Loge pour le moment dans un foyer et cherche une chambre.",
	"Suit un cours de français deux fois par semaine, niveau A2.",
	"N'a pas de revenu ; une avance a été demandée à la commune.",
	"Souhaite être accompagnée au premier entretien par la personne responsable.",
	"Le dossier médical a été transmis avec son accord.",
}

func (s source) text(most int) string {
	chosen := make([]string, 1+s.IntN(most))
	for i := range chosen {
		chosen[i] = one(s, sentences)
	}
	return strings.Join(chosen, " ")
}

var (
	countries = []string{"NG", "RO", "BG", "HU", "TH", "BR", "CO", "ER", "SY", "PH", "CM", "UA"}
	languages = []string{"eng", "fra", "ron", "bul", "hun", "tha", "por", "spa", "tir", "ara", "pcm", "ukr"}
	// At work most referrals are under way; of other dossiers they are over.
	underWay = []share{
		{referrals.Draft, 4}, {referrals.Sent, 44}, {referrals.Taken, 14}, {referrals.Accepted, 14},
		{referrals.Declined, 4}, {referrals.Closed, 18}, {referrals.Revoked, 2},
	}
	over = []share{{referrals.Declined, 18}, {referrals.Closed, 78}, {referrals.Revoked, 4}}
)

// share is of how many in a hundred something is said.
type share struct {
	state referrals.State
	share int
}

func (s source) state(d standing) referrals.State {
	states := over
	if d.atWork {
		states = underWay
	}
	at := s.IntN(100)
	for _, entry := range states {
		if at -= entry.share; at < 0 {
			return entry.state
		}
	}
	return referrals.Sent
}

// beneficiary is somebody of whom as much is known as after some months.
func (s source) beneficiary(now time.Time) dossiers.Beneficiary {
	born := s.between(now.AddDate(-60, 0, 0), now.AddDate(-16, 0, 0)).Truncate(24 * time.Hour)
	return dossiers.Beneficiary{
		FamilyName: s.name(), GivenNames: s.name(), BirthDate: &born, Gender: one(s, dossiers.Genders),
		Nationalities: some(s, countries, 1), Languages: some(s, languages, 3), NeedsInterpreter: one(s, dossiers.Answers), Phone: "+41 79 000 00 00",
		SafeContact: dossiers.SafeContact{
			ContactChannels: some(s, dossiers.Channels, 3), ContactDays: some(s, dossiers.Days, 5), ContactFrom: "09:00", ContactUntil: "17:30",
			ContactIdentify: one(s, dossiers.Answers), ContactCodeWord: s.name(), ContactNote: s.text(1),
		},
		ExploitationForms: some(s, dossiers.ExploitationForms, 2), ExploitationCantons: some(s, dossiers.Cantons, 2),
	}
}

// interpreter is who stood between two languages when a consent was given, if somebody had to.
func (s source) interpreter() string {
	if s.IntN(2) == 0 {
		return ""
	}
	return s.name() + " " + s.name()
}

// slice is what a referral froze: as many facts as a real one has.
func (s source) slice(classes []access.DataClass) disclosure.Slice {
	var slice disclosure.Slice
	for _, class := range classes {
		section := disclosure.Section{Class: class}
		for range 2 + s.IntN(4) {
			section.Facts = append(section.Facts, disclosure.Fact{Label: "access.data_class." + string(class), Kind: disclosure.Text, Values: []string{s.text(2)}})
		}
		slice.Sections = append(slice.Sections, section)
	}
	return slice
}

const referenceLetters = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"

// reference is unlike that of any other referral of the same number of the tenant.
func reference(number int) string {
	var letters [7]byte
	for i := range letters {
		letters[i] = referenceLetters[number%len(referenceLetters)]
		number /= len(referenceLetters)
	}
	return string(letters[:])
}

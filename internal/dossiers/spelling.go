package dossiers

import (
	"slices"
	"strings"
	"unicode"

	"github.com/hbollon/go-edlib"
	"github.com/mozillazg/go-unidecode"
	"golang.org/x/text/unicode/norm"
)

// Quality is how a name fits what somebody typed; the lower, the better.
type Quality int

// The qualities.
const (
	// Exact is the same letters, but for capitals, accents and the script that they are written in.
	Exact Quality = iota
	// Spelt is another way to write the same sound: Mohammed and Muhamed, Yulia and Julia.
	Spelt
	// Begun is the beginning of a name, or its initial.
	Begun
	// Similar is a letter or two off.
	Similar
	// Partly is a dossier in which less of the name is known than was typed, and nothing of what is known differs.
	Partly
	none
)

// word is a part of a name in the forms in which it is compared. All of them are letters from a to z.
type word struct {
	letters string
	// sounds are the letters with what transcriptions disagree on taken out; more than one where letters are read in
	// more than one way, such as the ch of Christine and of Cheikh.
	sounds []string
	// bones are the first sound's consonants.
	bones string
	// vowelless says that the script writes no vowels, or a vowel into every letter: only bones are sure.
	vowelless bool
	// together says that it was put together of two, which perhaps do not belong together.
	together bool
}

// wordsOf takes a name apart, in whatever script it is written.
func wordsOf(name string) []word {
	var words []word
	for _, part := range strings.FieldsFunc(norm.NFKC.String(name), between) {
		vowelless := strings.ContainsFunc(part, withoutVowels)
		// A Chinese sign is a word of its own.
		for _, latin := range strings.Fields(unidecode.Unidecode(part)) {
			if letters := lettersOf(latin); letters != "" {
				words = append(words, wordOf(letters, vowelless))
			}
		}
	}
	return words
}

// between says what parts words. What stands within one, as in N’Diaye, does not.
func between(r rune) bool {
	return !unicode.IsLetter(r) && !unicode.IsMark(r) && !strings.ContainsRune("'’‘ʼʻ`´", r)
}

// voweled are the scripts whose vowels unidecode can tell.
var voweled = []*unicode.RangeTable{
	unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Georgian, unicode.Armenian, unicode.Han, unicode.Hangul, unicode.Hiragana,
	unicode.Katakana, unicode.Common, unicode.Inherited,
}

func withoutVowels(r rune) bool { return unicode.IsLetter(r) && !unicode.In(r, voweled...) }

// lettersOf keeps the letters of what unidecode wrote, in small ones. It writes the Arabic endings ة and ى, which are
// said as an a, as signs.
func lettersOf(latin string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		case r == '@' || r == '~':
			return 'a'
		default:
			return -1
		}
	}, latin)
}

func wordOf(letters string, vowelless bool) word {
	w := word{letters: letters, vowelless: vowelless}
	for _, reading := range readings(letters) {
		if sound := soundOf(reading, vowelless); !slices.Contains(w.sounds, sound) {
			w.sounds = append(w.sounds, sound)
		}
	}
	w.bones = bonesOf(w.sounds[0])
	return w
}

// joined is two words written as one: Annemarie, Alhassan, Xiuying.
func joined(a, b word) word {
	w := wordOf(a.letters+b.letters, a.vowelless || b.vowelless)
	w.together = true
	return w
}

// readings are the ways to read ch (Christine, Cheikh) and kh (Khalid, also Kalid and Halid).
func readings(letters string) []string {
	found := []string{letters}
	for _, way := range []struct {
		written string
		as      []string
	}{{"ch", []string{"sh", "k"}}, {"kh", []string{"h", "k"}}} {
		if !strings.Contains(letters, way.written) {
			continue
		}
		var more []string
		for _, letters := range found {
			for _, as := range way.as {
				more = append(more, strings.ReplaceAll(letters, way.written, as))
			}
		}
		found = more
	}
	return found
}

// What transcriptions into Latin letters disagree on, whatever the language that they are made for: one sound, written
// as in French, German, Italian, English, or as a passport office had it. The order is that in which they are looked for.
var (
	consonantSpellings = strings.NewReplacer(
		"shsh", "s", "tsh", "s", "tsch", "s", "sch", "s", "sh", "s", // Shevchenko, Schewtschenko; Aisha, Aicha
		"cz", "s", "sz", "s", "tz", "s", "ts", "s", "z", "s", // Aziz, Assis; Zahra, Sahra
		"dzh", "i", "dj", "i", "zh", "i", "j", "i", "y", "i", // Djamila, Jamila; Yulia, Julia, Iulia
		"ce", "se", "ci", "si", "cy", "si", "ck", "k", "c", "k", "qu", "k", "q", "k", "x", "ks", // Cecilia, Sesilia; Carla, Karla; Alexander, Aleksander
		"ph", "f", "th", "t", "dh", "d", "gh", "g", // Joseph, Josef; Thomas, Tomas
		"w", "v", // Ewa, Eva
	)
	vowelSpellings = strings.NewReplacer(
		"ou", "u", "oo", "u", "ee", "i", "ie", "i", "ii", "i", // Youssouf, Yusuf; Sophie, Sofi; Nataliia, Natalia
		"ai", "e", "ei", "e", // Hussein, Husayn
		"ae", "a", "oe", "o", "ue", "u", "aa", "a", // Müller, Mueller, Muller
	)
)

// soundOf folds spellings of the same sound into one. An h at the end or after a consonant is not said (Sarah, Nathalie),
// unless nobody knows whether there was a vowel between (mhmd); and a letter is never doubled.
func soundOf(letters string, vowelless bool) string {
	folded := vowelSpellings.Replace(consonantSpellings.Replace(letters))
	sound := make([]byte, 0, len(folded))
	for i := range len(folded) {
		letter := folded[i]
		silent := letter == 'h' && i > 0 && (i == len(folded)-1 || !vowelless && !vowel(folded[i-1]))
		if silent || len(sound) > 0 && sound[len(sound)-1] == letter {
			continue
		}
		sound = append(sound, letter)
	}
	return string(sound)
}

func vowel(letter byte) bool { return strings.IndexByte(vowels, letter) >= 0 }

// bonesOf leaves out the vowels, and the v that is a w: Arabic and Hebrew write u, o and i as w and y, if at all.
func bonesOf(sound string) string {
	return strings.Map(func(r rune) rune {
		if r == 'v' || strings.ContainsRune(vowels, r) {
			return -1
		}
		return r
	}, sound)
}

// fit says how well a word that was typed fits one that was written down.
func (w word) fit(written word) Quality {
	switch {
	case w.letters == written.letters:
		return Exact
	case w.sharesSound(written):
		return Spelt
	case strings.HasPrefix(written.letters, w.letters), w.beginsLike(written):
		return Begun
	case w.vowelless || written.vowelless:
		if sameBones(w.bones, written.bones) {
			return Similar
		}
		return none
	case !w.together && !written.together && w.nearTo(written):
		return Similar
	default:
		return none
	}
}

// shortestSound is how long a sound is that says something: what is shorter is compared by its letters alone.
const shortestSound = 3

func (w word) sharesSound(written word) bool {
	return slices.ContainsFunc(w.sounds, func(sound string) bool {
		return len(sound) >= shortestSound && slices.Contains(written.sounds, sound)
	})
}

func (w word) beginsLike(written word) bool {
	return slices.ContainsFunc(w.sounds, func(sound string) bool {
		return len(sound) >= shortestSound && slices.ContainsFunc(written.sounds, func(whole string) bool { return strings.HasPrefix(whole, sound) })
	})
}

// sameBones compares what is left of names whose vowels nobody knows; a long one may be a letter off.
func sameBones(a, b string) bool {
	shorter, longer := min(len(a), len(b)), max(len(a), len(b))
	if shorter < 2 || longer-shorter > 1 {
		return false
	}
	return a == b || shorter >= 5 && edlib.OSADamerauLevenshteinDistance(a, b) == 1
}

// nearTo allows for typing errors, and for vowels, on which transcriptions disagree most.
func (w word) nearTo(written word) bool {
	if near(w.letters, written.letters, false) {
		return true
	}
	vowels := len(w.bones) > 1 && w.bones == written.bones
	for _, sound := range w.sounds {
		for _, other := range written.sounds {
			if near(sound, other, vowels) {
				return true
			}
		}
	}
	return false
}

// near says whether few enough letters are wrong, missing, too many or transposed (OSA distance): none in three, one in
// up to eight, and two in what is longer, or where only vowels differ in six. Of a short name, the first letter has to
// be right: Lina is not Nina.
func near(a, b string, vowels bool) bool {
	shorter, longer := min(len(a), len(b)), max(len(a), len(b))
	allowed := 1
	switch {
	case longer <= 3, shorter == 0, longer <= 5 && a[0] != b[0]:
		return false
	case longer > 8, longer > 5 && vowels:
		allowed = 2
	}
	return longer-shorter <= allowed && edlib.OSADamerauLevenshteinDistance(a, b) <= allowed
}

// fitName says how well the words that somebody typed fit the words of a name, in any order. Each word typed has to fit
// another word of the name, or all that is known of the name has to be among what was typed.
func fitName(typed, name []word) Quality {
	if len(typed) == 0 || len(name) == 0 {
		return none
	}
	if quality := newPairing(typed, name).best(0, 0); quality < none {
		return quality
	}
	if len(name) < len(typed) && slices.ContainsFunc(name, func(w word) bool { return len(w.letters) >= shortestSound }) {
		// An initial that was written down says too little.
		if quality := newPairing(name, typed).best(0, 0); quality < none && quality != Begun {
			return Partly
		}
	}
	return none
}

// pairing is how each word fits each other one, and each two neighbours that may be one word to the other side.
type pairing struct {
	single, joinedName, joinedTyped [][]Quality
	// known is what best found before, by its arguments: without it, many words that all fit would take for ever.
	known map[[2]uint]Quality
}

// mostPaired bounds the words of a name that are looked at.
const mostPaired = 10

func newPairing(typed, name []word) pairing {
	name = name[:min(len(name), mostPaired)]
	return pairing{fits(typed, name), fits(typed, neighbours(name)), fits(neighbours(typed), name), map[[2]uint]Quality{}}
}

func neighbours(words []word) []word {
	var pairs []word
	for i := 1; i < len(words); i++ {
		pairs = append(pairs, joined(words[i-1], words[i]))
	}
	return pairs
}

func fits(typed, name []word) [][]Quality {
	table := make([][]Quality, len(typed))
	for i, w := range typed {
		table[i] = make([]Quality, len(name))
		for j, other := range name {
			table[i][j] = w.fit(other)
		}
	}
	return table
}

// best pairs the words from the ith on with words of the name that are not taken yet (bits), so that the worst pair is as
// good as can be.
func (p pairing) best(i int, taken uint) Quality {
	if i >= len(p.single) {
		return Exact
	}
	state := [2]uint{uint(i), taken}
	if found, ok := p.known[state]; ok {
		return found
	}
	found := none
	try := func(quality Quality, bits uint, words int) {
		if quality < found && taken&bits == 0 {
			found = min(found, max(quality, p.best(i+words, taken|bits)))
		}
	}
	for j, quality := range p.single[i] {
		try(quality, 1<<j, 1)
	}
	for j, quality := range p.joinedName[i] {
		try(quality, 3<<j, 1)
	}
	if i < len(p.joinedTyped) {
		for j, quality := range p.joinedTyped[i] {
			try(quality, 1<<j, 2)
		}
	}
	p.known[state] = found
	return found
}

package dossiers

import (
	"crypto/rand"
	"math/big"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"passerelle/internal/fault"
)

// CodeName is what a dossier is called everywhere but on its own page: a word that means nothing, that one can say
// on the telephone, and that has nothing of the person's name in it.
type CodeName string

// Key is the code name as it is compared: two that differ in capitals are the same.
func (n CodeName) Key() string { return strings.ToLower(string(n)) }

var plainLetters = regexp.MustCompile(`^[A-Za-z]{3,24}$`)

// ParseCodeName reads a code name that a person chose: letters without accents, so that every keyboard can find it.
func ParseCodeName(typed string) (CodeName, error) {
	typed = strings.TrimSpace(typed)
	if typed == "" {
		return "", fault.Invalid("code_name", "dossiers.code_name.missing")
	}
	if !plainLetters.MatchString(typed) {
		return "", fault.Invalid("code_name", "dossiers.code_name.letters")
	}
	return CodeName(strings.ToUpper(typed[:1]) + strings.ToLower(typed[1:])), nil
}

// Unaccented writes a name with the letters that a code name has.
func Unaccented(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Mn, r) {
			return -1
		}
		return r
	}, norm.NFD.String(name))
}

// Syllables that people of all four languages read the same way, and an end that first names seldom have: half a
// million words, of which hardly any is one.
const (
	consonants = "bdfklmnprstv"
	vowels     = "aeiou"
	ends       = "kmt"
)

// Propose makes up a code name.
func Propose() CodeName {
	for {
		word := make([]byte, 0, 7)
		for range 3 {
			word = append(word, pick(consonants), pick(vowels))
		}
		word = append(word, pick(ends))
		if name, err := ParseCodeName(string(word)); err == nil && neutral(string(word)) {
			return name
		}
	}
}

// pick takes a letter that nobody can foresee: a code name must not tell when, or after whom, a dossier was opened.
func pick(letters string) byte {
	i, err := rand.Int(rand.Reader, big.NewInt(int64(len(letters))))
	if err != nil {
		panic(err) // without randomness nothing else here would be safe either
	}
	return letters[i.Int64()]
}

// neutral says that a made-up word does not begin like a first name, and has nothing in it that is rude, worrying or
// telling in a language that is read here.
func neutral(word string) bool {
	return !slices.ContainsFunc(firstNames, func(name string) bool { return strings.HasPrefix(word, name) }) &&
		!slices.ContainsFunc(unwelcome, func(part string) bool { return strings.Contains(word, part) })
}

// What the syllables can form and nobody should be called: the body and what is done to it, insults, madness, filth,
// death, illness, crime; peoples and creeds; as written or as heard in French, German, Italian and English.
var unwelcome = strings.Fields(`
	bat bit bom bor bum buk but dik dop dum fat fek fet fik fot fuk fut kak kan kil kok kon kot kul kum kun kur lat lad lus
	mad mat mor mut nat neg nik nud nut pat ped pen pet pik pim pip pis pom pop pov pub pup pus put rap rat rob rot
	sal sad sek sem sen ses sid sif sin sot suf suk tet tit tod tot tum tut vak ver vik vit vol vom vul
	kos mus nom rab rom rum rus tam tat tur fil
	bana bede bobo dado dede lolo mama nana nono papa tata toto`)

// First names that the syllables can form.
var firstNames = strings.Fields(`
	bela bena beni dana dani dari davi deli demi deni dina dino doma domi dora dori fabi fari fati feli fida fika
	kali kama kami kari kasi kata kati kira lara lari lela lena leni leti lida lili lina lisa lola lori lora luka luki
	lula luna mali mani mara mari maro meli mela meri mika mila mile mili mina mira mire mona moni nadi nadu nari nata nela neli
	neri niki niko nila nina nora nori nuri pama pame pavo peta pola rafa rami ramo rani rebe reka rena reni resi
	rika rina rita roda rodi rodo roki rosa rosi rosa ruba rubi ruta sabi sami sara sari seli seri sera sila sima simo sofi
	soni sora suna susa susi tama tami tani tara tari tatu temi tere tina tobi toma tomi tona toni vale vani vasi vera viki
	vila vili viola vito`)

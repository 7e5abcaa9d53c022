package dossiers

import "testing"

// Names as one hears or copies them, and as they were written down: each of these is the same person.
func TestNamesThatFit(t *testing.T) {
	t.Parallel()
	for _, pair := range []struct {
		typed, written string
		want           Quality
	}{
		{"Blessing Okafor", "Blessing Okafor", Exact},
		{"okafor BLESSING", "Blessing Okafor", Exact},
		{"Blessing", "Blessing Joy Okafor", Exact},
		{"Élodie", "elodie", Exact},
		{"Nguyen", "Nguyễn Thị Mai", Exact},
		{"Łukasz Wójcik", "Lukasz Wojcik", Exact},
		{"İbrahim", "Ibrahim", Exact},
		{"Ștefan", "Stefan", Exact},
		{"Ọláyínká", "Olayinka", Exact},
		{"Ndiaye", "N’Diaye", Exact},
		{"O'Kafor", "O’Kafor", Exact},
		{"Anne Marie", "Annemarie", Exact},
		{"Annemarie", "Anne-Marie", Exact},
		{"Alhassan", "Al-Hassan", Exact},
		{"Delacruz", "María de la Cruz", none}, // three words are not one
		{"La Cruz", "Lacruz", Exact},

		{"Mohammed", "Mohamed", Spelt},
		{"Muhammad", "Mohamed", Similar},
		{"Mohammad", "Muhammed", Similar},
		{"Yusuf", "Youssouf", Spelt},
		{"Youssef", "Yusuf", Similar},
		{"Aisha", "Aïcha", Spelt},
		{"Ayesha", "Aicha", Spelt},
		{"Hussein", "Husayn", Spelt},
		{"Fatma", "Fatima", Similar},
		{"Jamila", "Djamila", Spelt},
		{"Khadija", "Hadidja", Spelt},
		{"Khalid", "Halid", Spelt},
		{"Sheikh", "Cheikh", Spelt},
		{"Sarah", "Sara", Spelt},
		{"Joseph", "Josef", Spelt},
		{"Thomas", "Tomas", Spelt},
		{"Christine", "Kristine", Spelt},
		{"Michael", "Mikhail", Similar},
		{"Carla", "Karla", Spelt},
		{"Cecilia", "Sesilia", Spelt},
		{"Ewa", "Eva", Spelt},
		{"Müller", "Mueller", Spelt},
		{"Muller", "Müller", Exact},
		{"Strasser", "Straßer", Exact},
		{"Alexander", "Aleksander", Spelt},
		{"Oleksandr", "Aleksandr", Similar},
		{"Oleksandr", "Alexander", Similar},
		{"Nataliya", "Natalia", Spelt},
		{"Julia", "Yuliia", Spelt},
		{"Schewtschenko", "Shevchenko", Spelt},
		{"Kateryna", "Ekaterina", Similar},
		{"Bogdan", "Bohdan", Similar},
		{"Zahra", "Sahra", Spelt},
		{"Maja", "Maya", Spelt},

		{"Oleksandr Shevchenko", "Олександр Шевченко", Exact},
		{"Юлия", "Julia", Spelt},
		{"Наталія", "Nataliya", Spelt},
		{"Mikhail", "Михаил", Exact},
		{"Giorgi", "გიორგი", Exact},
		{"ნინო", "Nino", Exact},
		{"Katerina", "Κατερίνα", Exact},
		{"Armen", "Արմեն", Exact},
		{"Mohamed", "محمد", Similar},
		{"محمد", "Muhammad", Similar},
		{"Fatima", "فاطمة", Similar},
		{"Youssef", "يوسف", Similar},
		{"Marwan", "مروان", Similar},
		{"Leila", "ليلى", Similar},
		{"Abdurrahman", "عبد الرحمن", Similar},
		{"خدیجه", "Khadija", Similar},
		{"Selam", "ሰላም", Similar},
		{"Abraham", "ኣብርሃም", Similar},
		{"Freweini", "ፍሬወይኒ", Similar},
		{"Wang Xiuying", "王秀英", Exact},
		{"Xiu Ying", "Xiuying Wang", Exact},
		{"王秀英", "Wang Xiuying", Exact},
		{"Nisha", "निशा", Spelt},
		{"David", "דוד", Similar},

		{"Bless", "Blessing Okafor", Begun},
		{"Blessing O", "Blessing Okafor", Begun},
		{"B Okafor", "Blessing Okafor", Begun},
		{"Oleks", "Олександр", Begun},
		{"Khad", "Khadija", Begun},
		{"Blessign", "Blessing", Similar},
		{"Blesing", "Blessing", Spelt},
		{"Okafro", "Okafor", Similar},
		{"Amnia", "Amina", Similar},
		{"Precius", "Precious", Spelt},
		{"Blessing Okafor", "Blessing", Partly},
		{"Blessing Joy Okafor", "Okafor Blessing", Partly},
	} {
		if got := fitName(wordsOf(pair.typed), wordsOf(pair.written)); got != pair.want {
			t.Errorf("%s for %s: %d, want %d (%+v, %+v)", pair.typed, pair.written, got, pair.want, wordsOf(pair.typed), wordsOf(pair.written))
		}
	}
}

// False friends: names that look or sound somewhat alike, and are other people's.
func TestNamesThatDoNotFit(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{
		{"Blessing", "Precious"}, {"Okafor", "Okoro"}, {"Okafor", "Okeke"}, {"Amina", "Fatima"}, {"Lina", "Nina"}, {"Mina", "Dina"},
		{"Ana", "Ada"}, {"Anna", "Hanna"}, {"Joy", "Roy"}, {"Joy", "Joe"}, {"Ali", "Eli"}, {"Wang", "Yang"}, {"Marina", "Moreno"},
		{"Mohamed", "Mahmoud"}, {"Maria", "Martina"}, {"Karim", "Kamar"}, {"Ngozi", "Nguyen"}, {"Sunday", "Monday"},
		{"Blessing Okafor", "Blessing Eze"}, {"Blessing Okafor", "Joy Okafor"}, {"Blessing Okafor", "Joy Okafor Eze"}, {"Blessing Okafor", "B."},
		{"Blessing Blessing", "Blessing Okafor"}, {"Олександр", "Олена"}, {"محمد", "مروان"}, {"فاطمة", "Leila"}, {"გიორგი", "ნინო"},
		{"王秀英", "陈丽"}, {"Li", "Lu"}, {"Chen", "Chang"}, {"Tesfay", "Tekle"}, {"ሰላም", "ኣብርሃም"}, {"Ivana", "Diana"}, {"x", ""}, {"", "Amina"},
	} {
		if got := fitName(wordsOf(pair[0]), wordsOf(pair[1])); got != none {
			t.Errorf("%s finds %s: %d (%+v, %+v)", pair[0], pair[1], got, wordsOf(pair[0]), wordsOf(pair[1]))
		}
	}
}

// The better a name fits, the less it matters in which order it is typed.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, pair := range [][2]string{{"Joy Okafor", "Okafor Joy"}, {"Wang Xiu Ying", "Xiu Ying Wang"}} {
		for _, written := range []string{"Blessing Joy Okafor", "王秀英"} {
			one, other := fitName(wordsOf(pair[0]), wordsOf(written)), fitName(wordsOf(pair[1]), wordsOf(written))
			if one != other {
				t.Errorf("%q finds %s as %d, %q as %d", pair[0], written, one, pair[1], other)
			}
		}
	}
}

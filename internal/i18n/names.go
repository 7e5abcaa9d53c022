package i18n

// languageCodes are the languages spoken by the people whom Swiss counselling centres accompany, and those of their
// interpreters: ISO 639-3, sgn for sign languages.
const languageCodes = `
abk acm aeb aka amh apc ara ary arz aze bam bci bel ben bin bos bul cat ceb ces che ckb cmn dan deu diq dyu ell eng
est ewe fas fin fon fra ful gaa guj hat hau heb hin hrv hun hye ibo idu ind ish ita jpn kab kat kaz khm kik kin kir kmb
kmr kon kor kri lao lav lin lit lua lug luo mal mar men mkd mlg mnk mon mos mya nep nld nor orm pan pcm pol por prs
pus roh rom ron run rus sag sgn sin slk slv sna snk som spa sqi srp sus swa swe tam tel tem tgk tgl tha tir tuk tur twi
uig ukr umb urd urh uzb vie wol xho yor yue zul`

// ownNames are the words that CLDR has not, or has otherwise than people here say or states now call themselves.
var ownNames = map[string]map[Lang]string{
	Stateless: {FR: "Apatride", DE: "Staatenlos", IT: "Apolide", EN: "Stateless"},
	"MK":      {FR: "Macédoine du Nord", DE: "Nordmazedonien", IT: "Macedonia del Nord", EN: "North Macedonia"},
	"SZ":      {FR: "Eswatini", DE: "Eswatini", IT: "Eswatini", EN: "Eswatini"},

	"acm": {FR: "arabe d’Irak", DE: "Irakisch-Arabisch", IT: "arabo iracheno", EN: "Iraqi Arabic"},
	"apc": {FR: "arabe du Levant", DE: "Levantinisches Arabisch", IT: "arabo levantino", EN: "Levantine Arabic"},
	"bci": {FR: "baoulé", DE: "Baule", IT: "baulé", EN: "Baoulé"},
	"bin": {FR: "edo (bini)", DE: "Edo (Bini)", IT: "edo (bini)", EN: "Edo (Bini)"},
	"cmn": {FR: "chinois (mandarin)", DE: "Chinesisch (Mandarin)", IT: "cinese (mandarino)", EN: "Chinese (Mandarin)"},
	"fas": {FR: "persan (farsi)", DE: "Persisch (Farsi)", IT: "persiano (farsi)", EN: "Persian (Farsi)"},
	"fon": {FR: "fon", DE: "Fon", IT: "fon", EN: "Fon"},
	"idu": {FR: "idoma", DE: "Idoma", IT: "idoma", EN: "Idoma"},
	"ish": {FR: "esan", DE: "Esan", IT: "esan", EN: "Esan"},
	"kin": {FR: "kinyarwanda", DE: "Kinyarwanda", IT: "kinyarwanda", EN: "Kinyarwanda"},
	"kmr": {FR: "kurde (kurmandji)", DE: "Kurdisch (Kurmandschi)", IT: "curdo (kurmanji)", EN: "Kurdish (Kurmanji)"},
	"ckb": {FR: "kurde (sorani)", DE: "Kurdisch (Sorani)", IT: "curdo (sorani)", EN: "Kurdish (Sorani)"},
	"kon": {FR: "kikongo", DE: "Kikongo", IT: "kikongo", EN: "Kikongo"},
	"kri": {FR: "krio", DE: "Krio", IT: "krio", EN: "Krio"},
	"lug": {FR: "luganda", DE: "Luganda", IT: "luganda", EN: "Luganda"},
	"nor": {FR: "norvégien", DE: "Norwegisch", IT: "norvegese", EN: "Norwegian"},
	"prs": {FR: "dari", DE: "Dari", IT: "dari", EN: "Dari"},
	"run": {FR: "kirundi", DE: "Kirundi", IT: "kirundi", EN: "Kirundi"},
	"sgn": {FR: "langue des signes", DE: "Gebärdensprache", IT: "lingua dei segni", EN: "sign language"},
	"tgl": {FR: "tagalog", DE: "Tagalog", IT: "tagalog", EN: "Tagalog"},
	"twi": {FR: "twi", DE: "Twi", IT: "twi", EN: "Twi"},
	"urh": {FR: "urhobo", DE: "Urhobo", IT: "urhobo", EN: "Urhobo"},
}

package access

// Action is something one may be allowed to do: an object and a verb, as policies/roles.csv names them.
type Action struct{ object, verb string }

// String is "object:verb".
func (a Action) String() string { return a.object + ":" + a.verb }

// Anyone marks a route that is open before sign-in; SignedIn one that needs a session but no role, such as choosing
// a membership; ByToken one that a machine calls, which shows a token. None can be required of a role.
var (
	Anyone   = Action{"route", "anyone"}
	SignedIn = Action{"route", "signed_in"}
	ByToken  = Action{"route", "by_token"}
)

// What can be allowed.
var (
	WorkShow = Action{"work", "show"}

	ReminderAcknowledge = Action{"reminder", "acknowledge"}
	TeamShow            = Action{"team", "show"}

	DossierList   = Action{"dossier", "list"}
	DossierSearch = Action{"dossier", "search"}
	DossierShow   = Action{"dossier", "show"}
	DossierCreate = Action{"dossier", "create"}
	DossierUpdate = Action{"dossier", "update"}

	StatisticsShow = Action{"statistics", "show"}

	ImportCreate  = Action{"import", "create"}
	ExportList    = Action{"export", "list"}
	ExportCreate  = Action{"export", "create"}
	ExportAnswer  = Action{"export", "answer"}
	DossierClose  = Action{"dossier", "close"}
	PhaseSet      = Action{"phase", "set"}
	FindingWrite  = Action{"finding", "write"}
	DeadlineWaive = Action{"deadline", "waive"}

	HouseRuleList   = Action{"house_rule", "list"}
	HouseRuleDecide = Action{"house_rule", "decide"}

	DossierErase = Action{"dossier", "erase"}
	ErasureShow  = Action{"erasure", "show"}

	RetentionShow     = Action{"retention", "show"}
	RetentionPostpone = Action{"retention", "postpone"}
	RetentionDecide   = Action{"retention", "decide"}

	InterviewWrite      = Action{"interview", "write"}
	TaskWrite           = Action{"task", "write"}
	IdentificationWrite = Action{"identification", "write"}
	IndicatorSetLoad    = Action{"indicator_set", "load"}
	MinorWrite          = Action{"minor", "write"}
	RiskWrite           = Action{"risk", "write"}

	ConsentCreate   = Action{"consent", "create"}
	ConsentWithdraw = Action{"consent", "withdraw"}

	ReflectionWrite = Action{"reflection", "write"}
	StayWrite       = Action{"stay", "write"}
	ProceedingWrite = Action{"proceeding", "write"}

	// InquiryWrite records that the person asks for access to what is kept about her, InquiryAnswer what was answered in
	// dossiers that one is responsible for, and InquiryOversee in all. InquiryExtract takes all of it out of the house, for the person.
	InquiryWrite   = Action{"inquiry", "write"}
	InquiryAnswer  = Action{"inquiry", "answer"}
	InquiryExtract = Action{"inquiry", "extract"}
	InquiryOversee = Action{"inquiry", "oversee"}

	// ConfidenceKeep is to keep notes under the secret of one's profession and to read those of one's circles, ConfidenceHandOn to name
	// who goes on where nobody is left in one: whoever does reads nothing.
	ConfidenceKeep   = Action{"confidence", "keep"}
	ConfidenceHandOn = Action{"confidence", "hand_on"}

	ReferralShow   = Action{"referral", "show"}
	ReferralCreate = Action{"referral", "create"}
	ReferralSend   = Action{"referral", "send"}
	ReferralReply  = Action{"referral", "reply"}
	ReferralRevoke = Action{"referral", "revoke"}

	ProjectWrite     = Action{"project", "write"}
	ReturnWrite      = Action{"return", "write"}
	ClaimWrite       = Action{"claim", "write"}
	InterpreterList  = Action{"interpreter", "list"}
	InterpreterWrite = Action{"interpreter", "write"}
	AppointmentWrite = Action{"appointment", "write"}
	CalendarShow     = Action{"calendar", "show"}
	CalendarOthers   = Action{"calendar", "others"}
	LetterWrite      = Action{"letter", "write"}

	// DocumentTake is having what is in a document, beside that it is there.
	DocumentWrite = Action{"document", "write"}
	DocumentTake  = Action{"document", "take"}

	ConnectionList    = Action{"connection", "list"}
	ConnectionWrite   = Action{"connection", "write"}
	ConnectionApprove = Action{"connection", "approve"}

	JournalShow   = Action{"journal", "show"}
	JournalReport = Action{"journal", "report"}

	HousingList  = Action{"housing", "list"}
	HousingWrite = Action{"housing", "write"}
	PlaceManage  = Action{"place", "manage"}
	AddressShow  = Action{"address", "show"}

	AlertList        = Action{"alert", "list"}
	AlertAcknowledge = Action{"alert", "acknowledge"}
	PauseLift        = Action{"pause", "lift"}
	DecoyMark        = Action{"decoy", "mark"}

	PasskeyKeep          = Action{"passkey", "keep"}
	PasskeyRecoveryList  = Action{"passkey_recovery", "list"}
	PasskeyRecoveryGrant = Action{"passkey_recovery", "grant"}
	OfficeList           = Action{"office", "list"}
	OfficeShow           = Action{"office", "show"}
	OfficeManage         = Action{"office", "manage"}
	AgreementManage      = Action{"agreement", "manage"}

	InboxList   = Action{"inbox", "list"}
	InboxShow   = Action{"inbox", "show"}
	InboxTake   = Action{"inbox", "take"}
	InboxAnswer = Action{"inbox", "answer"}
	InboxReply  = Action{"inbox", "reply"}
	InboxClose  = Action{"inbox", "close"}
)

// What is done about those who work here. MemberList shows who does, MemberManage invites, admits and shuts out, MemberLog shows who
// did that; OfficePeople is the same for the people of one's own office. HandoverCreate gives somebody's work to a colleague.
var (
	MemberList     = Action{"member", "list"}
	MemberManage   = Action{"member", "manage"}
	MemberLog      = Action{"member", "log"}
	OfficePeople   = Action{"office_people", "manage"}
	HandoverCreate = Action{"handover", "create"}
)

// What those who run the installation do, and what a tenant says to it. UsageShow shows numbers of use and of health; MandateAsk asks a
// tenant to let somebody act for it, and acts within that; MandateAnswer lets them, or not.
var (
	AnnouncementWrite = Action{"announcement", "write"}
	UsageShow         = Action{"usage", "show"}
	LimitSet          = Action{"limit", "set"}
	MandateAsk        = Action{"mandate", "ask"}
	MandateList       = Action{"mandate", "list"}
	MandateAnswer     = Action{"mandate", "answer"}

	DepartureShow    = Action{"departure", "show"}
	HandoverKeyWrite = Action{"handover_key", "write"}
)

// Who sees a dossier that not everybody sees. RestrictionWrite says who does; EmergencyOpen opens one without being named, EmergencyList shows
// when that happened, EmergencyLook says that one has looked at it, and EmergencyOversee has one look at those of all dossiers.
var (
	RestrictionWrite = Action{"restriction", "write"}
	EmergencyOpen    = Action{"emergency", "open"}
	EmergencyList    = Action{"emergency", "list"}
	EmergencyLook    = Action{"emergency", "look"}
	EmergencyOversee = Action{"emergency", "oversee"}
)

// What those do who run the installation: TenantManage makes, suspends and resumes tenants, OperatorManage sees to who may.
var (
	TenantManage   = Action{"tenant", "manage"}
	OperatorManage = Action{"operator", "manage"}
)

// Moving a person between cantons. MovePropose asks another organisation and takes that back, MoveSend hands the package over, MoveAnswer is the
// receiving side: it accepts or declines, and opens.
var (
	MovePropose = Action{"move", "propose"}
	MoveAnswer  = Action{"move", "answer"}
	MoveSend    = Action{"move", "send"}
)

// Actions lists every action that a role can be granted.
var Actions = []Action{
	WorkShow,
	ReminderAcknowledge, TeamShow,
	DossierList, DossierSearch, DossierShow, DossierCreate, DossierUpdate,
	StatisticsShow,
	ImportCreate, ExportList, ExportCreate, ExportAnswer,
	DossierClose, PhaseSet, FindingWrite, DeadlineWaive,
	HouseRuleList, HouseRuleDecide,
	MovePropose, MoveAnswer, MoveSend,
	DossierErase, ErasureShow, RetentionShow, RetentionPostpone, RetentionDecide,
	RestrictionWrite, EmergencyOpen, EmergencyList, EmergencyLook, EmergencyOversee,
	InterviewWrite, TaskWrite,
	IdentificationWrite, IndicatorSetLoad, MinorWrite, RiskWrite,
	ConsentCreate, ConsentWithdraw,
	ReflectionWrite, StayWrite, ProceedingWrite,
	InquiryWrite, InquiryAnswer, InquiryExtract, InquiryOversee,
	ConfidenceKeep, ConfidenceHandOn,
	ReferralShow, ReferralCreate, ReferralSend, ReferralReply, ReferralRevoke,
	ProjectWrite, ReturnWrite, ClaimWrite,
	InterpreterList, InterpreterWrite, AppointmentWrite, CalendarShow, CalendarOthers, LetterWrite, DocumentWrite, DocumentTake,
	ConnectionList, ConnectionWrite, ConnectionApprove,
	JournalShow, JournalReport,
	HousingList, HousingWrite, PlaceManage, AddressShow,
	AlertList, AlertAcknowledge, PauseLift, DecoyMark,
	PasskeyKeep, PasskeyRecoveryList, PasskeyRecoveryGrant,
	OfficeList, OfficeShow, OfficeManage, AgreementManage,
	InboxList, InboxShow, InboxTake, InboxAnswer, InboxReply, InboxClose,
	MemberList, MemberManage, MemberLog, OfficePeople, HandoverCreate,
	AnnouncementWrite, UsageShow, LimitSet, MandateAsk, MandateList, MandateAnswer, DepartureShow, HandoverKeyWrite,
	TenantManage, OperatorManage,
}

// Role is what a membership makes of a person.
type Role string

// The roles. Admin is who administers a tenant, and reaches no dossier by that; Statistician reads the year alone. Of an
// office's people, which office it is decides what they see; OfficeLead also sees to who works there.
const (
	Caseworker   Role = "caseworker"
	Coordinator  Role = "coordinator"
	Auditor      Role = "auditor"
	Statistician Role = "statistician"
	Admin        Role = "admin"
	OfficeMember Role = "office_member"
	OfficeLead   Role = "office_lead"
	// Operator runs the installation, in the console alone, and has no place in a tenant.
	Operator Role = "operator"
)

// Directory is in whose name a tenant's directory acts, which is no person: its principal names the connection instead. Nothing is
// granted to it, and no membership has it.
const Directory Role = "directory"

// Roles lists them all.
var Roles = []Role{Caseworker, Coordinator, Auditor, Statistician, Admin, OfficeMember, OfficeLead, Operator}

// AtOffice says that whoever has the role works in an office and not for the NGO.
func (r Role) AtOffice() bool { return r == OfficeMember || r == OfficeLead }

// OfficeKind is what an office does; it sets the ceiling of what the office may ever be sent.
type OfficeKind string

// The kinds of office: the services to which an NGO refers.
const (
	IncomeSupport     OfficeKind = "income_support"
	JobPlacement      OfficeKind = "job_placement"
	Training          OfficeKind = "training"
	Medical           OfficeKind = "medical"
	LegalAid          OfficeKind = "legal_aid"
	Social            OfficeKind = "social"
	Shelter           OfficeKind = "shelter"
	ReturnCounselling OfficeKind = "return_counselling"
)

// OfficeKinds lists them in the order in which forms offer them.
var OfficeKinds = []OfficeKind{IncomeSupport, JobPlacement, Training, Medical, LegalAid, Social, Shelter, ReturnCounselling}

// DataClass is a kind of data about a beneficiary that is disclosed or withheld as a whole.
type DataClass string

// The classes of data.
const (
	Identity    DataClass = "identity"
	Contact     DataClass = "contact"
	Permit      DataClass = "permit"
	Skills      DataClass = "skills"
	Income      DataClass = "income"
	Health      DataClass = "health"
	Proceedings DataClass = "proceedings"
	Housing     DataClass = "housing"
)

// DataClasses lists them in the order in which pages show them.
var DataClasses = []DataClass{Identity, Contact, Permit, Skills, Income, Health, Proceedings, Housing}

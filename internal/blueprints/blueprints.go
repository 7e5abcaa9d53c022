// Package blueprints says what a tenant of a canton starts from besides the rules of deadlines: what its authorities and kinds
// of office are called in the canton's languages, how it is divided, and which law on data protection applies. The files are
// passerelle/tenants; internal/deadlines reads rules and holidays from the same ones.
package blueprints

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"regexp"
	"slices"
	"strings"
	"sync"

	"go.yaml.in/yaml/v3"

	"passerelle/internal/i18n"
	"passerelle/tenants"
)

// Authority is a kind of authority that a canton has, whatever it is called there.
type Authority string

// The authorities. Children, Compensation and RoundTable are named where they are known, all others everywhere.
const (
	Migration        Authority = "migration"
	SocialAssistance Authority = "social_assistance"
	VictimAssistance Authority = "victim_assistance"
	Prosecution      Authority = "prosecution"
	Police           Authority = "police"
	Protection       Authority = "protection"
	JobPlacement     Authority = "job_placement"
	Compensation     Authority = "compensation"
	Children         Authority = "children"
	RoundTable       Authority = "round_table"
)

// required are named by every canton; further may be.
var (
	required = []Authority{Migration, SocialAssistance, VictimAssistance, Prosecution, Police, Protection, JobPlacement}
	further  = []Authority{Compensation, Children, RoundTable}
)

// offices are the kinds of office that every canton has a word of its own for, as internal/access calls them.
var offices = []string{"income_support", "job_placement", "social", "return_counselling"}

// RegionKinds are the ways in which a canton may be divided.
var RegionKinds = []string{"district", "social", "protection", "prosecution", "job_placement", "victim_assistance"}

// Text is a name in the languages of a canton.
type Text struct {
	by    map[string]string
	first string
}

// UnmarshalYAML takes {fr: Vaud}, and remembers which comes first.
func (t *Text) UnmarshalYAML(node *yaml.Node) error {
	if err := node.Decode(&t.by); err != nil || len(node.Content) == 0 {
		return fmt.Errorf("line %d: it is no name by language, such as {fr: Vaud}", node.Line)
	}
	t.first = node.Content[0].Value
	for language, name := range t.by {
		if strings.TrimSpace(name) == "" || strings.TrimSpace(name) != name || strings.Contains(name, "ß") {
			return fmt.Errorf("line %d: %s: the name %q is empty, has spaces around it, or a letter that is not written here", node.Line, language, name)
		}
	}
	return nil
}

// In is the name in the language of the context, or in the first of the canton's languages that it has one in.
func (t Text) In(ctx context.Context) string {
	if name, ok := t.by[string(i18n.From(ctx))]; ok {
		return name
	}
	return t.by[t.first]
}

// Empty says that nothing is named.
func (t Text) Empty() bool { return len(t.by) == 0 }

// Named is something that a canton has a name of its own for.
type Named struct {
	Name Text `yaml:"name"`
	// Short is how people call it: SPOP. Not everything has one.
	Short Text `yaml:"short"`
	// Chair is who leads it, where that is known: of the round table alone.
	Chair Text `yaml:"chair"`
	// Confirmed is false where it is to be asked still; whatever shows the name says so.
	Confirmed bool `yaml:"-"`

	Asked *bool `yaml:"confirmed"`
}

// Full is the name with what people call it, in the language of the context: Service de la population (SPOP).
func (n Named) Full(ctx context.Context) string {
	if short := n.Short.In(ctx); short != "" {
		return n.Name.In(ctx) + " (" + short + ")"
	}
	return n.Name.In(ctx)
}

// Region is a part of a canton, for one purpose.
type Region struct {
	Kind string `yaml:"kind"`
	ID   string `yaml:"id"`
	// Successor is the ID of the region of the same kind that it has become a part of.
	Successor string `yaml:"successor"`
	Named     `yaml:",inline"`
}

// Blueprint is what a canton's file says.
type Blueprint struct {
	Canton string
	Name   Text
	// Languages are the official ones, first the one of most people.
	Languages   []string
	authorities map[Authority]Named
	offices     map[string]Named
	// Law applies to those who carry out a task of the canton, and Supervisor sees to it. FederalLaw and FederalSupervisor are
	// for everybody else.
	Law, Supervisor               Named
	FederalLaw, FederalSupervisor Named
	regions                       []Region
}

// Authority is what an authority is called; ok is false where the canton has none, or none is known.
func (b Blueprint) Authority(which Authority) (named Named, ok bool) {
	named, ok = b.authorities[which]
	return named, ok
}

// Authorities are those that are named, in the order in which people are told of them.
func (b Blueprint) Authorities() (named []Authority) {
	for _, which := range slices.Concat(required, further) {
		if _, ok := b.authorities[which]; ok {
			named = append(named, which)
		}
	}
	return named
}

// Office is the canton's word for a kind of office.
func (b Blueprint) Office(kind string) (named Named, ok bool) {
	named, ok = b.offices[kind]
	return named, ok
}

// Offices are the kinds of office that have a word.
func (b Blueprint) Offices() []string { return offices }

// Regions are the parts of the canton for a purpose; none where it is not divided, or is not known to be.
func (b Blueprint) Regions(kind string) (regions []Region) {
	for _, region := range b.regions {
		if region.Kind == kind {
			regions = append(regions, region)
		}
	}
	return regions
}

// Spoken are the canton's languages that the program speaks.
func (b Blueprint) Spoken() (spoken []i18n.Lang) {
	for _, language := range b.Languages {
		if i18n.Lang(language).Known() {
			spoken = append(spoken, i18n.Lang(language))
		}
	}
	return spoken
}

// Regime says which law on data protection applies to what a tenant does.
type Regime string

// The regimes.
const (
	// Cantonal is that of whoever carries out a task of the canton, Federal everybody else's.
	Cantonal Regime = "cantonal"
	Federal  Regime = "federal"
)

// Known says whether there is such a regime.
func (r Regime) Known() bool { return r == Cantonal || r == Federal }

// Of gives the law and the supervisor of a regime.
func (b Blueprint) Of(regime Regime) (law, supervisor Named) {
	if regime == Federal {
		return b.FederalLaw, b.FederalSupervisor
	}
	return b.Law, b.Supervisor
}

// Cantons are the 26, in the order of the constitution.
var Cantons = []string{"ZH", "BE", "LU", "UR", "SZ", "OW", "NW", "GL", "ZG", "FR", "SO", "BS", "BL", "SH", "AR", "AI", "SG", "GR", "AG", "TG", "TI", "VD", "VS", "NE", "GE", "JU"}

var shipped = sync.OnceValues(func() (map[string]Blueprint, error) { return Read(tenants.Files) })

// For is the blueprint of a canton, by its two letters. An error is a canton that does not exist, or a defect of a file.
func For(canton string) (Blueprint, error) {
	all, err := shipped()
	if err != nil {
		return Blueprint{}, err
	}
	blueprint, ok := all[canton]
	if !ok {
		return Blueprint{}, fmt.Errorf("there is no canton %q: use its two letters, such as VD", canton)
	}
	return blueprint, nil
}

// file is a whole file. What is not the blueprint is read by internal/deadlines, as strictly.
type file struct {
	Blueprint sections  `yaml:"blueprint"`
	Deadlines yaml.Node `yaml:"deadlines"`
	Holidays  yaml.Node `yaml:"holidays"`
	Wealth    yaml.Node `yaml:"wealth"`
	Payers    yaml.Node `yaml:"payers"`
}

type sections struct {
	Name        Text                `yaml:"name"`
	Languages   []string            `yaml:"languages"`
	Authorities map[Authority]Named `yaml:"authorities"`
	Offices     map[string]Named    `yaml:"offices"`
	Protection  protection          `yaml:"data_protection"`
	Regions     []Region            `yaml:"regions"`
}

type protection struct {
	Law        Named `yaml:"law"`
	Supervisor Named `yaml:"supervisor"`
}

// Read reads the files of all cantons and checks them. An error names the file, and what is wrong or missing.
func Read(files fs.FS) (map[string]Blueprint, error) {
	federal, err := open(files, "federal.yaml")
	if err != nil {
		return nil, err
	}
	all := map[string]Blueprint{}
	for _, canton := range Cantons {
		name := "ch-" + strings.ToLower(canton) + ".yaml"
		text, err := open(files, name)
		if err != nil {
			return nil, err
		}
		read := text.Blueprint
		blueprint := Blueprint{
			Canton: canton, Name: read.Name, Languages: read.Languages, authorities: read.Authorities, offices: read.Offices,
			Law: read.Protection.Law, Supervisor: read.Protection.Supervisor, regions: read.Regions,
			FederalLaw: federal.Blueprint.Protection.Law, FederalSupervisor: federal.Blueprint.Protection.Supervisor,
		}
		if err := blueprint.check(); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
		all[canton] = blueprint
	}
	return all, nil
}

func open(files fs.FS, name string) (read file, err error) {
	text, err := fs.ReadFile(files, name)
	if err != nil {
		return file{}, fmt.Errorf("%s is missing", name)
	}
	decoder := yaml.NewDecoder(bytes.NewReader(text))
	decoder.KnownFields(true)
	if err := decoder.Decode(&read); err != nil && !errors.Is(err, io.EOF) {
		return file{}, fmt.Errorf("%s: %s", name, strings.TrimPrefix(err.Error(), "yaml: "))
	}
	return read, nil
}

var regionID = regexp.MustCompile(`^[a-z][a-z0-9_]{1,60}$`)

// check refuses what is left out and what nobody knows, and takes over what is confirmed.
func (b *Blueprint) check() error {
	if len(b.Languages) == 0 || len(b.Spoken()) == 0 {
		return errors.New("languages: there is none that the program speaks")
	}
	for _, language := range b.Languages {
		if !slices.Contains([]string{"de", "fr", "it", "rm"}, language) {
			return fmt.Errorf("languages: %q is no official language", language)
		}
	}
	if err := b.complete("name", b.Name); err != nil {
		return err
	}
	for _, which := range required {
		if _, ok := b.authorities[which]; !ok {
			return fmt.Errorf("authorities: %s is missing", which)
		}
	}
	for _, which := range slices.Sorted(maps.Keys(b.authorities)) {
		named := b.authorities[which]
		if !slices.Contains(slices.Concat(required, further), which) {
			return fmt.Errorf("authorities: nobody asks for %q", which)
		}
		if !named.Chair.Empty() && which != RoundTable {
			return fmt.Errorf("authorities: %s: it is no round table and has nobody in the chair", which)
		}
		if err := b.named("authorities: "+string(which), &named); err != nil {
			return err
		}
		b.authorities[which] = named
	}
	for _, kind := range offices {
		named, ok := b.offices[kind]
		if !ok {
			return fmt.Errorf("offices: %s is missing", kind)
		}
		if err := b.named("offices: "+kind, &named); err != nil {
			return err
		}
		b.offices[kind] = named
	}
	if len(b.offices) > len(offices) {
		return fmt.Errorf("offices: only %s are asked for", strings.Join(offices, ", "))
	}
	for what, named := range map[string]*Named{"law": &b.Law, "supervisor": &b.Supervisor} {
		if err := b.named("data_protection: "+what, named); err != nil {
			return err
		}
	}
	for what, named := range map[string]*Named{"law": &b.FederalLaw, "supervisor": &b.FederalSupervisor} {
		if named.Name.Empty() || named.Asked == nil {
			return fmt.Errorf("federal.yaml: data_protection: %s is missing", what)
		}
		named.Confirmed = *named.Asked
	}
	return b.checkRegions()
}

func (b *Blueprint) checkRegions() error {
	seen := map[string]bool{}
	for i := range b.regions {
		region := &b.regions[i]
		switch {
		case !slices.Contains(RegionKinds, region.Kind):
			return fmt.Errorf("regions: %s: kind is %q", region.ID, region.Kind)
		case !regionID.MatchString(region.ID):
			return fmt.Errorf("regions: %q is no name such as ouest_lausannois", region.ID)
		case seen[region.Kind+" "+region.ID]:
			return fmt.Errorf("regions: %s %s is there twice", region.Kind, region.ID)
		}
		seen[region.Kind+" "+region.ID] = true
		if err := b.named("regions: "+region.ID, &region.Named); err != nil {
			return err
		}
	}
	for _, region := range b.regions {
		if region.Successor != "" && (region.Successor == region.ID || !seen[region.Kind+" "+region.Successor]) {
			return fmt.Errorf("regions: %s: its successor %q is no other region of its kind", region.ID, region.Successor)
		}
	}
	return nil
}

func (b *Blueprint) named(where string, named *Named) error {
	if err := b.complete(where+": name", named.Name); err != nil {
		return err
	}
	for what, text := range map[string]Text{"short": named.Short, "chair": named.Chair} {
		if text.Empty() {
			continue
		}
		if err := b.complete(where+": "+what, text); err != nil {
			return err
		}
	}
	if named.Asked == nil {
		return fmt.Errorf("%s: say whether it is confirmed", where)
	}
	named.Confirmed = *named.Asked
	return nil
}

// complete refuses a name that leaves out one of the canton's languages that the program speaks, or has one that is none.
func (b *Blueprint) complete(where string, text Text) error {
	for _, language := range b.Spoken() {
		if text.by[string(language)] == "" {
			return fmt.Errorf("%s: it is not named in %q", where, language)
		}
	}
	for language := range text.by {
		if !slices.Contains(b.Languages, language) {
			return fmt.Errorf("%s: %q is no language of the canton", where, language)
		}
	}
	return nil
}

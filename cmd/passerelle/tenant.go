package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"strings"
	"text/tabwriter"
	"time"

	"passerelle/internal/blueprints"
	"passerelle/internal/config"
	"passerelle/internal/i18n"
	"passerelle/internal/platform"
	"passerelle/internal/tenantdb"
)

type tenantCommand struct {
	Create    tenantCreateCommand    `cmd:"" help:"Make a tenant from a file: docs/tenants.md says what stands in it. Prints the codes of its first administrators, once."`
	List      tenantListCommand      `cmd:"" help:"List the tenants, how far each is, and what is missing before it can go live."`
	Live      tenantLiveCommand      `cmd:"" help:"Let everybody of a tenant in, once two of its administrators have signed in."`
	Suspend   tenantSuspendCommand   `cmd:"" help:"Keep a tenant's people out, and its offices' people as far as they work for it. Their sessions end at once; no data are touched."`
	Resume    tenantResumeCommand    `cmd:"" help:"Let a suspended tenant's people in again."`
	Export    tenantExportCommand    `cmd:"" help:"Write everything of a tenant into an archive, for the key that it has given."`
	Import    tenantImportCommand    `cmd:"" help:"Bring a tenant in from such an archive, suspended, under keys of this installation."`
	Delete    tenantDeleteCommand    `cmd:"" help:"Plan that everything of a tenant is deleted, take that back, or, once the waiting period is over, do it."`
	Blueprint tenantBlueprintCommand `cmd:"" help:"Print what a tenant of a canton starts from. Needs no database and no settings."`
}

type tenantCreateCommand struct {
	File     string `short:"f" required:"" placeholder:"FILE" help:"What the tenant is. tenants/example.yaml shows one."`
	Check    bool   `help:"Only say what is wrong with the file: make nothing, and ask no database."`
	Loopback bool   `help:"Let the provider be on this machine, without https, as the demo's is. Never for people."`
}

// Run makes the tenant, or says everything that is wrong with the file.
func (c tenantCreateCommand) Run(ctx context.Context, settings config.Config) error {
	text, err := readFile(c.File)
	if err != nil {
		return err
	}
	plan, err := platform.ReadPlan(text)
	if err != nil {
		return fmt.Errorf("%s: %w", c.File, err)
	}
	if err := plan.Check(c.Loopback); err != nil {
		return fmt.Errorf("%s:\n%w", c.File, err)
	}
	if c.Check {
		fmt.Printf("Nothing is wrong with %s.\n", c.File)
		return nil
	}
	secret, err := clientSecret(plan)
	if err != nil {
		return err
	}
	return withRegistry(ctx, settings, func(registry *platform.Registry) error {
		codes, err := registry.Create(ctx, plan, secret)
		if err != nil {
			return err
		}
		return tellCreated(os.Stdout, plan, codes)
	})
}

// longestSecret is more than any provider gives out.
const longestSecret = 4096

// clientSecret reads what the installation shows to the provider, from where the plan says that it is: it never stands in the file.
func clientSecret(plan platform.Plan) (string, error) {
	if name := plan.Connection.SecretEnv; name != "" {
		secret := config.Named(name)
		if secret == "" || len(secret) > longestSecret {
			return "", fmt.Errorf("the variable %s is empty or too long: connection.client_secret_env names it", name)
		}
		return secret, nil
	}
	content, err := readFile(plan.Connection.SecretFile)
	if err != nil {
		return "", err
	}
	secret := strings.TrimRight(string(content), "\r\n")
	if secret == "" || len(secret) > longestSecret || strings.ContainsAny(secret, "\r\n") {
		return "", fmt.Errorf("the file %s does not hold one line with a secret: connection.client_secret_file names it", plan.Connection.SecretFile)
	}
	return secret, nil
}

func tellCreated(out io.Writer, plan platform.Plan, codes []platform.Handed) error {
	text := bufio.NewWriter(out)
	fmt.Fprintf(text, "%s is being prepared. Its provider sends people back to ORIGIN/oidc/%s/callback: enter that address there.\n", plan.Tenant.Name, plan.Connection.Slug)
	if len(codes) > 0 {
		fmt.Fprintf(text, "\nHand these codes over in person or by telephone, each to one person, and not by the e-mail of the organisation whose\n"+
			"provider they guard. They are shown here once and kept nowhere:\n\n")
		for _, handed := range codes {
			fmt.Fprintf(text, "  %s <%s>, until %s:\n    %s\n", handed.Name, handed.Email, handed.Until.In(i18n.Zone).Format("02.01.2006 15:04"), handed.Code)
		}
		fmt.Fprintf(text, "\nEach signs in through %s, and enters the code on the page that says that the account has no role yet.\n", plan.Connection.Name)
	}
	fmt.Fprintf(text, "\nWhen two administrators have signed in: passerelle tenant live %s\n", plan.Tenant.Slug)
	return text.Flush()
}

type tenantListCommand struct{}

// Run prints.
func (tenantListCommand) Run(ctx context.Context, settings config.Config) error {
	return withRegistry(ctx, settings, func(registry *platform.Registry) error {
		tenants, err := registry.List(ctx)
		if err != nil {
			return err
		}
		table := tabwriter.NewWriter(os.Stdout, 0, 0, 2, ' ', 0)
		fmt.Fprintln(table, "TENANT\tNAME\tCANTON\tSTATE\tSINCE\tMISSING\tDELETED FROM")
		for _, t := range tenants {
			since, missing := t.CreatedAt, ""
			switch t.State() {
			case platform.Suspended:
				since, missing = *t.SuspendedAt, "suspended: "+string(t.SuspendedFor)
			case platform.Preparing:
				missing = platform.InWords(t.Missing())
			case platform.Live:
				since = *t.LiveAt
			}
			leaves := ""
			if t.RemovalDueAt != nil {
				leaves = moment(*t.RemovalDueAt)
			}
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\t%s\n", t.Slug, t.Name, t.Canton, t.State(), moment(since), missing, leaves)
		}
		return table.Flush()
	})
}

type tenantLiveCommand struct {
	Tenant string `arg:"" placeholder:"NAME" help:"By the name in its address (vaud)."`
}

// Run lets a tenant go live.
func (c tenantLiveCommand) Run(ctx context.Context, settings config.Config) error {
	return withRegistry(ctx, settings, func(registry *platform.Registry) error {
		if err := registry.GoLive(ctx, c.Tenant); err != nil {
			return err
		}
		fmt.Printf("%s is live: whoever is expected there can come in.\n", c.Tenant)
		return nil
	})
}

type tenantSuspendCommand struct {
	Tenant string `arg:"" placeholder:"NAME" help:"By the name in its address (vaud)."`
	Reason string `required:"" enum:"asked,agreement,incident" help:"Why: asked (the tenant asked for it), agreement (its agreement has ended), incident (something must not go on). The tenant's journal says it."`
}

// Run suspends.
func (c tenantSuspendCommand) Run(ctx context.Context, settings config.Config) error {
	return withRegistry(ctx, settings, func(registry *platform.Registry) error {
		if err := registry.Suspend(ctx, c.Tenant, platform.Reason(c.Reason)); err != nil {
			return err
		}
		fmt.Printf("%s is suspended: nobody comes in, and whoever was in is out. Its data are as they were. passerelle tenant resume %s lets them in again.\n", c.Tenant, c.Tenant)
		return nil
	})
}

type tenantResumeCommand struct {
	Tenant string `arg:"" placeholder:"NAME" help:"By the name in its address (vaud)."`
}

// Run resumes.
func (c tenantResumeCommand) Run(ctx context.Context, settings config.Config) error {
	return withRegistry(ctx, settings, func(registry *platform.Registry) error {
		if err := registry.Resume(ctx, c.Tenant); err != nil {
			return err
		}
		fmt.Printf("%s is as it was before it was suspended. Everybody signs in anew.\n", c.Tenant)
		return nil
	})
}

type tenantBlueprintCommand struct {
	Canton   string `arg:"" placeholder:"CANTON" help:"By its two letters (FR)."`
	Language string `default:"" enum:",fr,de,it,en" help:"In this language, where the canton has names in it; the canton's first, if none is named."`
}

// Run prints a blueprint, and marks what is to be asked still.
func (c tenantBlueprintCommand) Run() error {
	blueprint, err := blueprints.For(strings.ToUpper(c.Canton))
	if err != nil {
		return err
	}
	language := i18n.Lang(c.Language)
	if language == "" {
		language = blueprint.Spoken()[0]
	}
	return tellBlueprint(os.Stdout, i18n.With(context.Background(), language), blueprint)
}

func tellBlueprint(out io.Writer, ctx context.Context, blueprint blueprints.Blueprint) error {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	line := func(what string, named blueprints.Named) {
		doubt := ""
		if !named.Confirmed {
			doubt = "to be asked"
		}
		name := named.Full(ctx)
		if chair := named.Chair.In(ctx); chair != "" {
			name += ", " + chair
		}
		fmt.Fprintf(table, "%s\t%s\t%s\n", what, name, doubt)
	}
	fmt.Fprintf(table, "%s\t%s\t\n", blueprint.Canton, blueprint.Name.In(ctx))
	fmt.Fprintf(table, "languages\t%s\t\n", strings.Join(blueprint.Languages, ", "))
	for _, which := range blueprint.Authorities() {
		named, _ := blueprint.Authority(which)
		line(string(which), named)
	}
	for _, kind := range blueprint.Offices() {
		named, _ := blueprint.Office(kind)
		line("office: "+kind, named)
	}
	for _, regime := range []blueprints.Regime{blueprints.Cantonal, blueprints.Federal} {
		law, supervisor := blueprint.Of(regime)
		line(string(regime)+" law", law)
		line(string(regime)+" supervisor", supervisor)
	}
	for _, kind := range blueprints.RegionKinds {
		for _, region := range blueprint.Regions(kind) {
			line("region: "+kind, region.Named)
		}
	}
	return table.Flush()
}

// withRegistry connects as those who run the installation.
func withRegistry(ctx context.Context, settings config.Config, do func(*platform.Registry) error) error {
	if err := settings.ForPlatform(); err != nil {
		return err
	}
	db, err := tenantdb.Open(ctx, settings.PlatformDatabaseURL, tenantdb.Options{MaxConns: 2})
	if err != nil {
		return err
	}
	defer db.Close()
	registry, err := platform.New(ctx, db, time.Now)
	if err != nil {
		return err
	}
	return do(registry)
}

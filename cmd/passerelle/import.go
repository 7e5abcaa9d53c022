package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"passerelle/internal/access"
	"passerelle/internal/config"
	"passerelle/internal/dossiers"
	"passerelle/internal/fault"
	"passerelle/internal/i18n"
	"passerelle/internal/ids"
	"passerelle/internal/imports"
	"passerelle/internal/keys"
	"passerelle/internal/members"
	"passerelle/internal/progress"
	"passerelle/internal/tenantdb"
)

type importCommand struct {
	File     string            `arg:"" optional:"" type:"existingfile" help:"The file: CSV or XLSX, one person a row, the columns' titles in the first."`
	Tenant   string            `required:"" placeholder:"NAME" help:"Whose caseload it is, by the name in the tenant's address (vaud)."`
	As       string            `required:"" placeholder:"EMAIL" help:"The coordinator in whose name it is taken over, and who is responsible where a row names nobody."`
	Map      map[string]string `placeholder:"COLUMN=FIELD" help:"Which field a column fills, where its title does not say: --map 'Bemerkung=contact_note'. An empty field leaves the column out."`
	DryRun   bool              `help:"Only say what every row comes to."`
	Resume   string            `placeholder:"ID" help:"Go on with an import that was interrupted, without the file."`
	Language string            `enum:"fr,de,it,en" default:"en" help:"In which language to say what is wrong: fr, de, it or en."`
}

// importConns is how many connections one after the other needs.
const importConns = 4

// Run takes the file, says what every row comes to, and imports when all is clear.
func (c importCommand) Run(ctx context.Context, settings config.Config) error {
	if (c.File == "") == (c.Resume == "") {
		return errors.New("name either a file, or --resume with the identifier that an interrupted import has printed")
	}
	if err := settings.ForServe(); err != nil {
		return err
	}
	master, err := masterKey(settings)
	if err != nil {
		return err
	}
	data, err := tenantdb.Open(ctx, settings.DatabaseURL, tenantdb.Options{MaxConns: importConns})
	if err != nil {
		return err
	}
	defer data.Close()
	if err := data.Check(ctx); err != nil {
		return err
	}
	wrapped, err := tenantdb.OpenKeys(ctx, settings.KeysDatabaseURL, tenantdb.Options{MaxConns: importConns})
	if err != nil {
		return fmt.Errorf("the database of the keys: %w", err)
	}
	defer wrapped.Close()
	ring, err := keys.New(ctx, wrapped, master)
	if err != nil {
		return err
	}
	by, err := members.As(ctx, data, c.Tenant, c.As)
	if errors.Is(err, fault.NotFound()) {
		return fmt.Errorf("nobody with the address %s works for a tenant called %s", c.As, c.Tenant)
	}
	if err != nil {
		return err
	}
	ctx = i18n.With(access.WithPrincipal(ctx, by), i18n.Lang(c.Language))
	service := imports.New(data, ring, dossiers.New(data, ring, time.Now), time.Now)
	return c.bring(ctx, service, os.Stdout)
}

// bring prints what it does; what is wrong with the file is an error in the language that was asked for.
func (c importCommand) bring(ctx context.Context, service *imports.Service, out io.Writer) error {
	id, err := c.take(ctx, service)
	if err != nil {
		return plainly(ctx, err)
	}
	look, err := service.Find(ctx, id)
	if err != nil {
		return plainly(ctx, err)
	}
	c.report(ctx, look, out)
	if c.DryRun || look.Report.Wrong > 0 {
		if c.Resume == "" {
			if err := service.Discard(ctx, id); err != nil {
				return err
			}
		}
		if look.Report.Wrong > 0 {
			return fmt.Errorf("nothing was imported: %d of %d rows have to be corrected", look.Report.Wrong, look.Report.Total)
		}
		return nil
	}
	fmt.Fprintf(out, "Should it be interrupted: passerelle import --tenant %s --as %s --resume %s\n", c.Tenant, c.As, id)
	bar := progress.New(out, "Taking over", look.Total)
	bar.Add(look.Done)
	for done := look.Import; done.Stage() != imports.Finished; {
		before := done.Done
		if done, err = service.Go(ctx, id); err != nil {
			return plainly(ctx, err)
		}
		bar.Add(done.Done - before)
	}
	fmt.Fprintf(out, "Done: %d dossiers. The file that was kept for it is deleted.\n", look.Total)
	return nil
}

// take takes the file with the meaning that its columns are given, or finds the import that was begun.
func (c importCommand) take(ctx context.Context, service *imports.Service) (imports.ID, error) {
	if c.Resume != "" {
		return ids.Parse[imports.Import](c.Resume)
	}
	body, err := os.ReadFile(c.File)
	if err != nil {
		return imports.ID{}, err
	}
	id := ids.New[imports.Import]()
	if err := service.Take(ctx, id, c.File, body); err != nil {
		return imports.ID{}, err
	}
	look, err := service.Find(ctx, id)
	if err != nil || len(c.Map) == 0 {
		return id, err
	}
	for column, title := range look.Sheet.Header {
		if field, named := c.Map[title]; named {
			look.Sheet.Mapping[column] = field
		}
		if look.Sheet.Mapping[column] == "" {
			delete(look.Sheet.Mapping, column)
		}
	}
	_, err = service.Map(ctx, id, look.Version, look.Sheet.Mapping)
	return id, err
}

func (c importCommand) report(ctx context.Context, look imports.Look, out io.Writer) {
	for column, title := range look.Sheet.Header {
		if field := look.Sheet.Mapping[column]; field != "" {
			fmt.Fprintf(out, "%s -> %s\n", title, field)
		} else {
			fmt.Fprintf(out, "%s is left out\n", title)
		}
	}
	for _, row := range look.Report.Rows {
		for _, problem := range row.Problems {
			fmt.Fprintf(out, "%d %s: %s\n", row.Number, problem.Field, i18n.T(ctx, problem.Key, problem.Args...))
		}
	}
	fmt.Fprintf(out, "%d rows, %d to be corrected.\n", look.Report.Total, look.Report.Wrong)
}

// plainly says what can be corrected in words.
func plainly(ctx context.Context, err error) error {
	problems, ok := fault.Correctable(err)
	if !ok || len(problems) == 0 {
		return err
	}
	return errors.New(i18n.T(ctx, problems[0].Key, problems[0].Args...))
}

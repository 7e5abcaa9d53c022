package provisioning

import (
	"context"
	"slices"

	"passerelle/internal/ids"
	"passerelle/internal/signin"
	"passerelle/internal/tenantdb"
)

// Groups gives the groups that the directory has named, and how many there are.
func (d *Directory) Groups(ctx context.Context, which Which, window Window) (found []Group, total int64, err error) {
	directory, _, err := known(ctx)
	if err != nil {
		return nil, 0, err
	}
	err = d.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if total, err = countGroups(ctx, tx, directory.ConnectionID, which); err != nil || window.Bounded().Count == 0 {
			return err
		}
		if found, err = listGroups(ctx, tx, directory.ConnectionID, which, window.Bounded()); err != nil {
			return err
		}
		return peopleOf(ctx, tx, directory.ConnectionID, found)
	})
	return found, total, err
}

// peopleOf adds to groups who is in them.
func peopleOf(ctx context.Context, tx tenantdb.Tx, connection signin.ConnectionID, groups []Group) error {
	var all []GroupID
	for _, group := range groups {
		all = append(all, group.GroupID)
	}
	memberships, err := listMemberships(ctx, tx, connection, nil, all)
	for i := range groups {
		for _, membership := range memberships {
			if membership.GroupID == groups[i].GroupID { // #nosec G602 -- of groups themselves
				groups[i].People = append(groups[i].People, membership.PersonID) // #nosec G602 -- of groups themselves
			}
		}
	}
	return err
}

// Group gives one.
func (d *Directory) Group(ctx context.Context, id GroupID) (Group, error) {
	directory, _, err := known(ctx)
	if err != nil {
		return Group{}, err
	}
	found := make([]Group, 1)
	err = d.db.View(ctx, func(ctx context.Context, tx tenantdb.Tx) (err error) {
		if found[0], err = findGroup(ctx, tx, id); err != nil {
			return err
		}
		return peopleOf(ctx, tx, directory.ConnectionID, found)
	})
	return found[0], err
}

// AddGroup adds one.
func (d *Directory) AddGroup(ctx context.Context, group Group) (Group, error) {
	directory, _, err := known(ctx)
	if err != nil {
		return Group{}, err
	}
	if err := group.check(); err != nil {
		return Group{}, err
	}
	group.GroupID, group.MadeAt, group.ChangedAt = ids.New[Group](), d.now(), d.now()
	err = d.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		n, err := countGroups(ctx, tx, directory.ConnectionID, Which{})
		if err != nil {
			return err
		}
		if n >= mostGroups {
			return Refusal{Reason: TooMany}
		}
		fresh, err := insertGroup(ctx, tx, directory, group)
		if err != nil {
			return err
		}
		if !fresh {
			return Refusal{Reason: Taken}
		}
		return d.gather(ctx, tx, directory, group)
	})
	if err == nil {
		return d.Group(ctx, group.GroupID)
	}
	return Group{}, err
}

// gather writes who is in a group, so far as that proposes a role.
func (d *Directory) gather(ctx context.Context, tx tenantdb.Tx, directory Known, group Group) error {
	slices.SortFunc(group.People, func(a, b PersonID) int { return slices.Compare(bytesOf(a), bytesOf(b)) })
	group.People = slices.Compact(group.People)
	if len(group.People) > mostInGroup {
		return Refusal{Reason: TooMany}
	}
	proposing, err := proposes(ctx, tx, group.Name)
	if err != nil {
		return err
	}
	if !proposing {
		group.People = nil
	}
	if err := replaceMemberships(ctx, tx, directory, group); err != nil {
		return err
	}
	if err := regroupApplications(ctx, tx, directory.ConnectionID); err != nil {
		return err
	}
	return d.note(ctx, tx, directory, GroupSaid, group.GroupID.UUID())
}

func bytesOf(id PersonID) []byte { bytes := id.UUID(); return bytes[:] }

// ChangeGroup changes what is said of a group, as change says.
func (d *Directory) ChangeGroup(ctx context.Context, id GroupID, change func(*Group) error) (Group, error) {
	directory, _, err := known(ctx)
	if err != nil {
		return Group{}, err
	}
	err = d.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		locked, err := lockGroup(ctx, tx, id)
		if err != nil {
			return err
		}
		found := []Group{locked}
		if err := peopleOf(ctx, tx, directory.ConnectionID, found); err != nil {
			return err
		}
		group := found[0]
		if err := change(&group); err != nil {
			return err
		}
		if err := group.check(); err != nil {
			return err
		}
		taken, err := isNameTaken(ctx, tx, directory.ConnectionID, group)
		if err != nil {
			return err
		}
		if taken {
			return Refusal{Reason: Taken}
		}
		group.ChangedAt = d.now()
		if err := updateGroup(ctx, tx, group); err != nil {
			return err
		}
		return d.gather(ctx, tx, directory, group)
	})
	if err == nil {
		return d.Group(ctx, id)
	}
	return Group{}, err
}

// RemoveGroup forgets one. It ends nothing: what a group proposed was decided by somebody.
func (d *Directory) RemoveGroup(ctx context.Context, id GroupID) error {
	directory, _, err := known(ctx)
	if err != nil {
		return err
	}
	return d.db.Write(ctx, func(ctx context.Context, tx tenantdb.Tx) error {
		if err := deleteGroup(ctx, tx, id); err != nil {
			return err
		}
		if err := regroupApplications(ctx, tx, directory.ConnectionID); err != nil {
			return err
		}
		return d.note(ctx, tx, directory, GroupSaid, id.UUID())
	})
}

package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"
)

// The names are fixed: migrations grant to them, and deploy/ creates the same.
const (
	DatabaseName = "slipway"
	OwnerRole    = "slipway_owner" // owns the database and runs migrations
	AppRole      = "slipway_app"   // serves requests; has what migrations grant it

	superuser = "postgres"
)

// provision makes the roles and the database of a private server, or does
// nothing where they exist.
func (p *Server) provision(ctx context.Context, s secrets) error {
	conn, err := pgx.Connect(ctx, p.SuperuserURL)
	if err != nil {
		return fmt.Errorf("connect to the private PostgreSQL: %w", err)
	}
	defer conn.Close(ctx)
	if err := EnsureRoles(ctx, conn, s.Owner, s.App); err != nil {
		return err
	}
	var exists bool
	if err := conn.QueryRow(ctx, "select exists (select from pg_database where datname = $1)", DatabaseName).Scan(&exists); err != nil {
		return fmt.Errorf("look for the database: %w", err)
	}
	if !exists {
		if _, err := conn.Exec(ctx, "create database "+DatabaseName+" owner "+OwnerRole); err != nil {
			return fmt.Errorf("create the database: %w", err)
		}
	}
	return RestrictDatabase(ctx, conn, DatabaseName)
}

// EnsureRoles creates the two roles with the given passwords where they are
// missing. conn is a superuser's. Two calls at once on one server need a lock
// around them.
func EnsureRoles(ctx context.Context, conn *pgx.Conn, ownerPassword, appPassword string) error {
	for role, password := range map[string]string{OwnerRole: ownerPassword, AppRole: appPassword} {
		var exists bool
		if err := conn.QueryRow(ctx, "select exists (select from pg_roles where rolname = $1)", role).Scan(&exists); err != nil {
			return fmt.Errorf("look for role %s: %w", role, err)
		}
		if exists {
			continue
		}
		// CREATE ROLE takes no parameters; format() quotes for us.
		var create string
		err := conn.QueryRow(ctx, "select format('create role %I login nosuperuser nocreatedb nocreaterole password %L', $1::text, "+
			"$2::text)", role, password).Scan(&create)
		if err != nil {
			return fmt.Errorf("prepare role %s: %w", role, err)
		}
		if _, err := conn.Exec(ctx, create); err != nil {
			return fmt.Errorf("create role %s: %w", role, err)
		}
	}
	return nil
}

// RestrictDatabase lets only the two roles connect to a database. These rights
// are not copied from a template database, so every new database needs it.
func RestrictDatabase(ctx context.Context, conn *pgx.Conn, name string) error {
	quoted := pgx.Identifier{name}.Sanitize()
	for _, statement := range []string{
		"revoke all on database " + quoted + " from public",
		"grant connect on database " + quoted + " to " + AppRole,
	} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return fmt.Errorf("restrict database %s: %w", name, err)
		}
	}
	return nil
}

// Package migrations holds the database schema as numbered goose files. They
// run as role slipway_owner on PostgreSQL 15 and newer, and grant what the
// server needs to role slipway_app.
package migrations

import "embed"

// FS holds the migrations, in its root folder.
//
//go:embed *.sql
var FS embed.FS

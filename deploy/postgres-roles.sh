#!/bin/sh
# Creates Slipway's database and its two roles on a new PostgreSQL server: the
# owner runs migrations, the app serves requests with what migrations grant it.
# The official image runs this once, when its data folder is empty; elsewhere,
# run it as a superuser with the same variables set.
set -eu
: "${SLIPWAY_OWNER_PASSWORD:?is not set}" "${SLIPWAY_APP_PASSWORD:?is not set}"
psql -v ON_ERROR_STOP=1 -v owner_password="$SLIPWAY_OWNER_PASSWORD" -v app_password="$SLIPWAY_APP_PASSWORD" \
  --username "${POSTGRES_USER:-postgres}" --dbname postgres <<'SQL'
create role slipway_owner login nosuperuser nocreatedb nocreaterole password :'owner_password';
create role slipway_app login nosuperuser nocreatedb nocreaterole password :'app_password';
create database slipway owner slipway_owner;
revoke all on database slipway from public;
grant connect on database slipway to slipway_app;
SQL

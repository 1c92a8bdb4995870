#!/bin/sh
# Runs once, when the database server is made: the owner that migrates, and the two that row-level security binds:
# the application, and what administers tenants.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" --set=admin="$ADMIN_PASSWORD" <<'SQL'
CREATE ROLE ombud_owner LOGIN NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE ombud_app LOGIN NOBYPASSRLS PASSWORD :'app';
CREATE ROLE ombud_admin LOGIN NOBYPASSRLS PASSWORD :'admin';
CREATE DATABASE ombud OWNER ombud_owner;
REVOKE ALL ON DATABASE ombud FROM PUBLIC;
GRANT CONNECT ON DATABASE ombud TO ombud_app, ombud_admin;
SQL

#!/bin/sh
# Runs once, when the database server is made: the owner that migrates, and the application, which row-level security binds.
set -eu
psql --set=ON_ERROR_STOP=1 --username=postgres --set=owner="$OWNER_PASSWORD" --set=app="$APP_PASSWORD" <<'SQL'
CREATE ROLE ombud_owner LOGIN NOBYPASSRLS PASSWORD :'owner';
CREATE ROLE ombud_app LOGIN NOBYPASSRLS PASSWORD :'app';
CREATE DATABASE ombud OWNER ombud_owner;
REVOKE ALL ON DATABASE ombud FROM PUBLIC;
GRANT CONNECT ON DATABASE ombud TO ombud_app;
SQL

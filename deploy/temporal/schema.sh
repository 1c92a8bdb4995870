#!/bin/sh
# Brings Temporal's two databases to the schema of this release. Run again it changes nothing; after an upgrade of the image, the rest.
set -eu
schemas=/etc/temporal/schema/postgresql/v12

bring() { # database, folder of its schema
  sql="temporal-sql-tool --plugin $SQL_PLUGIN --ep $SQL_HOST -p $SQL_PORT -u $SQL_USER --db $1"
  # Both fail when they were done before, that is on every run but the first; the update then says whether all is well.
  $sql create || echo "$1 exists"
  $sql setup-schema -v 0.0 || echo "$1 was set up before"
  $sql update-schema -d "$schemas/$2/versioned"
}

bring temporal temporal
bring temporal_visibility visibility

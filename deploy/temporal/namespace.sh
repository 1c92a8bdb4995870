#!/bin/sh
# Makes the namespace and the search attributes that cases are found by. Run again it changes nothing.
set -eu

tries=30
until temporal operator cluster health >/dev/null 2>&1; do # an open port is not readiness
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "The Temporal server at $TEMPORAL_ADDRESS does not answer." >&2; exit 1; }
  sleep 2
done

temporal operator namespace describe --namespace "$NAMESPACE" >/dev/null 2>&1 ||
  temporal operator namespace create --namespace "$NAMESPACE" --retention "$RETENTION"

# A new namespace is known to the whole cluster after some seconds.
until temporal operator search-attribute list --namespace "$NAMESPACE" >/dev/null 2>&1; do
  tries=$((tries - 1))
  [ "$tries" -gt 0 ] || { echo "The namespace $NAMESPACE does not become ready." >&2; exit 1; }
  sleep 2
done

known="$(temporal operator search-attribute list --namespace "$NAMESPACE")"
while read -r name type; do
  echo "$known" | grep -qw "$name" ||
    temporal operator search-attribute create --namespace "$NAMESPACE" --name "$name" --type "$type"
done <<'ATTRIBUTES'
TenantId Keyword
CaseKind Keyword
CaseStatus Keyword
Outcome Keyword
OpenedAt Datetime
Phase Keyword
Queue Keyword
Priority Keyword
NextDueAt Datetime
ATTRIBUTES

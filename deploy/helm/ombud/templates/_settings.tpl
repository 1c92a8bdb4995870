{{- /* OMBUD_ variables that are no secret, the same for every process; JSON. */ -}}
{{- define "ombud.settings" -}}
{{- $said := deepCopy .Values.settings -}}
{{- $_ := set $said "OMBUD_STATE_DIR" "/var/lib/ombud" -}}
{{- $_ := set $said "OMBUD_TEMPORAL_ADDRESS" (required "temporal.address: host:port of Temporal's frontend" .Values.temporal.address) -}}
{{- $_ := set $said "OMBUD_TEMPORAL_NAMESPACE" .Values.temporal.namespace -}}
{{- $_ := set $said "OMBUD_CONSOLE" (ternary "off" "with_api" .Values.console.apart) -}}
{{- $_ := set $said "OMBUD_PUBLIC_URL" (required "settings.OMBUD_PUBLIC_URL: where people reach the API and the pages" (get $said "OMBUD_PUBLIC_URL")) -}}
{{- with .Values.temporal.tls -}}
{{- if and (or .authority .certificate) (not .secret) }}{{ fail "temporal.tls.secret: the Secret with what authority or certificate promise" }}{{ end -}}
{{- if and .secret (not (or .authority .certificate)) }}{{ fail "temporal.tls: say what the Secret holds, authority, certificate or both" }}{{ end -}}
{{- if .authority }}{{ $_ := set $said "OMBUD_TEMPORAL_TLS_CA_PATH" "/etc/ombud/temporal/ca.crt" }}{{ end -}}
{{- if .certificate -}}
{{- $_ := set $said "OMBUD_TEMPORAL_TLS_CERT_PATH" "/etc/ombud/temporal/tls.crt" -}}
{{- $_ := set $said "OMBUD_TEMPORAL_TLS_KEY_PATH" "/etc/ombud/temporal/tls.key" -}}
{{- end -}}
{{- end -}}
{{- $said | toJson -}}
{{- end -}}

{{- /* Which secret each process is given, and of which Secret: what it does not need, it does not have. `perhaps` need not be there. */ -}}
{{- define "ombud.given" -}}
{{- $evidence := ternary (list) (list "OMBUD_EVIDENCE_URL") (not (empty .Values.evidence.claim)) -}}
{{- $pages := list "OMBUD_OIDC_CLIENT_SECRET" -}}
{{- $base := list "OMBUD_DATABASE_URL" "OMBUD_MASTER_KEY" -}}
{{- $keys := list "OMBUD_DIGEST_KEY" "OMBUD_MASTER_KEY_NEXT" "OMBUD_MASTER_KEYS_EARLIER" -}}
{{- if .Values.temporal.apiKey }}{{ $base = append $base "OMBUD_TEMPORAL_API_KEY" }}{{ end -}}
{{- $admin := list "OMBUD_DATABASE_ADMIN_URL" -}}
{{- $of := dict
  "api" (dict "app" (concat $base $evidence) "admin" $admin
    "perhaps" (concat $keys (list "OMBUD_PAYPAL_CLIENT_SECRET") (ternary (list) $pages .Values.console.apart)))
  "console" (dict "app" (concat $base $evidence) "admin" $admin "perhaps" (concat $keys $pages))
  "worker" (dict "app" (concat $base $evidence) "perhaps" (concat $keys (list "OMBUD_SMTP_PASSWORD" "OMBUD_STRIPE_API_KEY")))
  "upkeep" (dict "app" (concat $base $evidence) "admin" $admin "perhaps" $keys)
  "sign-heads" (dict "app" (concat $base $evidence) "perhaps" $keys)
  "migrate" (dict "app" (list "OMBUD_DATABASE_URL" "OMBUD_MASTER_KEY") "owner" (list "OMBUD_DATABASE_OWNER_URL"))
-}}
{{- $of | toJson -}}
{{- end -}}

{{- /* The environment of one process beside the settings. Takes a list: the root, and which process. */ -}}
{{- define "ombud.secretEnv" -}}
{{- $root := first . -}}
{{- $given := get (include "ombud.given" $root | fromJson) (last .) -}}
{{- range $which := list "app" "admin" "owner" "perhaps" }}
{{- $secret := ternary "app" $which (eq $which "perhaps") }}
{{- range default (list) (get $given $which) }}
- name: {{ . }}
  valueFrom:
    secretKeyRef:
      name: {{ required (printf "secrets.%s: the name of the Secret with %s" $secret .) (get $root.Values.secrets $secret) }}
      key: {{ . }}
      {{- if eq $which "perhaps" }}
      optional: true
      {{- end }}
{{- end }}
{{- end }}
{{- end -}}

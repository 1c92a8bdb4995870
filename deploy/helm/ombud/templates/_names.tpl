{{- define "ombud.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 50 | trimSuffix "-" -}}
{{- end -}}

{{- /* At most 40 characters: names of processes and builds are put behind it, and 63 is the most a label takes. */ -}}
{{- define "ombud.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := ternary .Release.Name (printf "%s-%s" .Release.Name $name) (contains $name .Release.Name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{- define "ombud.image" -}}
{{- with .Values.image -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end -}}
{{- end -}}

{{- /* Of all pods of this release. Of one process: ombud.selector. */ -}}
{{- define "ombud.ours" -}}
app.kubernetes.io/name: {{ include "ombud.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- /* Takes a list: the root, and which process. */ -}}
{{- define "ombud.selector" -}}
{{ include "ombud.ours" (first .) }}
app.kubernetes.io/component: {{ last . }}
{{- end -}}

{{- define "ombud.labels" -}}
{{ include "ombud.selector" . }}
app.kubernetes.io/version: {{ (first .).Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ (first .).Release.Service }}
helm.sh/chart: {{ printf "%s-%s" (first .).Chart.Name ((first .).Chart.Version | replace "+" "_") }}
{{- end -}}

{{- /* For what must be there before the release is: accounts, rules and jobs. Takes the weight. */ -}}
{{- define "ombud.before" -}}
helm.sh/hook: pre-install,pre-upgrade
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation
{{- end -}}

{{- /* Which processes there are, with a Service account and rules of their own each; JSON. */ -}}
{{- define "ombud.processes" -}}
{{- $found := list "api" "worker" "upkeep" -}}
{{- if .Values.console.apart }}{{ $found = append $found "console" }}{{ end -}}
{{- if .Values.signHeads.enabled }}{{ $found = append $found "sign-heads" }}{{ end -}}
{{- if .Values.migrate.enabled }}{{ $found = append $found "migrate" }}{{ end -}}
{{- if .Values.temporal.setup.enabled }}{{ $found = append $found "temporal-setup" }}{{ end -}}
{{- dict "processes" $found | toJson -}}
{{- end -}}

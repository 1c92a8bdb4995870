{{- define "ombud.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end -}}

{{- /* What every pod has. Takes a list: the root, and which process. */ -}}
{{- define "ombud.podSpec" -}}
{{- $root := first . -}}
serviceAccountName: {{ include "ombud.fullname" $root }}-{{ last . }}
automountServiceAccountToken: false
# Else a Service called ombud-api makes a variable OMBUD_API_PORT, which is none.
enableServiceLinks: false
securityContext:
  {{- toYaml $root.Values.podSecurityContext | nindent 2 }}
{{- with $root.Values }}
{{- with .imagePullSecrets }}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{- /*
The pod of a process that keeps running. Takes a dict:
root, process, of (its values), command, grace (seconds), spread (whether there are several),
port (its own, by name and number), health (whether it answers at the health port), starts (seconds that its start may take),
env (variables of its own), evidence (whether it reads files), volumes and mounts of its own.
*/ -}}
{{- define "ombud.pod" -}}
{{- $root := .root -}}
{{- $files := and .evidence $root.Values.evidence.claim -}}
metadata:
  labels:
    {{- include "ombud.labels" (list $root .process) | nindent 4 }}
  annotations:
    # A setting that is changed begins the process anew.
    checksum/settings: {{ include "ombud.settings" $root | sha256sum }}
    {{- with .of.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  {{- include "ombud.podSpec" (list $root .process) | nindent 2 }}
  terminationGracePeriodSeconds: {{ .grace }}
  {{- if .spread }}
  topologySpreadConstraints:
    - maxSkew: 1
      topologyKey: kubernetes.io/hostname
      whenUnsatisfiable: ScheduleAnyway
      labelSelector:
        matchLabels:
          {{- include "ombud.selector" (list $root .process) | nindent 10 }}
  {{- end }}
  containers:
    - name: {{ .process }}
      image: {{ include "ombud.image" $root | quote }}
      imagePullPolicy: {{ $root.Values.image.pullPolicy }}
      args: {{ .command | toJson }}
      securityContext:
        {{- include "ombud.containerSecurity" $root | nindent 8 }}
      envFrom:
        - configMapRef:
            name: {{ include "ombud.fullname" $root }}-settings
      env:
        {{- include "ombud.secretEnv" (list $root .process) | trim | nindent 8 }}
        {{- range $name, $value := .env }}
        - name: {{ $name }}
          value: {{ $value | quote }}
        {{- end }}
        {{- with $root.Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      ports:
        {{- with .port }}
        - {name: {{ .name }}, containerPort: {{ .number }}, protocol: TCP}
        {{- end }}
        {{- if .health }}
        - {name: health, containerPort: 8081, protocol: TCP}
        {{- end }}
      {{- /* A console has no health port: its icon is answered without asking anybody. */}}
      {{- $alive := ternary (dict "path" "/healthz" "port" "health") (dict "path" "/favicon.ico" "port" "http") .health }}
      {{- $ready := ternary (dict "path" "/readyz" "port" "health") $alive .health }}
      startupProbe:
        httpGet: {{ toJson $alive }}
        periodSeconds: 5
        timeoutSeconds: 5
        failureThreshold: {{ div .starts 5 }}
      livenessProbe:
        httpGet: {{ toJson $alive }}
        periodSeconds: 10
        timeoutSeconds: 5
        failureThreshold: 6
      # Longer than the processes wait for Postgres themselves, so that they can still say why.
      readinessProbe:
        httpGet: {{ toJson $ready }}
        periodSeconds: 10
        timeoutSeconds: 8
        failureThreshold: 3
      {{- if .port }}
      # Whoever sends requests learns of the end a little after the pod does.
      lifecycle: {preStop: {exec: {command: [sleep, "5"]}}}
      {{- end }}
      resources:
        {{- toYaml .of.resources | nindent 8 }}
      volumeMounts:
        - {name: state, mountPath: /var/lib/ombud}
        - {name: tmp, mountPath: /tmp}
        {{- if $files }}
        - {name: evidence, mountPath: /var/lib/ombud/evidence}
        {{- end }}
        {{- /* Not called temporal-tls: so the Worker Controller calls what it adds itself. */}}
        {{- if $root.Values.temporal.tls.secret }}
        - {name: temporal-certificates, mountPath: /etc/ombud/temporal, readOnly: true}
        {{- end }}
        {{- with .mounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
        {{- with $root.Values.extraVolumeMounts }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
  volumes:
    - {name: state, emptyDir: {sizeLimit: 256Mi}}
    - {name: tmp, emptyDir: {sizeLimit: 1Gi}}
    {{- if $files }}
    - {name: evidence, persistentVolumeClaim: {claimName: {{ $root.Values.evidence.claim }}}}
    {{- end }}
    {{- with $root.Values.temporal.tls.secret }}
    - {name: temporal-certificates, secret: {secretName: {{ . }}, defaultMode: 0440}}
    {{- end }}
    {{- with .volumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
    {{- with $root.Values.extraVolumes }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
{{- end -}}

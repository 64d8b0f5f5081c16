{{/* What the pods of primary and replicas have in common. */}}

{{- define "ekiben.labels" -}}
app.kubernetes.io/name: ekiben
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "ekiben.image" -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- end }}

{{- define "ekiben.users" -}}
{{- has .Values.app (list "conduit" "english") | ternary "yes" "" }}
{{- end }}

{{- define "ekiben.pod" -}}
serviceAccountName: {{ .Release.Name }}
automountServiceAccountToken: false
enableServiceLinks: false
# More than the delay, the timeout and the second in which the process ends.
terminationGracePeriodSeconds: {{ add (index .Values.settings "EKIBEN_SHUTDOWN__DELAY_SECONDS" | default "0" | int) (index .Values.settings "EKIBEN_SHUTDOWN__TIMEOUT_SECONDS" | default "10" | int) 15 }}
{{- end }}

{{- define "ekiben.restricted" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}

{{- define "ekiben.settings" -}}
- configMapRef:
    name: {{ .Release.Name }}
{{- end }}

{{- define "ekiben.ports" -}}
- name: http
  containerPort: 1323
{{- if .Values.monitoring.enabled }}
- name: admin
  containerPort: 1324
{{- end }}
{{- end }}

{{- define "ekiben.secret-mount" -}}
{{- if or (include "ekiben.users" .) .Values.monitoring.enabled }}
- name: secret
  mountPath: /run/secrets/ekiben
  readOnly: true
{{- end }}
{{- end }}

{{- define "ekiben.secret-volume" -}}
{{- if or (include "ekiben.users" .) .Values.monitoring.enabled }}
- name: secret
  secret:
    secretName: {{ .Values.secretName }}
    defaultMode: 0444
    items:
      {{- if include "ekiben.users" . }}
      - key: {{ .Values.app }}-secret
        path: {{ .Values.app }}-secret
      {{- end }}
      {{- if .Values.monitoring.enabled }}
      - key: admin-token
        path: admin-token
      {{- end }}
{{- end }}
{{- end }}

{{- define "ekiben.probes" -}}
startupProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 2
  timeoutSeconds: 3
  failureThreshold: 60
livenessProbe:
  httpGet: {path: /livez, port: http}
  periodSeconds: 10
  timeoutSeconds: 3
  failureThreshold: 3
readinessProbe:
  httpGet: {path: /readyz, port: http}
  periodSeconds: 5
  timeoutSeconds: 3
  failureThreshold: 2
{{- end }}

#!/bin/sh
# Fetches the newest generation of each app from object storage, if the volume has none. What the storage does
# not have either begins with the image's data. An error ends with 1, and the pod does not start: an empty
# primary that writes would be worse.
set -eu
data="${LITESTREAM_DATA:?}"
config="${LITESTREAM_CONFIG:-/etc/litestream/restore.yml}"

for app in $(echo "$EKIBEN_APPS" | tr ',' ' '); do
  for file in "$data/$app".primary.*.sqlite; do
    if [ -e "$file" ]; then
      echo "$file is there: nothing to fetch"
      continue 2
    fi
  done
  # Generations are numbered from 1. Some may be missing: those that were short-lived.
  generation=1
  missing=0
  newest=""
  while [ "$missing" -lt 20 ]; do
    export LITESTREAM_FILE="$app.primary.$generation.sqlite"
    target="$data/$LITESTREAM_FILE"
    litestream restore -config "$config" -if-replica-exists -integrity-check quick "$target"
    if [ -e "$target" ]; then
      if [ -n "$newest" ]; then
        rm -f "$newest" "$newest-txid"
      fi
      newest="$target"
      missing=0
    else
      missing=$((missing + 1))
    fi
    generation=$((generation + 1))
  done
  echo "$app: fetched ${newest:-nothing}"
done

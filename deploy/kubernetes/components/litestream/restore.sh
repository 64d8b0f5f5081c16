#!/bin/sh
# Fetches the newest generation of each app from object storage, if the volume has none. What the storage does
# not have either begins with the image's data. An error ends with 1, and the pod does not start: a primary that
# writes on no data, or on old data, would be worse. So what is fetched stays aside until it is the newest: the
# next run takes what lies in the folder of the data for whole.
set -eu
data="${LITESTREAM_DATA:?}"
config="${LITESTREAM_CONFIG:-/etc/litestream/restore.yml}"
# In the same file system, so that what is whole takes its place in one step.
aside="$data/.fetch"
rm -rf "$aside"
mkdir "$aside"

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
    target="$aside/$LITESTREAM_FILE"
    litestream restore -config "$config" -if-replica-exists -integrity-check quick -o "$target" "$data/$LITESTREAM_FILE"
    if [ -e "$target" ]; then
      if [ -n "$newest" ]; then
        rm -f "$newest"*
      fi
      newest="$target"
      missing=0
    else
      missing=$((missing + 1))
    fi
    generation=$((generation + 1))
  done
  if [ -n "$newest" ]; then
    mv "$newest" "$data"
  fi
  echo "$app: fetched ${newest:-nothing}"
done
rm -rf "$aside"

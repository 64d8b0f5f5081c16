#!/usr/bin/env bash
# What a front end for RealWorld sends in a visit, as 20 requests with curl: a reader signs up, writes,
# follows, comments and cleans up. Each line says what was asked and the status; the first answer that is
# not as the description promises ends the script with 1. It can be run again and again, on any blog.
#
#   docs/conduit-client.sh http://localhost:1323/api
set -euo pipefail
api="${1:?usage: conduit-client.sh http://HOST:PORT/api}"
name="reader-$RANDOM$RANDOM"
token=
body=

# ask STATUS METHOD PATH [JSON]: sends a request as front ends do, with the token once there is one.
ask() {
  local wanted="$1" method="$2" path="$3" answer status
  local arguments=(-sS -X "$method" "$api$path" -H "Accept: application/json" -H "X-Requested-With: XMLHttpRequest" -w '\n%{http_code}')
  [ -z "$token" ] || arguments+=(-H "Authorization: Token $token")
  [ $# -lt 4 ] || arguments+=(-H "Content-Type: application/json" -d "$4")
  answer="$(curl "${arguments[@]}")"
  status="${answer##*$'\n'}"
  body="${answer%$'\n'*}"
  echo "$status $method $path"
  [ "$status" = "$wanted" ] || { echo "expected $wanted: $body" >&2; exit 1; }
}

# shows TEXT: the last answer has it.
shows() {
  [[ "$body" == *"$1"* ]] || { echo "no $1 in $body" >&2; exit 1; }
}

# field NAME: the first text of this name in the last answer.
field() {
  [[ "$body" =~ \"$1\":\"([^\"]*)\" ]] && echo "${BASH_REMATCH[1]}"
}

# The front page, before anybody signs in.
ask 200 GET "/articles?limit=10&offset=0"; shows '"articlesCount":'
ask 200 GET /tags; shows '"tags":['
# A form that is sent too early shows its errors beside the fields.
ask 422 POST /users '{"user":{"username":"","email":"","password":""}}'; shows '"email":["can'
ask 201 POST /users "{\"user\":{\"username\":\"$name\",\"email\":\"$name@example.com\",\"password\":\"correct horse\"}}"
token="$(field token)"
ask 200 GET /user; shows "\"username\":\"$name\""
ask 200 GET "/articles/feed?limit=10&offset=0"; shows '"articlesCount":0'
ask 201 POST /articles '{"article":{"title":"How to train your dragon","description":"Ever wonder how?","body":"You have to believe","tagList":["training","dragons"]}}'
slug="$(field slug)"; shows '"tagList":["dragons","training"]'
ask 200 GET "/articles/$slug"; shows '"favorited":false,"favoritesCount":0'
ask 200 POST "/articles/$slug/favorite"; shows '"favorited":true,"favoritesCount":1'
ask 200 GET "/articles?favorited=$name"; shows '"articlesCount":1'
ask 200 PUT "/articles/$slug" '{"article":{"body":"With two hands"}}'; shows '"body":"With two hands"'
ask 201 POST "/articles/$slug/comments" '{"comment":{"body":"Thank you so much!"}}'
[[ "$body" =~ \"id\":([0-9]+) ]] && comment="${BASH_REMATCH[1]}"
ask 200 GET "/articles/$slug/comments"; shows '"body":"Thank you so much!"'
ask 204 DELETE "/articles/$slug/comments/$comment"
ask 200 PUT /user '{"user":{"bio":"I like to skateboard","image":"https://i.example.org/me.jpg"}}'; shows '"bio":"I like to skateboard"'
ask 200 GET "/profiles/$name"; shows '"following":false'
ask 200 DELETE "/articles/$slug/favorite"; shows '"favoritesCount":0'
ask 204 DELETE "/articles/$slug"
ask 404 GET "/articles/$slug"; shows '"article":["not found"]'
# Signing in again, after signing out, which is forgetting the token.
token=
ask 200 POST /users/login "{\"user\":{\"email\":\"$name@example.com\",\"password\":\"correct horse\"}}"; shows '"token":"'

"""What the program itself says: its settings, ports, routes and commands. Manifests are held against it."""

import functools
import json
import os
import re
import subprocess

from checking import BINARY

# Variables that the program takes beside those of its settings.
ELSEWHERE = {
    "PORT",
    "SERVER_PORT",
    "EKIBEN_CONFIG",
    "CONDUIT_SECRET",
    "CONDUIT_SECRET_FILE",
    "ENGLISH_SECRET",
    "ENGLISH_SECRET_FILE",
    "INIT_USER_EMAIL",
    "INIT_USER_PASSWD",
    "INIT_USER_PASSWD_FILE",
    "INIT_USER_MODE",
    "SENTENCE_FILE_PATH",
    "ENG_APP_ST_URL_CALLED_FROM_GLOBAL",
    "ENG_APP_ST_URL_CALLED_FROM_LOCAL",
}


def ask(*arguments, given=None):
    """Runs the program with these variables and no others that it would take."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("EKIBEN_")}
    for key in ELSEWHERE:
        environment.pop(key, None)
    return subprocess.run(
        [BINARY, *arguments], env=environment | (given or {}), cwd="/", capture_output=True, text=True, check=False
    )


def told(*arguments):
    """What the program prints."""
    done = ask(*arguments)
    if done.returncode != 0:
        raise SystemExit(f"{BINARY} {' '.join(arguments)}: {done.stderr}")
    return done.stdout


@functools.cache
def settings():
    """Every setting with its default, by dotted key."""
    found, table = {}, ""
    for line in told("serve", "--print-config").splitlines():
        section = re.match(r"\[(\w+)\]$", line)
        if section:
            table = section[1] + "."
        value = re.match(r"(\w+) = (.*?)\s+# ", line)
        if value:
            found[table + value[1]] = value[2].strip('"')
    return found


@functools.cache
def variables():
    """Names of all variables that the program takes."""
    return ELSEWHERE | {"EKIBEN_" + key.upper().replace(".", "__") for key in settings()}


@functools.cache
def apps():
    """Names of all apps."""
    return sorted(key.split(".")[1] for key in settings() if key.startswith("mounts."))


@functools.cache
def paths():
    """Routes without parameters that answer GET, of all apps."""
    described = {}
    for app in apps():
        described |= json.loads(told("openapi", "--app", app))["paths"]
    return {path for path, operations in described.items() if "get" in operations and "{" not in path}


@functools.cache
def commands():
    """Names of all subcommands."""
    listed = told("--help").split("Commands:")[1].split("Options:")[0]
    return set(re.findall(r"^  ([a-z]+) ", listed, re.MULTILINE))


def port_of(address):
    """The port of a listen address."""
    return int(address.rsplit(":", 1)[1])


def value(given, key):
    """A setting's value with these variables: what they say, or its default. An empty one says nothing."""
    return given.get("EKIBEN_" + key.upper().replace(".", "__")) or settings()[key]


def unproxied(given):
    """What is wrong with these variables behind a proxy: it has to be known, or everybody has its address, and
    the limits on sign-ins that are one client's are everybody's together."""
    return ["knows no proxy, so all clients are one"] if value(given, "http.trusted_proxies") in ("", "[]") else []


def refusal(given):
    """What the program says against these variables, or nothing: its own check of their values."""
    done = ask("serve", "--print-config", given=given)
    return "" if done.returncode == 0 else done.stderr.strip()

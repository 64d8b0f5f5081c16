"""The files of Fly.io, by a strict reader of our own: its client checks nothing without an account. Only
tables and keys that its configuration has, process groups that exist, ports, paths and variables that the
program has, times that add up, memory that the limits fit.
"""

import re
import tomllib

import changes
import program
from checking import DEPLOY, ROOT

FILES = [ROOT / "fly.toml", DEPLOY / "fly" / "primary.toml", DEPLOY / "fly" / "replica.toml"]

CHECK = {"interval", "timeout", "grace_period", "method", "path", "protocol", "headers", "tls_skip_verify", "type", "port"}
CONCURRENCY = {"type", "soft_limit", "hard_limit"}
MACHINES = {"internal_port", "auto_stop_machines", "auto_start_machines", "min_machines_running", "processes"}
# Keys of each table; a value of None is free.
TABLES = {
    "": {"app", "primary_region", "kill_signal", "kill_timeout", "swap_size_mb", "console_command"},
    "build": {"dockerfile", "image", "args", "ignorefile", "build-target"},
    "build.args": None,
    "deploy": {"strategy", "max_unavailable", "wait_timeout", "release_command"},
    "env": None,
    "processes": None,
    "mounts": {
        "source",
        "destination",
        "initial_size",
        "processes",
        "auto_extend_size_threshold",
        "auto_extend_size_increment",
        "auto_extend_size_limit",
        "scheduled_snapshots",
        "snapshot_retention",
    },
    "http_service": MACHINES | {"force_https", "http_options", "tls_options"},
    "http_service.concurrency": CONCURRENCY,
    "http_service.checks": CHECK,
    "services": MACHINES | {"protocol"},
    "services.concurrency": CONCURRENCY,
    "services.ports": {"port", "handlers", "force_https"},
    "services.http_checks": CHECK,
    "services.tcp_checks": CHECK,
    "checks": None,
    "metrics": {"port", "path", "processes"},
    "restart": {"policy", "retries", "processes"},
    "vm": {"size", "memory", "cpu_kind", "cpus", "processes"},
    "statics": {"guest_path", "url_prefix"},
    "files": None,
}


def tables(value, path=""):
    """Every table of a file with its path; tables in lists are one by one."""
    yield path, value
    for key, below in value.items():
        for one in below if isinstance(below, list) else [below]:
            if isinstance(one, dict):
                yield from tables(one, f"{path}.{key}" if path else key)


def listed(value):
    return value if isinstance(value, list) else [value] if value else []


def seconds(text):
    number, unit = re.fullmatch(r"(\d+)(ms|s|m)?", str(text)).groups()
    return int(number) * {"ms": 0.001, "s": 1, "m": 60, None: 1}[unit]


def megabytes(text):
    number, unit = re.fullmatch(r"(\d+)\s*([mg]b)?", str(text).lower()).groups()
    return int(number) * (1024 if unit == "gb" else 1)


def problems(text):
    """What is wrong with a file."""
    try:
        file = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        return [str(error)]
    found = []
    for path, table in tables(file):
        allowed = TABLES.get(path, set())
        if allowed is not None:
            below = {name for name in table if isinstance(table[name], (dict, list)) and f"{path}.{name}".strip(".") in TABLES}
            found += [f"{path or 'the file'} has no key {key}" for key in set(table) - allowed - below]
    if found:
        return found
    return processes(file) + settings(file) + services(file) + volume(file) + memory(file)


def processes(file):
    groups = set(file.get("processes", {"app": ""}))
    return [
        f"{path}: no process group {name}"
        for path, table in tables(file)
        for name in (table.get("processes", []) if isinstance(table.get("processes"), list) else [])
        if name not in groups
    ]


def settings(file):
    given = file.get("env", {})
    found = [f"the program takes no variable {name}" for name in given if name not in program.variables()]
    found += [f"{name} is a literal secret" for name in given if re.search(r"(SECRET|TOKEN|PASSWORD)$", name)]
    refusal = "" if found else program.refusal(given)
    found += [f"the program refuses its variables: {refusal}"] if refusal else []
    found += program.unproxied(given)
    # What Fly's proxy appends to X-Forwarded-For is an address of its own.
    if program.value(given, "http.client_address_header") != "fly-client-ip":
        found.append("takes every client for Fly's own proxy: EKIBEN_HTTP__CLIENT_ADDRESS_HEADER")
    needed = 1
    for key in ("shutdown.delay_seconds", "shutdown.timeout_seconds"):
        needed += int(program.value(given, key))
    grace = seconds(file.get("kill_timeout", "5s"))
    if not needed < grace <= 300:
        found.append(f"killed after {grace:.0f} s, and needs {needed} to stop")
    url = given.get("EKIBEN_SITE__PUBLIC_URL", "")
    # A primary with replicas before it is known by their address, and they name it.
    known_as = file["app"].removesuffix("-primary")
    if url.endswith(".fly.dev") and url != f"https://{known_as}.fly.dev":
        found.append(f"the app is {file['app']}, and its address {url}")
    replays_to = given.get("EKIBEN_FLY__PRIMARY_APP", "")
    if replays_to and (given.get("EKIBEN_MODE") != "replica" or replays_to != f"{file['app']}-primary"):
        found.append(f"{file['app']} has writes sent to {replays_to}, which is not its primary")
    scraped, told = file.get("metrics", {}).get("port"), given.get("EKIBEN_METRICS__LISTEN", "off")
    if scraped and told != f"0.0.0.0:{scraped}":
        found.append(f"metrics are collected at port {scraped}, and are at {told}")
    if given.get("EKIBEN_MODE") != "primary" and file.get("deploy", {}).get("release_command"):
        found.append("a release command has no volume")
    return found


def services(file):
    found = []
    port = int(file.get("env", {}).get("PORT") or program.port_of(program.settings()["listen"]))
    outside = set()
    for service in listed(file.get("http_service")) + listed(file.get("services")):
        if service["internal_port"] != port:
            found.append(f"asks port {service['internal_port']}, the program listens on {port}")
        checks = listed(service.get("checks")) + listed(service.get("http_checks"))
        if not any(check.get("path") == "/readyz" for check in checks):
            found.append("nothing asks /readyz")
        for check in checks:
            if check.get("path") not in program.paths():
                found.append(f"the program has no path {check.get('path')}")
            if seconds(check["timeout"]) >= seconds(check["interval"]):
                found.append("a check takes longer than its interval")
        for one in service.get("ports", [{"port": 443}]):
            if one["port"] in outside:
                found.append(f"port {one['port']} leads to two groups")
            outside.add(one["port"])
    if file.get("http_service", {}).get("force_https") is not True:
        found.append("logins may come without TLS: force_https")
    return found


def volume(file):
    mode = file.get("env", {}).get("EKIBEN_MODE", "replica")
    mounts = listed(file.get("mounts"))
    found = []
    if mode == "primary":
        if not any(mount["destination"] == "/data" for mount in mounts):
            found.append("a primary needs a volume at /data")
        if file.get("deploy", {}).get("strategy") in ("bluegreen", "canary"):
            found.append(f"a volume belongs to one machine: no {file['deploy']['strategy']}")
        if any("snapshot_retention" not in mount for mount in mounts):
            found.append("nobody says how long snapshots are kept")
    elif mounts:
        found.append("a replica has no volume")
    return found


def memory(file):
    """What limits allow at worst, as docs/operations.md reckons, is at most what a machine has."""
    found = []
    given = file.get("env", {})
    for vm in listed(file.get("vm")):
        have = megabytes(vm.get("memory", "256mb"))
        set_connections = int(given.get("EKIBEN_LIMITS__CONNECTIONS", 0))
        set_bodies = int(given.get("EKIBEN_LIMITS__BUFFERED_BYTES", 0))
        # The defaults are a quarter and an eighth of the memory.
        worst = 64 + (set_connections * 32 // 1024 or have // 4) + (set_bodies // 2**20 or have // 8)
        if worst > have:
            found.append(f"limits take {worst} MiB, the machine has {have}")
        if have < 256:
            found.append("too little memory to hash a password beside what is served")
    return found or ([] if listed(file.get("vm")) else ["no size of a machine"])


def check(findings):
    for path in FILES:
        findings.saw()
        for what in problems(path.read_text()):
            findings.add(path.name, what)
    pair = [tomllib.loads(path.read_text()) for path in FILES[1:]]
    if pair[0]["app"] != pair[1]["app"] + "-primary":
        findings.add("deploy/fly", "the primary is not called as its replicas, with -primary behind")
    for sample in changes.of("fly"):
        findings.must_find(sample.name, sample.expected, problems(sample.text))

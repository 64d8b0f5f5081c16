"""Alerts: checked and unit-tested by promtool, each of them named in a test, each metric one that a running
server gives; the same for every expression of the Grafana dashboard. Keeps rule.yaml in step, the alerts as
an object of the Prometheus Operator.
"""

import json
import re
import tempfile

import yaml

import program
import server
from checking import DEPLOY, NEGATIVE, expected_of, name_of, run
from objects import Objects, template

RULES = DEPLOY / "prometheus" / "alerts.yml"
TESTS = DEPLOY / "prometheus" / "alerts.test.yml"
OBJECT = DEPLOY / "prometheus" / "rule.yaml"
DASHBOARD = DEPLOY / "grafana" / "ekiben.json"

# What Prometheus itself makes.
OF_PROMETHEUS = {"up", "ALERTS"}
WORD = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")


def object_text():
    """The alerts as a PrometheusRule."""
    head = (
        "# Made from alerts.yml by `deploy/check --write`.\n"
        "apiVersion: monitoring.coreos.com/v1\n"
        "kind: PrometheusRule\n"
        "metadata:\n  name: ekiben\nspec:\n"
    )
    lines = [line for line in RULES.read_text().splitlines() if not line.startswith("#")]
    return head + "".join(f"  {line}\n" for line in lines)


def write():
    OBJECT.write_text(object_text())


def metrics_of(expression):
    """Names of the metrics of an expression: what is followed by a selector or stands alone."""
    bare = re.sub(r"\{[^}]*\}", "", re.sub(r'"[^"]*"', "", expression))
    bare = re.sub(r"\b(by|without|on|ignoring)\s*\([^)]*\)", "", bare)
    bare = re.sub(r"\[[^\]]*\]", "", bare)
    return {word for word in WORD.findall(bare) if word.startswith(("ekiben_", "process_", "up", "ALERTS"))}


def expressions():
    """Every expression with where it stands."""
    for group in yaml.safe_load(RULES.read_text())["groups"]:
        for rule in group["rules"]:
            yield rule["alert"], rule["expr"]
    for panel in json.loads(DASHBOARD.read_text())["panels"]:
        for target in panel.get("targets", []):
            yield f"panel {panel['title']}", target["expr"]


def wrong_settings(text):
    """Settings that a text names and the program does not have, or has with another default."""
    found = []
    for key, value in re.findall(r"\b([a-z]+\.[a-z_]+)\b(?: \(([0-9]+)\))?", text):
        if key.split(".")[0] + "." not in {name.split(".")[0] + "." for name in program.settings()}:
            continue
        if key not in program.settings():
            found.append(f"there is no setting {key}")
        elif value and program.settings()[key] != value:
            found.append(f"{key} is {program.settings()[key]}, not {value}")
    return found


def unwatched(documents):
    """Pods whose job, as the Prometheus Operator names it, is none of those that alerts and dashboard look at."""
    objects = Objects(documents)
    found = []
    for monitor in objects.of("PodMonitor"):
        for workload in objects.selected(monitor["spec"]["selector"]["matchLabels"]):
            space = monitor["metadata"].get("namespace", "default")
            label = monitor["spec"].get("jobLabel", "")
            job = template(workload)["metadata"]["labels"].get(label, f"{space}/{monitor['metadata']['name']}")
            for where, expression in expressions():
                for wanted in re.findall(r'job=~"([^"]*)"', expression):
                    if not re.fullmatch(wanted, job):
                        found.append(f"{name_of(monitor)}: {where} does not look at the job {job}")
    return found


def unknown_metrics(expression, known):
    return [f"no server gives {name}" for name in sorted(metrics_of(expression) - known - OF_PROMETHEUS)]


def parses(expression):
    """What promtool says against an expression of the dashboard."""
    text = expression.replace("$__rate_interval", "5m").replace("$app", ".*")
    with tempfile.NamedTemporaryFile("w", suffix=".yml") as file:
        yaml.safe_dump({"groups": [{"name": "x", "rules": [{"record": "x:y", "expr": text}]}]}, file)
        file.flush()
        done = run(["promtool", "check", "rules", file.name], check=False)
    return [] if done.returncode == 0 else [done.stderr]


def dashboard_problems(dashboard):
    """What is wrong with the dashboard apart from its expressions."""
    found = []
    panels = dashboard["panels"]
    if len({panel["id"] for panel in panels}) != len(panels):
        found.append("panels have the same id")
    taken = {}
    for panel in panels:
        place = panel["gridPos"]
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if taken.setdefault((x, y), panel["title"]) != panel["title"]:
                    found.append(f"{panel['title']} covers {taken[x, y]}")
        if place["x"] + place["w"] > 24:
            found.append(f"{panel['title']} is beyond the right edge")
    return sorted(set(found))


def check(findings):
    for command in (["check", "rules", RULES], ["test", "rules", TESTS]):
        done = run(["promtool", *command], check=False)
        if done.returncode != 0:
            findings.add(command[-1].name, done.stdout + done.stderr)
    if not OBJECT.exists() or OBJECT.read_text() != object_text():
        findings.add(OBJECT.name, "is not what alerts.yml says: deploy/check --write")
    for what in wrong_settings(RULES.read_text().replace("docs/operations.md", "")):
        findings.add(RULES.name, what)
    tested = TESTS.read_text()
    known = server.metric_names()
    for where, expression in expressions():
        findings.saw()
        for what in unknown_metrics(expression, known):
            findings.add(where, what)
        if where.startswith("panel "):
            for what in parses(expression):
                findings.add(where, what)
        elif f'alertname="{where}"' not in tested:
            findings.add(where, "no test has it fire")
    for what in dashboard_problems(json.loads(DASHBOARD.read_text())):
        findings.add(DASHBOARD.name, what)
    shown = set().union(*(metrics_of(expression) for _, expression in expressions()))
    family = re.compile(r"_(bucket|sum|count|total|info)$")
    families = {family.sub("", name) for name in shown}
    for name in sorted(known):
        if family.sub("", name) not in families:
            findings.add(DASHBOARD.name, f"shows {name} nowhere")
    negative(findings, known)


def negative(findings, known):
    for sample in sorted((NEGATIVE / "alerts").glob("*.test.yml")):
        done = run(["promtool", "test", "rules", sample], check=False)
        findings.must_find(sample.name, expected_of(sample), [done.stdout + done.stderr])
    for sample in sorted((NEGATIVE / "alerts").glob("*.promql")):
        expression = sample.read_text().split("\n", 1)[1].strip()
        found = unknown_metrics(expression, known) + parses(expression)
        findings.must_find(sample.name, expected_of(sample), found)
    panels = [
        {"id": 1, "title": "a", "gridPos": {"x": 0, "y": 0, "w": 12, "h": 8}},
        {"id": 1, "title": "b", "gridPos": {"x": 6, "y": 0, "w": 24, "h": 8}},
    ]
    findings.must_find("a setting", "there is no setting store.queue", wrong_settings("Beyond store.queue they wait."))
    findings.must_find("a default", "is 1024, not 512", wrong_settings("Beyond store.write_queue (512)."))
    for expected in ("the same id", "b covers a", "beyond the right edge"):
        findings.must_find("a dashboard", expected, dashboard_problems({"panels": panels}))

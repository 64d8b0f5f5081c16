"""The Jenkins pipelines: parsed, and run by jenkins.groovy in place of Jenkins for four branches and tags and
for each environment, their `sh` for real, with a cluster that only takes notes.
"""

import concurrent.futures
import json
import os
import pathlib
import shutil
import tempfile

from checking import DEPLOY, NEGATIVE, expected_of, run
from rehearsal import DIGEST, Rehearsal, in_order

HOME = DEPLOY / "jenkins"
RELEASE = f"registry.example.com/ekiben/people@{DIGEST}"
JAVA = "/usr/lib/jvm/java-17-openjdk-amd64"


def parsed(paths):
    """What the parser of Groovy says against files, by their names; in one run, since it takes long to start."""
    with tempfile.TemporaryDirectory() as folder:
        for path in paths:
            pathlib.Path(folder, path.name).mkdir()
            shutil.copy(path, pathlib.Path(folder, path.name, "Jenkinsfile"))
        command = ["npm-groovy-lint", "--path", folder, "--files", "**/Jenkinsfile", "--parse", "--noserver", "--failon", "none"]
        done = run([*command, "--output", "json", "--loglevel", "error"], extra=java())
        files = json.loads(done.stdout)["files"]
        found = {}
        for path in paths:
            errors = files.get(str(pathlib.Path(folder, path.name, "Jenkinsfile")), {}).get("errors", [])
            found[path.name] = [f"{one['rule']}: {one['msg']}" for one in errors if one["rule"] == "NglParseError"]
    return found


def java():
    return {"JAVA_HOME": JAVA} if os.path.isdir(JAVA) else {}


def build(rehearsal, file, *arguments, **variables):
    """Runs a pipeline in place of Jenkins."""
    harness = rehearsal.folder / "deploy" / "checks" / "jenkins.groovy"
    return rehearsal.run(["groovy", harness, file, *arguments], **java(), **variables)


def all_of(findings, cases):
    """Runs pipelines, two at once: most of the time is Java's start."""
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(of, findings, *case[:5], **case[5]) for case in cases]:
            done.result()


def of(findings, name, file, arguments, wanted, unwanted=(), fails=False, **variables):
    """Runs a pipeline and compares what it did."""
    findings.saw()
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder)
        done = build(rehearsal, file, *arguments, **variables)
        noted = rehearsal.noted()
    for what in rehearsal.misdated(noted):
        findings.add(name, what)
    missing = in_order(noted, wanted)
    if missing:
        findings.add(name, f"lacks {missing!r} in {noted}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")
    for part in unwanted:
        if any(part in line for line in noted):
            findings.add(name, f"does {part!r}: {noted}")
    if (done.returncode != 0) != fails:
        findings.add(name, f"ends with {done.returncode}\n{done.stdout[-1500:]}{done.stderr[-1500:]}")


def check(findings):
    shipped = sorted(HOME.glob("Jenkinsfile*"))
    samples = sorted((NEGATIVE / "jenkins").glob("*.groovy"))
    found = parsed(shipped + samples)
    for path in shipped:
        findings.saw()
        for what in found[path.name]:
            findings.add(path.name, what)
    for sample in samples:
        findings.must_find(sample.name, expected_of(sample), found[sample.name])
    branches(findings)
    environments(findings)


def branches(findings):
    file = HOME / "Jenkinsfile"
    packed = ["the tests", "buildah login --username user --password-stdin", "--build-arg COMMIT=", "jenkins archiveArtifacts"]
    asked = f"ENVIRONMENT={{}} APP=people RELEASE={RELEASE}"
    once = [
        ("main", ["branch=main"], [*packed, "skips Deploy to development"], ["build ekiben-deploy", "production"]),
        ("development", ["branch=development"], [*packed, asked.format("development")], ["staging "]),
        ("a tag", ["tag=v1.2.3"], [*packed, asked.format("staging")], ["ENVIRONMENT=development", "production"]),
        ("another tag", ["tag=nightly"], packed, ["build ekiben-deploy"]),
        ("a branch on demand", ["branch=topic", "DEPLOY=true"], [*packed, asked.format("development")], []),
    ]
    all_of(findings, [(name, file, *rest, {}) for name, *rest in once])


def environments(findings):
    file = HOME / "Jenkinsfile.deploy"
    release = f"RELEASE={RELEASE}"
    applied = [
        "kubectl apply --kustomize overlays/{0}/people --dry-run=server",
        "kubectl diff",
        "kubectl apply --kustomize overlays/{0}/people --dry-run=server",
        f"image: {RELEASE}",
        "kubectl --namespace people-{0} rollout status",
        "-- /ekiben check",
        "stage Save",
    ]
    cases = []
    for name in ("development", "staging", "production"):
        wanted = [part.format(name) for part in applied]
        unwanted = ["overlays/production"] if name != "production" else []
        if name == "production":
            wanted.insert(2, "jenkins input for releasers")
        there = {"NAMESPACES": f"people-{name}"}
        cases.append((name, file, [f"ENVIRONMENT={name}", release], wanted, [*unwanted, "create namespace"], there))
    tried = "kubectl apply --kustomize overlays/production/people --dry-run=client"
    made = ["kubectl create namespace people-production", "secret generic ekiben ", "secret generic ekiben-registry"]
    first = [tried, "jenkins input", *made, *[part.format("production") for part in applied[2:]]]
    none = ["kubectl apply --kustomize", "kubectl create"]
    fails = {"fails": True}
    cases += [
        ("the first time", file, ["ENVIRONMENT=production", release], first, [], {}),
        ("refused", file, ["ENVIRONMENT=production", release, "approve=no"], [tried, "jenkins input"], [*none[1:], "rollout status"], fails),
        ("a tag for an image", file, ["RELEASE=people:latest"], ["stage Test"], none, fails),
        ("a rollout that fails", file, [release], ["rollout status"], ["stage Save"], fails | {"ROLLOUT": "1"}),
    ]
    all_of(findings, cases)

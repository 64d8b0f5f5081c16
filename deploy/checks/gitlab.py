"""The GitLab pipeline: valid by GitLab's schema, its scripts by shellcheck, and run for real by gitlab-ci-local
for a branch, for a tag that promotes and for one that does not, with a cluster that only takes notes.
"""

import json
import shutil
import tempfile

import yaml

import changes
from checking import DEPLOY, run
from rehearsal import DIGEST, Rehearsal, in_order

FILE = DEPLOY / "gitlab" / ".gitlab-ci.yml"
VARIABLES = {
    "CI_REGISTRY": "registry.example.com",
    "CI_REGISTRY_IMAGE": "registry.example.com/demo/ekiben",
    "CI_REGISTRY_USER": "ci",
    "CI_REGISTRY_PASSWORD": "of-the-runner",
    "CI_DEPLOY_USER": "gitlab+deploy-token-1",
    "CI_DEPLOY_PASSWORD": "of-the-deploy-token",
    "CONDUIT_SECRET": "0123456789" * 4,
    "ADMIN_TOKEN": "0123456789" * 4,
}
# Of GitLab's own, those that are given here because nothing is known of a registry.
PREDEFINED = [name for name in VARIABLES if name.startswith("CI_")] + ["CI_COMMIT_TAG"]
IMAGE = f"registry.example.com/demo/ekiben/conduit@{DIGEST}"


def valid(path):
    """What schema and linter say against a file."""
    found = []
    done = run(["check-jsonschema", "--builtin-schema", "vendor.gitlab-ci", path], check=False)
    if done.returncode != 0:
        found.append(done.stdout)
    with tempfile.TemporaryDirectory() as folder:
        run(["git", "init", "--quiet", folder])
        shutil.copy(path, f"{folder}/.gitlab-ci.yml")
        command = ["gitlab-ci-verify", "--no-lint-api", "--shellcheck-flags=--shell=bash"]
        done = run([*command, "--gitlab-ci-file", ".gitlab-ci.yml"], check=False, cwd=folder)
    if done.returncode != 0:
        found.append(done.stdout + done.stderr)
    return found + shallow(yaml.safe_load(path.read_text()))


def shallow(pipeline):
    """Jobs that build without what deploy/revision needs: git, which the image of buildah lacks, and the history."""
    found = []
    for name, job in pipeline.items():
        if isinstance(job, dict) and any("deploy/pack" in line for line in job.get("script", [])):
            if job.get("variables", {}).get("GIT_DEPTH") != "0":
                found.append(f"{name}: the history is cut off: GIT_DEPTH")
            if not any("git-core" in line for line in job.get("before_script", [])):
                found.append(f"{name}: the image has no git")
    return found


def pipeline(rehearsal, *arguments, **variables):
    """Runs the pipeline; what gitlab-ci-local says."""
    command = ["gitlab-ci-local", "--file", "deploy/gitlab/.gitlab-ci.yml", "--force-shell-executor", "--no-color"]
    if rehearsal.tag:
        variables |= {"CI_COMMIT_TAG": rehearsal.tag}
    for name, value in (VARIABLES | variables).items():
        command += ["--variable", f"{name}={value}"]
    return rehearsal.run([*command, *arguments], GCL_IGNORE_PREDEFINED_VARS=",".join(PREDEFINED))


def jobs(rehearsal):
    """Names of the jobs of the pipeline with when they run."""
    done = pipeline(rehearsal, "--list-json")
    listed = json.loads(done.stdout[done.stdout.index("[\n") :])
    return {one["name"]: one["when"] for one in listed if one["when"] != "never"}


DEVELOPMENT = [
    "the tests",
    "buildah login --username ci --password-stdin registry.example.com",
    "buildah bud --format docker",
    "buildah push",
    "kubectl create namespace conduit-development",
    "kubectl --namespace conduit-development create secret generic ekiben --type Opaque --from-file",
    "kubectl --namespace conduit-development create secret generic ekiben-registry --type kubernetes.io/dockerconfigjson",
    "kubectl apply --kustomize overlays/development/conduit --dry-run=server",
    "kubectl diff --kustomize overlays/development/conduit",
    "kubectl apply --kustomize overlays/development/conduit",
    f"image: {IMAGE}",
    "rollout status statefulset.apps/ekiben-primary",
    "exec statefulset.apps/ekiben-primary --container ekiben -- /ekiben check",
]
PRODUCTION = [
    "kubectl create namespace conduit-production",
    "kubectl --namespace conduit-production create secret generic ekiben --type Opaque --from-file",
    "kubectl --namespace conduit-production create secret generic ekiben-registry",
    "kubectl apply --kustomize overlays/production/conduit",
    f"image: {IMAGE}",
    "kubectl --namespace conduit-production rollout status",
]


def check(findings):
    for what in valid(FILE):
        findings.add(FILE.name, what)
    for sample in changes.of("gitlab"):
        with tempfile.TemporaryDirectory() as folder:
            findings.must_find(sample.name, sample.expected, valid(sample.placed(folder)))
    branch(findings)
    tag(findings)
    failing(findings)


def branch(findings):
    findings.saw()
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder)
        done = pipeline(rehearsal)
        noted = rehearsal.noted()
        missing = in_order(noted, DEVELOPMENT)
        if done.returncode != 0 or missing:
            findings.add("branch main", f"lacks {missing!r} in {noted}\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
        if any("production" in line for line in noted):
            findings.add("branch main", f"reaches production: {noted}")
        for what in rehearsal.misdated(noted):
            findings.add("branch main", what)
        secrets = [value for name, value in VARIABLES.items() if name.endswith(("SECRET", "PASSWORD", "TOKEN"))]
        if any(value in line for line in noted for value in secrets):
            findings.add("branch main", "a secret is an argument, which everybody on the machine can see")
    with tempfile.TemporaryDirectory() as folder:
        named = jobs(Rehearsal(folder, branch="topic"))
        if set(named) != {"test.app", "lint.app", "pack.app"}:
            findings.add("branch topic", f"has the jobs {named}")


def tag(findings):
    findings.saw(2)
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder, tag="v1.2.3")
        named = jobs(rehearsal)
        if named.get("cluster.prod.apply") != "manual" or "deploy.prod.app" not in named:
            findings.add("tag v1.2.3", f"does not wait for a person: {named}")
        done = pipeline(rehearsal)
        if any("production" in line for line in rehearsal.noted()):
            findings.add("tag v1.2.3", "reaches production although nobody started it")
        done = pipeline(rehearsal, "--manual", "cluster.prod.apply")
        noted = rehearsal.noted()
        missing = in_order(noted, DEVELOPMENT + PRODUCTION)
        if done.returncode != 0 or missing:
            findings.add("tag v1.2.3", f"lacks {missing!r} in {noted}\n{done.stdout[-2000:]}{done.stderr[-1000:]}")
    for name in ("v1.2", "v1.2.3-rc1", "other-v1.2.3"):
        with tempfile.TemporaryDirectory() as folder:
            named = jobs(Rehearsal(folder, tag=name))
            if "deploy.prod.app" in named or "deploy.dev.app" not in named:
                findings.add(f"tag {name}", f"has the jobs {sorted(named)}")


def failing(findings):
    """Negative: a rollout that fails, and a secret that is missing, fail the pipeline."""
    for expected, variables in (("rollout status", {"ROLLOUT": "1"}), ("get namespace", {"CONDUIT_SECRET": ""})):
        findings.saw()
        with tempfile.TemporaryDirectory() as folder:
            rehearsal = Rehearsal(folder)
            done = pipeline(rehearsal, **variables)
            noted = rehearsal.noted()
            if done.returncode == 0 or not any(expected in line for line in noted) or any("-- /ekiben check" in line for line in noted):
                findings.add(f"a pipeline with {variables}", f"does not fail where it should: {noted}")

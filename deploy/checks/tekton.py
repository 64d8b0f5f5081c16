"""The Tekton pipeline: linted with stand-ins for the tasks that the cluster has, so that every parameter,
result and reference is one that exists; fields by our own list, since the linter knows none; no parameter in
the text of a script.
"""

import json
import pathlib
import re
import tempfile

import yaml

import changes
from checking import DEPLOY, documents, name_of, run
from rehearsal import BUILT, Rehearsal

HOME = DEPLOY / "openshift" / "tekton"
STANDINS = DEPLOY / "checks" / "standins" / "tekton.yaml"
FIELDS = {
    "Task": {"description", "params", "results", "workspaces", "steps", "stepTemplate", "volumes", "sidecars"},
    "Pipeline": {"description", "displayName", "params", "results", "workspaces", "tasks", "finally"},
    "PipelineRun": {"pipelineRef", "params", "workspaces", "timeouts", "taskRunTemplate", "taskRunSpecs", "pipelineSpec"},
    "step": {
        "name",
        "image",
        "command",
        "args",
        "script",
        "workingDir",
        "env",
        "envFrom",
        "computeResources",
        "securityContext",
        "volumeMounts",
        "workspaces",
        "onError",
        "timeout",
    },
    "task": {"name", "displayName", "taskRef", "taskSpec", "params", "workspaces", "runAfter", "when", "retries", "timeout"},
}


def unresolved(pipeline):
    """A copy in which tasks of the cluster are named as the stand-ins are."""
    for task in pipeline["spec"].get("tasks", []) if pipeline["kind"] == "Pipeline" else []:
        reference = task["taskRef"]
        if reference.get("resolver") == "cluster":
            named = {one["name"]: one["value"] for one in reference["params"]}
            task["taskRef"] = {"kind": "Task", "name": named["name"]}
    return pipeline


def linted(objects):
    """What the linter says of objects beside the stand-ins."""
    with tempfile.TemporaryDirectory() as folder:
        path = pathlib.Path(folder, "pipeline.yaml")
        path.write_text(yaml.safe_dump_all([unresolved(one) for one in objects], sort_keys=False))
        done = run(["tekton-lint", "--quiet", "--format", "json", path, STANDINS], check=False)
    found = []
    for one in re.findall(r'"message":\s*("(?:[^"\\]|\\.)*")', done.stdout):
        found.append(json.loads(one))
    return found if found or done.returncode == 0 else [done.stdout + done.stderr]


def fields(one):
    """Fields that the kind does not have."""
    kind, spec = one["kind"], one["spec"]
    found = []
    if one["apiVersion"] != "tekton.dev/v1":
        found.append(f"{name_of(one)}: {one['apiVersion']} is no tekton.dev/v1")
    found += [f"{kind} has no field {field}" for field in set(spec) - FIELDS.get(kind, set())]
    for step in spec.get("steps", []):
        found += [f"a step has no field {field}" for field in set(step) - FIELDS["step"]]
        found += scripts(step)
        security = step.get("securityContext", {})
        # Pods of pipelines get no user from OpenShift, as others do.
        if security.get("runAsNonRoot") and "runAsUser" not in security:
            found.append(f"the step {step['name']} never starts: it must not be root, and its image may be")
    for task in spec.get("tasks", []) + spec.get("finally", []):
        found += [f"a task of a pipeline has no field {field}" for field in set(task) - FIELDS["task"]]
        if task.get("taskRef", {}).get("kind") == "ClusterTask":
            found.append("ClusterTasks are gone: resolver cluster")
        found += dated(task)
    if kind == "PipelineRun" and "name" in one["metadata"]:
        found.append("a second run would have the name of the first: generateName")
    return found


def dated(task):
    """Equal sources get an equal digest: a build is told the date of everything, and the commit that changed what is
    built, not that of the checkout; whoever fetches leaves the history in."""
    given = {one["name"]: one["value"] for one in task.get("params", [])}
    found = []
    if "BUILD_EXTRA_ARGS" in given:
        told = given["BUILD_EXTRA_ARGS"]
        found += [f"a build without {part}" for part in ("--timestamp=", "SOURCE_DATE_EPOCH=") if part not in told]
        found += ["a build of the commit of the checkout"] if "results.COMMIT)" in told else []
    if "REVISION" in given and given.get("DEPTH") != "0":
        found.append("the history of the checkout is cut off: DEPTH")
    return found


def scripts(step):
    script = step.get("script", "")
    found = ["a parameter is put into the text of a script"] if "$(params." in script else []
    if script:
        with tempfile.NamedTemporaryFile("w", suffix=".sh") as file:
            file.write(script)
            file.flush()
            done = run(["shellcheck", file.name], check=False)
        found += [done.stdout] if done.returncode != 0 else []
        if "oc apply" in script and "rollout status" not in script:
            found.append("nobody waits for the rollout")
    return found


def problems(objects):
    return [what for one in objects for what in fields(one)] + linted(objects)


def revised(findings, task):
    """The script that finds the commit, run in a checkout with a later commit of a document."""
    findings.saw()
    with tempfile.TemporaryDirectory() as folder:
        rehearsal = Rehearsal(folder)
        (step,) = task["spec"]["steps"]
        places = {name: f"{folder}/{name}" for name in ("COMMIT_RESULT", "DATE_RESULT", "VERSION_RESULT")}
        done = rehearsal.run(["sh", "-c", step["script"]], CONTEXT=".", **places)
        results = [pathlib.Path(path).read_text() for path in places.values() if pathlib.Path(path).exists()]
        if done.returncode != 0 or results[:2] != [rehearsal.built, str(BUILT)] or not re.fullmatch(r"[0-9.]+", results[2]):
            findings.add(name_of(task), f"finds {results}, and not {rehearsal.built}: {done.stderr}")


def check(findings):
    objects = [one for path in sorted(HOME.glob("*.yaml")) for one in documents(path.read_text())]
    findings.saw(len(objects))
    for what in problems(objects):
        findings.add("tekton", what)
    revised(findings, next(one for one in objects if name_of(one) == "Task/ekiben-revision"))
    for sample in changes.of("tekton"):
        findings.must_find(sample.name, sample.expected, problems(documents(sample.text)))

"""The way of an image: deploy/pack for real, with buildah and a registry on loopback; what the digest names is
pulled, and is what was pushed. The image is built from the one that EKIBEN_IMAGE names, since the Dockerfile's
own build takes minutes and is tried elsewhere.
"""

import os
import pathlib
import shlex
import shutil
import subprocess
import tempfile

import pods
import server
from rehearsal import Rehearsal

CONFIG = """
version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/registry}}, delete: {{enabled: true}}}}
http: {{addr: "127.0.0.1:{port}"}}
log: {{level: error}}
"""


def stored():
    """Options of podman that say where images are, which buildah takes too."""
    options = pods.PODMAN[1:]
    found = []
    for name in ("--root", "--runroot"):
        if name in options:
            found += [name, options[options.index(name) + 1]]
    return found


def check(findings):
    if not pods.IMAGE or not shutil.which("docker-registry"):
        return "EKIBEN_IMAGE names no image"
    with tempfile.TemporaryDirectory() as folder:
        port = server.free_port()
        pathlib.Path(folder, "config.yml").write_text(CONFIG.format(folder=folder, port=port))
        pathlib.Path(folder, "registries.conf").write_text(
            f'[[registry]]\nlocation = "127.0.0.1:{port}"\ninsecure = true\n'
        )
        registry = subprocess.Popen(
            ["docker-registry", "serve", f"{folder}/config.yml"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        try:
            server.wait_for(f"http://127.0.0.1:{port}/v2/", seconds=20)
            packed(findings, folder, f"127.0.0.1:{port}/ekiben/isuumo")
        finally:
            registry.kill()
            registry.wait()
    return None


def packed(findings, folder, image):
    findings.saw(3)
    rehearsal = Rehearsal(folder)
    (rehearsal.folder / "Dockerfile").write_text(f"FROM {pods.IMAGE}\nARG APP DUMPS COMMIT\nLABEL app=$APP commit=$COMMIT\n")
    places = {"CONTAINERS_REGISTRIES_CONF": f"{folder}/registries.conf", "BUILDAH_ISOLATION": "chroot", "COMMIT": "abc"}
    places["BUILDAH"] = shlex.join([shutil.which("buildah"), *stored()])
    done = rehearsal.run(["deploy/pack", image, "digest.txt", "abc", "v1"], **places)
    digest = rehearsal.folder / "digest.txt"
    if done.returncode != 0 or not digest.exists():
        findings.add("deploy/pack", done.stdout[-800:] + done.stderr[-800:])
        return
    engine = pods.Engine(folder)
    os.environ["CONTAINERS_REGISTRIES_CONF"] = places["CONTAINERS_REGISTRIES_CONF"]
    named = f"{image}@{digest.read_text().strip()}"
    try:
        engine.run("rmi", "--force", f"{image}:abc")
        pulled = engine.run("pull", "--quiet", named)
        label = engine.run("inspect", "--format", "{{.Config.Labels.commit}} {{.Config.User}}", named)
        if pulled.returncode != 0 or label.stdout.strip() != "abc 10001:0":
            findings.add("pull by digest", f"{pulled.stderr}{label.stdout}{label.stderr}")
        # Negative: another digest is not there.
        wrong = engine.run("pull", "--quiet", f"{image}@sha256:{'1' * 64}")
        if wrong.returncode == 0:
            findings.add("pull by another digest", "is answered")
    finally:
        engine.run("rmi", "--force", named)
        del os.environ["CONTAINERS_REGISTRIES_CONF"]

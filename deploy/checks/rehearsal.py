"""A checkout in which pipelines are rehearsed: the real deploy/ and Dockerfile, stand-ins for the cluster's and
the registry's commands, which note what they are asked, and for the tests, which run elsewhere.
"""

import os
import pathlib
import shutil
import subprocess

from checking import DEPLOY, ROOT, TOOLS, tool_path

STANDINS = DEPLOY / "checks" / "standins"
DIGEST = "sha256:" + "7".zfill(64)
# Beginnings of the names of variables that deploy/image and deploy/check read.
# Who made the checkout. A fresh agent is nobody, and git makes nobody up.
SOMEBODY = {f"GIT_{role}_{part}": "check@example.com" for role in ("AUTHOR", "COMMITTER") for part in ("NAME", "EMAIL")}
NOBODY = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "user.useConfigOnly",
    "GIT_CONFIG_VALUE_0": "true",
}
# The date of the commit that is built, in seconds; another one comes after it, which changes nothing of an image.
BUILT = 1750000000
OURS = ("APP", "BUILDAH", "COMMIT", "DUMPS", "EKIBEN_", "FEATURES", "RUST_IMAGE", "SOURCE_DATE_EPOCH")


class Rehearsal:
    """A git repository in a folder, and the record of what its pipeline did."""

    def __init__(self, folder, branch="main", tag=None):
        self.tag = tag
        self.folder = pathlib.Path(folder, "checkout")
        self.record = pathlib.Path(folder, "record")
        self.commands = pathlib.Path(folder, "bin")
        self.home = pathlib.Path(folder, "home")
        for new in (self.commands, self.home):
            new.mkdir()
        for name in ("kubectl", "buildah"):
            shutil.copy(STANDINS / name, self.commands / name)
        self.place("cargo", self.commands / "cargo")
        leave = shutil.ignore_patterns("node_modules", "negative", "__pycache__", ".composition-*")
        shutil.copytree(DEPLOY, self.folder / "deploy", ignore=leave)
        for name in (".dockerignore", "Cargo.toml", "Dockerfile"):
            shutil.copy(ROOT / name, self.folder)
        (self.folder / ".ci").mkdir()
        self.place("the tests", self.folder / ".ci" / "run")
        self.place("the checks of deploy/", self.folder / "deploy" / "check")
        for command in (
            ["init", "--quiet", "--initial-branch", branch],
            ["remote", "add", "origin", "https://git.example.com/demo/ekiben.git"],
            ["init", "--quiet", "--bare", "../pushed"],
            ["remote", "set-url", "--push", "origin", "../pushed"],
            ["add", "--all"],
            ["commit", "--quiet", "--message", "a checkout"],
        ):
            self.run(["git", *command], check=True, GIT_COMMITTER_DATE=f"{BUILT} +0000", **SOMEBODY)
        self.built = self.run(["git", "rev-parse", "HEAD"], check=True).stdout.strip()
        (self.folder / "NOTES.md").write_text("# Notes\n")
        for command in (["add", "--all"], ["commit", "--quiet", "--message", "a document"], *([["tag", tag]] if tag else [])):
            self.run(["git", *command], check=True, **SOMEBODY)

    def place(self, what, path, reads=False):
        """Puts a stand-in that only notes that it ran, and reads what it is piped where that is wanted."""
        read = "if [ -p /dev/stdin ]; then cat > /dev/null; fi\n" if reads else ""
        path.write_text(f'#!/bin/sh\necho "{what} $*" >> "$RECORD"\n{read}')
        path.chmod(0o755)

    def environment(self, **more):
        # A runner has nothing of ours: what this check itself was told (how images are built here, say) would
        # change the commands that are looked at.
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith(OURS)},
            **NOBODY,
            # Nor our start files: a bash whose input is a socket reads them, and they may put another cargo first.
            "HOME": str(self.home),
            "PATH": f"{self.commands}{os.pathsep}{tool_path()}",
            "RECORD": str(self.record),
            "REAL_KUBECTL": str(TOOLS / "bin" / "kubectl"),
            **more,
        }

    def run(self, command, check=False, **more):
        done = subprocess.run(
            [str(part) for part in command],
            cwd=self.folder,
            env=self.environment(**more),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=300,
        )
        if check and done.returncode != 0:
            raise SystemExit(f"{command}\n{done.stdout}{done.stderr}")
        return done

    def misdated(self, lines):
        """What of the builds in the record is not of the commit that changed what is built, but of another."""
        wanted = (f"--timestamp {BUILT} ", f"--build-arg SOURCE_DATE_EPOCH={BUILT} ", f"--build-arg COMMIT={self.built} ")
        builds = [line for line in lines if line.startswith("buildah") and " bud " in line]
        return [f"lacks {part!r}: {line}" for line in builds for part in wanted if part not in line]

    def noted(self):
        """What was noted since the last time, line by line."""
        lines = self.record.read_text().splitlines() if self.record.exists() else []
        self.record.unlink(missing_ok=True)
        return lines


def in_order(lines, parts):
    """The first of the parts that is not in the lines, in this order; None if all are."""
    rest = iter(lines)
    for part in parts:
        if not any(part in line for line in rest):
            return part
    return None

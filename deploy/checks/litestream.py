"""Litestream: the component's own configuration and script against an S3 server on loopback. A primary is
written to and killed, its volume lost; what the storage has is fetched, migrated and served, and what was
written is there, that of a later generation too. An empty storage begins with the image's data; one that
cannot be reached keeps the pod down, and so does one that dies between two generations.
"""

import atexit
import json
import os
import pathlib
import shutil
import subprocess
import tempfile
import time
import urllib.request

import program
import server
from checking import BINARY, DEPLOY, tool_path

HOME = DEPLOY / "kubernetes" / "components" / "litestream"
KEY = "0123456789abcdef0123"


class Volume:
    """A primary's folder and what works on it."""

    def __init__(self, folder, storage):
        self.folder = pathlib.Path(folder)
        self.data = self.folder / "data"
        self.data.mkdir(parents=True)
        self.port = server.free_port()
        environment = {key: value for key, value in os.environ.items() if not key.startswith(("EKIBEN_", "AWS_"))}
        self.environment = environment | {
            "PATH": tool_path(),
            "EKIBEN_APPS": "people",
            "EKIBEN_DATA_DIR": str(self.data),
            "EKIBEN_ADMIN__LISTEN": "off",
            "EKIBEN_LISTEN": f"127.0.0.1:{self.port}",
            "LITESTREAM_DATA": str(self.data),
            "LITESTREAM_CONFIG": str(HOME / "restore.yml"),
            "LITESTREAM_BUCKET": "backups",
            "LITESTREAM_PATH": "people-test",
            "LITESTREAM_REGION": "us-east-1",
            "LITESTREAM_ENDPOINT": storage,
            "LITESTREAM_ACCESS_KEY_ID": KEY,
            "LITESTREAM_SECRET_ACCESS_KEY": KEY,
        }
        self.started = []
        atexit.register(self.end)

    def start(self, *command):
        log = (self.folder / f"{pathlib.Path(command[0]).name}.log").open("a", encoding="utf-8")
        process = subprocess.Popen(command, env=self.environment, cwd=self.folder, stdout=log, stderr=log)
        self.started.append(process)
        return process

    def fetch(self, seconds=120):
        """Runs the script of the init container; 124 if it is still at it then."""
        return subprocess.run(
            ["timeout", str(seconds), "sh", str(HOME / "restore.sh")],
            env=self.environment,
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
        )

    def serve(self):
        process = self.start(BINARY, "serve")
        url = f"http://127.0.0.1:{self.port}/readyz"
        server.wait_for(url, alive=lambda: process.poll() is None)
        return process

    def replicate(self):
        return self.start("litestream", "replicate", "-config", str(HOME / "litestream.yml"))

    def post(self, name):
        """Adds somebody by the API; her address."""
        person = {
            "survived": True,
            "passengerClass": 1,
            "name": name,
            "sex": "female",
            "age": 40,
            "siblingsOrSpousesAboard": 0,
            "parentsOrChildrenAboard": 0,
            "fare": 7,
        }
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/people",
            data=json.dumps(person).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.load(answer)["uuid"]

    def has(self, uuid):
        return server.fetch(f"http://127.0.0.1:{self.port}/people/{uuid}")[0] == 200

    def end(self):
        for process in reversed(self.started):
            if process.poll() is None:
                process.terminate()
                process.wait()
        self.started = []


def storage(folder):
    """An S3 server on loopback over a folder; its process and address."""
    pathlib.Path(folder, "backups").mkdir(parents=True)
    port = server.free_port()
    command = ["rclone", "serve", "s3", "--addr", f"127.0.0.1:{port}", "--log-level", "ERROR", folder]
    process = subprocess.Popen(command, env=os.environ | {"PATH": tool_path()}, stderr=subprocess.DEVNULL)
    atexit.register(process.kill)
    deadline = time.monotonic() + 20
    while server.fetch(f"http://127.0.0.1:{port}/")[0] == 0 and time.monotonic() < deadline:
        time.sleep(0.1)
    return process, f"http://127.0.0.1:{port}"


def replicated(bucket, generation, since):
    """Waits until the storage has something of a generation that is newer than a time."""
    deadline = time.monotonic() + 40
    while time.monotonic() < deadline:
        for file in pathlib.Path(bucket).rglob("*.ltx"):
            if f".primary.{generation}.sqlite" in str(file) and file.stat().st_mtime > since:
                return True
        time.sleep(0.2)
    return False


def check(findings):
    with tempfile.TemporaryDirectory() as folder:
        service, address = storage(f"{folder}/s3")
        first = Volume(f"{folder}/first", address)
        findings.saw()
        done = first.fetch()
        if done.returncode != 0 or "fetched nothing" not in done.stdout:
            findings.add("an empty storage", f"{done.stdout}{done.stderr}")
        people = written(findings, first, f"{folder}/s3/backups")
        second = Volume(f"{folder}/second", address)
        fetched(findings, second, people)
        interrupted(findings, Volume(f"{folder}/cut", address))
        service.kill()
        service.wait()
        findings.saw()
        lost = Volume(f"{folder}/lost", address)
        done = lost.fetch(seconds=8)
        if done.returncode == 0 or list(lost.data.glob("*.sqlite")):
            findings.add("a storage that is away", f"an empty primary would start: {done.stdout}{done.stderr}")


def written(findings, volume, bucket):
    """Writes to two generations, and then kills everything."""
    findings.saw()
    volume.serve()
    volume.replicate()
    before = time.time() - 1
    people = [volume.post("Ada")]
    if not replicated(bucket, 1, before):
        findings.add("litestream", f"does not copy: {(volume.folder / 'litestream.log').read_text()[-800:]}")
    for process in volume.started[:1]:
        process.terminate()
        process.wait()
    # Another generation, as a restore, a migration and a seed make it.
    copy = str(volume.folder / "copy.sqlite")
    program.told("backup", "--app", "people", "--data-dir", str(volume.data), copy)
    program.told("restore", "--app", "people", "--data-dir", str(volume.data), copy)
    volume.serve()
    before = time.time()
    people.append(volume.post("Grace"))
    if not replicated(bucket, 2, before):
        findings.add("litestream", f"does not find the next generation: {(volume.folder / 'litestream.log').read_text()[-800:]}")
    time.sleep(2)
    for process in volume.started:
        process.kill()
        process.wait()
    shutil.rmtree(volume.data)
    return people


def fetched(findings, volume, people):
    findings.saw()
    done = volume.fetch()
    if done.returncode != 0 or "people.primary.2.sqlite" not in done.stdout:
        findings.add("fetch", f"does not find the newest generation: {done.stdout}{done.stderr}")
        return
    migrated = subprocess.run([BINARY, "migrate"], env=volume.environment, capture_output=True, text=True, check=False)
    if migrated.returncode != 0:
        findings.add("migrate", migrated.stderr)
    volume.serve()
    missing = [uuid for uuid in people if not volume.has(uuid)]
    if missing:
        findings.add("fetch", f"of {len(people)} people that were written {len(missing)} are gone")
    again = volume.fetch()
    if "nothing to fetch" not in again.stdout:
        findings.add("fetch", f"overwrites what is there: {again.stdout}{again.stderr}")
    volume.end()


def interrupted(findings, volume):
    """A storage that dies behind the first of two generations: the pod stays down however often it is started
    again, since the first alone is old data; once the storage is back, the newest is fetched."""
    findings.saw()
    commands = volume.folder / "bin"
    commands.mkdir()
    real = shutil.which("litestream", path=tool_path())
    died = commands / "litestream"
    died.write_text(f'#!/bin/sh\ncase "$LITESTREAM_FILE" in *.2.sqlite) exit 1 ;; esac\nexec {real} "$@"\n')
    died.chmod(0o755)
    volume.environment["PATH"] = f"{commands}{os.pathsep}{tool_path()}"
    for start in ("first", "second"):
        done = volume.fetch()
        if done.returncode == 0 or list(volume.data.glob("*.sqlite")):
            findings.add("a storage that dies", f"the {start} start goes on with old data: {done.stdout}{done.stderr}")
    died.unlink()
    done = volume.fetch()
    left = sorted(path.name for path in volume.data.iterdir())
    if done.returncode != 0 or left != ["people.primary.2.sqlite"]:
        findings.add("a storage that is back", f"leaves {left}: {done.stdout}{done.stderr}")

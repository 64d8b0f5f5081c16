"""A rollout under load, with the settings and times of the manifests: three replicas behind haproxy, replaced
one by one as a Deployment does it (a new one is ready before an old one gets its SIGTERM), while clients ask
without pause. No request may be lost. Negative: without the delay some are, which shows that one would see it.
"""

import http.client
import os
import pathlib
import signal
import socket
import subprocess
import tempfile
import threading
import time

import kubernetes
import server
from checking import BINARY, documents

# How long endpoints lag behind a pod that is ending: the proxy asks each second and twice.
CONFIG = """
global
    stats socket {folder}/socket mode 600 level admin
defaults
    mode http
    timeout connect 2s
    timeout client 30s
    timeout server 30s
    # A machine that is busy is not one that is gone.
    timeout check 5s
    # A proxy must not hide what is lost.
    retries 0
    option httpchk GET /readyz
    default-server inter 500ms fall 2 rise 1
frontend site
    bind 127.0.0.1:{port}
    default_backend replicas
backend replicas
    balance roundrobin
"""
CLIENTS = 6


class Replicas:
    """Three replicas of people and a proxy before them."""

    def __init__(self, folder, delay):
        self.folder = pathlib.Path(folder)
        self.delay = delay
        self.port = server.free_port()
        self.slots = [server.free_port() for _ in range(4)]
        self.running = {}
        config = CONFIG.format(folder=folder, port=self.port)
        for number, port in enumerate(self.slots):
            config += f"    server s{number} 127.0.0.1:{port} check\n"
        (self.folder / "haproxy.cfg").write_text(config)
        for port in self.slots[:3]:
            self.start(port)
        self.proxy = subprocess.Popen(["haproxy", "-f", self.folder / "haproxy.cfg"], stderr=subprocess.DEVNULL)
        server.wait_for(f"http://127.0.0.1:{self.port}/readyz")
        # It takes all of them for ready until it has asked.
        self.noticed(self.slots[3], "DOWN")

    def noticed(self, port, state):
        """Waits until the proxy knows that a replica is up or down."""
        wanted = f",s{self.slots.index(port)},"
        deadline = time.monotonic() + 20
        while time.monotonic() < deadline:
            with socket.socket(socket.AF_UNIX) as control:
                control.connect(str(self.folder / "socket"))
                control.sendall(b"show stat\n")
                told = control.makefile().read()
            line = next(line for line in told.splitlines() if wanted in "," + line.split(",", 1)[-1])
            if f",{state}," in line:
                return
            time.sleep(0.05)
        raise SystemExit(f"haproxy does not notice that {port} is {state}")

    def start(self, port):
        environment = {key: value for key, value in os.environ.items() if not key.startswith("EKIBEN_")}
        environment |= {
            "EKIBEN_MODE": "replica",
            "EKIBEN_APPS": "people",
            "EKIBEN_DATA_DIR": str(self.folder / "data"),
            "EKIBEN_LISTEN": f"127.0.0.1:{port}",
            "EKIBEN_ADMIN__LISTEN": "off",
            "EKIBEN_SHUTDOWN__DELAY_SECONDS": self.delay,
        }
        with (self.folder / f"{port}.log").open("w") as log:
            self.running[port] = subprocess.Popen([BINARY, "serve"], env=environment, cwd=self.folder, stderr=log)
        server.wait_for(f"http://127.0.0.1:{port}/readyz")

    def replace(self):
        """Each of the three by a new one in the free place; what they ended with."""
        codes = []
        for old, new in zip(self.slots[:3], [self.slots[3], *self.slots[:2]]):
            self.start(new)
            self.noticed(new, "UP")
            ending = self.running.pop(old)
            ending.send_signal(signal.SIGTERM)
            codes.append(ending.wait())
        return codes

    def end(self):
        self.proxy.kill()
        self.proxy.wait()
        for process in self.running.values():
            process.kill()
            process.wait()


def ask(port, over, counts):
    """Asks over one connection until it is over, and notes what was answered and what was lost."""
    connection = None
    while not over.is_set():
        try:
            connection = connection or http.client.HTTPConnection("127.0.0.1", port, timeout=20)
            connection.request("GET", "/people?limit=5")
            answer = connection.getresponse()
            answer.read()
            counts["answered" if answer.status == 200 else "lost"] += 1
        except (OSError, http.client.HTTPException):
            counts["lost"] += 1
            connection = None


def rollout(delay):
    """What was answered and lost during a rollout, and what the old replicas ended with."""
    with tempfile.TemporaryDirectory() as folder:
        replicas = Replicas(folder, delay)
        over = threading.Event()
        counts = [{"answered": 0, "lost": 0} for _ in range(CLIENTS)]
        clients = [threading.Thread(target=ask, args=(replicas.port, over, one)) for one in counts]
        try:
            for client in clients:
                client.start()
            time.sleep(1)
            codes = replicas.replace()
            time.sleep(1)
        finally:
            over.set()
            for client in clients:
                client.join()
            replicas.end()
    return sum(one["answered"] for one in counts), sum(one["lost"] for one in counts), codes


def check(findings):
    rendered = documents(kubernetes.render(kubernetes.HOME / "overlays" / "production" / "isuumo"))
    settings = next(one["data"] for one in rendered if one["kind"] == "ConfigMap" and "EKIBEN_APPS" in one["data"])
    answered, lost, codes = rollout(settings["EKIBEN_SHUTDOWN__DELAY_SECONDS"])
    print(f"rollout: {answered} answered, {lost} lost")
    findings.saw(answered)
    if lost or set(codes) != {0}:
        findings.add("rollout", f"{lost} of {answered + lost} requests lost; replicas ended with {codes}")
    answered, lost, _ = rollout("0")
    print(f"rollout without a delay: {answered} answered, {lost} lost")
    findings.saw()
    if not lost:
        findings.add("rollout", "nothing is lost without the delay either: does it look?")

"""Runs the checks of deploy/: all, or those that are named. Called by deploy/check, which installs the tools."""

import importlib
import sys
import time

from checking import Findings

CHECKS = ["lint", "documents", "alerts", "units", "compose", "fly", "openshift", "helm", "kubernetes", "packing", "gitlab", "jenkins", "printed", "image", "pods", "registry", "litestream", "rollout"]


def main(names):
    if names == ["--write"]:
        for name in CHECKS:
            write = getattr(importlib.import_module(name), "write", None)
            if write:
                write()
        return 0
    unknown = set(names) - set(CHECKS)
    if unknown:
        raise SystemExit(f"no check {', '.join(unknown)}; there are {', '.join(CHECKS)}")
    failed = passed = skipped = 0
    for name in names or CHECKS:
        findings = Findings()
        began = time.monotonic()
        left_out = importlib.import_module(name).check(findings)
        seconds = time.monotonic() - began
        result = "FAILED" if findings.wrong else f"ok, but not all of it: {left_out}" if left_out else "ok"
        print(f"{name}: {findings.seen} looked at in {seconds:.1f} s, {result}", flush=True)
        for wrong in findings.wrong:
            print(f"  {wrong}")
        failed += bool(findings.wrong)
        skipped += bool(left_out) and not findings.wrong
        passed += not left_out and not findings.wrong
    print(f"deploy checks: {passed} passed, {failed} failed, {skipped} not or only partly run")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

"""deploy/pack and deploy/image with a buildah that takes notes: an image is of the last commit that changed what is
built, whatever came after it; where that cannot be known, it is said; and every call is of the buildah that is named.
What they do for real is tried by registry.py and by the images of CI.
"""

import datetime
import shutil
import tempfile

from rehearsal import BUILT, Rehearsal

PACK = ["deploy/pack", "registry.example.com/ekiben/people", "digest.txt", "v1", "latest"]


def check(findings):
    for one in (of_the_history, of_no_build, by_the_named_buildah, without_the_history, without_a_repository, as_it_is_told):
        findings.saw()
        with tempfile.TemporaryDirectory() as folder:
            for what in one(Rehearsal(folder)):
                findings.add(one.__name__, what)


def packed(rehearsal, **variables):
    """What was noted of a build and its pushes, and what it said."""
    done = rehearsal.run(PACK, check=True, APP="people", **variables)
    return rehearsal.noted(), done.stderr


def of_the_history(rehearsal):
    lines, said = packed(rehearsal)
    found = rehearsal.misdated(lines) + ([f"says {said}"] if said else [])
    calls = [line for line in lines if " bud " in line or " docker://" in line]
    return found if len(calls) == 3 else [*found, f"builds once and pushes twice: {calls}"]


def of_no_build(rehearsal):
    """What buildah notes of its own work is in no image: equal content has an equal digest."""
    lines, _ = packed(rehearsal)
    date = datetime.datetime.fromtimestamp(BUILT, datetime.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    settled = f'pulled {{"created":"{date}","config":{{"Hostname":""}}}}'
    return [] if settled in lines else [f"is not {settled}: {lines}"]


def by_the_named_buildah(rehearsal):
    lines, _ = packed(rehearsal, BUILDAH="buildah --root elsewhere")
    calls = [line for line in lines if line.startswith("buildah")]
    return [f"is another buildah: {line}" for line in calls if not line.startswith("buildah --root elsewhere ")]


def without_the_history(rehearsal):
    """A clone of the last commit alone, which changed nothing of the image."""
    whole = rehearsal.folder
    rehearsal.folder = whole.parent / "shallow"
    rehearsal.folder.mkdir()
    rehearsal.run(["git", "clone", "--quiet", "--depth", "1", f"file://{whole}", "."], check=True)
    _, said = packed(rehearsal)
    return [] if "the history ends at" in said else [f"does not say that it is cut off: {said}"]


def without_a_repository(rehearsal):
    shutil.rmtree(rehearsal.folder / ".git")
    lines, said = packed(rehearsal, GIT_CEILING_DIRECTORIES=str(rehearsal.folder.parent))
    found = [] if "there is no git history" in said else [f"does not say that there is none: {said}"]
    return found if "--timestamp 0 " in lines[0] else [*found, f"is not of the beginning: {lines[0]}"]


def as_it_is_told(rehearsal):
    shutil.rmtree(rehearsal.folder / ".git")
    lines, said = packed(rehearsal, COMMIT=rehearsal.built, SOURCE_DATE_EPOCH=str(BUILT))
    return rehearsal.misdated(lines) + ([f"says {said}"] if said else [])

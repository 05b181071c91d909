"""Running kubectl against the node of the test and checking what it prints."""
import json
import os
import re
import subprocess

import checks
from checks import missing, report

KUBECTL = os.environ["KUBECTL"]
NETNS = "/run/netns/" + os.environ["NODE_NETNS"]
NODE_IP = os.environ["NODE_IP"]
WORK = os.environ["WORK"]
PATIENCE = int(os.environ.get("PATIENCE", "90"))


def node(*args):
    return ["nsenter", "--net=" + NETNS, *args]


def run(args, stdin=None, timeout=120):
    done = subprocess.run(args, input=stdin, capture_output=True, text=True, timeout=timeout)
    return done.returncode, done.stdout, done.stderr


def kubectl(line, stdin=None, timeout=120):
    args = line if isinstance(line, list) else line.split()
    return run(node(KUBECTL, *args), stdin, timeout)


# The minor version of the kubectl in use: 20 for Debian's.
MINOR = int(json.loads(run([KUBECTL, "version", "--client", "-o", "json"])[1])["clientVersion"]["minor"].rstrip("+"))


def check(line, *patterns, exit=0, stdin=None, absent=(), timeout=120, since=0, needs=""):
    """Runs a kubectl line; every pattern must be found in what it prints.

    since: the minor version of kubectl that has the command; an older one is not asked.
    needs: what the server does not have yet. A failure is then said, and does not fail the walk; when it works it counts.
    """
    shown = re.sub(r"--token=\S+", "--token=…", line if isinstance(line, str) else " ".join(line))
    if MINOR < since:
        checks.inapplicable("kubectl " + shown, f"needs kubectl 1.{since}")
        return ""
    code, out, err = kubectl(line, stdin, timeout)
    text = out + err
    problems = []
    if code != exit:
        problems.append(f"exit {code}, expected {exit}")
    problems += [f"not found: {p}" for p in patterns if not re.search(p, text, re.M)]
    problems += [f"should not be there: {p}" for p in absent if re.search(p, text, re.M)]
    if problems and needs:
        missing("kubectl " + shown, needs)
    else:
        report("kubectl " + shown, problems, text)
    return out


def until(title, condition, patience=PATIENCE, needs=""):
    return checks.until(title, condition, patience, needs=needs)


def get(line, path=""):
    """The object that `kubectl get LINE -o json` prints, or what lies at a dotted path in it; None where there is none."""
    code, out, _ = kubectl(f"get {line} -o json")
    value = json.loads(out) if code == 0 else None
    for part in path.split(".") if path else []:
        value = value.get(part) if isinstance(value, dict) else None
    return value


def pods(ns, selector):
    _, out, _ = kubectl(["get", "pods", "-n", ns, "-l", selector, "-o", "json"])
    return json.loads(out)["items"]


def running(ns, selector, n):
    found = [p for p in pods(ns, selector) if p["metadata"].get("deletionTimestamp") is None]
    ready = [p for p in found if any(c["type"] == "Ready" and c["status"] == "True" for c in p["status"].get("conditions", []))]
    return ready if len(found) == n and len(ready) == n else None


def http(url, where=None):
    code, out, _ = run((where or node)("curl", "-s", "-m", "3", url))
    return out if code == 0 else None


def host(*args):
    return list(args)

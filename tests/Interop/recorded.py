"""Runs the recorded kubectl commands (tests/Golden/kubectl: kubectl 1.32 against a real server) against ours, which is given the recorded objects.

What varies is made equal: times, ages, generated names, widths of columns. Of a table the rows of recorded objects are compared. A case that cannot
be the same is named in DIFFERENT with the reason, and must then be different. Needs no node: no component but the API server runs.
   KUBESHARP=… KUBECTL=… tests/Interop/recorded.py [case ...]
"""
import base64
import glob
import json
import os
import re
import shutil
import signal
import ssl
import subprocess
import sys
import tempfile
import urllib.error
import urllib.request

import checks
from checks import failures, report

KUBESHARP = os.environ["KUBESHARP"]
KUBECTL = os.environ["KUBECTL"]
PATIENCE = int(os.environ.get("PATIENCE", "60"))
GOLDEN = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "Golden", "kubectl")
PORT = 16447
NAMESPACE = "golden-kctl"
WORK = tempfile.mkdtemp(prefix="/tmp/kubesharp-recorded.")
NEWER = {"batch/v1beta1": "batch/v1", "policy/v1beta1": "policy/v1"}
FORMS = {f"/apis/{old}/": f"/apis/{new}/" for old, new in NEWER.items()}

DIFFERENT = {
    "auth-can-i-list": "since 1.27 everybody may ask who he is (selfsubjectreviews)",
    "describe-cronjob-cj": "1.20 had no batch/v1",
    "describe-daemonset-ds": "its pod was not recorded",
    "describe-deployment-dep": "its ReplicaSets were not recorded",
    "describe-horizontalpodautoscaler-hpa": "1.20 had no autoscaling/v2: its metrics and conditions came as annotations",
    "describe-job-job": "selector and labels have the prefix batch.kubernetes.io/; completionMode and suspend are new",
    "describe-namespace": "namespaces carry their name as a label; the LimitRange was not recorded",
    "describe-service-np": "ipFamilies, ipFamilyPolicy and internalTrafficPolicy are new",
    "describe-statefulset-sts": "its pod was not recorded",
    "get-cronjobs": "new column TIMEZONE",
    "get-horizontalpodautoscalers": "targets are shown with the name of the resource",
    "get-jobs": "new column STATUS",
    "get-persistentvolumeclaims": "new column VOLUMEATTRIBUTESCLASS",
    "get-priorityclasses": "new column PREEMPTIONPOLICY",
    "get-serviceaccounts": "the column SECRETS is gone",
    "get-resourcequotas": "AGE is the last column",
}
# What newer kubectls (1.36 was looked at) word differently by themselves, made 1.32's again.
NEWER_WORDS = [
    (r" deleted from \S+ namespace", " deleted"),
    (r"\b(kubelet +)spec\.(?:initContainers|containers)\{\S+\}: ", r"\1"),
    (r"(Port: +\d+/\w+) \(\S+\)$", r"\1"),
]
NEWER_DIFFERENT = {"autoscale-exists": "without --cpu they say 'empty input' whatever the server's refusal of autoscaling/v2 was"}
DIFFERENT |= {name.replace("get-", "get-wide-"): reason for name, reason in DIFFERENT.items() if name.startswith("get-")}


class Api:
    """The administrator, without kubectl."""

    def __init__(self, kubeconfig):
        found = dict(re.findall(r"([a-z-]+-data): (\S+)", open(kubeconfig).read()))
        for name, data in found.items():
            with open(f"{WORK}/{name}", "wb") as f:
                f.write(base64.b64decode(data))
        self.context = ssl.create_default_context(cafile=f"{WORK}/certificate-authority-data")
        self.context.load_cert_chain(f"{WORK}/client-certificate-data", f"{WORK}/client-key-data")

    def send(self, method, path, body=None):
        request = urllib.request.Request(f"https://127.0.0.1:{PORT}{path}", method=method, data=None if body is None else json.dumps(body).encode(), headers={"content-type": "application/json"})
        try:
            with urllib.request.urlopen(request, context=self.context) as answer:
                return json.load(answer)
        except urllib.error.HTTPError as e:
            return json.load(e)


def fresh(obj):
    """The object as somebody else would create it."""
    metadata = {k: v for k, v in obj["metadata"].items() if k in ("name", "namespace", "labels", "annotations")}
    made = {**obj, "apiVersion": NEWER.get(obj["apiVersion"], obj["apiVersion"]), "metadata": metadata}
    if made["kind"] == "Pod":
        made["spec"]["automountServiceAccountToken"] = False
    if made["kind"] == "Job":  # the server makes both
        made["spec"].pop("selector", None)
        made["spec"]["template"]["metadata"].get("labels", {}).pop("controller-uid", None)
    return made


def load(api, cases):
    """Gives the server every recorded object, with its status, and the events about it."""
    api.send("POST", "/api/v1/namespaces", {"metadata": {"name": NAMESPACE}})
    api.send("POST", f"/api/v1/namespaces/{NAMESPACE}/serviceaccounts", {"metadata": {"name": "default"}})
    for case in cases:
        for path, obj in (case.get("objects") or {}).items():
            path = next((path.replace(old, new) for old, new in FORMS.items() if old in path), path)
            if "/events?" in path:
                for event in obj["items"]:
                    event["involvedObject"]["uid"] = made["metadata"].get("uid", "")  # kubectl looks for the events of this very object
                    api.send("POST", path.split("?")[0], {**event, "apiVersion": "v1", "kind": "Event", "metadata": {"name": event["metadata"]["name"], "namespace": NAMESPACE}})
                continue
            collection, _, name = path.rpartition("/")
            made = fresh(obj)
            answer = api.send("POST", collection, made)
            made["metadata"]["uid"] = answer.get("metadata", {}).get("uid") or api.send("GET", path)["metadata"]["uid"]
            if answer.get("kind") == "Status" and answer.get("reason") != "AlreadyExists":
                report("create " + path, [answer["message"]])
            if "status" in obj:
                now = api.send("GET", path)
                api.send("PUT", path + "/status", {**now, "status": made["status"]})


def plain(text):
    """Without what varies from run to run."""
    text = re.sub(r"\b(\d+[dhms]){1,2}\b( ago)?|<unknown>", "AGE", text)
    text = re.sub(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d \w{3} \d{4} \d\d:\d\d:\d\d [+-]\d{4}", "TIME", text)
    text = re.sub(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(Z| \+0000 UTC)", "TIME", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UID", text)
    lines = [re.sub(r"[ \t]+", " ", line).strip() for line in text.splitlines()]
    return [re.sub(r"(-{2,} ?)+", "--", line) for line in lines if line]


def command(args):
    done = subprocess.run([KUBECTL, "--kubeconfig", f"{WORK}/kubeconfig", "--server", f"https://127.0.0.1:{PORT}", *args], capture_output=True, text=True, env={**os.environ, "HOME": WORK}, timeout=PATIENCE)
    return done.returncode, done.stdout, done.stderr


def recorded_with():
    """Whether this kubectl is of the version that was recorded."""
    return "v1.32" in command(["version", "--client"])[1]


def compare(case, known, newer):
    run = next(r for r in case["runs"] if "1.32" in r["kubectl"])
    code, out, err = command(run["args"])
    said = out + err
    for new, old in NEWER_WORDS if newer else []:
        said = re.sub(new, old, said, flags=re.M)
    wanted, got = plain(run["stdout"] + run["stderr"]), plain(said)
    different = DIFFERENT | NEWER_DIFFERENT if newer else DIFFERENT
    if case["name"].startswith("get-") and run["exit"] == 0 and wanted and wanted[0].split()[0] in ("NAME", "NAMESPACE", "LAST"):
        # Only what was recorded object by object is here: the header, and the rows of those.
        wanted = [wanted[0]] + [row for row in wanted[1:] if known & set(row.split()[:2])]
        got = [got[0] if got else ""] + [row for row in got[1:] if known & set(row.split()[:2])]
    problems = [] if code == run["exit"] else [f"exit {code}, recorded {run['exit']}"]
    problems += [f"recorded: {line}" for line in wanted if line not in got]
    problems += [f"now:      {line}" for line in got if line not in wanted]
    title = "kubectl " + " ".join(run["args"])
    if case["name"] in different:
        report(f"{case['name']}: {title} differs: {different[case['name']]}", [] if problems else ["it no longer differs: take it off the list"])
    else:
        report(f"{case['name']}: {title}", problems[:12])


def main():
    cases = [json.load(open(f)) for f in sorted(glob.glob(GOLDEN + "/*.json"))]
    log = open(f"{WORK}/log", "w")
    server = subprocess.Popen([
        KUBESHARP, "server", "--data-dir", f"{WORK}/data", "--run-dir", f"{WORK}/run", "--write-kubeconfig", f"{WORK}/kubeconfig", "--https-listen-port", str(PORT),
        "--node-ip", "127.0.0.1", "--node-name", "recorded", "--service-cidr", "10.96.0.0/12", "--disable", "kubelet,proxy,network,controllers,scheduler",
    ], stdout=log, stderr=log, start_new_session=True)
    try:
        if not checks.until("the server runs", lambda: os.path.exists(f"{WORK}/kubeconfig") and Api(f"{WORK}/kubeconfig").send("GET", "/api/v1/namespaces/default").get("kind") == "Namespace", PATIENCE, lambda last: str(last) + open(f"{WORK}/log").read()):
            return
        load(Api(f"{WORK}/kubeconfig"), cases)
        known = {obj["metadata"]["name"] for case in cases for obj in (case.get("objects") or {}).values() if "name" in obj.get("metadata", {})}
        newer = not recorded_with()
        for case in cases:
            if not sys.argv[1:] or case["name"] in sys.argv[1:]:
                compare(case, known, newer)
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(30)
        shutil.rmtree(WORK, ignore_errors=True)
    print(f"{len(failures)} failed")
    sys.exit(1 if failures else 0)


main()

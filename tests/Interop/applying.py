"""Server-side apply as kubectl speaks it: managers, conflicts, dry runs and differences."""
from checks import report
from kubectl import MINOR, check, get

SETTINGS = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings, namespace: apply}
data: {colour: green, size: "1"}
"""
WEB = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apply}
spec:
  replicas: 0
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec:
      containers:
      - name: hello
        image: hello
        ports: [{containerPort: 80}]
"""
SIDECAR = """\
apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: apply}
spec:
  template:
    spec:
      containers:
      - name: sidecar
        image: busybox
"""


def section_apply():
    def applied(text, *patterns, flags="", **how):
        return check(f"apply --server-side {flags} -f -", *patterns, stdin=text, **how)

    check("create ns apply", r"created")
    applied(SETTINGS, r"^configmap/settings serverside-applied$")
    before = get("configmap settings -n apply", "metadata.resourceVersion")
    applied(SETTINGS, r"^configmap/settings serverside-applied$")
    report("applying the same changes nothing", [] if get("configmap settings -n apply", "metadata.resourceVersion") == before else ["the resourceVersion moved"])
    red = SETTINGS.replace("green", "red")
    applied(red, r'Apply failed with 1 conflict: conflict with "kubectl": \.data\.colour', r"--force-conflicts", flags="--field-manager=painter", exit=1)
    check("get configmap settings -n apply -o yaml", r"colour: green", absent=[r"managedFields"] if MINOR >= 21 else [])
    applied(red, r"serverside-applied", flags="--field-manager=painter --dry-run=server --force-conflicts")
    check("get configmap settings -n apply -o yaml", r"colour: green")
    check("diff --server-side --field-manager=painter --force-conflicts -f -", r"^-\s+colour: green", r"^\+\s+colour: red", exit=1, stdin=red)
    check("diff --server-side -f -", exit=0, stdin=SETTINGS)
    applied(red, r"serverside-applied", flags="--field-manager=painter --force-conflicts")
    check("get configmap settings -n apply -o yaml --show-managed-fields", r"colour: red", r"manager: painter", r"manager: kubectl$", r"operation: Apply", since=21)
    owners = {m["manager"]: m["fieldsV1"].get("f:data", {}) for m in managed("configmap settings -n apply")}
    report("who forced a field owns it alone, what was equal is shared", [] if owners.get("kubectl", {}).keys() == {"f:size"} and owners.get("painter", {}).keys() == {"f:colour", "f:size"} else [str(owners)])
    applied(SETTINGS.replace('colour: green, size: "1"', 'size: "1"'), r"serverside-applied")
    applied(SETTINGS.replace('colour: green, size: "1"', ""), r"serverside-applied", flags="--field-manager=painter")
    report("what nobody asks for any more is removed", [] if get("configmap settings -n apply", "data") == {"size": "1"} else [str(get("configmap settings -n apply", "data"))])

    applied(WEB, r"^deployment.apps/web serverside-applied$")
    applied(SIDECAR, r"serverside-applied", flags="--field-manager=mesh")
    names = [c["name"] for c in get("deployment web -n apply")["spec"]["template"]["spec"]["containers"]]
    report("two managers share a list of containers", [] if names == ["hello", "sidecar"] else [str(names)])
    check("scale deployment web -n apply --replicas=1", r"scaled")
    applied(WEB, r'conflict.* with "kubectl"( with subresource "scale")?.*: \.spec\.replicas', exit=1)
    applied(WEB.replace("  replicas: 0\n", ""), r"serverside-applied")
    report("replicas handed over stay as scaled", [] if get("deployment web -n apply", "spec.replicas") == 1 else ["replicas changed"])
    applied(WEB.replace("image: hello", "image: [hello]"), r"(?i)(invalid|failed|expected).*", exit=1)
    applied(WEB.replace("replicas: 0", "replica: 0"), r'field not declared in schema|unknown field "(spec\.)?replica"', exit=1)

    check("apply -f -", r"configmap/moved created", stdin="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moved, namespace: apply}\ndata: {a: b, c: d}\n")
    applied("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: moved, namespace: apply}\ndata: {a: b}\n", r"serverside-applied", since=26)
    if MINOR >= 26:
        report("an object of client-side apply moves over, and what was dropped goes", [] if get("configmap moved -n apply", "data") == {"a": "b"} else ["it did not"])
    check("delete ns apply --wait=false", r"deleted")


def managed(line):
    """managedFields, which get leaves out unless told."""
    return get(line + " --show-managed-fields", "metadata.managedFields") or get(line, "metadata.managedFields") or []

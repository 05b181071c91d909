"""The less daily commands of kubectl that need no node: watching, selecting, asking for rights, changing what runs."""
import os
import re
import select
import subprocess
import time

from checks import report
from kubectl import KUBECTL, WORK, check, get, kubectl, node, until

CLAIMS = "\n".join(f"---\napiVersion: v1\nkind: ConfigMap\nmetadata: {{name: c{i:02}, namespace: misc, labels: {{odd: '{i % 2}'}}}}\ndata: {{rank: '{99 - i}'}}" for i in range(25))
METRICS = "metrics (an extension API)"


def section_commands():
    check("create ns misc", r"created")
    check("apply -f -", r"configmap/c24 created", stdin=CLAIMS)
    listing()
    watching()
    rights()
    check("create deployment web --image=hello --replicas=0 -n misc", r"created")
    changing()
    check("get componentstatuses", r"^NAME +STATUS +MESSAGE +ERROR$", r"^etcd-0 +Healthy +ok *$", r"Warning: v1 ComponentStatus is deprecated in v1\.19\+")
    check("top nodes", r"^walk +\d+m", needs=METRICS)
    check("get --raw /openapi/v2", r'"swagger":"2.0"')
    check("get --raw /openapi/v3", r"apis/apps/v1")
    check("get --raw /nonsense", r"the server could not find the requested resource", exit=1)
    check("events -n misc", r"No events found in misc namespace|LAST SEEN", since=26)
    check("get events -n misc --sort-by=.lastTimestamp")
    check("delete cm -n misc -l odd=1", r'"c01" deleted', absent=[r"c02"])
    check("delete cm -n misc --field-selector metadata.name!=c02", r'"c00" deleted', absent=[r'"c02"'])
    check("delete ns misc --wait=false", r"deleted")


def listing():
    check("get cm -n misc --chunk-size=4 --no-headers", r"^c00 ", r"^c24 ")
    names = [n for n in kubectl("get cm -n misc --chunk-size=4 -o name")[1].split() if n != "configmap/kube-root-ca.crt"]
    report("a list in pieces is whole", [] if names == [f"configmap/c{i:02}" for i in range(25)] else [str(names)])
    out = check("get cm -n misc -l odd=1 --sort-by=.data.rank --no-headers", r"^c23 ")
    report("sorted by a field", [] if re.findall(r"^c\d\d", out, re.M) == [f"c{i:02}" for i in range(23, 0, -2)] else [out])
    check("get cm -n misc --field-selector metadata.name=c07", r"^c07 ", absent=[r"^c08"])
    check("get cm -n misc --field-selector data.rank=1", r'field label not supported: data\.rank|"data\.rank" is not a known field selector', exit=1)
    check(["get", "cm", "-n", "misc", "-l", "odd in"], r"unable to parse|couldn't parse|found", exit=1)
    check(["get", "cm", "-n", "misc", "-l", "odd in (0),odd notin (1)", "--no-headers"], r"^c00 ", absent=[r"^c01 "])
    check(["get", "cm", "c00", "-n", "misc", "-o", "custom-columns=N:.metadata.name,V:.data.rank"], r"^N +V$", r"^c00 +99$")
    check(["get", "cm", "c00", "-n", "misc", "-o", "go-template={{.data.rank}}"], r"^99$")
    check("get cm c00 c01 -n misc -o name", r"^configmap/c00\nconfigmap/c01$")
    check("get cm,secrets -n misc --ignore-not-found", r"^configmap/c00 ")
    check("get cm nosuch -n misc --ignore-not-found", absent=[r"."])
    check("get deplyoments", r'the server doesn\'t have a resource type "deplyoments"', exit=1)


def watching():
    process = subprocess.Popen(node(KUBECTL, "get", "cm", "c00", "-n", "misc", "--watch", "--output-watch-events"), stdout=subprocess.PIPE, text=True)
    try:
        seen = lines(process, r"ADDED +c00")
        kubectl(["patch", "cm", "c00", "-n", "misc", "-p", '{"data":{"m":"1"}}'])
        seen += lines(process, r"MODIFIED +c00 +2")
        kubectl("delete cm c00 -n misc")
        seen += lines(process, r"DELETED +c00")
        report("kubectl get --watch --output-watch-events", [p for p in (r"^EVENT +NAME +DATA +AGE", "ADDED +c00 +1", "MODIFIED +c00 +2", "DELETED +c00") if not re.search(p, seen, re.M)], seen)
    finally:
        process.kill()
        process.wait()
    check("create cm c00 --from-literal=rank=99 -n misc", r"created")
    waiting = subprocess.Popen(node(KUBECTL, "wait", "cm/c00", "-n", "misc", "--for=delete", "--timeout=20s"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    kubectl("delete cm c00 -n misc")
    out, _ = waiting.communicate(timeout=30)
    report("kubectl wait --for=delete", [] if waiting.returncode == 0 else [out])
    check("create cm c00 --from-literal=rank=99 -n misc", r"created")
    check("wait cm/c00 -n misc --for=condition=Never --timeout=1s", r"timed out waiting for the condition", exit=1)


def lines(process, pattern, patience=20):
    """What a program prints until a line matches."""
    seen, end = "", time.monotonic() + patience
    while not re.search(pattern, seen) and time.monotonic() < end:
        if select.select([process.stdout], [], [], 0.5)[0]:
            seen += os.read(process.stdout.fileno(), 65536).decode()
    return seen


def rights():
    check("auth whoami", r"Username +\S+", r"system:masters", since=27)
    check("auth can-i --list", r"^\*\.\* +\[\] +\[\] +\[\*\]")
    check("auth can-i --list --as jane", r"selfsubjectaccessreviews\.authorization\.k8s\.io +\[\] +\[\] +\[create\]", absent=[r"^\*\.\*"])
    check("auth can-i get pods --subresource=log --as jane", r"^no", exit=1)
    check("create rolebinding jane --clusterrole=view --user=jane -n misc", r"created")
    until("a binding gives rights at once", lambda: kubectl("auth can-i list configmaps -n misc --as jane")[1].startswith("yes"), 10)
    check("auth can-i list secrets -n misc --as jane", r"^no", exit=1)
    check("get cm c00 -n misc --as jane", r"^c00 ")
    check("get secrets -n misc --as jane", r'secrets is forbidden: User "jane" cannot list resource "secrets" in API group "" in the namespace "misc"', exit=1)
    check("auth reconcile -f -", r"reconciled", stdin="apiVersion: rbac.authorization.k8s.io/v1\nkind: Role\nmetadata: {name: r, namespace: misc}\nrules: [{apiGroups: [''], resources: [pods], verbs: [get]}]\n")
    certificates()


def certificates():
    subprocess.run(["openssl", "req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=jack/O=crew", "-keyout", f"{WORK}/jack.key", "-out", f"{WORK}/jack.csr"], check=True, capture_output=True)
    request = subprocess.run(["base64", "-w0", f"{WORK}/jack.csr"], check=True, capture_output=True, text=True).stdout
    for name in ("jack", "jill"):
        check("create -f -", r"created", stdin=f"apiVersion: certificates.k8s.io/v1\nkind: CertificateSigningRequest\nmetadata: {{name: {name}}}\nspec: {{request: {request}, signerName: kubernetes.io/kube-apiserver-client, usages: [client auth]}}\n")
    check("get csr", r"^jack +\S+ +kubernetes\.io/kube-apiserver-client .* Pending$")
    check("certificate approve jack", r"certificatesigningrequest.certificates.k8s.io/jack approved")
    check("certificate deny jill", r"certificatesigningrequest.certificates.k8s.io/jill denied")
    check("get csr", r"^jack .* Approved(,Issued)?$", r"^jill .* Denied$")
    until("an approved certificate is issued", lambda: get("csr jack", "status.certificate"), 3, needs="the certificate signing controller")
    check("delete csr jack jill", r'"jack" deleted')


def changing():
    check("set env deployment/web -n misc A=1 B=2", r"^deployment.apps/web env updated$")
    check("set env deployment/web -n misc --list", r"^A=1$", r"^B=2$")
    check("set env deployment/web -n misc B-", r"env updated")
    check("set resources deployment/web -n misc --limits=cpu=200m,memory=64Mi --requests=cpu=100m", r"resource requirements updated")
    check("set serviceaccount deployment/web default -n misc", r"serviceaccount updated")
    check("set image deployment/web *=hello:2 -n misc", r"image updated")
    spec = get("deployment web -n misc", "spec.template.spec")
    container = spec["containers"][0]
    good = container["env"] == [{"name": "A", "value": "1"}] and container["resources"]["limits"]["memory"] == "64Mi" and container["image"] == "hello:2" and spec["serviceAccountName"] == "default"
    report("set changed what it said", [] if good else [str(spec)])
    check("autoscale deployment web -n misc --min=1 --max=3 --cpu-percent=70", r"^horizontalpodautoscaler.autoscaling/web autoscaled$")
    check("get hpa -n misc", r"^web +Deployment/web +(cpu: )?<unknown>/70% +1 +3 ")
    check("describe hpa web -n misc", r"Min replicas: +1", r"Max replicas: +3")
    check("annotate deployment web -n misc kubernetes.io/change-cause=tried", r"annotated")
    check("label deployment web -n misc app=web --overwrite", r"labeled|not labeled|unlabeled")
    check("label deployment web -n misc app=other", r"already has a value \(web\), and --overwrite is false", exit=1)
    check("rollout history deployment/web -n misc", r"REVISION +CHANGE-CAUSE")
    check("scale deployment web -n misc --current-replicas=7 --replicas=1", r"(?i)expected replicas to be 7", exit=1)
    check("replace --force -f -", r"replaced", stdin="apiVersion: v1\nkind: ConfigMap\nmetadata: {name: c00, namespace: misc}\ndata: {rank: '99', o: p}\n")
    check("create cm dry --from-literal=a=b -n misc --dry-run=server -o yaml", r"uid: ")
    check("get cm dry -n misc", r"not found", exit=1)
    check(["patch", "cm", "c00", "-n", "misc", "--type=json", "-p", '[{"op":"test","path":"/data/rank","value":"1"}]'], r"the server rejected our request due to an error in our request|testing .*failed|test operation", exit=1)
    check(["create", "--raw", "/api/v1/namespaces/misc/configmaps", "-f", "-"], r'"name":"raw"', stdin='{"metadata":{"name":"raw"}}')
    check("get cm raw -n misc", r"^raw +0 ")

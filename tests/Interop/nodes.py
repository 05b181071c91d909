"""kubectl commands about the node and about pods on it, beyond those of daily life."""
import re
import subprocess

from checks import report
from kubectl import KUBECTL, MINOR, check, get, http, kubectl, node, pods, running, until

GUARD = "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {name: guard, namespace: crew}\nspec: {minAvailable: 1, selector: {matchLabels: {app: hand}}}\n"


def section_nodes():
    check("create ns crew", r"created")
    check("create deployment hand --image=hello --replicas=1 -n crew", r"created")
    check("expose deployment hand --port=80 -n crew", r"exposed")
    check(["run", "talker", "--image=busybox", "-n", "crew", "--labels=app=talker", "--", "sh", "-c", "echo one; echo two; sleep 1000"], r"created")
    check("wait pod -n crew -l app=talker --for=condition=Ready --timeout=60s", r"condition met")
    check(["wait", "pod/talker", "-n", "crew", "--for=jsonpath={.status.phase}=Running", "--timeout=10s"], r"condition met", since=23)
    check("rollout status deployment/hand -n crew --timeout=60s", r"successfully rolled out")
    talking()
    debugging()
    keeping_off()
    draining()
    check("delete ns crew --wait=false", r"deleted")


def talking():
    check("logs -n crew -l app=talker --prefix --tail=5", r"^\[pod/talker/talker\] one$", r"^\[pod/talker/talker\] two$")
    check("logs talker -n crew --since=1h --limit-bytes=4", r"^one$", absent=[r"two"])
    check("logs talker -n crew -c nobody", r"container nobody is not valid for pod talker", exit=1)
    check("logs deployment/hand -n crew --all-containers")
    check(["exec", "deployment/hand", "-n", "crew", "--", "hostname"], r"^hand-\S+$")
    check(["exec", "talker", "-n", "crew", "--", "no-such-program"], r"no-such-program", exit=1)
    check("events -n crew --for pod/talker", r"Normal +Scheduled", r"Normal +Started", since=26)
    check("events -n crew --types=Warning", since=26)
    check("get events -n crew --field-selector involvedObject.name=talker,reason=Scheduled", r"Successfully assigned crew/talker to walk")
    check("top pods -n crew", r"^talker +\d+m", needs="metrics (an extension API)")
    forward("service/hand", "18081:80", "http://127.0.0.1:18081/", "hand-")
    proxy()


def forward(target, ports, url, wanted):
    process = subprocess.Popen(node(KUBECTL, "port-forward", target, ports, "-n", "crew"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until(f"kubectl port-forward {target}", lambda: wanted in (http(url) or ""), 30)
    finally:
        process.kill()
        process.wait()


def proxy():
    process = subprocess.Popen(node(KUBECTL, "proxy", "--port=18082"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until("kubectl proxy", lambda: '"major"' in (http("http://127.0.0.1:18082/version") or ""), 20)
        until("a Service through kubectl proxy", lambda: "hand-" in (http("http://127.0.0.1:18082/api/v1/namespaces/crew/services/hand:80/proxy/") or ""), 20)
        name = pods("crew", "app=hand")[0]["metadata"]["name"]
        until("a pod through kubectl proxy", lambda: "hand-" in (http(f"http://127.0.0.1:18082/api/v1/namespaces/crew/pods/{name}:80/proxy/") or ""), 20)
        until("the node through kubectl proxy", lambda: '"kubeletconfig"' in (http("http://127.0.0.1:18082/api/v1/nodes/walk/proxy/configz") or ""), 3, needs="the kubelet's configz")
    finally:
        process.kill()
        process.wait()


def debugging():
    check(["debug", "talker", "-n", "crew", "--image=busybox", "-c", "doctor", "--profile=general", "--", "sh", "-c", "echo examined; sleep 1000"], since=27)
    if MINOR >= 27:
        examined()
    check(["debug", "talker", "-n", "crew", "--image=busybox", "--copy-to=twin", "--attach=false", "--", "sleep", "1000"], since=27)
    check("get pod twin -n crew", r"^twin +\d/2 ", since=27)


def examined():
    until("an ephemeral container runs", lambda: "examined" in kubectl("logs talker -n crew -c doctor")[1], 30)
    status = [c for c in get("pod talker -n crew", "status.ephemeralContainerStatuses") or [] if c["name"] == "doctor"]
    report("and is in the pod's status", [] if status and "running" in status[0]["state"] else [str(status)])
    check("describe pod talker -n crew", r"Ephemeral Containers:", r"^  doctor:")


def keeping_off():
    check("cordon walk", r"^node/walk cordoned$")
    check("get nodes", r"^walk +Ready,SchedulingDisabled")
    check("run late --image=busybox -n crew -- sleep 1000", r"created")
    until("a cordoned node takes no pod, and the pod says why", lambda: "node(s) were unschedulable" in kubectl("describe pod late -n crew")[1], 30)
    check("uncordon walk", r"^node/walk uncordoned$")
    check("wait pod/late -n crew --for=condition=Ready --timeout=60s", r"condition met")
    check("taint node walk kind=special:NoSchedule", r"^node/walk tainted$")
    check("taint node walk kind=special:NoSchedule", r"already has kind taint|node walk already has", exit=1)
    check("describe node walk", r"Taints: +kind=special:NoSchedule")
    check("run later --image=busybox -n crew -- sleep 1000", r"created")
    until("a tainted node takes no pod, and the pod says why", lambda: re.search(r"untolerated taint(\(s\)| \{kind)", kubectl("describe pod later -n crew")[1]), 30)
    check("taint node walk kind=special:NoSchedule-", r"^node/walk untainted$")
    check("wait pod/later -n crew --for=condition=Ready --timeout=60s", r"condition met")
    check("label node walk zone=a", r"labeled")
    check("get nodes -L zone", r"^walk .* a$")
    check("label node walk zone-", r"(unlabeled|labeled)")


def draining():
    check("create -f -", r"created", stdin=GUARD)
    until("the budget is counted", lambda: get("pdb guard -n crew", "status.expectedPods") == 1, 5, needs="the disruption controller")
    blocked = get("pdb guard -n crew", "status.expectedPods") == 1
    if blocked:
        check("drain walk --pod-selector=app=hand --timeout=3s", r"Cannot evict pod as it would violate the pod's disruption budget", exit=1)
    check("delete pdb guard -n crew", r"deleted")
    check("drain walk --pod-selector=app=talker --timeout=60s", r"declare no controller|cannot delete Pods|not managed by", exit=1)
    check("drain walk --pod-selector=app=hand --timeout=90s", r'evicting pod "?crew/hand-', r"^node/walk (drained|evicted)$", timeout=120)
    until("what was drained waits for a node", lambda: [p for p in pods("crew", "app=hand") if p["status"]["phase"] == "Pending"], 30)
    check("uncordon walk", r"uncordoned")
    until("and comes back", lambda: running("crew", "app=hand", 1), 60)

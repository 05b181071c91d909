"""Walks every kubectl command of daily life against a real node and checks what it prints.

Each section is a function; sections are independent but share the cluster. Run by tests/Interop/run.
"""
import fcntl
import importlib
import json
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time

import checks
from checks import failures, missing, report
from kubectl import KUBECTL, NETNS, NODE_IP, PATIENCE, WORK, check, host, http, kubectl, node, pods, run, running, until

def section_cluster():
    check("version", r"Client Version", r"Server Version: (v1\.36|.*GitVersion:.v1\.36)")
    check("cluster-info", r"control plane.* is running at .*https://")
    check("api-versions", r"^apps/v1$", r"^v1$", r"^networking.k8s.io/v1$")
    check("api-resources", r"^pods +po +v1 +true +Pod$", r"^deployments +deploy +apps/v1 +true +Deployment$", r"^nodes +no +v1 +false +Node$")
    check("explain pod.spec.containers", r"KIND: +Pod", r"image\s+<string>")
    check("explain deployment", r"(GROUP: +apps|VERSION: +apps/v1)", r"spec\s+<(DeploymentSpec|Object)>")
    check("auth can-i create pods", r"^yes$")
    check("auth can-i create pods --as bob", r"^no", exit=1)
    check("get namespace", r"^NAME +STATUS +AGE$", r"^default +Active", r"^kube-system +Active", r"^kube-public +Active", r"^kube-node-lease +Active")
    check("get nodes -o wide", r"^walk +Ready", r"containerd://")
    check("describe node walk", r"^Name: +walk", r"KubeletReady", r"Allocatable:", r"PodCIDR: +10\.142\.")
    check("get service kubernetes", r"^kubernetes +ClusterIP +10\.143\.0\.1 +<none> +443/TCP")
    check("get --raw /healthz", r"^ok$")
    check("get --raw /readyz?verbose", r"readyz check passed")


def section_deployment():
    check("create ns shop", r"^namespace/shop created$")
    check("create ns shop", r"AlreadyExists.*namespaces \"shop\" already exists", exit=1)
    check("create deployment web --image=hello -n shop", r"^deployment.apps/web created$")
    check("rollout status deployment/web -n shop --timeout=90s", r"successfully rolled out")
    check("scale deployment web --replicas=3 -n shop", r"^deployment.apps/web scaled$")
    check("wait deployment/web -n shop --for=condition=Available --timeout=60s", r"condition met")
    until("three pods are ready", lambda: running("shop", "app=web", 3))
    check("get pods -A", r"^NAMESPACE +NAME +READY +STATUS +RESTARTS +AGE$", r"^shop +web-\S+ +1/1 +Running +0")
    check("get deployment web -n shop", r"^web +3/3 +3 +3")
    check("get rs -n shop", r"^web-\S+ +3 +3 +3")
    name = pods("shop", "app=web")[0]["metadata"]["name"]
    check(f"get pod {name} -n shop -o wide", r"NOMINATED NODE", r"10\.142\.\d+\.\d+ +walk")
    check(f"get pod {name} -n shop -o yaml", r"^apiVersion: v1$", r"^kind: Pod$", r"qosClass: BestEffort")
    check(f"get pod {name} -n shop -o json", r'"phase": "Running"')
    check(["get", "pod", name, "-n", "shop", "-o", "jsonpath={.status.phase}"], r"^Running$")
    check(f"describe pod {name} -n shop", r"Events:", r"Scheduled .*Successfully assigned shop/", r"Pulled", r"Created", r"Started", r"Node: +walk/")
    check("describe deployment web -n shop", r"ScalingReplicaSet.*Scaled up replica set web-\S+", r"3 desired \| 3 updated \| 3 total \| 3 available")
    check("get events -n shop", r"SuccessfulCreate", r"Scheduled")
    check("expose deployment web --port=80 --type=ClusterIP --name=web-internal -n shop", r"^service/web-internal exposed$")
    check("expose deployment web --port=80 --type=NodePort -n shop", r"^service/web exposed$")
    check("get service -n shop", r"^web +NodePort +10\.143\.\S+ +<none> +80:3\d{4}/TCP", r"^web-internal +ClusterIP")
    check("describe service web -n shop", r"Endpoints: +10\.142\.\S+:80", r"NodePort:")
    check("get endpointslices -n shop", r"^web-\S+ +IPv4 +80")
    service = json.loads(kubectl("get service web -n shop -o json")[1])
    cluster_ip, port = service["spec"]["clusterIP"], service["spec"]["ports"][0]["nodePort"]
    until("the Service answers on its ClusterIP from the node", lambda: http(f"http://{cluster_ip}/"))
    until("and on its NodePort from another network namespace", lambda: http(f"http://{NODE_IP}:{port}/", host))
    names = {p["metadata"]["name"] for p in pods("shop", "app=web")}
    until("spread over all three pods", lambda: names == {n for n in names for _ in range(40) if n in (http(f"http://{cluster_ip}/") or "")})
    out = check(["exec", name, "-n", "shop", "--", "wget", "-qO-", f"http://{cluster_ip}/"], r"web-")
    assert out is not None
    victim = sorted(names)[0]
    check(f"delete pod {victim} -n shop", rf'^pod "{victim}"( force)? deleted')
    until("a deleted pod is replaced", lambda: [p for p in running("shop", "app=web", 3) or [] if p["metadata"]["name"] not in names])
    section_rollout()
    check("delete service web web-internal -n shop", r'service "web" deleted')
    until("a deleted Service stops answering", lambda: http(f"http://{cluster_ip}/") is None)
    check("delete ns shop --timeout=90s", r'^namespace "shop" deleted$', timeout=150)
    check("get pods -n shop", r"No resources found in shop namespace", absent=[r"web-"])
    check("get ns shop", r'namespaces "shop" not found', exit=1)


def section_rollout():
    check("set image deployment/web hello=hello:2 -n shop", r"^deployment.apps/web image updated$")
    check("rollout status deployment/web -n shop --timeout=120s", r"successfully rolled out", timeout=150)
    check("rollout history deployment/web -n shop", r"REVISION", r"^1 ", r"^2 ")
    check("rollout history deployment/web -n shop --revision=2", r"Image:\s+hello:2")
    check("rollout undo deployment/web -n shop", r"rolled back")
    check("rollout status deployment/web -n shop --timeout=120s", r"successfully rolled out", timeout=150)
    check(["get", "deployment", "web", "-n", "shop", "-o", "jsonpath={.spec.template.spec.containers[0].image}"], r"^hello$")
    check("rollout pause deployment/web -n shop", r"paused")
    check("rollout resume deployment/web -n shop", r"resumed")
    check("rollout restart deployment/web -n shop", r"restarted")
    check("rollout status deployment/web -n shop --timeout=120s", r"successfully rolled out", timeout=150)


MANIFEST = """\
apiVersion: v1
kind: Namespace
metadata:
  name: forms
---
apiVersion: v1
kind: ConfigMap
metadata:
  name: settings
  namespace: forms
data:
  colour: green
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: form
  namespace: forms
  labels: {app: form}
spec:
  replicas: 1
  selector:
    matchLabels: {app: form}
  template:
    metadata:
      labels: {app: form}
    spec:
      terminationGracePeriodSeconds: 1
      containers:
      - name: hello
        image: hello
        ports: [{containerPort: 80}]
        env:
        - name: COLOUR
          valueFrom: {configMapKeyRef: {name: settings, key: colour}}
        - name: WHERE
          valueFrom: {fieldRef: {fieldPath: spec.nodeName}}
        volumeMounts: [{name: shared, mountPath: /shared}, {name: conf, mountPath: /conf}]
      - name: neighbour
        image: busybox
        command: [sh, -c, "echo from the neighbour > /shared/note; while true; do wget -qO- http://127.0.0.1/ >/dev/null && echo reached localhost; sleep 1; done"]
        volumeMounts: [{name: shared, mountPath: /shared}]
      volumes:
      - name: shared
        emptyDir: {}
      - name: conf
        configMap: {name: settings}
---
apiVersion: v1
kind: Service
metadata:
  name: form
  namespace: forms
spec:
  selector: {app: form}
  ports: [{port: 80}]
"""


def section_manifests():
    path = os.path.join(WORK, "forms.yaml")
    with open(path, "w") as f:
        f.write(MANIFEST)
    check(f"apply -f {path}", r"namespace/forms created", r"configmap/settings created", r"deployment.apps/form created", r"service/form created")
    check(f"apply -f {path}", r"namespace/forms unchanged", r"configmap/settings unchanged", r"deployment.apps/form unchanged", r"service/form unchanged")
    check(f"diff -f {path}")
    changed = path + ".changed.yaml"
    with open(changed, "w") as f:
        f.write(MANIFEST.replace("colour: green", "colour: blue"))
    check(f"diff -f {changed}", r"^-\s+colour: green", r"^\+\s+colour: blue", exit=1)
    check(f"apply -f {changed} --dry-run=server", r"configmap/settings (configured|unchanged) \(server dry run\)")
    until("a pod of two containers is ready", lambda: running("forms", "app=form", 1))
    name = pods("forms", "app=form")[0]["metadata"]["name"]
    check(["exec", name, "-n", "forms", "-c", "hello", "--", "cat", "/shared/note"], r"^from the neighbour$")
    check(["exec", name, "-n", "forms", "-c", "hello", "--", "sh", "-c", "echo $COLOUR $WHERE; cat /conf/colour"], r"^green walk$", r"^green")
    until("its containers share localhost", lambda: "reached localhost" in kubectl(f"logs {name} -n forms -c neighbour")[1])
    check("label deployment form tier=front -n forms", r"^deployment.apps/form labeled$")
    check("get deployment -n forms -l tier=front --show-labels", r"tier=front")
    check("annotate deployment form note=x -n forms", r"^deployment.apps/form annotated$")
    check(["patch", "deployment", "form", "-n", "forms", "-p", '{"spec":{"template":{"spec":{"containers":[{"name":"hello","env":[{"name":"A","value":"b"}]}]}}}}'], r"patched")
    check(["patch", "deployment", "form", "-n", "forms", "--type=merge", "-p", '{"metadata":{"labels":{"tier":null}}}'], r"patched")
    check(["patch", "deployment", "form", "-n", "forms", "--type=json", "-p", '[{"op":"replace","path":"/spec/replicas","value":2}]'], r"patched")
    check("rollout status deployment/form -n forms --timeout=120s", r"successfully rolled out", timeout=150)
    live = json.loads(kubectl("get deployment form -n forms -o json")[1])
    env = [e["name"] for e in live["spec"]["template"]["spec"]["containers"][0]["env"]]
    report("the three patches did what they say", [] if "A" in env and "COLOUR" in env and live["spec"]["replicas"] == 2 and "tier" not in live["metadata"]["labels"] else [str(live["spec"])])
    editor = os.path.join(WORK, "editor.sh")
    with open(editor, "w") as f:
        f.write("#!/bin/sh\nsed -i 's/colour: green/colour: red/' \"$1\"\n")
    os.chmod(editor, 0o755)
    os.environ["KUBE_EDITOR"] = editor
    check("edit configmap settings -n forms", r"configmap/settings edited")
    check("get configmap settings -n forms -o yaml", r"colour: red")
    fresh = kubectl("get configmap settings -n forms -o json")[1].replace('"red"', '"yellow"')
    check("replace -f -", r"configmap/settings replaced", stdin=fresh)
    until("the rollout's old pod is gone", lambda: len(pods("forms", "app=form")) == 2)
    check("wait pod -n forms -l app=form --for=condition=Ready --timeout=60s", r"condition met")
    check("delete -n forms deployment -l app=form", r'deployment.apps "form" deleted')
    until("deleted by label, its pods go too", lambda: not pods("forms", "app=form"))
    check(f"delete -f {path} --timeout=90s", r'namespace "forms" deleted', exit=1, timeout=150)


def section_pod():
    check("create ns tools", r"created")
    check(["run", "shell", "--image=busybox", "-n", "tools", "--restart=Never", "--", "sh", "-c", "for i in 1 2 3; do echo line $i; done; sleep 1000"], r"^pod/shell created$")
    check("wait pod/shell -n tools --for=condition=Ready --timeout=60s", r"condition met")
    check("logs shell -n tools", r"^line 1\nline 2\nline 3$")
    check("logs shell -n tools --tail=1", r"^line 3$", absent=[r"line 2"])
    check("logs shell -n tools --timestamps", r"^\d{4}-\d\d-\d\dT\S+ line 1$")
    follow()
    check(["exec", "shell", "-n", "tools", "--", "echo", "hi"], r"^hi$")
    check(["exec", "shell", "-n", "tools", "--", "sh", "-c", "exit 7"], r"exit code 7", exit=7)
    check(["exec", "-i", "shell", "-n", "tools", "--", "cat"], r"^through stdin$", stdin="through stdin\n")
    terminal()
    attach()
    source = os.path.join(WORK, "cargo.bin")
    with open(source, "wb") as f:
        f.write(os.urandom(3_000_000))
    check(f"cp {source} tools/shell:/tmp/cargo.bin")
    check(f"cp tools/shell:/tmp/cargo.bin {source}.back")
    report("a file copied there and back is the same", [] if open(source, "rb").read() == open(source + ".back", "rb").read() else ["it differs"])
    port_forward()
    check(["run", "crash", "--image=busybox", "-n", "tools", "--", "sh", "-c", "echo this time; exit 3"], r"created")
    until("a container that exits is restarted with back-off", lambda: re.search(r"^crash +0/1 +CrashLoopBackOff +[1-9]", kubectl("get pod crash -n tools")[1], re.M))
    check("logs crash -n tools --previous", r"^this time$")
    check("describe pod crash -n tools", r"Exit Code: +3", r"Back-off restarting failed container")
    check("run lost --image=no-such-image -n tools", r"created")
    until("an image that does not exist says so", lambda: re.search(r"ErrImagePull|ImagePullBackOff", kubectl("get pod lost -n tools")[1]))
    check("get pod nobody -n tools", r'Error from server \(NotFound\): pods "nobody" not found', exit=1)
    check("logs nobody -n tools", r'pods "nobody" not found', exit=1)
    check("delete pod shell crash lost -n tools --grace-period=1 --timeout=60s", r'pod "shell" deleted')
    check("delete ns tools --timeout=90s", r"deleted", timeout=150)


def follow():
    process = subprocess.Popen(node(KUBECTL, "logs", "-f", "shell", "-n", "tools"), stdout=subprocess.PIPE, text=True)
    try:
        ready, _, _ = select.select([process.stdout], [], [], 20)
        first = process.stdout.readline() if ready else ""
        report("kubectl logs -f prints and goes on", [] if first == "line 1\n" and process.poll() is None else [repr(first)])
    finally:
        process.kill()
        process.wait()


def spawn(args, rows, columns):
    """Starts a program on a terminal of its own."""
    pid, fd = pty.fork()
    if pid == 0:
        os.execvp(args[0], args)
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
    return pid, fd


def talk(fd, text, pattern, patience=30):
    if text:
        os.write(fd, text.encode())
    seen, end = "", time.monotonic() + patience
    while time.monotonic() < end:
        ready, _, _ = select.select([fd], [], [], 0.5)
        if ready:
            try:
                seen += os.read(fd, 65536).decode(errors="replace")
            except OSError:
                break
        if re.search(pattern, seen):
            return True, seen
    return bool(re.search(pattern, seen)), seen


def terminal():
    pid, fd = spawn(node(KUBECTL, "exec", "-it", "shell", "-n", "tools", "--", "sh"), 24, 80)
    try:
        _, first = talk(fd, "", r"[#$] ")
        fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", 41, 123, 0, 0))
        os.kill(pid, signal.SIGWINCH)
        ok, seen = False, ""
        for _ in range(20):
            ok, seen = talk(fd, "stty size\n", r"41 123", 1)
            if ok:
                break
        report("kubectl exec -it: a terminal that resizes", [] if ok else ["stty did not say 41 123"], first + seen)
        talk(fd, "exit\n", r"$^", 1)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(fd)


def attach():
    check(["run", "parrot", "-i", "--image=busybox", "-n", "tools", "--restart=Never", "--attach=false", "--", "cat"], r"created")
    check("wait pod/parrot -n tools --for=condition=Ready --timeout=60s", r"condition met")
    process = subprocess.Popen(node(KUBECTL, "attach", "-i", "parrot", "-n", "tools"), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        process.stdin.write("pretty polly\n")
        process.stdin.flush()
        seen, end = "", time.monotonic() + 20
        while "pretty polly" not in seen and time.monotonic() < end:
            ready, _, _ = select.select([process.stdout], [], [], 1)
            if ready:
                seen += process.stdout.readline()
        report("kubectl attach speaks and hears", [] if "pretty polly" in seen else ["no echo"], seen)
    finally:
        process.kill()
        process.wait()


def port_forward():
    check(["run", "served", "--image=hello", "-n", "tools"], r"created")
    check("wait pod/served -n tools --for=condition=Ready --timeout=60s", r"condition met")
    process = subprocess.Popen(node(KUBECTL, "port-forward", "pod/served", "18080:80", "-n", "tools"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    try:
        until("kubectl port-forward reaches the pod", lambda: "served" in (http("http://127.0.0.1:18080/") or ""), 30)
    finally:
        process.kill()
        process.wait()


def section_kill():
    """kill -9 of the server: containers and Services go on, and afterwards everything is as before."""
    check("create ns steady", r"created")
    check("create deployment rock --image=hello --replicas=3 -n steady", r"created")
    check("expose deployment rock --port=80 -n steady", r"exposed")
    until("three pods are ready", lambda: running("steady", "app=rock", 3))
    address = json.loads(kubectl("get service rock -n steady -o json")[1])["spec"]["clusterIP"]
    until("the Service answers", lambda: http(f"http://{address}/"))
    before = containers("steady")
    for i in range(20):
        check(f"create configmap written-{i} --from-literal=k={i} -n steady", r"created")
    server = int(open(os.path.join(WORK, "server.pid")).read())
    os.kill(server, signal.SIGKILL)
    until("the server is gone", lambda: kubectl("get ns")[0] != 0)
    answers = [http(f"http://{address}/") for _ in range(20)]
    report("the Service answers while the server is dead", [] if all(answers) else [f"{answers.count(None)} of 20 requests failed"])
    subprocess.run([os.path.join(WORK, "launch")], check=True)
    until("the server is back", lambda: kubectl("get --raw /readyz")[1] == "ok")
    until("the node is Ready", lambda: " Ready " in kubectl("get nodes")[1])
    names = kubectl("get configmaps -n steady -o name")[1]
    lost = [i for i in range(20) if f"configmap/written-{i}\n" not in names]
    report("no acknowledged write is lost", [f"lost: {lost}"] if lost else [])
    until("the Service still answers", lambda: http(f"http://{address}/"))
    check("scale deployment rock --replicas=4 -n steady", r"scaled")
    until("a fourth pod joins", lambda: running("steady", "app=rock", 4))
    after = containers("steady")
    changed = {name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)}
    report("no container was restarted", [str(changed)] if changed else [])
    check("delete ns steady --timeout=90s", r"deleted", timeout=150)


def section_pause():
    """The server is stopped for 30 s (SIGSTOP: a machine that hangs) and goes on: nothing is lost, nobody is declared dead, no container restarts."""
    check("create ns still", r"created")
    check("create deployment rock --image=hello --replicas=2 -n still", r"created")
    until("two pods are ready", lambda: running("still", "app=rock", 2))
    before = containers("still")
    check("create configmap before --from-literal=k=v -n still", r"created")
    server = int(open(os.path.join(WORK, "server.pid")).read())
    os.kill(server, signal.SIGSTOP)
    try:
        time.sleep(30)  # the pause itself is what is tested
    finally:
        os.kill(server, signal.SIGCONT)
    check("create configmap after --from-literal=k=v -n still", r"created")
    check("get configmaps -n still", r"^before ", r"^after ")
    check("get nodes", r" Ready ", absent=("NotReady",))
    check("scale deployment rock --replicas=3 -n still", r"scaled")
    until("a third pod joins", lambda: running("still", "app=rock", 3))
    after = containers("still")
    changed = {name: (before[name], after.get(name)) for name in before if before[name] != after.get(name)}
    report("no container was restarted", [str(changed)] if changed else [])
    check("get events -n still", absent=("NodeNotReady", "TaintManagerEviction"))
    check("delete ns still --timeout=90s", r"deleted", timeout=150)


def section_reboot():
    """The machine loses its power and comes back: what lived in memory (processes, mounts, namespaces, rules, /run) is gone, the disk is there."""
    pods_wanted = int(os.environ.get("REBOOT_PODS", "50"))
    check("create ns phoenix", r"created")
    check(f"create deployment rock --image=hello --replicas={pods_wanted} -n phoenix", r"created")
    check("expose deployment rock --port=80 -n phoenix", r"exposed")
    until(f"{pods_wanted} pods are ready", lambda: running("phoenix", "app=rock", pods_wanted), PATIENCE * 3)
    address = json.loads(kubectl("get service rock -n phoenix -o json")[1])["spec"]["clusterIP"]
    names = sorted(p["metadata"]["name"] for p in pods("phoenix", "app=rock"))
    old = {p["status"]["containerStatuses"][0]["containerID"] for p in pods("phoenix", "app=rock")}
    power_off()
    subprocess.run([os.path.join(WORK, "launch")], check=True)
    until("the server is back", lambda: kubectl("get --raw /readyz")[1] == "ok")

    def all_new():
        found = running("phoenix", "app=rock", pods_wanted)
        return found and not old & {p["status"]["containerStatuses"][0]["containerID"] for p in found}

    until("all pods run again, in new containers", all_new, PATIENCE * 3)
    report("they are the same pods", [] if sorted(p["metadata"]["name"] for p in pods("phoenix", "app=rock")) == names else ["other names"])
    until("the Service answers", lambda: http(f"http://{address}/"))
    _, out, _ = kubectl("get pods -A -o json")
    everyone = json.loads(out)["items"]
    uids, in_network = {p["metadata"]["uid"] for p in everyone}, sum(not p["spec"].get("hostNetwork") for p in everyone)
    ips = [p["status"]["podIP"] for p in everyone if not p["spec"].get("hostNetwork")]
    report("each has an address of its own", [] if len(set(ips)) == len(ips) else [str(sorted(ips))])
    leases = os.listdir(os.path.join(WORK, "run", "cni", "addresses"))
    addresses = [name for name in leases if re.match(r"^\d+\.\d+\.\d+\.\d+$", name)]
    report("no address is leaked", [] if len(addresses) <= in_network else [f"{len(addresses)} for {in_network} pods: {addresses}"])
    mounted = {m.group(1) for m in re.finditer(r"/kubelet/pods/([0-9a-f-]{36})/", open("/proc/mounts").read()) if WORK in m.string[max(0, m.start() - 200):m.start()]}
    report("no mount is leaked", [] if mounted <= uids else [str(mounted - uids)])
    check("delete ns phoenix --timeout=180s", r"deleted", timeout=300)


def power_off():
    """Ends all processes of this cluster at once, without a word, and takes away what only memory held."""
    tag = os.path.basename(NETNS)
    dying = [int(open(os.path.join(WORK, "server.pid")).read())]
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            line = open(f"/proc/{process}/cmdline").read()
            ours = os.path.join(WORK, "run", "containerd") in line or os.path.join(WORK, "data", "containerd") in line
            if ours or f"/{tag}/" in open(f"/proc/{process}/cgroup").read():
                dying.append(int(process))
        except OSError:
            pass  # it has ended by itself
    lived_in = {inode(f"/proc/{p}/ns/net") for p in dying} - {inode(NETNS), inode("/proc/self/ns/net"), None}
    for process in dying:
        try:
            os.kill(process, signal.SIGKILL)
        except ProcessLookupError:
            pass
    until("all its processes are gone", lambda: not [p for p in dying if os.path.exists(f"/proc/{p}") and " Z " not in open(f"/proc/{p}/stat").read()])
    mounts = [line.split()[1] for line in open("/proc/mounts") if line.split()[1].startswith(WORK + "/")]
    for mount in sorted(mounts, reverse=True):
        subprocess.run(["umount", "-l", mount])
    for name in os.listdir("/run/netns"):
        if inode("/run/netns/" + name) in lived_in:
            subprocess.run(["ip", "netns", "del", name])
    subprocess.run(["rm", "-rf", os.path.join(WORK, "run")], check=True)
    links = re.findall(r"^\d+: ([^:@]+)", run(node("ip", "-o", "link"))[1], re.M)
    for link in links:
        if link not in ("lo", "eth0"):
            run(node("ip", "link", "del", link))
    run(node("nft", "flush", "ruleset"))


def inode(path):
    try:
        return os.stat(path).st_ino
    except OSError:
        return None


def containers(ns):
    """Id and restart count of every container, by pod."""
    items = json.loads(kubectl(["get", "pods", "-n", ns, "-o", "json"])[1])["items"]
    return {p["metadata"]["name"]: [(c["containerID"], c["restartCount"]) for c in p["status"]["containerStatuses"]] for p in items}


def section_slips():
    def applied(text, *patterns):
        check("apply -f -", *patterns, exit=1, stdin=text)

    applied("apiVersion: neworking.k8s.io/v1\nkind: NetworkPolicy\nmetadata: {name: x}\nspec: {podSelector: {}}\n", r'no matches for kind "NetworkPolicy" in version "neworking.k8s.io/v1"')
    applied("apiVersion: apps/v1\nkind: DeamonSet\nmetadata: {name: x}\n", r'no matches for kind "DeamonSet" in version "apps/v1"')
    applied("apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec:\n  selector: {a: b}\n  port: [{port: 80}]\n", r'unknown field "(spec\.)?port"')
    check("create configmap x -n no-such-namespace", r'namespaces "no-such-namespace" not found', exit=1)
    check("create deployment Bad_Name --image=hello", r"Invalid value: \"Bad_Name\": a lowercase RFC 1123 subdomain", exit=1)
    check(["run", "x", "--image=hello", "--overrides", '{"spec":{"containers":[{"name":"x","image":"hello","resources":{"requests":{"cpu":"1x"}}}]}}'], r"quantities must match the regular expression", exit=1)


def section_python():
    """Python's official client, in a program of its own, with the Python whose package it is."""
    program("Python's official client", node("env", "TMPDIR=" + WORK, "/usr/bin/python3", os.path.join(os.path.dirname(__file__), "pythonclient.py")))


def section_dotnet():
    """The official .NET client, in a program of its own (tests/Interop.Tests)."""
    path = os.path.join(os.path.dirname(__file__), "../../artifacts/bin/Interop.Tests/debug/KubeSharp.Interop.Tests")
    if not os.path.exists(path):
        missing("the official .NET client", "build tests/Interop.Tests first")
        return
    program("the official .NET client", node(path, "--progress", "off"))


def program(title, args):
    """A program that prints its own checks."""
    code = subprocess.run(args, timeout=300).returncode
    report(title, [] if code == 0 else [f"exit {code}; what failed is above"])


MODULES = ["kinds", "applying", "definitions", "generators", "commands", "nodes"]


def sections():
    """Every section by name, in the order in which they run; killing the server comes last."""
    here = {n[len("section_"):]: f for n, f in globals().items() if n.startswith("section_") and n != "section_rollout"}
    more = {n[len("section_"):]: f for m in MODULES for n, f in vars(importlib.import_module(m)).items() if n.startswith("section_")}
    kill = here.pop("kill")
    return {**here, **more, "kill": kill}


if __name__ == "__main__":
    known = sections()
    for wanted in sys.argv[1:] or known:
        print(wanted, flush=True)
        began = time.monotonic()
        known[wanted]()
        print(f"  {wanted}: {time.monotonic() - began:.0f} s", flush=True)
    checks.summary()
    sys.exit(1 if failures else 0)

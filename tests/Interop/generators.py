"""Every `kubectl create KIND`, and what get and describe say of what was made."""
import base64
import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

from checks import report
from kubectl import MINOR, WORK, check, get, kubectl, until

# What is made, as (arguments of create, what it is called then, patterns of get, patterns of describe). Nodes are not asked for anything.
NAMESPACED = [
    ("configmap cfg --from-literal=a=b --from-literal=c=d", "configmap/cfg", [r"^cfg +2 "], [r"^a:\n-+\nb$"]),
    ("secret generic plain --from-literal=password=top", "secret/plain", [r"^plain +Opaque +1 "], [r"password: +3 bytes"]),
    ("secret docker-registry pull --docker-server=r.example.com --docker-username=u --docker-password=p", "secret/pull", [r"^pull +kubernetes\.io/dockerconfigjson +1 "], [r"\.dockerconfigjson: "]),
    ("secret tls cert --cert={work}/tls.crt --key={work}/tls.key", "secret/cert", [r"^cert +kubernetes\.io/tls +2 "], [r"tls\.crt: +\d+ bytes"]),
    ("serviceaccount robot", "serviceaccount/robot", [r"^robot +\S+$"], [r"^Name: +robot"]),
    ("role reader --verb=get,list --resource=pods,deployments.apps", "role.rbac.authorization.k8s.io/reader", [r"^reader +20\d\d-"], [r"pods +\[\] +\[\] +\[get list\]", r"deployments\.apps +\[\]"]),
    ("rolebinding readers --role=reader --serviceaccount=made:robot --group=crew", "rolebinding.rbac.authorization.k8s.io/readers", [r"^readers +Role/reader "], [r"ServiceAccount +robot +made", r"Group +crew"]),
    ("quota small --hard=pods=20,configmaps=10", "resourcequota/small", [r"pods: \d+/20"], [r"configmaps +\d+ +10"]),
    ("poddisruptionbudget guard --selector=app=x --min-available=1", "poddisruptionbudget.policy/guard", [r"^guard +1 +N/A +0 "], [r"Min available: +1"]),
    ("ingress site --rule=shop.example.com/cart*=web:80 --class=none", "ingress.networking.k8s.io/site", [r"^site +none +shop\.example\.com +80 "], [r"/cart +web:80", r"Ingress Class: +none"]),
    ("service clusterip inner --tcp=5678:8080", "service/inner", [r"^inner +ClusterIP +10\.143\.\S+ +<none> +5678/TCP"], [r"TargetPort: +8080/TCP", r"Selector: +app=inner"]),
    ("service clusterip headless --clusterip=None", "service/headless", [r"^headless +ClusterIP +None "], [r"IP: +None"]),
    ("service nodeport outer --tcp=80", "service/outer", [r"^outer +NodePort +10\.143\.\S+ +<none> +80:3\d{4}/TCP"], [r"NodePort: +\S+ +3\d{4}/TCP"]),
    ("service loadbalancer public --tcp=80", "service/public", [r"^public +LoadBalancer +10\.143\.\S+ +<pending> "], [r"Type: +LoadBalancer"]),
    ("service externalname far --external-name=far.example.com", "service/far", [r"^far +ExternalName +<none> +far\.example\.com "], [r"External Name: +far\.example\.com"]),
    ("deployment idle --image=hello --replicas=0 --port=80", "deployment.apps/idle", [r"^idle +0/0 +0 +0 "], [r"Port: +80/TCP", r"0 desired"]),
    ("job once --image=busybox -- true", "job.batch/once", [r"^once +(\S+ +)?\d/1 "], [r"Completions: +1"]),
    ("cronjob nightly --image=busybox --schedule=0_3_*_*_* -- true", "cronjob.batch/nightly", [r"^nightly +0 3 \* \* \* +(<none> +)?False +0 "], [r"Schedule: +0 3 \* \* \*"]),
]
CLUSTER = [
    ("namespace made-too", "namespace/made-too", [r"^made-too +Active "], [r"Status: +Active"]),
    ("clusterrole watcher --verb=get,watch --resource=nodes", "clusterrole.rbac.authorization.k8s.io/watcher", [r"^watcher +20\d\d-"], [r"nodes +\[\] +\[\] +\[get watch\]"]),
    ("clusterrole health --verb=get --non-resource-url=/healthz", "clusterrole.rbac.authorization.k8s.io/health", [r"^health "], [r"\[/healthz\] +\[\] +\[get\]"]),
    ("clusterrolebinding watchers --clusterrole=watcher --user=jane", "clusterrolebinding.rbac.authorization.k8s.io/watchers", [r"^watchers +ClusterRole/watcher "], [r"User +jane"]),
    ("priorityclass urgent --value=1000 --description=first", "priorityclass.scheduling.k8s.io/urgent", [r"^urgent +1000 +(false|PreemptLowerPriority) "], [r"Value: +1000"]),
]


def section_generators():
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=made", "-keyout", f"{WORK}/tls.key", "-out", f"{WORK}/tls.crt", "-days", "2"], check=True, capture_output=True)
    check("create ns made", r"created")
    for where, table in ((["-n", "made"], NAMESPACED), ([], CLUSTER)):
        for line, name, shown, told in table:
            # The first of these that say the version their kinds have by now.
            since = 22 if line.startswith(("poddisruptionbudget", "cronjob", "ingress")) else 0
            words = [w.replace("_", " ").format(work=WORK) for w in line.split()] # an underscore is a blank inside an argument
            at = words.index("--") if "--" in words else len(words)
            check(["create", *words[:at], *where, *words[at:]], rf"^{name} created$", since=since)
            if line.startswith("quota"):
                until("a new quota is counted", lambda: get("quota small -n made", "status.hard"), 20)
            check(["get", name, *where], *shown, since=since)
            check(["describe", name, *where], *told, since=since)
    check("create secret generic plain --from-literal=a=b -n made", r'secrets "plain" already exists', exit=1)
    report("what was made of literals is what was said", [] if base64.b64decode(get("secret plain -n made", "data.password")) == b"top" else ["another password"])
    check("create job again --from=cronjob/nightly -n made", r"^job.batch/again created$", since=22)
    if MINOR >= 22:
        report("a job made of a cron job has its owner", [] if (get("job again -n made", "metadata.ownerReferences") or [{}])[0].get("name") == "nightly" else ["it has not"])
    tokens()
    every_kind()
    check("delete clusterrole watcher health", r'"watcher" deleted')
    check("delete clusterrolebinding watchers", r'"watchers" deleted')
    check("delete priorityclass urgent", r'"urgent" deleted')
    check("delete ns made made-too --wait=false", r'"made" deleted')


def tokens():
    token = check("create token robot -n made --duration=20m --audience=test", r"^ey[\w-]+\.[\w-]+\.[\w-]+$", since=24).strip()
    token = check("create token robot -n made", r"^ey", since=24).strip()
    if token:
        bare = ["--kubeconfig=/dev/null", "--server=" + server(), "--insecure-skip-tls-verify", "--token=" + token]
        who = check([*bare, "auth", "whoami"], r"system:serviceaccount:made:robot", r"system:serviceaccounts:made", since=27)
        report("a token is of the account it was made for", [] if "made:robot" in who else [who])
        check([*bare, "get", "pods", "-n", "made"])
        check([*bare, "delete", "pod", "x", "-n", "made"], r'pods "x" is forbidden: User "system:serviceaccount:made:robot" cannot delete resource "pods" in API group "" in the namespace "made"', exit=1)
    check("create token nobody -n made", r'serviceaccounts "nobody" not found', exit=1, since=24)


def every_kind():
    """get and describe of all kinds that can be listed: none may break, whatever is there."""
    def problem(line):
        code, _, err = kubectl(line, timeout=60)
        return f"{line}: exit {code}: {err.strip()[:300]}" if code or "panic" in err else None

    # Kubectl before 1.22 and before 1.33 asks for these in v1beta1, which 1.36 no longer serves.
    newer = {"endpointslices": 22, "ipaddresses": 33, "servicecidrs": 33}
    kinds = [k for k in kubectl("api-resources --verbs=list -o name")[1].split() if MINOR >= newer.get(k.split(".")[0], 0)]
    with ThreadPoolExecutor(3) as pool:
        found = list(pool.map(problem, [f"{verb} {kind} -A" for kind in kinds for verb in ("get", "describe")]))
    report(f"get and describe of every kind ({len(kinds)})", [p for p in found if p] + (["there are none"] if not kinds else []))


def server():
    return next(line.split("server:")[1].strip() for line in open(os.environ["KUBECONFIG"]) if "server:" in line)

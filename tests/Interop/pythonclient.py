"""Python's official client (python3-kubernetes) against the cluster of KUBECONFIG: objects, watches, patches, custom resources, streams.

A program of its own, run in the node's network namespace by walk.py's section python.
"""
import json
import sys
import threading

from kubernetes import client, config, dynamic, watch
from kubernetes.client.rest import ApiException
from kubernetes.leaderelection import electionconfig, leaderelection
from kubernetes.leaderelection.resourcelock.configmaplock import ConfigMapLock
from kubernetes.stream import portforward, stream

import checks
from checks import report, until

NS = "snake"
GROUP = {"group": "zoo.example.com", "version": "v1", "namespace": NS, "plural": "snakes"}


def expect(title, found, wanted):
    report("python: " + title, [] if found == wanted else [f"found {found!r}, wanted {wanted!r}"])


def refused(title, call, status, reason, message):
    try:
        call()
        report("python: " + title, ["it was not refused"])
    except ApiException as e:
        body = json.loads(e.body) if e.body else {}
        good = e.status == status and body.get("reason") == reason and message in body.get("message", "") and body.get("code") == status and body.get("kind") == "Status"
        report("python: " + title, [] if good else [str(e)])


def configmap(name, data=None, labels=None):
    return client.V1ConfigMap(metadata=client.V1ObjectMeta(name=name, labels=labels), data=data or {"k": "v"})


def objects(core):
    core.create_namespace(client.V1Namespace(metadata=client.V1ObjectMeta(name=NS)))
    made = core.create_namespaced_config_map(NS, configmap("one"))
    expect("what is created comes back", (made.data, bool(made.metadata.uid), made.metadata.creation_timestamp.tzinfo is not None), ({"k": "v"}, True, True))
    made.data["k"] = "w"
    changed = core.replace_namespaced_config_map("one", NS, made)
    expect("replaced", core.read_namespaced_config_map("one", NS).data, {"k": "w"})
    refused("an old version conflicts", lambda: core.replace_namespaced_config_map("one", NS, made), 409, "Conflict", "the object has been modified")
    refused("what exists cannot be created", lambda: core.create_namespaced_config_map(NS, configmap("one")), 409, "AlreadyExists", 'configmaps "one" already exists')
    refused("what does not exist is not found", lambda: core.read_namespaced_config_map("two", NS), 404, "NotFound", 'configmaps "two" not found')
    refused("a bad name is invalid", lambda: core.create_namespaced_config_map(NS, configmap("No_Name")), 422, "Invalid", "metadata.name")
    expect("a dry run stores nothing", (core.create_namespaced_config_map(NS, configmap("dry"), dry_run="All").metadata.name, [m.metadata.name for m in core.list_namespaced_config_map(NS, field_selector="metadata.name=dry").items]), ("dry", []))
    status = core.delete_namespaced_config_map("one", NS, body=client.V1DeleteOptions(preconditions=client.V1Preconditions(uid=changed.metadata.uid)))
    expect("deleted", status.status, "Success")


def lists(core):
    for i in range(23):
        core.create_namespaced_config_map(NS, configmap(f"m{i:02}", labels={"batch": "x"}))
    names, token, rest = [], None, []
    while True:
        page = core.list_namespaced_config_map(NS, label_selector="batch=x", limit=5, _continue=token)
        names += [m.metadata.name for m in page.items]
        rest.append(page.metadata.remaining_item_count)
        token = page.metadata._continue
        if not token:
            break
    expect("a list in pages is whole and in order", names, [f"m{i:02}" for i in range(23)])
    whole = core.list_namespaced_config_map(NS, limit=2)
    expect("how many remain is told", whole.metadata.remaining_item_count, len(core.list_namespaced_config_map(NS).items) - 2)
    refused("a bad continue token", lambda: core.list_namespaced_config_map(NS, limit=2, _continue="bad"), 400, "BadRequest", "continue")
    core.delete_collection_namespaced_config_map(NS, label_selector="batch=x")
    expect("a collection is deleted", core.list_namespaced_config_map(NS, label_selector="batch=x").items, [])


def watches(core):
    begin = core.list_namespaced_config_map(NS).metadata.resource_version
    core.create_namespaced_config_map(NS, configmap("seen", labels={"w": "1"}))
    core.patch_namespaced_config_map("seen", NS, {"data": {"k": "2"}})
    core.patch_namespaced_config_map("seen", NS, {"metadata": {"labels": {"w": "2"}}})
    core.delete_namespaced_config_map("seen", NS)
    follower, seen = watch.Watch(), []
    for e in follower.stream(core.list_namespaced_config_map, NS, resource_version=begin, label_selector="w=1", timeout_seconds=5):
        seen.append((e["type"], e["object"].metadata.name, e["object"].data["k"]))
        if e["type"] == "DELETED":
            follower.stop()
    expect("a watch from a version tells all since, and what stops matching is gone", seen, [("ADDED", "seen", "v"), ("MODIFIED", "seen", "2"), ("DELETED", "seen", "2")])
    again = [e["type"] for e in watch.Watch().stream(core.list_namespaced_config_map, NS, resource_version=follower.resource_version, timeout_seconds=1)]
    expect("a watch goes on where the last one stood", again, ["DELETED"])


def informer(custom, begin):
    """Lists and watches as every informer does: told that its version is too old, it lists anew and goes on."""
    seen, relisted, version = {}, 0, begin
    follower = watch.Watch()
    custom.create_namespaced_custom_object(body=snake("adder"), **GROUP)
    while "viper" not in seen:
        try:
            for e in follower.stream(custom.list_namespaced_custom_object, **GROUP, resource_version=version, timeout_seconds=10):
                seen[e["object"]["metadata"]["name"]] = e["type"]
                if "viper" in seen:
                    follower.stop()
        except ApiException as e:
            if e.status != 410:
                raise
            relisted += 1
            found = custom.list_namespaced_custom_object(**GROUP)
            seen.update({o["metadata"]["name"]: "LISTED" for o in found["items"]})
            version = found["metadata"]["resourceVersion"]
            custom.create_namespaced_custom_object(body=snake("viper"), **GROUP)
    expect("a watch too old is 410; listed anew it goes on", (seen.get("adder"), seen.get("viper"), relisted), ("LISTED", "ADDED", 1))


def patches(core, apps):
    template = {"metadata": {"labels": {"app": "p"}}, "spec": {"containers": [{"name": "a", "image": "hello"}]}}
    apps.create_namespaced_deployment(NS, {"metadata": {"name": "p"}, "spec": {"replicas": 0, "selector": {"matchLabels": {"app": "p"}}, "template": template}})
    apps.patch_namespaced_deployment("p", NS, {"spec": {"template": {"spec": {"containers": [{"name": "b", "image": "busybox"}]}}}})
    apps.patch_namespaced_deployment("p", NS, [{"op": "replace", "path": "/spec/replicas", "value": 0}, {"op": "add", "path": "/metadata/annotations", "value": {"j": "1"}}])
    found = apps.read_namespaced_deployment("p", NS)
    expect("a strategic patch merges containers, a JSON patch does what it says", (sorted(c.name for c in found.spec.template.spec.containers), found.metadata.annotations.get("j")), (["a", "b"], "1"))
    scale = apps.patch_namespaced_deployment_scale("p", NS, {"spec": {"replicas": 0}})
    expect("scale is a resource of its own", (scale.kind, scale.status.selector), ("Scale", "app=p"))
    api = dynamic.DynamicClient(client.ApiClient())
    deployments = api.resources.get(api_version="apps/v1", kind="Deployment")
    deployments.patch(body={"metadata": {"name": "p", "annotations": {"j": None, "m": "2"}}}, namespace=NS, content_type="application/merge-patch+json")
    notes = deployments.get(name="p", namespace=NS).metadata.annotations
    expect("a merge patch removes by null", (notes.j, notes.m), (None, "2"))
    apps.delete_namespaced_deployment("p", NS, propagation_policy="Foreground")


def dynamics():
    api = dynamic.DynamicClient(client.ApiClient())
    maps = api.resources.get(api_version="v1", kind="ConfigMap")
    body = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "applied", "namespace": NS}, "data": {"a": "1"}}

    def applied(value, manager, **how):
        text = json.dumps({**body, "data": {"a": value}}).encode()
        return maps.server_side_apply(name="applied", namespace=NS, body=text, field_manager=manager, **how)

    made = applied("1", "python")
    expect("server-side apply makes an object", (made.data.a, made.metadata.managedFields[0].manager, made.metadata.managedFields[0].operation), ("1", "python", "Apply"))
    try:
        applied("2", "other")
        report("python: a conflict of managers", ["it was not refused"])
    except dynamic.exceptions.ConflictError as e:
        found = json.loads(e.body)
        expect("a conflict of managers names manager and field", ([c["field"] for c in found["details"]["causes"]], 'conflict with "python"' in found["message"]), ([".data.a"], True))
    expect("forced, the field changes hands", applied("2", "other", force_conflicts=True).data.a, "2")
    seen = []
    version = maps.get(namespace=NS).metadata.resourceVersion
    maps.create(body={**body, "metadata": {"name": "dynamic"}}, namespace=NS)
    follower = watch.Watch()
    for e in maps.watch(namespace=NS, resource_version=version, timeout=5, watcher=follower):
        seen.append((e["type"], e["object"].metadata.name))
        follower.stop()
    expect("the dynamic client watches", seen, [("ADDED", "dynamic")])
    expect("and finds resources by discovery", {(r.kind, r.group_version) for r in api.resources.search(kind="Deployment") if hasattr(r, "kind") and r.kind == "Deployment"}, {("Deployment", "apps/v1")})


def snake(name):
    return {"apiVersion": "zoo.example.com/v1", "kind": "Snake", "metadata": {"name": name}, "spec": {"length": 1}}


def customs(core):
    begin = core.list_namespaced_config_map(NS).metadata.resource_version
    schema = {"type": "object", "properties": {"spec": {"type": "object", "properties": {"length": {"type": "integer", "maximum": 10}}}, "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True}}}
    version = client.V1CustomResourceDefinitionVersion(name="v1", served=True, storage=True, schema=client.V1CustomResourceValidation(open_apiv3_schema=schema), subresources=client.V1CustomResourceSubresources(status={}))
    names = client.V1CustomResourceDefinitionNames(plural="snakes", singular="snake", kind="Snake")
    definitions, custom = client.ApiextensionsV1Api(), client.CustomObjectsApi()
    definitions.create_custom_resource_definition(client.V1CustomResourceDefinition(metadata=client.V1ObjectMeta(name="snakes.zoo.example.com"), spec=client.V1CustomResourceDefinitionSpec(group="zoo.example.com", scope="Namespaced", names=names, versions=[version])))
    follower = watch.Watch()
    for e in follower.stream(definitions.list_custom_resource_definition, field_selector="metadata.name=snakes.zoo.example.com", timeout_seconds=20):
        if any(c.type == "Established" and c.status == "True" for c in e["object"].status.conditions or []):
            follower.stop()
    informer(custom, begin)
    custom.create_namespaced_custom_object(body=snake("boa"), **GROUP)
    refused("a custom object against its schema", lambda: custom.create_namespaced_custom_object(body={**snake("long"), "spec": {"length": 11}}, **GROUP), 422, "Invalid", "spec.length")
    custom.patch_namespaced_custom_object(name="boa", body={"spec": {"length": 4}}, **GROUP)
    custom.patch_namespaced_custom_object_status(name="boa", body={"status": {"fed": True}, "spec": {"length": 9}}, **GROUP)
    found = custom.get_namespaced_custom_object(name="boa", **GROUP)
    expect("a custom object and its status are patched", (found["spec"], found["status"], found["metadata"]["generation"]), ({"length": 4}, {"fed": True}, 2))
    expect("custom objects of all namespaces", len(custom.list_cluster_custom_object("zoo.example.com", "v1", "snakes")["items"]), 3)
    custom.delete_namespaced_custom_object(name="boa", **GROUP)
    definitions.delete_custom_resource_definition("snakes.zoo.example.com")


def streams(core):
    command = ["sh", "-c", "i=0; while true; do i=$((i+1)); echo line $i; sleep 0.2; done"]
    for name, container in (("talker", {"name": "c", "image": "busybox", "command": command}), ("web", {"name": "c", "image": "hello"})):
        core.create_namespaced_pod(NS, {"metadata": {"name": name}, "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]}})
    for name in ("talker", "web"):
        follower = watch.Watch()
        for e in follower.stream(core.list_namespaced_pod, NS, field_selector=f"metadata.name={name}", timeout_seconds=60):
            if any(c.type == "Ready" and c.status == "True" for c in e["object"].status.conditions or []):
                follower.stop()
    flags = {"stderr": True, "stdin": False, "stdout": True, "tty": False}
    out = stream(core.connect_get_namespaced_pod_exec, "talker", NS, command=["sh", "-c", "echo out; echo err >&2"], **flags)
    expect("exec returns what was printed", sorted(out.split()), ["err", "out"])
    shell = stream(core.connect_get_namespaced_pod_exec, "talker", NS, command=["sh"], _preload_content=False, **{**flags, "stdin": True})
    shell.write_stdin("echo $((6*7)); echo oops >&2; exit 3\n")
    shell.run_forever(timeout=20)
    expect("exec with standard input has two outputs and an exit code", (shell.read_stdout(timeout=1), shell.read_stderr(timeout=1), shell.returncode), ("42\n", "oops\n", 3))
    shell.close()
    refused_exec(core)
    lines = []
    follower = watch.Watch()
    for line in follower.stream(core.read_namespaced_pod_log, "talker", NS):
        lines.append(line)
        if len(lines) == 5:
            follower.stop()
    expect("logs are followed", lines, [f"line {i}" for i in range(1, 6)])
    expect("the end of a log", len(core.read_namespaced_pod_log("talker", NS, tail_lines=2).splitlines()), 2)
    ports = portforward(core.connect_get_namespaced_pod_portforward, "web", NS, ports="80")
    socket = ports.socket(80)
    socket.settimeout(10)
    socket.sendall(b"GET / HTTP/1.1\r\nHost: web\r\nConnection: close\r\n\r\n")
    answer = b""
    while piece := socket.recv(65536):
        answer += piece
    expect("a port is forwarded", (answer[:15], b"web" in answer, ports.error(80)), (b"HTTP/1.1 200 OK", True, None))
    core.delete_collection_namespaced_pod(NS, grace_period_seconds=0)


def refused_exec(core):
    try:
        stream(core.connect_get_namespaced_pod_exec, "nobody", NS, command=["true"], stdout=True, stderr=True, stdin=False, tty=False)
        report("python: exec in a pod that is not there", ["it was not refused"])
    except ApiException as e:
        expect("exec in a pod that is not there is 404", "404" in str(e.reason), True)


def election(core):
    won, lost = threading.Event(), threading.Event()
    one = electionconfig.Config(ConfigMapLock("lock", NS, "one"), lease_duration=5, renew_deadline=4, retry_period=1, onstarted_leading=won.set, onstopped_leading=lost.set)
    threading.Thread(target=leaderelection.LeaderElection(one).run, daemon=True).start()
    until("python: a leader is elected", won.is_set, 20)
    record = json.loads(core.read_namespaced_config_map("lock", NS).metadata.annotations["control-plane.alpha.kubernetes.io/leader"])
    expect("and is written down", record["holderIdentity"], "one")


def main():
    config.load_kube_config()
    core, apps = client.CoreV1Api(), client.AppsV1Api()
    expect("the server's version", client.VersionApi().get_code().minor, "36")
    objects(core)
    lists(core)
    watches(core)
    patches(core, apps)
    dynamics()
    customs(core)
    streams(core)
    election(core)
    core.delete_namespace(NS)
    checks.summary()
    sys.exit(1 if checks.failures else 0)


main()

"""Starts the server where it cannot start, and takes its disk away while it runs: each time it must say what to do.

Needs no cluster. Run by tests/Interop/run; everything it makes is in its own directory and network namespace.
"""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import checks
from checks import failures, report

KUBESHARP = os.environ["KUBESHARP"]
KUBECTL = os.environ["KUBECTL"]
PATIENCE = int(os.environ.get("PATIENCE", "60"))
TAG = f"kss{os.getpid()}"
WORK = tempfile.mkdtemp(prefix="/tmp/kubesharp-starts.")
PORT = 16444


def node(*args):
    return ["nsenter", f"--net=/run/netns/{TAG}", *args]


def server(**other):
    flags = {"data-dir": f"{WORK}/data", "run-dir": f"{WORK}/run", "write-kubeconfig": f"{WORK}/kubeconfig", "https-listen-port": str(PORT),
             "kubelet-port": "20251", "node-name": "starts", "node-ip": "127.0.0.1", "cgroup-root": "/" + TAG, **other}
    return [KUBESHARP, "server", *(part for name, value in flags.items() for part in ("--" + name, value))]


def refused(title, command, pattern):
    """The program ends by itself, quickly, with one sentence on standard error and no stack trace."""
    try:
        done = subprocess.run(node(*command), capture_output=True, text=True, timeout=PATIENCE)
    except subprocess.TimeoutExpired as e:
        report(title, ["it did not end"], str(e.stderr))
        return
    problems = [] if done.returncode != 0 else ["exit 0"]
    if not re.search(pattern, done.stderr, re.M):
        problems.append("not found: " + pattern)
    if re.search(r"^ +at \S", done.stderr, re.M):
        problems.append("a stack trace")
    report(title, problems, done.stderr)


def until(title, condition):
    return checks.until(title, condition, PATIENCE, lambda last: "\n".join([str(last), *open(f"{WORK}/log").read().splitlines()[-20:]]))


def kubectl(line, stdin=None):
    done = subprocess.run(node(KUBECTL, "--kubeconfig", f"{WORK}/kubeconfig", *line.split()), input=stdin, capture_output=True, text=True, env={**os.environ, "HOME": WORK})
    return done.returncode, done.stdout + done.stderr


def launch(command):
    return subprocess.Popen(node(*command), stdout=subprocess.DEVNULL, stderr=open(f"{WORK}/log", "w"), start_new_session=True)


def bad_starts():
    taken = launch([sys.executable, "-c", f"import socket, time; s = socket.socket(); s.bind(('0.0.0.0', {PORT})); s.listen(); print(flush=True); time.sleep(600)"])
    until("another program has the port", lambda: subprocess.run(node("ss", "-Htln", f"sport = :{PORT}"), capture_output=True).stdout)
    refused("a port that is taken", server(), rf"port {PORT} is taken.*--https-listen-port")
    taken.kill()
    taken.wait()
    os.chmod(WORK, 0o755)
    refused("not root", ["setpriv", "--reuid=65534", "--clear-groups", *server()], r"run kubesharp as root")
    empty = f"{WORK}/bin"
    os.mkdir(empty)
    refused("no containerd", [shutil.which("env"), "PATH=" + empty, *server()], r"containerd is not installed.*apt install")
    refused("a network that is none", server(**{"service-cidr": "10.1.2.3.4"}), r"--service-cidr: .* is not an IPv4 network")
    refused("an unknown flag", [KUBESHARP, "server", "--data-dri", "x"], r"--data-dri")
    os.makedirs(f"{WORK}/foreign")
    with open(f"{WORK}/foreign/state.db", "w") as f:
        f.write("this is no database\n" * 1000)
    refused("a store that is no store", server(**{"data-dir": f"{WORK}/foreign"}), r"state\.db.*(not a|is no|database)")


def fill(path):
    """Until not one byte more goes on the disk. Without a buffer: what is left in one is written once more, and fails, when the file is closed."""
    with open(path, "wb", buffering=0) as f:
        for size in (65536, 1):
            try:
                while True:
                    f.write(b"x" * size)
            except OSError:
                pass


def full_disk():
    """The store's disk fills up under writes: refused with a clear error, reads go on, and with room again writes do too."""
    disk = f"{WORK}/disk"
    os.mkdir(disk)
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=48m", TAG, disk], check=True)
    running = launch(server(**{"data-dir": disk + "/data", "disable": "kubelet,proxy,network"}))
    try:
        until("the server runs on a small disk", lambda: os.path.exists(f"{WORK}/kubeconfig") and kubectl("get --raw /readyz")[1] == "ok")
        kubectl("create configmap before --from-literal=k=v")
        fill(disk + "/ballast")
        big = "x" * 200_000
        answers = []

        def refuses():
            answers.append(kubectl("create -f -", f"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: big-{len(answers)}}}\ndata: {{k: {big}}}\n"))
            return answers[-1][0] != 0

        until("writes are refused when the disk is full", refuses)
        report("with words that say so", [] if re.search(r"disk|space|full", answers[-1][1]) else ["does not name the disk"], answers[-1][1])
        report("reads go on", [] if kubectl("get configmap before")[0] == 0 else ["a read failed"])
        os.remove(disk + "/ballast")
        until("with room again it writes", lambda: kubectl("create configmap after --from-literal=k=v")[0] == 0)
        kept = kubectl("get configmaps -o name")[1]
        lost = [f"big-{i}" for i, (code, _) in enumerate(answers) if code == 0 and f"configmap/big-{i}\n" not in kept]
        report("nothing that was accepted is lost", lost)
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
        subprocess.run(["umount", "-l", disk])


def backup():
    """A copy of a running cluster brings back what was there, and who has seen what came later is told to look again."""
    flags = {"data-dir": f"{WORK}/kept", "disable": "kubelet,proxy,network"}
    here, there = server(**flags), f"{WORK}/backup"
    running = launch(here)
    try:
        until("a server to be copied", lambda: os.path.exists(f"{WORK}/kubeconfig") and kubectl("get --raw /readyz")[1] == "ok")
        kubectl("create configmap kept --from-literal=k=v")
        kubectl("create secret generic kept --from-literal=k=v")
        before = kubectl("get configmap,secret -o json")[1]
        done = subprocess.run(node(KUBESHARP, "backup", there, *here[2:]), capture_output=True, text=True)
        report("it is copied while it runs", [] if done.returncode == 0 else [f"exit {done.returncode}"], done.stdout + done.stderr)
        kubectl("create configmap later --from-literal=k=v")
        seen = int(re.search(r'"resourceVersion": ?"(\d+)"', kubectl("get configmap later -o json")[1]).group(1))
        refused("no restore under a running server", [KUBESHARP, "restore", there, *here[2:]], r"the server runs")
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)
    shutil.rmtree(f"{WORK}/kept")
    os.remove(f"{WORK}/kubeconfig")
    done = subprocess.run(node(KUBESHARP, "restore", there, *here[2:]), capture_output=True, text=True)
    report("it is restored", [] if done.returncode == 0 else [f"exit {done.returncode}"], done.stdout + done.stderr)
    running = launch(here)
    try:
        until("the restored server runs", lambda: os.path.exists(f"{WORK}/kubeconfig") and kubectl("get --raw /readyz")[1] == "ok")
        after = kubectl("get configmap,secret -o json")[1]
        report("it has what was copied, to the letter", [] if bare(after) == bare(before) else ["it differs"], after)
        told = kubectl(f"get --raw /api/v1/configmaps?watch=1&resourceVersion={seen}&timeoutSeconds=5")[1]
        report("who saw what came later is told that it is gone", [] if '"code":410' in told else ["no 410"], told)
        kubectl("create configmap anew --from-literal=k=v")
        made = int(re.search(r'"resourceVersion": ?"(\d+)"', kubectl("get configmap anew -o json")[1]).group(1))
        report("and no version comes again", [] if made > seen else [f"{made} after {seen}"])
    finally:
        running.send_signal(signal.SIGTERM)
        running.wait(30)


def bare(text):
    """Without what the server itself renews."""
    return [item for item in json.loads(text)["items"] if item["metadata"]["name"] == "kept"]


def main():
    subprocess.run(["ip", "netns", "add", TAG], check=True)
    subprocess.run(node("ip", "link", "set", "lo", "up"), check=True)
    try:
        print("starts that cannot be", flush=True)
        bad_starts()
        print("a full disk", flush=True)
        full_disk()
        print("backup and restore", flush=True)
        backup()
    finally:
        subprocess.run(["ip", "netns", "del", TAG])
        shutil.rmtree(WORK, ignore_errors=True)
    sys.exit(1 if failures else 0)


main()

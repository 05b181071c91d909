#!/usr/bin/env python3
"""Asks a server the cases of tests/Golden/upstream-1.36 and shows where it answers otherwise, or writes its answers down in their place.

    upstream.py compare FOLDER https://HOST:PORT [CERT KEY]     (a fresh server with a namespace demo, if it has namespaces)
    upstream.py record  FOLDER https://HOST:PORT [CERT KEY]     (an upstream server of another release)
"""
import difflib, http.client, json, os, re, ssl, sys, time, urllib.parse

TYPES = {"json": "application/json", "yaml": "application/yaml", "merge": "application/merge-patch+json", "apply": "application/apply-patch+yaml",
         "jsonpatch": "application/json-patch+json", "strategic": "application/strategic-merge-patch+json"}
TABLE = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"
UID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
RV = re.compile(r"(current: |in record \(|resource version: )\d+( \(\d+\))?")

def text(s):
    s = re.sub(r"selfType\d+", "selfType<n>", s)
    s = re.sub(r"((?:G_|x{58}))(?!x)[a-z0-9]{5}\b", r"\1<generated>", s)
    return RV.sub(r"\1<version>", TIME.sub("<time>", UID.sub("<uid>", s)))

def plain(v, key=""):
    if isinstance(v, dict):
        out = {}
        for k in sorted(v):
            if k in ("uid", "resourceVersion", "continue") and isinstance(v[k], str):
                out[k] = "<%s>" % k if v[k] else ""
            elif k == "name" and "generateName" in v and isinstance(v[k], str):
                out[k] = v["generateName"] + "<generated>" if v[k].startswith(v["generateName"]) else v[k]
            elif k in ("creationTimestamp", "deletionTimestamp", "lastTransitionTime", "time") and isinstance(v[k], str):
                out[k] = "<time>" if TIME.fullmatch(v[k]) else v[k]
            elif k == "managedFields" and isinstance(v[k], list) and all(isinstance(e, dict) for e in v[k]):
                # in the order of their times, which a recording passes through slowly
                out[k] = sorted((plain(x) for x in v[k]), key=lambda e: tuple(str(e.get(f) or "") for f in ("manager", "operation", "subresource", "apiVersion")))
            else:
                out[k] = plain(v[k], k)
        if v.get("kind") == "Table" and "columnDefinitions" in v:
            ages = [i for i, c in enumerate(v["columnDefinitions"] or []) if c["name"] in ("Age",)]
            for r in (out.get("rows") or []) if v["columnDefinitions"] else []:
                for i in ages if r.get("cells") else []:
                    if re.fullmatch(r"(\d+[smhdy])+", str(r["cells"][i])):
                        r["cells"][i] = "<age>"
        return out
    if isinstance(v, list):
        return [plain(x) for x in v]
    if isinstance(v, str):
        return text(v)
    return v

def get(v, path):
    for p in path.split("."):
        v = v[int(p)] if isinstance(v, list) else v.get(p) if isinstance(v, dict) else None
        if v is None:
            return None
    return v

class Server:
    def __init__(self, url, cert=None, key=None):
        u = urllib.parse.urlparse(url)
        self.host, self.port = u.hostname, u.port
        self.ctx = ssl._create_unverified_context()
        if cert:
            self.ctx.load_cert_chain(cert, key)
        self.conn = None

    def ask(self, method, path, body=None, headers=None, timeout=30):
        h = {"User-Agent": "recorder/1.0", "Accept": "application/json"}
        h.update(headers or {})
        for attempt in (0, 1):
            try:
                if self.conn is None:
                    self.conn = http.client.HTTPSConnection(self.host, self.port, context=self.ctx, timeout=timeout)
                self.conn.request(method, path, body=body.encode() if isinstance(body, str) else body, headers=h)
                r = self.conn.getresponse()
                data = r.read()
                return r.status, r.headers, data
            except (http.client.HTTPException, OSError):
                self.conn = None
                if attempt:
                    raise

def fill(s, kept):
    for k, v in kept.items():
        s = s.replace("{%s}" % k, v)
    return s

def run_step(server, step, kept):
    if "wait" in step:
        for i in range(400):
            status, _, data = server.ask("GET", step["wait"], headers={"Accept": TABLE} if step.get("table") else None)
            good = status == step.get("status", 200)
            if good and "condition" in step:
                good = any(c["type"] == step["condition"] and c["status"] == "True" for c in json.loads(data).get("status", {}).get("conditions") or [])
            if good and "contains" in step:
                good = step["contains"] in data.decode()
            if good:
                return None
            time.sleep(0.02)
        raise Exception("waited in vain: %s: %s %s" % (step, status, data[:500]))
    method, path = step["do"].split(" ", 1)
    headers = {}
    body = step.get("body")
    if body is not None:
        headers["Content-Type"] = TYPES.get(step.get("type", "json"), step.get("type", "json"))
        body = fill(body if isinstance(body, str) else json.dumps(body, ensure_ascii=False, separators=(",", ":")), kept)
    accept = step.get("accept")
    if accept:
        headers["Accept"] = TABLE if accept == "table" else accept
    status, h, data = server.ask(method, fill(path, kept), body, headers)
    answer = {"status": status}
    warn = h.get_all("Warning")
    if warn:
        answer["warnings"] = [text(w) for w in warn]
    ct = h.get("Content-Type", "")
    if "json" not in ct:
        answer["content-type"] = ct
    if "watch=" in path and status == 200:
        raw = [json.loads(l) for l in data.decode().splitlines() if l.strip()]
        answer["events"] = [plain(e) for e in raw]
    else:
        try:
            raw = json.loads(data)
            answer["body"] = plain(raw)
            for name, where in step.get("keep", {}).items():
                kept[name] = get(raw, where) or "<none>"
        except ValueError:
            answer["body"] = text(data.decode(errors="replace"))
    if step.get("brief") and status < 300:
        answer.pop("body", None)
        answer.pop("events", None)
    if "only" in step and isinstance(answer.get("body"), dict) and status < 300:
        answer["body"] = {p: get(answer["body"], p) for p in step["only"]}
    if step.get("unordered"):
        unordered(answer)
    return answer

def run_case(server, case):
    kept, out = {}, []
    for step in case["steps"]:
        try:
            a = run_step(server, step, kept)
            if step.get("brief") and a and a["status"] >= 300 and "setup" in step:
                raise Exception("setup: %s %s" % (step["do"], a))
            out.append(a)
        except Exception as e:
            out.append({"error": repr(e)[:600]})
            break
    return out

def load(folder):
    for f in sorted(os.listdir(folder)):
        if f.endswith(".jsonl"):
            for line in open(os.path.join(folder, f), encoding="utf-8"):
                yield f[:-6], json.loads(line)

def unordered(answer):
    """A failure without the order of its causes: where upstream walks a map, each run has its own."""
    b = answer.get("body") if isinstance(answer, dict) else None
    if isinstance(b, dict) and b.get("kind") == "Status" and (b.get("details") or {}).get("causes"):
        b["details"]["causes"].sort(key=lambda c: json.dumps(c, sort_keys=True, ensure_ascii=False))
        b["message"] = b["message"].split(" is invalid: ")[0]
    if isinstance(answer, dict) and "warnings" in answer:
        answer["warnings"].sort()
    return answer


def main(what, folder, url, cert=None, key=None):
    server, same, differ = Server(url, cert, key), 0, []
    for topic in sorted({t for t, _ in load(folder)}):
        cases = [c for t, c in load(folder) if t == topic]
        for case in cases:
            answers = run_case(server, case)
            for number, (step, answer) in enumerate(zip(case["steps"], answers)):
                if what == "record" and "answer" in step:
                    step["answer"] = answer
                    continue
                wanted = unordered(step["answer"]) if step.get("unordered") else step.get("answer")
                if wanted == answer:
                    same += 1
                    continue
                differ.append("%s/%s#%d" % (topic, case["case"], number))
                texts = [json.dumps(a, indent=1, ensure_ascii=False, sort_keys=True).splitlines() for a in (wanted, answer)]
                print("==", differ[-1], step.get("do") or step["wait"])
                print("\n".join(difflib.unified_diff(*texts, "recorded", "answered", lineterm="", n=1)))
        if what == "record":
            with open(os.path.join(folder, topic + ".jsonl"), "w", encoding="utf-8") as file:
                file.writelines(json.dumps(c, ensure_ascii=False, separators=(",", ":")) + "\n" for c in cases)
    print("same", same, "differ", len(differ), *differ)


if __name__ == "__main__":
    main(*sys.argv[1:])

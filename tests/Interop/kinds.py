"""Every served kind, as kubectl finds it: the same names and verbs as the table of facts, and an explanation of every field."""
import csv
import os
import re
from concurrent.futures import ThreadPoolExecutor

from checks import report
from kubectl import kubectl

TABLE = os.path.join(os.path.dirname(__file__), "../../api/kinds.tsv")
# Served by an extension server, not by ours.
AGGREGATED = {"metrics.k8s.io"}


def facts():
    """The resources kubectl shows: of a group with several versions the preferred one, which the table names first."""
    with open(TABLE) as f:
        rows = list(csv.DictReader((line for line in f if not line.startswith("#")), delimiter="\t"))
    shown = {}
    for r in rows:
        if "/" not in r["resource"] and r["group"] not in AGGREGATED:
            shown.setdefault((r["group"], r["resource"]), r)
    return list(shown.values())


def api_version(row):
    return f"{row['group']}/{row['version']}" if row["group"] else row["version"]


def words(text):
    return sorted(w for w in re.split(r"[\s,\[\]]+", text) if w)


def told(text):
    """The columns of `api-resources -o wide`, cut where the header says."""
    header, *lines = text.rstrip("\n").split("\n")
    names = re.findall(r"\S+", header)
    starts = [header.index(n) for n in names]
    for line in lines:
        yield dict(zip(names, (line[a:b].strip() for a, b in zip(starts, starts[1:] + [None]))))


def section_kinds():
    rows = facts()
    code, out, err = kubectl("api-resources -o wide")
    found = {(r["APIVERSION"], r["NAME"]): r for r in told(out)}
    problems = [f"exit {code}"] if code else []
    for r in rows:
        seen = found.pop((api_version(r), r["resource"]), None)
        if seen is None:
            problems.append(f"{r['resource']} of {api_version(r)} is not there")
            continue
        for column, wanted in (("SHORTNAMES", words(r["shortNames"])), ("NAMESPACED", [r["namespaced"]]), ("KIND", [r["kind"]]), ("VERBS", words(r["verbs"]))):
            if words(seen[column]) != wanted:
                problems.append(f"{r['resource']}: {column} is {words(seen[column])}, not {wanted}")
        if "CATEGORIES" in seen and words(seen["CATEGORIES"]) != words(r["categories"]):
            problems.append(f"{r['resource']}: CATEGORIES is {seen['CATEGORIES']}, not {r['categories']}")
    problems += [f"{name} of {version} is in no table" for version, name in found if version.split("/")[0] not in AGGREGATED]
    report(f"kubectl api-resources equals api/kinds.tsv ({len(rows)} resources)", problems, err)

    with ThreadPoolExecutor(3) as pool:
        problems = [p for found in pool.map(explanation, (r for r in rows if words(r["verbs"]) and r["kind"] != "ComponentStatus")) for p in found]
    report("kubectl explain --recursive tells of every kind", problems)
    report("kubectl explain tells of a version that is not the preferred one", explained(kubectl("explain hpa --api-version=autoscaling/v1 --recursive"), "HorizontalPodAutoscaler", "v1", "targetCPUUtilizationPercentage"))
    code, _, err = kubectl("explain pods.spec.nonsense")
    report("kubectl explain of a field that does not exist says so", [] if code and re.search(r'field "nonsense" does not exist', err) else [err])


def explanation(row):
    """What is wrong with the explanation of a kind."""
    return explained(kubectl(f"explain {row['resource']} --recursive --api-version={api_version(row)}"), row["kind"], row["version"], "apiVersion", "metadata")


def explained(answer, kind, version, *fields):
    code, out, err = answer
    problems = [f"{kind}: exit {code}: {err.strip()}"] if code else []
    if not re.search(rf"^KIND: +{kind}$", out, re.M) or not re.search(rf"^VERSION: +(\S+/)?{version}$", out, re.M):
        problems.append(f"{kind}: KIND or VERSION is not told")
    if not re.search(r"^DESCRIPTION:\n +\S", out, re.M) or "<empty>" in out:
        problems.append(f"{kind}: it has no description")
    problems += [f"{kind}: no field {f}" for f in fields if not re.search(rf"^ +{f}\s+<\S+>", out, re.M)]
    return problems

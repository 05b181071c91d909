"""A custom resource from its definition to its end, with kubectl alone."""
from checks import report
from kubectl import MINOR, check, get, until

DEFINITION = """\
apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ships.sea.example.com}
spec:
  group: sea.example.com
  scope: Namespaced
  names: {plural: ships, singular: ship, kind: Ship, shortNames: [sh], categories: [all, fleet]}
  versions:
  - name: v1
    served: true
    storage: true
    subresources:
      status: {}
      scale: {specReplicasPath: .spec.boats, statusReplicasPath: .status.boats, labelSelectorPath: .status.selector}
    selectableFields: [{jsonPath: .spec.port}]
    additionalPrinterColumns:
    - {name: Port, type: string, jsonPath: .spec.port}
    - {name: Boats, type: integer, jsonPath: .spec.boats}
    - {name: Phase, type: string, jsonPath: .status.phase, priority: 1}
    - {name: Age, type: date, jsonPath: .metadata.creationTimestamp}
    schema:
      openAPIV3Schema:
        type: object
        description: A ship at sea.
        required: [spec]
        properties:
          spec:
            type: object
            description: What the ship should be.
            required: [port]
            x-kubernetes-validations:
            - {rule: "!has(self.draught) || self.draught <= 20", message: no harbour is that deep}
            properties:
              port: {type: string, description: Where it is at home., enum: [hamburg, rotterdam]}
              boats: {type: integer, default: 2, minimum: 0, maximum: 9}
              draught: {type: number}
              crew:
                type: array
                x-kubernetes-list-type: map
                x-kubernetes-list-map-keys: [name]
                items:
                  type: object
                  required: [name]
                  properties: {name: {type: string}, rank: {type: string}}
          status:
            type: object
            properties: {phase: {type: string}, boats: {type: integer}, selector: {type: string}}
"""


def ship(spec, name="anna"):
    return f"apiVersion: sea.example.com/v1\nkind: Ship\nmetadata: {{name: {name}, namespace: sea}}\nspec: {spec}\n"


def section_definitions():
    check("create ns sea", r"created")
    check("create -f -", r"customresourcedefinition.apiextensions.k8s.io/ships.sea.example.com created", stdin=DEFINITION)
    check("wait crd/ships.sea.example.com --for=condition=Established --timeout=30s", r"condition met")
    check("get crd ships.sea.example.com", r"^NAME +CREATED AT$", r"^ships.sea.example.com +20\d\d-")
    check("api-resources --api-group=sea.example.com --cached=false", r"^ships +sh +sea.example.com/v1 +true +Ship$")
    check("get ships -n sea", r"^No resources found in sea namespace")
    check("create -f -", r"^ship.sea.example.com/anna created$", stdin=ship("{port: hamburg}"))
    validation()
    check("get sh -n sea", r"^NAME +PORT +BOATS +AGE$", r"^anna +hamburg +2 +\d+s$")
    check("get ships -n sea -o wide", r"^NAME +PORT +BOATS +PHASE +AGE$")
    check("get all -n sea", r"^ship.sea.example.com/anna ")
    check("get fleet -n sea", r"^anna ")
    check("describe ship anna -n sea", r"^Kind: +Ship$", r"Port: +hamburg")
    explained()
    patches()
    subresources()
    applied()
    check("create -f -", r"created", stdin=ship("{port: rotterdam}", "berta"))
    check("get ships -n sea --field-selector spec.port=rotterdam", r"^berta ", absent=[r"^anna "])
    check("delete ship berta -n sea", r'ship.sea.example.com "berta" deleted')
    check("delete crd ships.sea.example.com --timeout=60s", r'"ships.sea.example.com" deleted')
    check("get ships -n sea", r"the server (doesn't have a resource type \"ships\"|could not find the requested resource)", exit=1)
    check("create -f -", r"created", stdin=DEFINITION)
    check("wait crd/ships.sea.example.com --for=condition=Established --timeout=30s", r"condition met")
    until("with the definition its objects went", lambda: get("ships -n sea", "items") == [], 30)
    check("delete crd ships.sea.example.com --wait=false", r"deleted")
    check("delete ns sea --wait=false", r"deleted")


def validation():
    check("create -f -", r'Unsupported value: "bremen": supported values: "hamburg", "rotterdam"', stdin=ship("{port: bremen}", "bad"), exit=1)
    check("create -f -", r"spec\.port: Required value|missing required field \"port\"", stdin=ship("{boats: 1}", "bad"), exit=1)
    check("create --validate=false -f -", r"spec\.port: Required value", stdin=ship("{boats: 1}", "bad"), exit=1)
    check("create -f -", r"spec\.boats.*should be less than or equal to 9", stdin=ship("{port: hamburg, boats: 10}", "bad"), exit=1)
    check("create -f -", r"no harbour is that deep", stdin=ship("{port: hamburg, draught: 21.5}", "bad"), exit=1)
    check("create -f -", r'unknown field "(spec\.)?sails"', stdin=ship("{port: hamburg, sails: 3}", "bad"), exit=1)
    check("create -f -", r"boats.*(must be of type integer|got string|expected integer)|invalid type for .*boats", stdin=ship("{port: hamburg, boats: two}", "bad"), exit=1)
    check("create -f -", r'Duplicate value: .*"name":"jan"', stdin=ship("{port: hamburg, crew: [{name: jan}, {name: jan}]}", "bad"), exit=1)


def explained():
    check("explain ship", r"KIND: +Ship", r"A ship at sea\.", r"spec\s+<(Object|map.*)>")
    check("explain ship --recursive", r"port\s+<string>", r"boats\s+<integer>", r"crew\s+<\[\]Object>", r"rank\s+<string>")
    check("explain ship.spec.port", r"Where it is at home\.", r"ENUM:\n +hamburg\n +rotterdam", since=28)


def patches():
    check(["patch", "ship", "anna", "-n", "sea", "--type=merge", "-p", '{"spec":{"boats":3,"crew":[{"name":"jan","rank":"mate"}]}}'], r"patched")
    check(["patch", "ship", "anna", "-n", "sea", "--type=json", "-p", '[{"op":"add","path":"/spec/crew/-","value":{"name":"piet"}}]'], r"patched")
    check(["patch", "ship", "anna", "-n", "sea", "-p", '{"spec":{"boats":1}}'], r"strategic-merge-patch\+json is not supported|does not support|media type", exit=1)
    check("label ship anna -n sea kind=sail", r"labeled")
    check("annotate ship anna -n sea note=old", r"annotated")
    crew = [m["name"] for m in get("ship anna -n sea", "spec.crew") or []]
    report("merge and JSON patch of a custom resource", [] if crew == ["jan", "piet"] and get("ship anna -n sea", "spec.boats") == 3 else [str(crew)])


def subresources():
    check("scale ship anna -n sea --replicas=5", r"ship.sea.example.com/anna scaled")
    check("get ship anna -n sea --subresource=scale", r"^NAME +DESIRED +AVAILABLE$", r"^anna +5 +0$", since=24)
    check(["patch", "ship", "anna", "-n", "sea", "--subresource=status", "--type=merge", "-p", '{"status":{"phase":"Sailing","boats":5},"spec":{"port":"rotterdam"}}'], r"patched", since=24)
    check(["wait", "ship/anna", "-n", "sea", "--for=jsonpath={.status.phase}=Sailing", "--timeout=10s"], r"condition met", since=24)
    check(["patch", "ship", "anna", "-n", "sea", "--type=merge", "-p", '{"status":{"phase":"Sunk"}}'], r"patched")
    found = get("ship anna -n sea")
    want = "Sailing" if MINOR >= 24 else None
    report("status and spec are written by their own ways only", [] if found.get("status", {}).get("phase") == want and found["spec"]["port"] == "hamburg" else [str(found)])


def applied():
    check("apply --server-side -f -", r"ship.sea.example.com/anna serverside-applied", stdin=ship("{port: hamburg, crew: [{name: klaas}]}"))
    crew = sorted(m["name"] for m in get("ship anna -n sea", "spec.crew") or [])
    report("applied, a keyed list keeps the entries of others", [] if crew == ["jan", "klaas", "piet"] else [str(crew)])
    check("apply --server-side --field-manager=b -f -", r'conflicts? with "kubectl":(\n-)? \.spec\.port', stdin=ship("{port: rotterdam}"), exit=1)
    check("apply -f -", r"(configured|created)", stdin=ship("{port: hamburg, boats: 4}", "clara"))
    check("apply -f -", r"unchanged", stdin=ship("{port: hamburg, boats: 4}", "clara"))
    check("delete ships --all -n sea", r'"anna" deleted', r'"clara" deleted')

using System.Text;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>Honest requests, changed at random.</summary>
internal static class RequestMutations
{
    private const string Home = "/api/v1/namespaces/demo";
    private const string Pod = """{"apiVersion":"v1","kind":"Pod","metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"i","ports":[{"containerPort":80}],"resources":{"limits":{"cpu":"100m","memory":"1Gi"}},"livenessProbe":{"httpGet":{"port":"web"}}}]}}""";
    private const string Deployment = """{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"spec":{"replicas":2,"selector":{"matchExpressions":[{"key":"a","operator":"In","values":["b"]}]},"strategy":{"rollingUpdate":{"maxSurge":"25%"}},"template":{"metadata":{"labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}}}""";
    private const string Service = """{"apiVersion":"v1","kind":"Service","metadata":{"generateName":"s-"},"spec":{"type":"NodePort","selector":{"a":"b"},"ports":[{"port":80,"targetPort":"http","protocol":"TCP"}]}}""";

    /// <summary>CN=a, O=b, on P-256: always the same, so that the mutations are.</summary>
    private const string SigningRequest = "LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIU01Ib0NBUUF3R0RFS01BZ0dBMVVFQXd3QllURUtNQWdHQTFVRUNnd0JZakJaTUJNR0J5cUdTTTQ5QWdFRwpDQ3FHU000OUF3RUhBMElBQkFOUndTVWVQbVBFdlAzOW5rVWhFUzRsUFk4OUJSNXZjRVNFd3lkL0dvU2dVNUZDCi9yb21DditKSi9qMGRwemRXY29kTU9IRFBpOGhWN3lXMXYvZ2JzK2dBREFLQmdncWhrak9QUVFEQWdOSUFEQkYKQWlBc1M3MXlZSTRtVXZEb01hOXBLZ0dNR0dvTDhyb3VuUzcwcFEwWmo2akNBd0loQUlSZ1ZPU1Q0SDNRWFhTeQp4WHBsQnpYZ0xHcndCSTVtdWJoNVhuWjhETUdJCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=";

    private static readonly Seed[] Seeds =
    [
        new("POST", Home + "/configmaps", "?dryRun=All&fieldManager=m", "application/json", Utf8("""{"metadata":{"name":"x","labels":{"a":"b"},"annotations":{"c":"d"}},"data":{"k":"é"},"binaryData":{"b":"AAEC"}}""")),
        new("POST", Home + "/configmaps", "?fieldValidation=Strict", "application/yaml", Utf8("apiVersion: v1\nkind: ConfigMap\nmetadata:\n  generateName: y-\ndata:\n  k: |\n    text\n  l: &x 'y'\n")),
        new("POST", Home + "/configmaps", "", "application/vnd.kubernetes.protobuf", Protobuf.Encode(TestServer.ConfigMap("proto", ("k", "v")), "v1", "ConfigMap")),
        new("POST", Home + "/pods", "?fieldValidation=Warn", "application/json", Utf8(Pod)),
        new("POST", Home + "/services", "", "application/json", Utf8(Service)),
        new("POST", "/apis/apps/v1/namespaces/demo/deployments", "", "application/json", Utf8(Deployment)),
        new("PUT", Home + "/configmaps/seed", "", "application/json", Utf8("""{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"seed","resourceVersion":"3"},"data":{"k":"w"}}""")),
        new("PATCH", Home + "/configmaps/seed", "", "application/json-patch+json", Utf8("""[{"op":"test","path":"/data/k","value":"v"},{"op":"add","path":"/data/n~1m","value":"1"},{"op":"move","from":"/data/k","path":"/data/z"}]""")),
        new("PATCH", Home + "/configmaps/seed", "", "application/merge-patch+json", Utf8("""{"data":{"k":null,"j":"v"},"metadata":{"labels":{"x":"y"}}}""")),
        new("PATCH", Home + "/pods/p", "", "application/strategic-merge-patch+json", Utf8("""{"spec":{"$setElementOrder/containers":[{"name":"c"}],"containers":[{"name":"c","image":"j","$patch":"merge"}],"tolerations":[{"key":"a","operator":"Exists"}]}}""")),
        new("PATCH", Home + "/configmaps/applied", "?fieldManager=m&force=true", "application/apply-patch+yaml", Utf8("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: applied}\ndata: {a: b}\n")),
        new("GET", Home + "/configmaps", "?labelSelector=a%3Db,c+in+(d,e),!f&fieldSelector=metadata.name%3Dseed&limit=2&resourceVersion=0&resourceVersionMatch=NotOlderThan", "", []),
        new("GET", Home + "/configmaps", "?limit=1&continue=eyJ2IjoibWV0YS5rOHMuaW8vdjEiLCJydiI6Mywic3RhcnQiOiJhIn0", "", []),
        new("GET", "/api/v1/pods", "?timeoutSeconds=1&pretty=true&resourceVersion=5", "", []),
        new("DELETE", Home + "/configmaps/seed", "?dryRun=All", "application/json", Utf8("""{"kind":"DeleteOptions","apiVersion":"v1","gracePeriodSeconds":5,"propagationPolicy":"Foreground","preconditions":{"uid":"x","resourceVersion":"1"}}""")),
        new("DELETE", Home + "/services", "?labelSelector=never%3Dthere&dryRun=All", "", []),
        new("PUT", "/apis/apps/v1/namespaces/demo/deployments/d/scale", "", "application/json", Utf8("""{"kind":"Scale","apiVersion":"autoscaling/v1","metadata":{"name":"d","namespace":"demo"},"spec":{"replicas":3}}""")),
        new("POST", Home + "/pods/p/binding", "?dryRun=All", "application/json", Utf8("""{"metadata":{"name":"p"},"target":{"kind":"Node","name":"n"}}""")),
        new("POST", Home + "/pods/p/eviction", "?dryRun=All", "application/json", Utf8("""{"apiVersion":"policy/v1","kind":"Eviction","metadata":{"name":"p"},"deleteOptions":{"gracePeriodSeconds":0}}""")),
        new("POST", "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", "", "application/json", Utf8("""{"spec":{"resourceAttributes":{"verb":"get","resource":"pods","namespace":"x"}}}""")),
        new("GET", "/openapi/v3/api/v1", "?hash=1", "", []),
        new("POST", "/apis/apiextensions.k8s.io/v1/customresourcedefinitions", "?dryRun=All", "application/json", Utf8("""{"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition","metadata":{"name":"cs.example.com"},"spec":{"group":"example.com","scope":"Namespaced","names":{"plural":"cs","kind":"C"},"versions":[{"name":"v1","served":true,"storage":true,"schema":{"openAPIV3Schema":{"type":"object","properties":{"spec":{"type":"object","properties":{"n":{"type":"integer","minimum":1,"x-kubernetes-validations":[{"rule":"self > 1"}]}}}}}},"additionalPrinterColumns":[{"name":"N","type":"integer","jsonPath":".spec.n[?(@.a==1)]"}],"subresources":{"scale":{"specReplicasPath":".spec.n","statusReplicasPath":".status.n"}}}]}}""")),
        new("POST", "/apis/certificates.k8s.io/v1/certificatesigningrequests", "?dryRun=All", "application/json", Utf8($$$"""{"metadata":{"name":"c"},"spec":{"request":"{{{SigningRequest}}}","signerName":"example.com/s","usages":["client auth"],"expirationSeconds":3600}}""")),
        new("POST", "/apis/authentication.k8s.io/v1/tokenreviews", "", "application/json", Utf8("""{"spec":{"token":"eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJ4In0.AAAA","audiences":["a"]}}""")),
        new("POST", "/apis/admissionregistration.k8s.io/v1/validatingadmissionpolicies", "?dryRun=All", "application/json", Utf8("""{"metadata":{"name":"v"},"spec":{"matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["*"],"operations":["CREATE"],"resources":["pods/*"]}]},"validations":[{"expression":"object.metadata.name.startsWith('a') && quantity('1Gi').isGreaterThan(quantity('1'))","messageExpression":"'m'"}],"variables":[{"name":"x","expression":"1"}]}}""")),
        new("GET", Home + "/configmaps/seed/history", "?limit=2&continue=x&includeObject=None", "", []),
        new("GET", Home + "/configmaps", "?deleted=true&labelSelector=a", "", []),
        new("POST", Home + "/configmaps/seed/restore", "?dryRun=All", "application/json", Utf8("""{"kind":"Restore","apiVersion":"history.kubesharp.io/v1","resourceVersion":"3"}""")),
        new("GET", Home + "/pods/p/log", "?container=c&tailLines=5&sinceTime=2020-01-01T00:00:00Z&limitBytes=9", "", []),
        new("POST", Home + "/pods/p/exec", "?container=c&command=a&command=b&stdin=1&tty=true", "", []),
        new("GET", Home + "/services/https:s:80/proxy/a/b", "?c=d", "", []),
        new("GET", "/openapi/v2", "", "", []),
        new("GET", "/apis", "", "", []),
    ];

    private static readonly byte[][] Tokens =
    [
        [0], [0xff, 0xfe], Utf8("null"), Utf8("{"), Utf8("]"), Utf8("\""), Utf8("1e999"), Utf8("-9223372036854775809"), Utf8("\\ud800"), Utf8("../"), Utf8("~2"), Utf8("$patch"), Utf8("é"), Utf8("99999999999999999999Gi"), Utf8("\n"), Utf8(","), Utf8("&x *x"),
    ];

    private static readonly string[] Accepts =
    [
        "application/json", "*/*", "application/yaml", "application/vnd.kubernetes.protobuf", "application/json;as=Table;v=v1;g=meta.k8s.io", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io", ";;;,,=", "text/html;q=x", "application/json;as=Nothing",
    ];

    public static MutatedRequest Next(Random random)
    {
        var seed = Seeds[random.Next(Seeds.Length)];
        var headers = new Dictionary<string, string> { ["Accept"] = Accepts[random.Next(Accepts.Length)] };
        if (seed.ContentType.Length > 0)
            headers["Content-Type"] = random.Next(20) == 0 ? Text(random, seed.ContentType) : seed.ContentType;
        return new(
            random.Next(40) == 0 ? "PUT" : seed.Method,
            random.Next(6) == 0 ? "/" + Text(random, seed.Path).TrimStart('/') : seed.Path,
            seed.Query.Length > 0 && random.Next(3) == 0 ? "?" + Text(random, seed.Query[1..]) : seed.Query,
            seed.Body.Length > 0 && random.Next(6) > 0 ? Bytes(random, seed.Body) : seed.Body,
            headers);
    }

    private static string Text(Random random, string text) => Encoding.Latin1.GetString(Bytes(random, Encoding.Latin1.GetBytes(text)));

    private static byte[] Bytes(Random random, byte[] bytes)
    {
        var list = bytes.ToList();
        for (var n = random.Next(1, 4); n > 0 && list.Count > 0; n--)
        {
            var at = random.Next(list.Count);
            var length = Math.Min(random.Next(1, 20), list.Count - at);
            switch (random.Next(6))
            {
                case 0:
                    list[at] = (byte)random.Next(256);
                    break;
                case 1:
                    list.RemoveRange(at, length);
                    break;
                case 2:
                    list.InsertRange(at, list.GetRange(at, length));
                    break;
                case 3:
                    list.InsertRange(at, Tokens[random.Next(Tokens.Length)]);
                    break;
                case 4:
                    list.RemoveRange(at, list.Count - at);
                    break;
                default:
                    list[at] ^= (byte)(1 << random.Next(8));
                    break;
            }
        }

        return [.. list];
    }

    private static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);

    private sealed record Seed(string Method, string Path, string Query, string ContentType, byte[] Body);
}

/// <param name="Query">With its question mark, or empty.</param>
internal sealed record MutatedRequest(string Method, string Path, string Query, byte[] Body, IReadOnlyDictionary<string, string> Headers)
{
    public override string ToString() =>
        $"{Method} {Path}{Query} [{string.Join(", ", Headers.Select(h => $"{h.Key}: {h.Value}"))}] {Encoding.Latin1.GetString(Body)}";
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.SampleApiServer;

/// <summary>What the server says about itself: discovery, plain and aggregated, and OpenAPI v3.</summary>
public static class Documents
{
    public const string Group = "greetings.example.kubesharp.dev";
    public const string Version = "v1";
    public const string ApiVersion = Group + "/" + Version;
    public const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private const string Schema = "dev.kubesharp.example.greetings.v1.Greeting";

    /// <summary><c>/apis</c> for who understands it: all in one document.</summary>
    public static string Discovery { get; } = $$"""
        {"kind":"APIGroupDiscoveryList","apiVersion":"apidiscovery.k8s.io/v2","metadata":{},"items":[{"metadata":{"name":"{{Group}}","creationTimestamp":null},"versions":[
        {"version":"{{Version}}","freshness":"Current","resources":[{"resource":"greetings","responseKind":{"group":"{{Group}}","version":"{{Version}}","kind":"Greeting"},
        "scope":"Namespaced","singularResource":"greeting","shortNames":["hi"],"verbs":["create","delete","get","list","watch"],
        "subresources":[{"subresource":"chat","responseKind":{"group":"{{Group}}","version":"{{Version}}","kind":"Greeting"},"verbs":["get"]}]}]}]}]}
        """;

    public static string Groups { get; } = $$"""{"kind":"APIGroupList","apiVersion":"v1","groups":[{{GroupBody}}]}""";

    public static string OneGroup { get; } = $$"""{"kind":"APIGroup","apiVersion":"v1",{{GroupBody[1..]}}""";

    public static string Resources { get; } = $$"""
        {"kind":"APIResourceList","apiVersion":"v1","groupVersion":"{{ApiVersion}}","resources":[
        {"name":"greetings","singularName":"greeting","namespaced":true,"kind":"Greeting","verbs":["create","delete","get","list","watch"],"shortNames":["hi"]},
        {"name":"greetings/chat","singularName":"","namespaced":true,"kind":"Greeting","verbs":["get"]}]}
        """;

    public static string OpenApi { get; } = $$$"""
        {"openapi":"3.0.0","info":{"title":"Greetings","version":"v1"},"paths":{"/apis/{{{ApiVersion}}}/namespaces/{namespace}/greetings":{
        "parameters":[{"name":"namespace","in":"path","required":true,"schema":{"type":"string"}}],
        "get":{"operationId":"listGreetings","responses":{"200":{"description":"OK"}},"x-kubernetes-action":"list","x-kubernetes-group-version-kind":{"group":"{{{Group}}}","kind":"Greeting","version":"{{{Version}}}"}}
        }},
        "components":{"schemas":{"{{{Schema}}}":{"type":"object","description":"A few words to somebody.","properties":{
        "apiVersion":{"type":"string"},"kind":{"type":"string"},"metadata":{"type":"object"},
        "spec":{"type":"object","properties":{"text":{"type":"string","description":"What is said."}}
        },
        "status":{"type":"object","properties":{"createdBy":{"type":"string"},"groups":{"type":"array","items":{"type":"string"}}
        }}
        },
        "x-kubernetes-group-version-kind":[{"group":"{{{Group}}}","kind":"Greeting","version":"{{{Version}}}"}]}}
        }}
        """;

    public static string OpenApiIndex { get; } = $$$"""
        {"paths":{"apis/{{{ApiVersion}}}":{"serverRelativeURL":"/openapi/v3/apis/{{{ApiVersion}}}?hash={{{Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(OpenApi)))}}}"}
        }}
        """;

    private static string GroupBody => $$$"""
        {"name":"{{{Group}}}","versions":[{"groupVersion":"{{{ApiVersion}}}","version":"{{{Version}}}"}],"preferredVersion":{"groupVersion":"{{{ApiVersion}}}","version":"{{{Version}}}"}}
        """;

    public static JsonObject Failure(int code, string reason, string message) => new()
    {
        ["kind"] = "Status",
        ["apiVersion"] = "v1",
        ["metadata"] = new JsonObject(),
        ["status"] = "Failure",
        ["message"] = message,
        ["reason"] = reason,
        ["code"] = code,
    };
}

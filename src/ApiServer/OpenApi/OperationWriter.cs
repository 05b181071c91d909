using System.Text.Json;

namespace KubeSharp.ApiServer.OpenApi;

/// <summary>Writes the operations of a path: what kubectl and generators look for, no prose.</summary>
internal sealed class OperationWriter(Utf8JsonWriter w, SchemaWriter schemas, OpenApiVersion version)
{
    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];
    private static readonly string[] PatchTypes =
        ["application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json", "application/apply-patch+yaml"];

    /// <summary>A path's two faces: the collection and the one object.</summary>
    internal sealed record PathItem(PublishedResource Resource, bool IsCollection);

    public static IEnumerable<(string Path, PathItem Item)> PathsOf(PublishedResource resource)
    {
        var type = resource.Type;
        var root = type.Group.Length == 0 ? $"/api/{type.Version}" : $"/apis/{type.Group}/{type.Version}";
        var collection = type.Namespaced ? $"{root}/namespaces/{{namespace}}/{type.Plural}" : $"{root}/{type.Plural}";
        if (type.Subresource.Length > 0)
        {
            yield return ($"{collection}/{{name}}/{type.Subresource}", new(resource, false));
            yield break;
        }

        yield return (collection, new(resource, true));
        if (type.Verbs.Any(v => v is "get" or "update" or "patch" or "delete"))
            yield return ($"{collection}/{{name}}", new(resource, false));
    }

    public static (string Group, string Version, string Kind) KindOf(ResourceType type) =>
        (type.ResponseGroup.Length > 0 ? type.ResponseGroup : type.Group, type.ResponseVersion.Length > 0 ? type.ResponseVersion : type.Version, type.Kind);

    public void WritePath(string path, PathItem item)
    {
        w.WriteStartObject(path);
        foreach (var verb in item.Resource.Type.Verbs)
        {
            if (Method(verb, item) is { } method)
                WriteOperation(method, verb, path, item.Resource);
        }

        w.WriteEndObject();
    }

    private static string? Method(string verb, PathItem item) => (verb, item.IsCollection, item.Resource.Type.Subresource.Length > 0) switch
    {
        ("list", true, _) => "get",
        ("create", true, _) or ("create", _, true) => "post",
        ("deletecollection", true, _) => "delete",
        ("get", false, _) => "get",
        ("update", false, _) => "put",
        ("patch", false, _) => "patch",
        ("delete", false, _) => "delete",
        _ => null,
    };

    private void WriteOperation(string method, string verb, string path, PublishedResource resource)
    {
        var (group, kindVersion, kind) = KindOf(resource.Type);
        w.WriteStartObject(method);
        w.WriteString("operationId"u8, $"{verb}{resource.Type.Group.Split('.')[0]}{resource.Type.Version}{resource.Type.Plural}{resource.Type.Subresource}");
        w.WriteString("x-kubernetes-action"u8, verb switch { "create" => "post", "update" => "put", _ => verb });
        w.WriteStartObject("x-kubernetes-group-version-kind"u8);
        w.WriteString("group"u8, group);
        w.WriteString("kind"u8, kind);
        w.WriteString("version"u8, kindVersion);
        w.WriteEndObject();
        WriteParametersOf(method, path, resource);
        if (version == OpenApiVersion.V3 && (method is "post" or "put" or "patch"))
            WriteRequestBody(method, resource);
        WriteResponses(resource);
        w.WriteEndObject();
    }

    private void WriteParametersOf(string method, string path, PublishedResource resource)
    {
        w.WriteStartArray("parameters"u8);
        foreach (var name in new[] { "name", "namespace" }.Where(n => path.Contains($"{{{n}}}", StringComparison.Ordinal)))
            WriteParameter(name, "path");
        WriteParameter("pretty", "query");
        if (method is "post" or "put" or "patch")
        {
            foreach (var name in WriteParameters)
                WriteParameter(name, "query");
            if (version == OpenApiVersion.V2)
                WriteBodyParameter(resource);
        }

        if (method == "patch")
            WriteParameter("force", "query");
        if (method == "delete")
            WriteParameter("dryRun", "query");
        w.WriteEndArray();
    }

    private void WriteParameter(string name, string where)
    {
        w.WriteStartObject();
        w.WriteString("in"u8, where);
        w.WriteString("name"u8, name);
        if (where == "path")
            w.WriteBoolean("required"u8, true);
        if (version == OpenApiVersion.V3)
            w.WriteStartObject("schema"u8);
        w.WriteString("type"u8, name == "force" ? "boolean"u8 : "string"u8);
        w.WriteBoolean("uniqueItems"u8, true);
        if (version == OpenApiVersion.V3)
            w.WriteEndObject();
        w.WriteEndObject();
    }

    private void WriteBodyParameter(PublishedResource resource)
    {
        w.WriteStartObject();
        w.WriteString("in"u8, "body"u8);
        w.WriteString("name"u8, "body"u8);
        w.WriteBoolean("required"u8, true);
        w.WriteStartObject("schema"u8);
        schemas.WriteReference(schemas.Name(resource.Schema));
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private void WriteRequestBody(string method, PublishedResource resource)
    {
        w.WriteStartObject("requestBody"u8);
        w.WriteStartObject("content"u8);
        foreach (var type in method == "patch" ? PatchTypes : ["*/*"])
            WriteContent(type, resource);
        w.WriteEndObject();
        w.WriteBoolean("required"u8, true);
        w.WriteEndObject();
    }

    private void WriteResponses(PublishedResource resource)
    {
        w.WriteStartObject("responses"u8);
        w.WriteStartObject("200"u8);
        w.WriteString("description"u8, "OK"u8);
        if (version == OpenApiVersion.V3)
        {
            w.WriteStartObject("content"u8);
            WriteContent("application/json", resource);
            w.WriteEndObject();
        }
        else
        {
            w.WriteStartObject("schema"u8);
            schemas.WriteReference(schemas.Name(resource.Schema));
            w.WriteEndObject();
        }

        w.WriteEndObject();
        w.WriteEndObject();
    }

    private void WriteContent(string type, PublishedResource resource)
    {
        w.WriteStartObject(type);
        w.WriteStartObject("schema"u8);
        schemas.WriteReference(schemas.Name(resource.Schema));
        w.WriteEndObject();
        w.WriteEndObject();
    }
}

using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>What a request is about, read from its method, path and query alone (upstream's <c>RequestInfo</c>). Pure.</summary>
/// <param name="Path">The decoded path.</param>
/// <param name="Verb">The API verb of a resource request (<c>list</c>, <c>deletecollection</c> …), else the method in lower case.</param>
public sealed record RequestInfo(string Path, string Verb)
{
    private static readonly string[] NamespaceSubresources = ["status", "finalize"];

    public bool IsResource { get; init; }

    /// <summary><c>api</c> or <c>apis</c>; empty for other paths.</summary>
    public string Prefix { get; init; } = "";

    public string Group { get; init; } = "";

    public string Version { get; init; } = "";

    public string Namespace { get; init; } = "";

    public string Resource { get; init; } = "";

    public string Subresource { get; init; } = "";

    /// <summary>The object's name; for lists and watches the one name the field selector leaves, which is what may be authorized.</summary>
    public string Name { get; init; } = "";

    /// <summary>Whether <see cref="Name"/> stands in the path; a name out of a field selector does not.</summary>
    public bool HasNameInPath { get; init; }

    /// <summary>The segments of the path after the prefix, group, version and namespace: resource, name, subresource, and what follows it.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    public static RequestInfo Parse(string method, string path, IQueryCollection query)
    {
        var other = new RequestInfo(path, method.ToLowerInvariant());
        var parts = new ArraySegment<string>(path.Trim('/').Split('/'));
        if (parts.Count < 3 || parts[0] is not ("api" or "apis"))
            return other;

        var prefix = parts[0];
        parts = parts[1..];
        var group = "";
        if (prefix == "apis")
        {
            if (parts.Count < 3)
                return other;

            group = parts[0];
            parts = parts[1..];
        }

        var info = other with { IsResource = true, Prefix = prefix, Group = group, Version = parts[0] };
        return info.ReadResource(parts[1..], method, query);
    }

    private RequestInfo ReadResource(ArraySegment<string> parts, string method, IQueryCollection query)
    {
        var verb = method.ToUpperInvariant() switch
        {
            "POST" => "create",
            "GET" or "HEAD" => "get",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => "delete",
            _ => "",
        };
        var isSpecial = parts[0] is "watch" or "proxy" && parts.Count > 1;
        if (isSpecial)
        {
            verb = parts[0];
            parts = parts[1..];
        }

        var ns = "";
        if (parts[0] == "namespaces" && parts.Count > 1)
        {
            ns = parts[1];
            if (parts.Count > 2 && !NamespaceSubresources.Contains(parts[2]) && !IsHistoryOfNamespace(parts))
                parts = parts[2..];
        }

        var info = this with
        {
            Verb = verb,
            Namespace = ns,
            Resource = parts[0],
            Name = parts.Count > 1 ? parts[1] : "",
            HasNameInPath = parts.Count > 1 && parts[1].Length > 0,
            Subresource = parts.Count > 2 && verb != "proxy" ? parts[2] : "",
            Parts = parts,
        };
        return info.Name.Length > 0 ? info : info.ReadCollection(query);
    }

    /// <summary><c>/api/v1/namespaces/NAME/history</c>: the core group has no resources of such names.</summary>
    private bool IsHistoryOfNamespace(ArraySegment<string> parts) => Prefix == "api" && parts is [_, _, "history" or "restore"];

    /// <summary>Without a name a get is a list or a watch, and a delete is of the collection.</summary>
    private RequestInfo ReadCollection(IQueryCollection query) => Verb switch
    {
        "get" => this with { Verb = Flag(query, "watch") ? "watch" : "list", Name = NameOf(query) },
        "watch" => this with { Name = NameOf(query) },
        "delete" => this with { Verb = "deletecollection" },
        _ => this,
    };

    private static string NameOf(IQueryCollection query)
    {
        if (query["fieldSelector"] is not [{ Length: > 0 } text, ..])
            return "";

        try
        {
            var name = FieldSelector.Parse(text).Requirements.FirstOrDefault(r => r is { Field: "metadata.name", IsEqual: true }).Value ?? "";
            return name is "." or ".." || name.AsSpan().ContainsAny('/', '%') ? "" : name;
        }
        catch (FormatException)
        {
            return ""; // the verb itself will refuse the selector
        }
    }

    /// <summary>A boolean parameter as upstream reads it: present is true, but for <c>false</c> and <c>0</c>.</summary>
    internal static bool Flag(IQueryCollection query, string name) =>
        query.TryGetValue(name, out var values) && values is [var first, ..] && !(first is "0" || "false".Equals(first, StringComparison.OrdinalIgnoreCase));
}

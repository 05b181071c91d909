namespace KubeSharp.Machinery;

/// <summary>One row of <c>api/kinds.tsv</c>: a resource or subresource as discovery shows it.</summary>
/// <param name="Group">The API group; empty for core.</param>
/// <param name="Plural">The resource's name in paths: <c>deployments</c>. For a subresource, its parent's.</param>
public sealed record ResourceType(string Group, string Version, string Kind, string Plural, bool Namespaced)
{
    public string Singular { get; init; } = "";

    /// <summary>The last path segment (<c>status</c>); empty for the resource itself.</summary>
    public string Subresource { get; init; } = "";

    public IReadOnlyList<string> ShortNames { get; init; } = [];

    public IReadOnlyList<string> Categories { get; init; } = [];

    public IReadOnlyList<string> Verbs { get; init; } = [];

    /// <summary>Discovery's hash of the version in which objects are stored; empty for what is not stored.</summary>
    public string StorageVersionHash { get; init; } = "";

    /// <summary>The group and version of the object a subresource takes, where it differs from its parent's (<c>autoscaling/v1</c> for scale).</summary>
    public string ResponseGroup { get; init; } = "";

    public string ResponseVersion { get; init; } = "";

    /// <summary><c>v1</c> or <c>apps/v1</c>.</summary>
    public string ApiVersion => Group.Length == 0 ? Version : $"{Group}/{Version}";

    /// <summary>As messages name it: <c>pods</c>, <c>deployments.apps</c>.</summary>
    public string QualifiedPlural => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

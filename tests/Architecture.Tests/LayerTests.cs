namespace KubeSharp.Architecture.Tests;

/// <summary>The dependency graph of docs/architecture.md.</summary>
public sealed class LayerTests
{
    private static readonly string[] Components =
        ["ApiServer", "Controllers", "Scheduler", "Kubelet", "ServiceProxy", "PodNetwork", "ClusterDns", "IngressProxy", "Dashboard", "Kubectl"];

    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["Objects.Generator"] = [],
        ["Machinery"] = [],
        ["Store"] = [],
        ["Linux"] = [],
        ["Objects"] = ["Machinery"],
        ["Kinds"] = ["Objects", "Machinery"],
        ["Client"] = ["Objects", "Machinery"],
        ["ApiServer"] = ["Kinds", "Store", "Objects", "Machinery"],
        ["Kubelet"] = ["Client", "Linux", "Objects", "Machinery"],
        ["ServiceProxy"] = ["Client", "Linux", "Objects", "Machinery"],
        ["PodNetwork"] = ["Client", "Linux", "Objects", "Machinery"],
        ["Controllers"] = ["Client", "Objects", "Machinery"],
        ["Scheduler"] = ["Client", "Objects", "Machinery"],
    };

    [Fact]
    public void Every_project_refers_only_to_what_its_layer_allows()
    {
        var wrong = from project in Repository.References
                    where project.Key != "Host"
                    from reference in project.Value
                    where !Allowed.TryGetValue(project.Key, out var allowed) || !allowed.Contains(reference)
                    select $"{project.Key} -> {reference}";

        Assert.Empty(wrong);
    }

    [Fact]
    public void Components_never_refer_to_each_other() =>
        Assert.Empty(from project in Repository.References
                     where Components.Contains(project.Key)
                     from reference in project.Value.Intersect(Components)
                     select $"{project.Key} -> {reference}");

    [Fact]
    public void Nothing_refers_to_the_host() =>
        Assert.DoesNotContain(Repository.References, p => p.Value.Contains("Host"));
}

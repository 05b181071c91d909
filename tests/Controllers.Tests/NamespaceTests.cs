namespace KubeSharp.Controllers.Tests;

/// <summary>What a namespace takes with it when it goes.</summary>
public sealed class NamespaceTests
{
    [Fact]
    public async Task More_than_a_page_of_objects_goes_with_its_namespace()
    {
        await using var cluster = await TestCluster.StartAsync();
        await Parallel.ForEachAsync(Enumerable.Range(0, 2100), TestCluster.Ct, async (i, _) => await cluster.Admin.CreateAsync(Make.ConfigMap($"c-{i}"), TestCluster.Ct));
        var deletions = cluster.Answers.Count(IsDeletion);

        cluster.Run(Names.Namespace);
        await cluster.DeleteAsync<Namespace>(TestCluster.Demo);
        await cluster.UntilGoneAsync<Namespace>(TestCluster.Demo);

        Assert.Empty(cluster.List<ConfigMap>());
        Assert.Equal(3, cluster.Answers.Count(IsDeletion) - deletions);
        Assert.Empty(cluster.Logs.Warnings);
    }

    private static bool IsDeletion(Answered answer) => answer.Method == "DELETE" && answer.Path.Contains("/configmaps", StringComparison.Ordinal);
}

namespace KubeSharp.ApiServer.Http;

/// <summary>The subresources with handlers of their own, by group, resource and name; the group <c>*</c> stands for all.</summary>
internal sealed class SubresourceTable(IReadOnlyDictionary<(string Group, string Plural, string Subresource), SubresourceTable.Entry> entries)
{
    /// <param name="IsConnect">Takes every method (proxies) and connections without end (exec): no list of verbs, no time limit.</param>
    internal sealed record Entry(ISubresource Handler, bool IsConnect);

    public Entry? Find(ResourceType parent, string subresource) =>
        entries.GetValueOrDefault((parent.Group, parent.Plural, subresource)) ?? entries.GetValueOrDefault(("*", "*", subresource));

    public bool IsLongRunning(RequestInfo info) =>
        entries.GetValueOrDefault((info.Group, info.Resource, info.Subresource)) is { IsConnect: true };
}

using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.NetworkingV1;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>The ServiceCIDR <c>kubernetes</c> of the server's own flags: made where there is none, never changed but to get a second family.</summary>
internal sealed class OwnServiceRange(IResourceVerbs verbs, Resources resources, IObjects objects, ApiServerOptions options, RepairEvents events, TimeProvider clock)
{
    private const string Component = "kubernetes-service-cidr-controller";
    private static readonly ObjectKey Key = new("", AddressRanges.Own);

    private readonly ServedResource _ranges = resources.Of<ServiceCIDR>();
    private readonly IReadOnlyList<string> _wanted = [.. AddressRanges.Flags(options).Select(b => b.ToString())];
    private readonly WriteOptions _options = new(Identities.Server) { FieldManager = Component };
    private bool _hasTold;

    /// <exception cref="ApiException">409: another server was first. Others: it cannot be written now.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        var range = await objects.FindAsync<ServiceCIDR>(Key, ct) ?? await CreateAsync(ct);
        if (range.Metadata.DeletionTimestamp is not null)
            return; // what goes is its controller's business; after it there is a new one

        if (_wanted.Count == 2 && range.Spec.Cidrs.Count == 1 && range.Spec.Cidrs[0] == _wanted[0])
            range = await UpdateAsync("", range with { Spec = range.Spec with { Cidrs = _wanted } }, ct);

        var ready = range.Status.Conditions.FirstOrDefault(c => c.Type == "Ready");
        if (!range.Spec.Cidrs.SequenceEqual(_wanted))
        {
            await TellAsync(range, "KubernetesDefaultServiceCIDRInconsistent", $"The default ServiceCIDR [{string.Join(' ', range.Spec.Cidrs)}] does not match the controller flag configurations [{string.Join(' ', _wanted)}]", ct);
        }
        else if (ready is { Status: "False" })
        {
            await TellAsync(range, ready.Reason.Length > 0 ? ready.Reason : "KubernetesDefaultServiceCIDRError", $"Configuration matches, but {ready.Message}", ct);
        }
        else if (ready?.Status != "True")
        {
            var condition = new Condition { Type = "Ready", Status = "True", Message = "Kubernetes default Service CIDR is ready", LastTransitionTime = clock.GetUtcNow().TruncatedToSeconds() };
            await UpdateAsync("status", range with { Status = range.Status with { Conditions = [.. range.Status.Conditions.Where(c => c.Type != "Ready"), condition] } }, ct);
        }
    }

    private async Task<ServiceCIDR> CreateAsync(CancellationToken ct) =>
        (ServiceCIDR)(await verbs.CreateAsync(_ranges, new ServiceCIDR { Metadata = new() { Name = Key.Name }, Spec = new() { Cidrs = _wanted } }, _options, ct)).Object;

    private async Task<ServiceCIDR> UpdateAsync(string subresource, ServiceCIDR range, CancellationToken ct) =>
        (ServiceCIDR)(await verbs.UpdateAsync(_ranges, Key, subresource, range, _options, ct)).Object.Object;

    private async Task TellAsync(ServiceCIDR range, string reason, string message, CancellationToken ct)
    {
        if (_hasTold)
            return;

        _hasTold = true;
        await events.WarnAsync(range.WithTypeMeta(), Component, reason, message, ct);
    }
}

using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Kinds.Fairness;
using KubeSharp.Objects.FlowcontrolV1;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>Keeps the objects of fairness as upstream does: the mandatory ones always, the suggested ones unless an administrator took them over.</summary>
internal sealed class FlowUpkeep(IResourceVerbs verbs, Resources resources, IObjects objects, TimeProvider clock)
{
    private const string Autoupdate = "apf.kubernetes.io/autoupdate-spec";
    private readonly WriteOptions _asProducer = new(Identities.Server) { FieldManager = "api-priority-and-fairness-config-producer-v1" };
    private readonly WriteOptions _asConsumer = new(Identities.Server) { FieldManager = "api-priority-and-fairness-config-consumer-v1" };

    /// <summary>Creates what is missing, mends what was changed, removes what was once suggested.</summary>
    /// <exception cref="ApiException">A write failed; to be tried again.</exception>
    public async Task EnsureAsync(CancellationToken ct)
    {
        await EnsureAsync(SuggestedFlows.Levels, MandatoryFlows.Level, static o => o.Spec, static (o, now) => now with { Spec = SpecOf(now, o) }, ct);
        await EnsureAsync(SuggestedFlows.Schemas, MandatoryFlows.Schema, static o => o.Spec, static (o, now) => now with { Spec = o.Spec }, ct);
    }

    /// <summary>Tells each schema whether its level exists.</summary>
    /// <exception cref="ApiException">A write failed; to be tried again.</exception>
    public async Task TellDanglingAsync(CancellationToken ct)
    {
        var levels = objects.List<PriorityLevelConfiguration>().Select(l => l.Metadata.Name).Concat([MandatoryFlows.Exempt, MandatoryFlows.CatchAll]).ToHashSet();
        foreach (var schema in objects.List<FlowSchema>())
        {
            var level = schema.Spec.PriorityLevelConfiguration.Name;
            var isThere = levels.Contains(level);
            var (status, reason, message) = isThere
                ? ("False", "Found", $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" and it exists")
                : ("True", "NotFound", $"This FlowSchema references the PriorityLevelConfiguration object named \"{level}\" but there is no such object");
            const string Type = "Dangling";
            if (schema.Status.Conditions.FirstOrDefault(c => c.Type == Type) is { } now && now.Status == status && now.Reason == reason && now.Message == message)
                continue;

            var condition = new FlowSchemaCondition { Type = Type, Status = status, Reason = reason, Message = message, LastTransitionTime = clock.GetUtcNow() };
            var told = schema with { Status = schema.Status with { Conditions = [.. schema.Status.Conditions.Where(c => c.Type != Type), condition] } };
            await IgnoringOthersAsync(() => verbs.UpdateAsync(resources.Of<FlowSchema>(), ObjectKey.Of(schema), "status", told, _asConsumer, ct));
        }
    }

    private async Task EnsureAsync<T, TSpec>(IReadOnlyList<T> wanted, Func<string, TSpec?> mandatory, Func<T, TSpec> specOf, Func<T, T, T> mended, CancellationToken ct)
        where T : class, IObject<T>
        where TSpec : class
    {
        var resource = resources.Of<T>();
        foreach (var want in wanted)
        {
            var name = want.Metadata.Name;
            if (await objects.FindAsync<T>(ObjectKey.Of(want), ct) is not { } now)
            {
                await IgnoringOthersAsync(() => verbs.CreateAsync(resource, (T)Marked(want, "true"), _asProducer, ct));
                continue;
            }

            var isOurs = mandatory(name) is not null || IsAutoupdated(now);
            var better = isOurs ? mended(want, now) : now;
            var mark = isOurs ? "true" : "false";
            if (now.Metadata.Annotations.GetValueOrDefault(Autoupdate) == mark && Equals(specOf(better), specOf(now)))
                continue;

            await IgnoringOthersAsync(() => verbs.UpdateAsync(resource, ObjectKey.Of(now), "", Marked(better, mark), _asProducer, ct));
        }

        var names = wanted.Select(w => w.Metadata.Name).ToHashSet();
        foreach (var old in objects.List<T>().Where(o => !names.Contains(o.Metadata.Name) && o.Metadata.Annotations.GetValueOrDefault(Autoupdate) == "true"))
            await IgnoringOthersAsync(() => verbs.DeleteAsync(resource, ObjectKey.Of(old), new() { Preconditions = new() { Uid = old.Metadata.Uid, ResourceVersion = old.Metadata.ResourceVersion } }, _asProducer, ct));
    }

    /// <summary>Without a mark an object is still as it was made if nobody has changed it.</summary>
    private static bool IsAutoupdated(IObject obj) => obj.Metadata.Annotations.GetValueOrDefault(Autoupdate) switch
    {
        "true" => true,
        "false" => false,
        _ => obj.Metadata.Generation == 1,
    };

    /// <summary>The shares of the exempt level are the administrator's.</summary>
    private static PriorityLevelConfigurationSpec SpecOf(PriorityLevelConfiguration now, PriorityLevelConfiguration wanted) =>
        wanted.Metadata.Name == MandatoryFlows.Exempt && now.Spec.Exempt is { } own ? wanted.Spec with { Exempt = own } : wanted.Spec;

    private static IObject Marked(IObject obj, string mark) =>
        obj.CopyWith(obj.Metadata with { Annotations = new Dictionary<string, string>(obj.Metadata.Annotations) { [Autoupdate] = mark } });

    /// <summary>Another server or an administrator was first: the change of theirs wakes the loop again.</summary>
    private static async Task IgnoringOthersAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (ApiException e) when (e.Code is 404 or 409)
        {
            // see above
        }
    }
}

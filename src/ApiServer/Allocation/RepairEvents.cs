using System.Security.Cryptography;
using System.Text;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>
/// Tells of what repair found by Events. The name of an Event follows from what it says, so that a finding of every round, and of every server, is one Event
/// whose count grows.
/// </summary>
internal sealed partial class RepairEvents(IResourceVerbs verbs, Resources resources, TimeProvider clock, ILogger log)
{
    private readonly ServedResource _events = resources.Of<Event>();
    private readonly WriteOptions _options = new(Identities.Server) { FieldManager = "kube-apiserver" };

    /// <param name="component">Upstream's name for who tells.</param>
    public async Task WarnAsync(IObject about, string component, string reason, string message, CancellationToken ct)
    {
        var name = $"{about.Metadata.Name}.{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{about.Metadata.Uid} {reason} {message}")))[..16]}";
        var key = new ObjectKey(about.Metadata.Namespace.Length > 0 ? about.Metadata.Namespace : "default", name);
        try
        {
            await WriteAsync(key, about, component, reason, message, ct);
        }
        catch (ApiException e)
        {
            // What it tells of is mended or found again, with or without it.
            NotTold(key, e.Message);
        }
    }

    private async Task WriteAsync(ObjectKey key, IObject about, string component, string reason, string message, CancellationToken ct)
    {
        var now = clock.GetUtcNow().TruncatedToSeconds();
        while (true)
        {
            try
            {
                var seen = (Event)(await verbs.GetAsync(_events, key, "", ct)).Object;
                await verbs.UpdateAsync(_events, key, "", seen with { Count = seen.Count + 1, LastTimestamp = now }, _options, ct);
                return;
            }
            catch (ApiException e) when (e.Code == 409)
            {
                continue; // another server tells the same
            }
            catch (ApiException e) when (e.IsNotFound)
            {
            }

            try
            {
                await verbs.CreateAsync(_events, New(key, about, component, reason, message, now), _options, ct);
                Found(about.Kind, ObjectKey.Of(about), message);
                return;
            }
            catch (ApiException e) when (e.IsAlreadyExists)
            {
            }
        }
    }

    private static Event New(ObjectKey key, IObject about, string component, string reason, string message, DateTimeOffset now) => new()
    {
        Metadata = new() { Name = key.Name, Namespace = key.Namespace },
        InvolvedObject = about.Reference(),
        Reason = reason,
        Message = message,
        Type = "Warning",
        Source = new() { Component = component },
        ReportingComponent = component,
        FirstTimestamp = now,
        LastTimestamp = now,
        Count = 1,
    };

    [LoggerMessage(1, LogLevel.Warning, "{Kind} {Key}: {What}")]
    private partial void Found(string kind, ObjectKey key, string what);

    [LoggerMessage(2, LogLevel.Warning, "Event {Key} cannot be written: {Why}")]
    private partial void NotTold(ObjectKey key, string why);
}

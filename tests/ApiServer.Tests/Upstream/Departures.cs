using System.Collections.Frozen;

namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>The cases in which ours answers otherwise, and why.</summary>
internal static class Departures
{
    private static readonly FrozenDictionary<string, string> Reasons = new Dictionary<string, string>
    {
    }.ToFrozenDictionary();

    public static string? Reason(string topic, string name) => Reasons.GetValueOrDefault($"{topic}/{name}");
}

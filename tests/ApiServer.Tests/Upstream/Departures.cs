namespace KubeSharp.ApiServer.Tests.Upstream;

/// <summary>The steps (topic/case#number) that ours answers otherwise, and why: departures.tsv beside the cases.</summary>
internal static class Departures
{
    private static readonly Dictionary<string, string> Reasons = File.ReadLines(Path.Combine(Case.Root, "departures.tsv"))
        .Where(l => l.Length > 0 && !l.StartsWith('#')).Select(l => l.Split('\t', 2)).ToDictionary(l => l[0], l => l[1]);

    public static string? Reason(string topic, string name, int step) => Reasons.GetValueOrDefault($"{topic}/{name}#{step}");
}

using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace KubeSharp.Controllers.Tests.Recordings;

/// <summary>What a Deployment's controller writes, without what differs from run to run: times, and the hashes in names, which are numbered.</summary>
internal static partial class DeploymentText
{
    /// <param name="hashes">The names of ReplicaSets, oldest first.</param>
    public static string OfDeployment(JsonNode deployment, IReadOnlyList<string> hashes) => Numbered(
        new JsonObject
        {
            ["annotations"] = deployment["metadata"]!["annotations"]?.DeepClone(),
            ["replicas"] = deployment["spec"]!["replicas"]!.DeepClone(),
            ["status"] = Status(deployment["status"]!),
        },
        hashes);

    public static string OfSets(JsonNode list, IReadOnlyList<string> hashes) => Numbered(
        new JsonArray(
        [
            .. list["items"]!.AsArray().Select(s => new JsonObject
            {
                ["name"] = s!["metadata"]!["name"]!.DeepClone(),
                ["annotations"] = Sorted(s["metadata"]!["annotations"]!.AsObject()),
                ["replicas"] = s["spec"]!["replicas"]!.DeepClone(),
                ["status"] = Status(s["status"]!),
            }).OrderBy(s => hashes.ToList().IndexOf((string)s["name"]!)),
        ]),
        hashes);

    /// <summary>Names of ReplicaSets in the order in which they first appear.</summary>
    public static IReadOnlyList<string> HashesIn(string text, string deployment) =>
        [.. HashedName().Matches(text).Select(m => m.Value).Where(n => n.StartsWith(deployment + "-", StringComparison.Ordinal)).Distinct()];

    /// <summary>1.20 says "to 2" where 1.36 says "from 0 to 2".</summary>
    public static string OfScaling(string message, IReadOnlyList<string> hashes) => Numbered(JsonValue.Create(From().Replace(message, "to ")), hashes);

    private static JsonObject Status(JsonNode status)
    {
        var clean = Sorted(status.AsObject());
        clean.Remove("terminatingReplicas"); // since 1.33
        if (clean["conditions"] is JsonArray conditions)
        {
            foreach (var condition in conditions)
            {
                condition!.AsObject().Remove("lastUpdateTime");
                condition.AsObject().Remove("lastTransitionTime");
            }

            clean["conditions"] = new JsonArray([.. conditions.OrderBy(c => (string)c!["type"]!, StringComparer.Ordinal).Select(c => c!.DeepClone())]);
        }

        return clean;
    }

    private static JsonObject Sorted(JsonObject obj) => new(obj.OrderBy(p => p.Key, StringComparer.Ordinal).Select(p => KeyValuePair.Create(p.Key, p.Value?.DeepClone())));

    private static string Numbered(JsonNode node, IReadOnlyList<string> hashes)
    {
        var text = node.ToJsonString();
        for (var i = 0; i < hashes.Count; i++)
            text = text.Replace(hashes[i], "set" + (i + 1).ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);
        return text;
    }

    [GeneratedRegex(@"\b[a-z]+-[bcdfghjklmnpqrstvwxz2456789]{8,10}\b")]
    private static partial Regex HashedName();

    [GeneratedRegex(@"from \d+ to ")]
    private static partial Regex From();
}

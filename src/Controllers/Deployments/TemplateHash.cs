using System.Globalization;

namespace KubeSharp.Controllers.Deployments;

/// <summary>The label that tells the ReplicaSets of a Deployment apart: the same template gives the same hash.</summary>
internal static class TemplateHash
{
    public const string Label = "pod-template-hash";

    /// <summary>No vowels and no look-alikes, so that no words come out.</summary>
    private const string Alphabet = "bcdfghjklmnpqrstvwxz2456789";

    /// <param name="collisions">Counted up when a name is taken by something else.</param>
    public static string Of(PodTemplateSpec template, int? collisions)
    {
        // FNV-1a: short, stable, and what upstream uses.
        var hash = 2166136261u;
        foreach (var b in Json.Encode(template))
            hash = (hash ^ b) * 16777619;
        if (collisions is { } count)
            hash = (hash ^ (uint)count) * 16777619;
        return string.Concat(hash.ToString(CultureInfo.InvariantCulture).Select(c => Alphabet[c % Alphabet.Length]));
    }

    /// <summary>The template without the hash that the Deployment's own ReplicaSets carry.</summary>
    public static PodTemplateSpec Without(PodTemplateSpec template)
    {
        if (!template.Metadata.Labels.ContainsKey(Label))
            return template;

        var labels = template.Metadata.Labels.Where(l => l.Key != Label).ToDictionary();
        return template with { Metadata = template.Metadata with { Labels = labels.Count == 0 ? Nil.Map<string>() : labels } };
    }

    public static bool IsSame(PodTemplateSpec a, PodTemplateSpec b) => Without(a) == Without(b);
}

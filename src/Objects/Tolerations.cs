using System.Globalization;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects;

/// <summary>Which taints a pod puts up with.</summary>
public static class Tolerations
{
    public static bool Tolerates(this IReadOnlyList<Toleration> tolerations, Taint taint)
    {
        for (var i = 0; i < tolerations.Count; i++)
        {
            if (tolerations[i].Tolerates(taint))
                return true;
        }

        return false;
    }

    /// <summary>An empty key with Exists is every key; an empty effect is every effect.</summary>
    public static bool Tolerates(this Toleration toleration, Taint taint)
    {
        if ((toleration.Effect.Length > 0 && toleration.Effect != taint.Effect) || (toleration.Key.Length > 0 && toleration.Key != taint.Key))
            return false;

        return toleration.Operator switch
        {
            "Exists" => true,
            "" or "Equal" => toleration.Value == taint.Value,
            "Gt" => Compare(taint.Value, toleration.Value) is > 0,
            "Lt" => Compare(taint.Value, toleration.Value) is < 0,
            _ => false,
        };
    }

    /// <returns><see langword="null"/> if one of them is no number.</returns>
    private static int? Compare(string left, string right) =>
        long.TryParse(left, CultureInfo.InvariantCulture, out var a) && long.TryParse(right, CultureInfo.InvariantCulture, out var b) ? a.CompareTo(b) : null;
}

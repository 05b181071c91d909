namespace KubeSharp.Machinery;

/// <summary>Places given by paths with <c>*</c> for any one step: <c>spec.containers.*.resources</c>, each with all below it.</summary>
public sealed class FieldPattern(params IReadOnlyList<string> paths)
{
    private readonly string[][] _paths = [.. paths.Select(p => p.Split('.'))];

    /// <summary>The members of a set that lie on the way to one of the places, at it or below it.</summary>
    public FieldSet Keep(FieldSet set) => Keep(set, _paths, 0);

    private static FieldSet Keep(FieldSet set, string[][] paths, int depth) => set.Select(
        static (entry, state) =>
        {
            var (paths, depth) = state;
            var matching = paths.Where(p => p[depth] == "*" || (entry.Element.Kind == PathElementKind.Field && p[depth] == entry.Element.Text)).ToArray();
            if (matching.Length == 0)
                return new(entry.Element, false, FieldSet.Empty);
            return matching.Any(p => p.Length == depth + 1) ? entry : entry with { Children = Keep(entry.Children, matching, depth + 1) };
        },
        (paths, depth));
}

namespace KubeSharp.ApiServer.FieldManagement;

/// <summary>The answer to an apply that would change what others own.</summary>
internal static class FieldConflicts
{
    /// <param name="conflicts">In the order of their owners; each has fields.</param>
    public static ApiException Refusal(IReadOnlyList<FieldConflict> conflicts)
    {
        var all = conflicts.SelectMany(c => c.Fields.Paths().Select(path => (Owner: c.Owner.ToString(), Path: path))).ToList();
        var message = all.Count == 1
            ? $"Apply failed with 1 conflict: conflict with {all[0].Owner}: {all[0].Path}"
            : $"Apply failed with {all.Count} conflicts: {string.Join('\n', all.GroupBy(c => c.Owner).Select(Listed))}";
        return new(ApiException.Failure(409, "Conflict", message, new()
        {
            Causes = [.. all.Select(c => new StatusCause { Reason = "FieldManagerConflict", Message = $"conflict with {c.Owner}", Field = c.Path })],
        }));
    }

    private static string Listed(IGrouping<string, (string Owner, string Path)> owner) =>
        $"conflicts with {owner.Key}:\n{string.Join('\n', owner.Select(c => $"- {c.Path}"))}";
}

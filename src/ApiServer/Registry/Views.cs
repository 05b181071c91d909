namespace KubeSharp.ApiServer.Registry;

/// <summary>Shows stored objects as a resource that may be another version of them; a webhook may have to be asked for it.</summary>
internal static class Views
{
    /// <exception cref="ApiException">500: the conversion webhook failed.</exception>
    public static async ValueTask<StoredObject> ShownAsync(this StoredObject obj, ServedResource resource, CancellationToken ct)
    {
        if (resource.Custom is null)
            return obj.As(resource);

        await PrepareAsync([obj], resource, ct);
        return obj.As(resource);
    }

    /// <summary>Makes the views of all objects that have none yet, in one go; then <see cref="StoredObject.As"/> answers at once.</summary>
    /// <exception cref="ApiException">500: the conversion webhook failed.</exception>
    public static async ValueTask PrepareAsync(IReadOnlyList<StoredObject> objects, ServedResource resource, CancellationToken ct)
    {
        if (resource.Custom is not { } custom || objects.Where(o => o.KnownAs(resource) is null).ToList() is not { Count: > 0 } missing)
            return;

        var converted = await custom.ConvertAsync([.. missing.Select(o => o.Object)], resource, ct);
        for (var i = 0; i < missing.Count; i++)
            missing[i].ShownAs(resource, converted[i]);
    }
}

namespace KubeSharp.Machinery;

/// <summary>Who owns an object.</summary>
public static class OwnerReferences
{
    /// <summary>The one owner that manages the object, or <see langword="null"/>.</summary>
    public static OwnerReference? Controller(this ObjectMeta metadata) => metadata.OwnerReferences.FirstOrDefault(o => o.Controller == true);

    public static bool IsControlledBy(this ObjectMeta metadata, IObject owner) => metadata.Controller()?.Uid == owner.Metadata.Uid;

    /// <summary>A reference by which <paramref name="owner"/> manages what it creates, and holds up its own foreground deletion.</summary>
    public static OwnerReference ControllerReference<T>(this T owner)
        where T : class, IObject<T> => new()
    {
        ApiVersion = T.Type.ApiVersion,
        Kind = T.Type.Kind,
        Name = owner.Metadata.Name,
        Uid = owner.Metadata.Uid,
        Controller = true,
        BlockOwnerDeletion = true,
    };
}

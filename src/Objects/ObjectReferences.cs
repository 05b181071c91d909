using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Objects;

/// <summary>How one object points to another.</summary>
public static class ObjectReferences
{
    /// <summary>A reference to the object as it is now, its version included.</summary>
    public static ObjectReference Reference(this IObject obj) => new()
    {
        Kind = obj.Kind,
        ApiVersion = obj.ApiVersion,
        Namespace = obj.Metadata.Namespace,
        Name = obj.Metadata.Name,
        Uid = obj.Metadata.Uid,
        ResourceVersion = obj.Metadata.ResourceVersion,
    };
}

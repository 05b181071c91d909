namespace KubeSharp.Machinery.Cel;

/// <summary>What the expressions of a MutatingAdmissionPolicy must give.</summary>
public static class CelMutations
{
    /// <summary>An apply configuration: <c>Object{…}</c>.</summary>
    public static CelType Configuration { get; } = CelType.OpenObject("Object", MutationLibrary.AnyField);

    /// <summary>A JSON patch: <c>[JSONPatch{…}, …]</c>.</summary>
    public static CelType Patch { get; } = CelType.List(MutationLibrary.JsonPatch);
}

namespace KubeSharp.ApiServer.Registry;

/// <summary>How a resource that is only another view of a stored one is translated.</summary>
internal sealed record StoredForm(ServedResource Resource, Func<IObject, IObject> ToStored, Func<IObject, IObject> FromStored);

using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.Admission.Matching;

/// <summary>The object of a request in the version that somebody wants to see, and back again after it was changed.</summary>
internal static class MutableForm
{
    /// <summary>As those see it who judge it.</summary>
    public static IObject? Final(AdmissionRequest request, ServedResource form, IObject? obj) =>
        obj is not null && request.BodyType is null && form.StoredForm is { } stored ? stored.FromStored(obj) : obj;

    /// <summary>As those see it who may change it: what the server itself sets on a create is not there yet.</summary>
    public static IObject? Draft(AdmissionRequest request, ServedResource form)
    {
        var obj = request.Object;
        if (obj is not null && request is { Verb: AdmissionVerb.Create, BodyType: null })
            obj = obj.CopyWith(obj.Metadata with { Uid = "", CreationTimestamp = null, Name = request.HasDrawnName ? "" : obj.Metadata.Name });
        return Final(request, form, obj);
    }

    /// <summary>Makes a changed draft the request's object, with defaults.</summary>
    /// <param name="who">Who changed it, for messages.</param>
    /// <exception cref="ApiException">500: the result is no such object, or is another one.</exception>
    public static void Take(AdmissionRequest request, ServedResource form, ReadOnlySpan<byte> changed, string who)
    {
        IObject obj;
        try
        {
            var codec = request.BodyType is { } body ? ApiCatalog.CodecFor(body.Group, body.Version, body.Kind) : form.Kind.Codec;
            obj = codec?.Decode(changed, DecodeContext.Lenient) ?? throw new DecodeException($"a {request.BodyType?.Kind} cannot be changed");
        }
        catch (DecodeException e)
        {
            throw ApiException.Internal($"{who}: {e.Message}", e);
        }

        if (request.BodyType is not null)
        {
            request.Object = obj;
            return;
        }

        if (form.StoredForm is { } stored)
            obj = stored.ToStored(obj);
        if (request.Verb == AdmissionVerb.Create)
            obj = obj.CopyWith(AsCreated(request.Object!.Metadata, obj.Metadata, who));
        request.Object = request.Resource.Kind.ApplyDefaults(obj);
    }

    /// <summary>What the server has already set on a new object stays; the name may change, the namespace was authorized and may not.</summary>
    private static ObjectMeta AsCreated(ObjectMeta before, ObjectMeta changed, string who)
    {
        if (changed.Namespace != before.Namespace)
            throw ApiException.Internal($"{who} attempted to move the object to another namespace");

        return changed with { Uid = before.Uid, CreationTimestamp = before.CreationTimestamp, Name = changed.Name.Length > 0 ? changed.Name : before.Name };
    }
}

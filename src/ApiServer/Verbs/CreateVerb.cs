using KubeSharp.ApiServer.Admission;
using KubeSharp.ApiServer.Allocation;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.WatchCache;
using KubeSharp.Objects.CertificatesV1;
using KubeSharp.Store;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>POST: admission, defaults, preparation, validation, store.</summary>
internal sealed class CreateVerb(Caches caches, ObjectWriter writer, AdmissionChain admission, ServiceAllocation services, Chance chance, TimeProvider clock)
{
    /// <summary>27^5 suffixes make a second draw rare and an eighth a sign of something else (as upstream).</summary>
    private const int MaxDraws = 8;

    public async Task<StoredObject> RunAsync(ServedResource resource, IObject posted, WriteOptions options, CancellationToken ct)
    {
        Check(resource, posted.Metadata);
        for (var draw = 1; ; draw++)
        {
            var request = await PrepareAsync(resource, posted, options, ct);
            await using var claims = await services.ClaimAsync(null, request.Object!, options, ct);
            if (claims is not null)
                request.Object = claims.Service;
            await admission.ValidateAsync(request, ct);
            if (await TryCreateAsync(resource, request.Object!, claims, options, ct) is { } created)
                return created;

            if (posted.Metadata.Name.Length > 0 || draw == MaxDraws)
                throw await TakenAsync(resource, request.Object!, hasDrawnName: posted.Metadata.Name.Length == 0, ct);
        }
    }

    /// <summary>409, with what upstream adds: that the other one is going, or that no free name was found.</summary>
    private async ValueTask<ApiException> TakenAsync(ServedResource resource, IObject obj, bool hasDrawnName, CancellationToken ct)
    {
        var status = ApiException.AlreadyExists(resource.Type.Group, resource.Type.Plural, obj.Metadata.Name).Status;
        if (hasDrawnName)
        {
            return new(status with
            {
                Message = status.Message + ", the server was not able to generate a unique name for the object",
                Details = status.Details! with { RetryAfterSeconds = 1 },
            });
        }

        var isGoing = (await caches.FindAsync(resource, ObjectKey.Of(obj), ct))?.Object.Metadata.DeletionTimestamp is not null;
        return new(isGoing ? status with { Message = "object is being deleted: " + status.Message } : status);
    }

    private async Task<StoredObject?> TryCreateAsync(ServedResource resource, IObject obj, ServiceClaims? claims, WriteOptions options, CancellationToken ct)
    {
        claims?.ThrowIfLate();
        try
        {
            var created = await writer.TryCreateAsync(resource, obj, options, ct);
            if (created is not null && claims is not null)
                await claims.KeepAsync();
            return created;
        }
        catch (StoreException)
        {
            claims?.Abandon();
            throw;
        }
    }

    /// <returns>The request as validating admission shall see it, but for what is out of pools.</returns>
    private async Task<AdmissionRequest> PrepareAsync(ServedResource resource, IObject posted, WriteOptions options, CancellationToken ct)
    {
        var kind = resource.Kind;
        var obj = kind.ApplyDefaults(posted.CopyWith(WithSystemFields(MetadataRules.WithOwnersOnce(posted.Metadata, options.Warn))));
        obj = (options.Restored is { } version ? options.Fields?.Updated(version, obj) : options.Fields?.Created(obj)) ?? obj;
        var request = new AdmissionRequest(AdmissionVerb.Create, resource, "", ObjectKey.Of(obj), options)
        {
            Object = obj,
            HasDrawnName = posted.Metadata.Name.Length == 0,
        };
        await admission.AdmitAsync(request, ct);
        if (!ReferenceEquals(request.Object, obj))
            obj = kind.ApplyDefaults(request.Object!);

        obj = kind.PrepareForCreate(obj);
        if (obj is Service service)
            obj = services.Prepare(null, service);
        else if (obj is CertificateSigningRequest certificate)
            obj = Signed(certificate, options.User);
        if (kind.TracksGeneration)
            obj = obj.CopyWith(obj.Metadata with { Generation = 1 });

        var findings = new Findings();
        MetadataRules.Validate(resource, obj.Metadata, findings);
        kind.Validate(obj, findings);
        foreach (var warning in findings.Warnings)
            options.Warn(warning);
        if (findings.Any)
            throw ApiException.Invalid(resource.Type.Group, resource.Type.Kind, obj.Metadata.Name, findings);

        request.Object = obj;
        return request;
    }

    /// <summary>A request for a certificate says who asks: whoever it is, not whoever it says.</summary>
    private static CertificateSigningRequest Signed(CertificateSigningRequest request, Identity user) => request with
    {
        Spec = request.Spec with { Username = user.Name, Uid = user.Uid, Groups = user.Groups, Extra = user.Extra },
    };

    private static void Check(ServedResource resource, ObjectMeta metadata)
    {
        if (metadata.ResourceVersion.Length > 0)
            throw ApiException.BadRequest("resourceVersion should not be set on objects to be created");
        if (resource.Type.Namespaced && metadata.Namespace.Length == 0)
            throw ApiException.BadRequest("an empty namespace may not be set during creation");
    }

    private ObjectMeta WithSystemFields(ObjectMeta posted) => posted with
    {
        Name = posted.Name.Length == 0 && posted.GenerateName.Length > 0 ? chance.NameFrom(posted.GenerateName) : posted.Name,
        Uid = chance.Uid(),
        CreationTimestamp = clock.GetUtcNow().TruncatedToSeconds(),
        DeletionTimestamp = null,
        DeletionGracePeriodSeconds = null,
        SelfLink = "",
        Generation = 0,
    };
}

using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionV1;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>The question to a webhook, and what its answer may look like (admission.k8s.io/v1, and v1beta1 for those who know no newer). Pure.</summary>
internal static class ReviewBody
{
    private const string ReviewKind = "AdmissionReview";

    public static byte[] Question(Webhook hook, string uid, AdmissionRequest request, ServedResource form, IObject? obj, IObject? old) => Json.Encode(new AdmissionReview
    {
        Kind = ReviewKind,
        ApiVersion = "admission.k8s.io/" + hook.ReviewVersion,
        Request = Describe(request, form) with { Uid = uid, Object = Encoded(obj, form, request.BodyType), OldObject = Encoded(old, form, request.BodyType) },
    });

    /// <summary>All that is to be said of a request but its objects.</summary>
    public static Objects.AdmissionV1.AdmissionRequest Describe(AdmissionRequest request, ServedResource form)
    {
        var (type, body) = (form.Type, request.BodyType);
        return new()
        {
            Kind = KindOf(body ?? type),
            Resource = ResourceOf(type),
            SubResource = request.Subresource,
            RequestKind = KindOf(body ?? request.Requested.Type),
            RequestResource = ResourceOf(request.Requested.Type),
            RequestSubResource = request.Subresource,
            Name = request.Key.Name,
            // A namespace that is there is within itself, as its path says.
            Namespace = type is { Group: "", Plural: "namespaces" } && request.Verb != AdmissionVerb.Create ? request.Key.Name : request.Key.Namespace,
            Operation = RequestRules.NameOf(request.Verb),
            UserInfo = new() { Username = request.User.Name, Uid = request.User.Uid, Groups = request.User.Groups, Extra = request.User.Extra },
            DryRun = request.Options.IsDryRun,
            Options = OptionsBody.Of(request),
        };
    }

    /// <exception cref="WebhookException">The answer is none to this question.</exception>
    public static AdmissionResponse Answer(Webhook hook, string uid, ReadOnlySpan<byte> json, bool mayPatch)
    {
        AdmissionReview review;
        try
        {
            review = Json.Decode<AdmissionReview>(json);
        }
        catch (DecodeException e)
        {
            throw new WebhookException(hook, $"failed to call webhook: couldn't get version/kind; json parse error: {e.Message}", e);
        }

        var expected = "admission.k8s.io/" + hook.ReviewVersion;
        var response = review.Response ?? throw Invalid("webhook response was absent");
        if (hook.ReviewVersion == "v1beta1")
            return response with { PatchType = response.Patch.Length > 0 ? "JSONPatch" : null };

        if (response.Uid != uid)
            throw Invalid($"expected response.uid=\"{uid}\", got \"{response.Uid}\"");
        if (review.Kind != ReviewKind || review.ApiVersion != expected)
            throw Invalid($"expected webhook response of {expected}, Kind={ReviewKind}, got {(review.ApiVersion.Length > 0 ? review.ApiVersion : "/")}, Kind={review.Kind}");
        if (mayPatch)
        {
            if (response is { Patch.Length: > 0, PatchType: null })
                throw Invalid("webhook returned response.patch but not response.patchType");
            if (response is { Patch.Length: 0, PatchType: not null })
                throw Invalid("webhook returned response.patchType but not response.patch");
        }
        else
        {
            if (response.Patch.Length > 0)
                throw Invalid("validating webhook may not return response.patch");
            if (response.PatchType is not null)
                throw Invalid("validating webhook may not return response.patchType");
        }

        return response;

        WebhookException Invalid(string why) => new(hook, "received invalid webhook response: " + why);
    }

    /// <summary>The refusal in the client's words: the webhook's own Status, with who it was in front of the message.</summary>
    public static ApiException Denial(Webhook hook, Status? given)
    {
        var status = given ?? new Status();
        var who = $"admission webhook \"{hook.Name}\" denied the request";
        return new(status with
        {
            Kind = "Status",
            ApiVersion = "v1",
            Code = status.Code < 400 ? 400 : status.Code,
            StatusValue = status.StatusValue is "" or "Success" ? "Failure" : status.StatusValue,
            Message = status.Message.Length > 0 ? $"{who}: {status.Message}" : status.Reason.Length > 0 ? $"{who}: {status.Reason}" : $"{who} without explanation",
        });
    }

    /// <summary>The object with its kind and version, which posted bodies may leave out.</summary>
    public static byte[] Encode(IObject obj, ServedResource form, ResourceType? body) => obj is { Kind.Length: > 0, ApiVersion.Length: > 0 }
        ? Json.EncodeObject(obj)
        : StoredJson.Encode(body is null ? form : form with { Type = body }, obj);

    private static RawJson Encoded(IObject? obj, ServedResource form, ResourceType? body) => obj is null ? default : new(Encode(obj, form, body));

    private static GroupVersionKind KindOf(ResourceType type) => new() { Group = type.Group, Version = type.Version, Kind = type.Kind };

    private static GroupVersionResource ResourceOf(ResourceType type) => new() { Group = type.Group, Version = type.Version, Resource = type.Plural };
}

using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Matching;
using KubeSharp.ApiServer.Registry;
using KubeSharp.Objects.AdmissionV1;
using KubeSharp.Objects.AdmissionregistrationV1;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>Asks the mutating webhooks one after the other; each sees what those before it made of the object.</summary>
internal sealed partial class MutatingWebhooks(
    WebhookSource<MutatingWebhookConfiguration> source, WebhookSelection selection, WebhookCaller caller, ILogger<MutatingWebhooks> log) : IAdmission
{
    public async ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct)
    {
        var hooks = source.All();
        if (hooks.Count == 0 || RuleMatch.IsExempt(request.Resource.Type))
            return;

        // The second time only those are asked that want it, were asked before, and have seen an older state than there is now.
        var seen = request.SeenByWebhooks;
        for (var i = 0; i < hooks.Count; i++)
        {
            var hook = hooks[i];
            if (request.IsReinvocation && !(seen.TryGetValue(hook, out var state) && hook.WantsReinvocation && !ReferenceEquals(state, request.Object)))
                continue;
            if (await selection.FormForAsync(hook, request, ct) is not { } form)
                continue;

            var before = request.Object;
            await AskAsync(hook, request, form, i, ct);
            seen[hook] = request.Object;
            if (!ReferenceEquals(before, request.Object))
                request.MustReinvoke = true;
        }
    }

    private async Task AskAsync(Webhook hook, AdmissionRequest request, ServedResource form, int index, CancellationToken ct)
    {
        try
        {
            var shown = Shown(request, form);
            var response = await caller.AskAsync(hook, request, form, shown, form.StoredForm is { } f && request.Old is { } old ? f.FromStored(old) : request.Old, mayPatch: true, ct);
            WebhookCaller.Note(hook, request, response);
            if (!response.Allowed)
                throw ReviewBody.Denial(hook, response.Status);

            var isChanged = Patch(hook, request, form, shown, response);
            var round = request.IsReinvocation ? 1 : 0;
            request.AuditAnnotations[$"mutation.webhook.admission.k8s.io/round_{round}_index_{index}"] =
                $"{{\"configuration\":\"{hook.Configuration}\",\"webhook\":\"{hook.Name}\",\"mutated\":{(isChanged ? "true" : "false")}}}";
        }
        catch (WebhookException e) when (hook.FailsOpen)
        {
            FailedOpen(e, hook.Name);
            request.AuditAnnotations[$"failed-open.mutation.webhook.admission.k8s.io/round_{(request.IsReinvocation ? 1 : 0)}_index_{index}"] = hook.Name;
        }
        catch (WebhookException e)
        {
            throw ApiException.Internal(e.Message, e);
        }
    }

    /// <summary>The object as a webhook sees it: what the server itself sets on a create is not there yet.</summary>
    private static IObject? Shown(AdmissionRequest request, ServedResource form)
    {
        if (request.Object is not { } obj)
            return null;

        if (request.Verb == AdmissionVerb.Create && request.BodyType is null)
            obj = obj.CopyWith(obj.Metadata with { Uid = "", CreationTimestamp = null, Name = request.HasDrawnName ? "" : obj.Metadata.Name });
        return request.BodyType is null && form.StoredForm is { } f ? f.FromStored(obj) : obj;
    }

    private static bool Patch(Webhook hook, AdmissionRequest request, ServedResource form, IObject? shown, AdmissionResponse response)
    {
        if (response.Patch.Length == 0)
            return false;
        if (response.PatchType != "JSONPatch")
            throw new WebhookException(hook, $"unsupported patch type \"{response.PatchType}\"");

        JsonArray? patch;
        try
        {
            patch = JsonNode.Parse(response.Patch.Span) as JsonArray;
        }
        catch (JsonException e)
        {
            throw new WebhookException(hook, "received undecodable patch in webhook response: " + e.Message, e);
        }

        if (patch is null)
            throw new WebhookException(hook, "received undecodable patch in webhook response: it is no array");
        if (patch.Count == 0)
            return false;
        if (shown is null || request.Verb == AdmissionVerb.Connect)
            throw ApiException.Internal($"admission webhook \"{hook.Name}\" attempted to modify the object, which is not supported for this operation");

        var json = ReviewBody.Encode(shown, form, request.BodyType);
        var patched = Patched(response.Patch, json);
        if (patched.AsSpan().SequenceEqual(json))
            return false;

        Take(hook, request, form, patched);
        return true;
    }

    /// <exception cref="ApiException">500, whatever the failure policy: the webhook answered, and what it answered cannot be done.</exception>
    private static byte[] Patched(ReadOnlyMemory<byte> patch, byte[] json)
    {
        try
        {
            var document = JsonPatch.Apply(JsonNode.Parse(json), patch);
            var buffer = new ArrayBufferWriter<byte>(json.Length + 256);
            using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
                document!.WriteTo(writer);
            return buffer.WrittenSpan.ToArray();
        }
        catch (PatchException e)
        {
            throw ApiException.Internal(e.Detail.Length > 0 ? e.Detail : e.Message, e);
        }
    }

    private static void Take(Webhook hook, AdmissionRequest request, ServedResource form, byte[] patched)
    {
        IObject obj;
        try
        {
            obj = request.BodyType is { } body ? ApiCatalog.CodecFor(body.Group, body.Version, body.Kind)!.Decode(patched, DecodeContext.Lenient) : form.Kind.Codec.Decode(patched, DecodeContext.Lenient);
        }
        catch (DecodeException e)
        {
            throw ApiException.Internal($"admission webhook \"{hook.Name}\": {e.Message}", e);
        }

        if (request.BodyType is not null)
        {
            request.Object = obj;
            return;
        }

        if (form.StoredForm is { } f)
            obj = f.ToStored(obj);
        if (request.Verb == AdmissionVerb.Create)
            obj = obj.CopyWith(AsCreated(hook, request.Object!.Metadata, obj.Metadata));
        request.Object = request.Resource.Kind.ApplyDefaults(obj);
    }

    /// <summary>What the server has already set on a new object stays; the name may change, the namespace was authorized and may not.</summary>
    private static ObjectMeta AsCreated(Webhook hook, ObjectMeta before, ObjectMeta patched)
    {
        if (patched.Namespace != before.Namespace)
            throw ApiException.Internal($"admission webhook \"{hook.Name}\" attempted to move the object to another namespace");

        return patched with { Uid = before.Uid, CreationTimestamp = before.CreationTimestamp, Name = patched.Name.Length > 0 ? patched.Name : before.Name };
    }

    [LoggerMessage(LogLevel.Warning, "Webhook {Webhook} could not be asked; by its failure policy the write goes on without it.")]
    private partial void FailedOpen(Exception e, string webhook);
}

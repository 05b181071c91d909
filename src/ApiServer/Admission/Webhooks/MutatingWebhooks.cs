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
        if (hooks.Count == 0 || RequestRules.IsExempt(request.Resource.Type))
            return;

        // The second time only those are asked that want it, were asked before, and have seen an older state than there is now.
        var seen = request.Seen;
        for (var i = 0; i < hooks.Count; i++)
        {
            var hook = hooks[i];
            if (request.IsReinvocation && !(seen.TryGetValue(hook.Id, out var state) && hook.WantsReinvocation && !ReferenceEquals(state, request.Object)))
                continue;
            if (await selection.FormForAsync(hook, request, isDraft: true, ct) is not { } form)
                continue;

            var before = request.Object;
            await AskAsync(hook, request, form, i, ct);
            seen[hook.Id] = request.Object;
            if (!ReferenceEquals(before, request.Object))
                request.MustReinvoke = true;
        }
    }

    private async Task AskAsync(Webhook hook, AdmissionRequest request, ServedResource form, int index, CancellationToken ct)
    {
        var (round, isChanged) = (request.IsReinvocation ? 1 : 0, false);
        try
        {
            var shown = MutableForm.Draft(request, form);
            var response = await caller.AskAsync(hook, request, form, shown, MutableForm.Final(request, form, request.Old), WebhookMetrics.Admit, ct);
            isChanged = Patch(hook, request, form, shown, response);
            if (response.Patch.Length > 0 && request.Options.Notes?.Audit is { TakesRequests: true })
                request.Annotate($"patch.webhook.admission.k8s.io/round_{round}_index_{index}", PatchNote(hook, response));
        }
        catch (WebhookException e) when (hook.FailsOpen)
        {
            FailedOpen(e, hook.Name);
            request.Annotate($"failed-open.mutation.webhook.admission.k8s.io/round_{round}_index_{index}", hook.Name);
        }
        catch (WebhookException e)
        {
            throw ApiException.Internal(e.Message, e);
        }
        finally
        {
            request.Annotate($"mutation.webhook.admission.k8s.io/round_{round}_index_{index}", $"{{\"configuration\":\"{hook.Configuration}\",\"webhook\":\"{hook.Name}\",\"mutated\":{(isChanged ? "true" : "false")}}}");
        }
    }

    /// <summary>What the webhook did to the object, for who notes whole objects.</summary>
    private static string PatchNote(Webhook hook, AdmissionResponse response)
    {
        var buffer = new ArrayBufferWriter<byte>(response.Patch.Length + 128);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteString("configuration"u8, hook.Configuration);
            writer.WriteString("webhook"u8, hook.Name);
            writer.WritePropertyName("patch"u8);
            Http.JsonCopy.Copy(response.Patch.Span, writer);
            writer.WriteString("patchType"u8, "JSONPatch"u8);
            writer.WriteEndObject();
        }

        return System.Text.Encoding.UTF8.GetString(buffer.WrittenSpan);
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
            patch = JsonNodes.Parse(response.Patch.Span, DecodeContext.Lenient) as JsonArray;
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

        MutableForm.Take(request, form, patched, $"admission webhook \"{hook.Name}\"");
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

    [LoggerMessage(LogLevel.Warning, "Webhook {Webhook} could not be asked; by its failure policy the write goes on without it.")]
    private partial void FailedOpen(Exception e, string webhook);
}

using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Admission.Webhooks;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.Machinery.StructuralSchemas;
using KubeSharp.Objects.ApiextensionsV1;
using WebhookClientConfig = KubeSharp.Objects.AdmissionregistrationV1.WebhookClientConfig;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Strategy <c>Webhook</c>: another server converts, asked with a ConversionReview over HTTPS.</summary>
internal sealed class ConversionWebhook(CustomResourceDefinition definition, WebhookClients clients, Func<string> newUid, TimeProvider clock) : IConverter
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly WebhookConversion _webhook = definition.Spec.Conversion!.Webhook!;
    private readonly WebhookClientConfig _target = TargetOf(definition.Spec.Conversion!.Webhook!.ClientConfig!);

    public bool IsLocal => false;

    public async Task<IReadOnlyList<Unstructured>> ConvertAsync(IReadOnlyList<Unstructured> objects, ResourceType to, CancellationToken ct)
    {
        if (objects.Count == 0)
            return objects;

        var from = $"{objects[0].ApiVersion}, Kind={objects[0].Kind}";
        var (began, failure) = (clock.GetTimestamp(), "conversion_webhook_call_failure");
        try
        {
            var converted = await AskAsync(objects, to, ct);
            if (converted.Count != objects.Count)
                throw new FormatException($"returned {converted.Count} objects, expected {objects.Count}");
            IReadOnlyList<Unstructured> all = [.. objects.Select((o, i) => Checked(o, converted[i], to, i))];
            failure = "";
            return all;
        }
        catch (FormatException e)
        {
            failure = "conversion_webhook_invalid_converted_object_failure";
            throw ApiException.Internal($"conversion webhook for {from} {e.Message}", e);
        }
        catch (Exception e) when (e is HttpRequestException or DecodeException or IOException || (e is OperationCanceledException && !ct.IsCancellationRequested))
        {
            var why = e is OperationCanceledException ? $"no answer within {Patience.TotalSeconds} seconds" : e.InnerException is { } inner ? $"{e.Message} {inner.Message}" : e.Message;
            throw ApiException.Internal($"conversion webhook for {from} failed: {why}", e);
        }
        finally
        {
            var version = objects[0].ApiVersion;
            ConversionMetrics.Converted(definition.Metadata.Name, version[(version.IndexOf('/', StringComparison.Ordinal) + 1)..], to.Version, failure, clock.GetElapsedTime(began));
        }
    }

    private async Task<JsonArray> AskAsync(IReadOnlyList<Unstructured> objects, ResourceType to, CancellationToken ct)
    {
        var version = _webhook.ConversionReviewVersions.FirstOrDefault(v => v is "v1" or "v1beta1") ?? throw new FormatException("failed: no supported conversion review versions");
        var uid = newUid();
        var review = new JsonObject
        {
            ["kind"] = "ConversionReview",
            ["apiVersion"] = "apiextensions.k8s.io/" + version,
            ["request"] = new JsonObject { ["uid"] = uid, ["desiredAPIVersion"] = to.ApiVersion, ["objects"] = new JsonArray([.. objects.Select(o => o.Document.DeepClone())]) },
        };
        using var limit = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        using var request = new HttpRequestMessage(HttpMethod.Post, WebhookAddress.UrlOf(_target))
        {
            Content = new ByteArrayContent(Encoding.UTF8.GetBytes(JsonTree.Text(review))) { Headers = { ContentType = new("application/json") } },
        };
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        using var answer = await Client().SendAsync(request, both.Token);
        var body = await answer.Content.ReadAsByteArrayAsync(both.Token);
        if (answer.StatusCode != HttpStatusCode.OK)
            throw new FormatException($"failed: the server answered {(int)answer.StatusCode}");
        return Read(JsonTree.Parse(body, DecodeContext.Lenient), uid, version);
    }

    private HttpClient Client()
    {
        try
        {
            return clients.For(_target);
        }
        catch (FormatException e)
        {
            throw new FormatException("failed: " + e.Message, e);
        }
    }

    private static JsonArray Read(JsonObject answer, string uid, string version)
    {
        var (kind, apiVersion) = (JsonTree.AsText(answer["kind"]), JsonTree.AsText(answer["apiVersion"]));
        if (version == "v1" && (kind != "ConversionReview" || apiVersion != "apiextensions.k8s.io/v1"))
            throw new FormatException($"failed: expected webhook response of apiextensions.k8s.io/v1, Kind=ConversionReview, got {apiVersion}, Kind={kind}");
        if (answer["response"] is not JsonObject response)
            throw new FormatException("failed: no response provided");
        if (version == "v1" && JsonTree.AsText(response["uid"]) != uid)
            throw new FormatException($"failed: expected response.uid=\"{uid}\", got \"{JsonTree.AsText(response["uid"])}\"");

        var status = JsonTree.AsText(response["result"]?["status"]);
        if (status != "Success")
            throw new FormatException("failed: " + (JsonTree.AsText(response["result"]?["message"]) is { Length: > 0 } message ? message : $"response.result.status was '{status}', not 'Success'"));
        return response["convertedObjects"] as JsonArray ?? [];
    }

    /// <summary>The object that came back, with the metadata it had: a webhook may change labels and annotations, nothing else.</summary>
    private static Unstructured Checked(Unstructured original, JsonNode? node, ResourceType to, int index)
    {
        var where = $"returned invalid converted object at index {index}: ";
        if (node is not JsonObject converted || converted["metadata"] is not JsonObject metadata)
            throw new FormatException(where + "missing metadata in converted object");

        Same("groupVersion", to.ApiVersion, converted["apiVersion"]);
        Same("kind", original.Kind, converted["kind"]);
        Same("name", original.Metadata.Name, metadata["name"]);
        Same("namespace", original.Metadata.Namespace, metadata["namespace"] ?? "");
        Same("UID", original.Metadata.Uid, metadata["uid"] ?? "");
        var (labels, annotations) = (Texts("labels"), Texts("annotations"));
        var content = (JsonObject)converted.DeepClone();
        content.Remove("apiVersion");
        content.Remove("kind");
        content.Remove("metadata");
        return new(to.ApiVersion, original.Kind, original.Metadata with { Labels = labels, Annotations = annotations }, content, hasStatus: false);

        void Same(string what, string expected, JsonNode? got)
        {
            if (JsonTree.AsText(got) != expected)
                throw new FormatException($"{where}invalid {what} (expected {expected}, received {JsonTree.AsText(got)})");
        }

        Dictionary<string, string> Texts(string field)
        {
            var texts = new Dictionary<string, string>();
            foreach (var (key, value) in metadata[field] as JsonObject ?? [])
            {
                texts[key] = JsonTree.AsText(value) ?? throw new FormatException($"{where}metadata.{field}[{key}] must be a string");
                if (NameRules.QualifiedName(field == "labels" ? key : key.ToLowerInvariant()).Any() || (field == "labels" && NameRules.LabelValue(texts[key]).Any()))
                    throw new FormatException($"{where}metadata.{field}: Invalid value: \"{key}\"");
            }

            return texts;
        }
    }

    /// <summary>The same five fields; upstream has them once for each group.</summary>
    private static WebhookClientConfig TargetOf(Objects.ApiextensionsV1.WebhookClientConfig client) => new()
    {
        Url = client.Url,
        CaBundle = client.CaBundle,
        Service = client.Service is { } service ? new() { Namespace = service.Namespace, Name = service.Name, Path = service.Path, Port = service.Port } : null,
    };
}

using System.Globalization;

namespace KubeSharp.ApiServer.Http;

/// <summary>Chooses the form of an answer from the Accept header, and the sort of a body from its Content-Type. Pure.</summary>
internal static class Negotiation
{
    public const string Json = "application/json";
    public const string Yaml = "application/yaml";
    public const string Protobuf = "application/vnd.kubernetes.protobuf";

    /// <summary>Read and written where the server has it switched on.</summary>
    public const string Cbor = "application/cbor";

    /// <summary>The events of a watch, one CBOR data item each.</summary>
    public const string CborSequence = "application/cbor-seq";

    public const string JsonPatch = "application/json-patch+json";
    public const string MergePatch = "application/merge-patch+json";
    public const string StrategicPatch = "application/strategic-merge-patch+json";
    public const string ApplyPatch = "application/apply-patch+yaml";
    public const string ApplyPatchCbor = "application/apply-patch+cbor";

    public static readonly string[] Bodies = [Json, Yaml, Protobuf];

    /// <summary>The best form the client takes.</summary>
    /// <exception cref="ApiException">406: it takes none that we have.</exception>
    public static ResponseForm Choose(string accept, bool isPretty, bool mayBeCbor = false) =>
        TryChoose(accept, mayBeCbor) is { } form
            ? isPretty ? form with { IsPretty = true } : form
            : throw ApiException.NotAcceptable(mayBeCbor ? [.. Bodies, Cbor] : Bodies);

    /// <summary>As <see cref="Choose"/>, for what has no protobuf form as a whole object.</summary>
    /// <exception cref="ApiException">406: the client takes nothing else.</exception>
    public static ResponseForm ChooseWithoutProtobuf(string accept, bool isPretty, bool mayBeCbor = false) =>
        ChooseOf(accept, c => BareType(c) != Protobuf || c.Contains("as=", StringComparison.Ordinal), isPretty, mayBeCbor);

    /// <summary>As <see cref="Choose"/>, for what cannot be shown as a table.</summary>
    /// <exception cref="ApiException">406: the client takes nothing else.</exception>
    public static ResponseForm ChooseWithoutTable(string accept, bool isPretty, bool mayBeCbor = false) =>
        ChooseOf(accept, c => !c.Contains("as=Table", StringComparison.Ordinal), isPretty, mayBeCbor);

    /// <summary>A media type in lower case without parameters.</summary>
    public static string BareType(string contentType)
    {
        var end = contentType.IndexOf(';', StringComparison.Ordinal);
        return (end < 0 ? contentType : contentType[..end]).Trim().ToLowerInvariant();
    }

    private static ResponseForm ChooseOf(string accept, Func<string, bool> isFitting, bool isPretty, bool mayBeCbor) =>
        Choose(string.Join(',', accept.Split(',').Where(isFitting).DefaultIfEmpty("none/none")), isPretty, mayBeCbor);

    private static ResponseForm? TryChoose(string accept, bool mayBeCbor)
    {
        if (accept.Length == 0 || accept is Json or "*/*")
            return ResponseForm.Json;

        // Sorting is stable: of equal weights the first named wins.
        return accept.Split(',').Select(Parse).OrderByDescending(c => c.Weight).Select(c => Form(c.Type, c.Parameters, mayBeCbor)).FirstOrDefault(f => f is not null);
    }

    private static (string Type, Dictionary<string, string> Parameters, double Weight) Parse(string clause)
    {
        var parts = clause.Split(';');
        var parameters = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var part in parts.Skip(1))
        {
            var at = part.IndexOf('=', StringComparison.Ordinal);
            if (at > 0)
                parameters[part[..at].Trim().ToLowerInvariant()] = part[(at + 1)..].Trim().Trim('"');
        }

        var weight = parameters.TryGetValue("q", out var q) && double.TryParse(q, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : 1.0;
        return (parts[0].Trim().ToLowerInvariant(), parameters, weight);
    }

    private static ResponseForm? Form(string type, Dictionary<string, string> parameters, bool mayBeCbor)
    {
        WireFormat? encoding = type switch
        {
            Json or "*/*" or "application/*" => WireFormat.Json,
            Yaml => WireFormat.Yaml,
            Protobuf => WireFormat.Protobuf,
            Cbor when mayBeCbor => WireFormat.Cbor,
            _ => null,
        };
        if (encoding is not { } known)
            return null;

        var isPretty = parameters.GetValueOrDefault("pretty") == "1";
        if (!parameters.TryGetValue("as", out var kind))
            return new(known) { IsPretty = isPretty };

        Shape? shape = kind switch
        {
            "Table" when known != WireFormat.Protobuf => Shape.Table, // a table's cells have no protobuf form, upstream neither
            "PartialObjectMetadata" => Shape.Partial,
            "PartialObjectMetadataList" => Shape.PartialList,
            _ => null,
        };
        return shape is not null && parameters.GetValueOrDefault("g") == "meta.k8s.io" && parameters.GetValueOrDefault("v") is "v1" or "v1beta1"
            ? new(known, shape.Value, parameters["v"]) { IsPretty = isPretty }
            : null;
    }
}

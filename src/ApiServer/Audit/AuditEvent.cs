using System.Text.Json;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.Objects.AuthenticationV1;

namespace KubeSharp.ApiServer.Audit;

/// <summary>One entry (<c>audit.k8s.io/v1</c> Event): a request as it was at one stage. Immutable.</summary>
internal sealed record AuditEvent
{
    private const string Truncation = "audit.k8s.io/truncated";

    public required AuditLevel Level { get; init; }

    public required string AuditId { get; init; }

    public required AuditStages Stage { get; init; }

    public required string RequestUri { get; init; }

    public required string Verb { get; init; }

    /// <summary>Null if nobody was proved.</summary>
    public required Identity? User { get; init; }

    public Identity? ImpersonatedUser { get; init; }

    public IReadOnlyList<string> SourceIps { get; init; } = [];

    public string UserAgent { get; init; } = "";

    /// <summary>Null for paths that are no resources.</summary>
    public ObjectReference? ObjectRef { get; init; }

    public Status? ResponseStatus { get; init; }

    /// <summary>JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> RequestObject { get; init; }

    /// <summary>JSON; empty for none.</summary>
    public ReadOnlyMemory<byte> ResponseObject { get; init; }

    public required DateTimeOffset RequestReceived { get; init; }

    public required DateTimeOffset Reached { get; init; }

    public IReadOnlyDictionary<string, string> Annotations { get; init; } = new Dictionary<string, string>();

    /// <summary>The same request at another stage.</summary>
    public AuditEvent At(AuditStages stage, DateTimeOffset reached, IReadOnlyDictionary<string, string> annotations) =>
        this with { Stage = stage, Reached = reached, Annotations = annotations };

    /// <summary>The event without the objects, and a note that they were too large.</summary>
    public AuditEvent Truncated() => this with
    {
        RequestObject = default,
        ResponseObject = default,
        Annotations = new Dictionary<string, string>(Annotations) { [Truncation] = "true" },
    };

    /// <summary>In the order of upstream's fields, which is what people's eyes and tools are used to.</summary>
    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, "Event"u8);
        writer.WriteString("apiVersion"u8, "audit.k8s.io/v1"u8);
        writer.WriteString("level"u8, Level.ToString());
        writer.WriteString("auditID"u8, AuditId);
        writer.WriteString("stage"u8, Stage.ToString());
        writer.WriteString("requestURI"u8, RequestUri);
        writer.WriteString("verb"u8, Verb);
        writer.WritePropertyName("user"u8);
        Write(writer, User);
        if (ImpersonatedUser is { } other)
        {
            writer.WritePropertyName("impersonatedUser"u8);
            Write(writer, other);
        }

        if (SourceIps.Count > 0)
        {
            writer.WritePropertyName("sourceIPs"u8);
            JsonWrite.List(writer, SourceIps, static (w, ip) => w.WriteStringValue(ip));
        }

        if (UserAgent.Length > 0)
            writer.WriteString("userAgent"u8, UserAgent);
        if (ObjectRef is { } reference)
        {
            writer.WritePropertyName("objectRef"u8);
            reference.WriteJson(writer);
        }

        if (ResponseStatus is { } status)
        {
            writer.WritePropertyName("responseStatus"u8);
            status.WriteJson(writer);
        }

        Write(writer, "requestObject"u8, RequestObject);
        Write(writer, "responseObject"u8, ResponseObject);
        writer.WritePropertyName("requestReceivedTimestamp"u8);
        JsonWrite.MicroTime(writer, RequestReceived);
        writer.WritePropertyName("stageTimestamp"u8);
        JsonWrite.MicroTime(writer, Reached);
        if (Annotations.Count > 0)
        {
            writer.WritePropertyName("annotations"u8);
            JsonWrite.Map(writer, Annotations, static (w, text) => w.WriteStringValue(text));
        }

        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, Identity? user) =>
        (user is null ? new UserInfo() : new() { Username = user.Name, Uid = user.Uid, Groups = user.Groups, Extra = user.Extra }).WriteJson(writer);

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, ReadOnlyMemory<byte> json)
    {
        if (json.IsEmpty)
            return;

        writer.WritePropertyName(name);
        writer.WriteRawValue(json.Span, skipInputValidation: true);
    }
}

using System.Buffers;
using System.Text.Json;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Audit;

/// <summary>What is noted of one request on its way, and its events when they are due. One request; only annotations come from several threads.</summary>
internal sealed class AuditTrail(Auditor auditor, AuditTerms terms, AuditEvent first)
{
    private const string Decision = "authorization.k8s.io/decision";
    private const string Reason = "authorization.k8s.io/reason";

    private readonly Dictionary<string, string> _annotations = [];
    private AuditEvent _event = first;
    private bool _isStarted;
    private bool _hasPanicked;

    /// <summary>Whether the credentials were bad: there is one event, which is the answer's.</summary>
    public bool IsOfNobody { get; init; }

    /// <summary>Whether the request has no end of its own, so that the beginning of its answer is an event.</summary>
    public bool IsLong { get; init; }

    public bool TakesRequests => terms.Level >= AuditLevel.Request;

    public bool TakesAnswers => terms.Level >= AuditLevel.RequestResponse;

    /// <summary>Taken by admission; locked while it is used.</summary>
    public IDictionary<string, string> Annotations => _annotations;

    /// <summary>What is there already stays.</summary>
    public void Annotate(string key, string value)
    {
        lock (_annotations)
            _annotations.TryAdd(key, value);
    }

    public void Impersonated(Identity user) => _event = _event with { ImpersonatedUser = user };

    public void Authorized(bool isAllowed, string reason)
    {
        lock (_annotations)
        {
            _annotations[Decision] = isAllowed ? "allow" : "forbid";
            _annotations[Reason] = reason;
        }
    }

    /// <summary>Notes the object that was sent, as it was decoded.</summary>
    /// <param name="kind">Knows its defaults, which upstream's decoder puts in; null for bodies that have none.</param>
    public void Asked(IObject obj, Kinds.Kind? kind = null)
    {
        var meta = obj.Metadata;
        Refer(r => r with
        {
            Namespace = r.Namespace.Length > 0 ? r.Namespace : meta.Namespace,
            Name = r.Name.Length > 0 ? r.Name : meta.Name,
            Uid = r.Uid.Length > 0 ? r.Uid : meta.Uid,
            ResourceVersion = r.ResourceVersion.Length > 0 ? r.ResourceVersion : meta.ResourceVersion,
        });
        if (!TakesRequests)
            return;

        obj = kind?.ApplyDefaults(obj) ?? obj;
        if (terms.OmitsManagedFields && obj.Metadata.ManagedFields.Count > 0)
            obj = obj.CopyWith(obj.Metadata with { ManagedFields = [] });
        _event = _event with { RequestObject = Json.EncodeObject(obj) };
    }

    public void Asked(DeleteOptions options)
    {
        if (TakesRequests)
            _event = _event with { RequestObject = Json.Encode(options with { Kind = "DeleteOptions", ApiVersion = options.ApiVersion.Length > 0 ? options.ApiVersion : "v1" }) };
    }

    /// <summary>Notes a patch as it came; what is no JSON is refused later and not noted.</summary>
    public void AskedPatch(ReadOnlyMemory<byte> json)
    {
        if (!TakesRequests)
            return;

        var line = new ArrayBufferWriter<byte>(json.Length);
        try
        {
            using var writer = new Utf8JsonWriter(line, Json.WriterOptions);
            JsonCopy.Copy(json.Span, writer);
        }
        catch (JsonException)
        {
            return;
        }

        _event = _event with { RequestObject = line.WrittenMemory };
    }

    /// <param name="json">What is answered, whatever encoding the client gets it in. Ask <see cref="TakesAnswers"/> before making it.</param>
    public void Answered(ReadOnlyMemory<byte> json)
    {
        if (TakesAnswers)
            _event = _event with { ResponseObject = terms.OmitsManagedFields ? ManagedFields.Without(json) : json };
    }

    /// <summary>The answer is a Status: a failure, or the success of what leaves no object.</summary>
    public void Answered(Status status)
    {
        Status told = new() { StatusValue = status.StatusValue, Message = status.Message, Reason = status.Reason, Details = status.Details, Code = status.Code };
        _event = _event with { ResponseStatus = told, ResponseObject = TakesAnswers ? Json.Encode(status) : default };
    }

    public void Panicked(Exception e)
    {
        _hasPanicked = true;
        Fails($"APIServer panic'd: {e.Message}");
    }

    /// <returns>Whether the request may go on: a strict backend has refused it otherwise.</returns>
    public ValueTask<bool> ReceivedAsync() => EmitAsync(AuditStages.RequestReceived, _event.RequestReceived);

    /// <summary>The head of a long answer goes out.</summary>
    public async Task StartedAsync(int code)
    {
        if (_isStarted)
            return;

        _isStarted = true;
        Coded(code);
        await EmitAsync(AuditStages.ResponseStarted);
    }

    /// <param name="code">Null: the client has gone, and nothing was answered.</param>
    public async Task EndedAsync(int? code)
    {
        if (_hasPanicked)
        {
            await EmitAsync(AuditStages.Panic);
            return;
        }

        if (code is { } known)
            Coded(known);
        else if (_event.ResponseStatus is null)
            _event = _event with { ResponseStatus = new() { StatusValue = "Success", Message = "Connection closed early", Code = 200 } };

        if ((IsLong || IsOfNobody) && !_isStarted)
        {
            _isStarted = true;
            await EmitAsync(AuditStages.ResponseStarted);
        }

        if (!IsOfNobody)
            await EmitAsync(AuditStages.ResponseComplete);
    }

    private void Fails(string message) =>
        _event = _event with { ResponseStatus = new() { StatusValue = "Failure", Message = message, Reason = "InternalError", Code = 500 } };

    private void Coded(int code) => _event = _event with { ResponseStatus = (_event.ResponseStatus ?? new Status()) with { Code = code } };

    private void Refer(Func<ObjectReference, ObjectReference> change) => _event = _event with { ObjectRef = change(_event.ObjectRef ?? new()) };

    private ValueTask<bool> EmitAsync(AuditStages stage, DateTimeOffset? reached = null)
    {
        if (terms.Omitted.HasFlag(stage))
            return new(true);

        Dictionary<string, string> annotations;
        lock (_annotations)
            annotations = new(_annotations);
        return auditor.TakeAsync(_event.At(stage, reached ?? auditor.Now, annotations));
    }
}

namespace KubeSharp.Machinery;

/// <summary>A failure that is an answer: carries the <see cref="Status"/> object the client gets. Written once, at the server's edge.</summary>
/// <remarks>Reasons, codes and message shapes are those of apimachinery's <c>pkg/api/errors</c>.</remarks>
public sealed class ApiException(Status status, Exception? inner = null) : Exception(status.Message, inner)
{
    public Status Status { get; } = status;

    public int Code => Status.Code;

    public string Reason => Status.Reason;

    public bool IsNotFound => Code == 404;

    /// <summary>409 of either sort: an edit of an old version, or a name already taken (<see cref="IsAlreadyExists"/>).</summary>
    public bool IsConflict => Code == 409 && Reason == "Conflict";

    public bool IsAlreadyExists => Reason == "AlreadyExists";

    /// <summary>410: the asked version is no longer in the history; list again.</summary>
    public bool IsExpired => Code == 410;

    /// <summary>A namespace that is being deleted takes nothing new.</summary>
    public bool IsNamespaceTerminating => Status.Details?.Causes.Any(c => c.Reason == "NamespaceTerminating") == true;

    public static ApiException BadRequest(string message) => Of(400, "BadRequest", message);

    public static ApiException Unauthorized() => Of(401, "Unauthorized", "Unauthorized");

    public static ApiException Forbidden(string group, string resource, string name, string why) =>
        Of(403, "Forbidden", name.Length > 0 ? $"{Qualified(group, resource)} \"{name}\" is forbidden: {why}" : $"{Qualified(group, resource)} is forbidden: {why}", Details(group, resource, name));

    public static ApiException NotFound(string group, string resource, string name) =>
        Of(404, "NotFound", $"{Qualified(group, resource)} \"{name}\" not found", Details(group, resource, name));

    /// <summary>404 for a path that leads nowhere.</summary>
    /// <param name="hint">A further sentence for a person who slipped (<c>did you mean …?</c>); empty for none.</param>
    public static ApiException NoSuchPath(string hint = "") => Of(
        404,
        "NotFound",
        "the server could not find the requested resource" + (hint.Length > 0 ? $" ({hint})" : ""),
        new() { Causes = [new() { Reason = "UnexpectedServerResponse", Message = hint.Length > 0 ? hint : "404 page not found" }] });

    public static ApiException MethodNotAllowed(string verb, string group, string resource) => Of(
        405, "MethodNotAllowed", "the server does not allow this method on the requested resource", Details(group, resource, ""));

    public static ApiException NotAcceptable(IEnumerable<string> supported) => Of(
        406, "NotAcceptable", $"only the following media types are accepted: {string.Join(", ", supported)}");

    public static ApiException AlreadyExists(string group, string resource, string name) =>
        Of(409, "AlreadyExists", $"{Qualified(group, resource)} \"{name}\" already exists", Details(group, resource, name));

    public static ApiException Conflict(string group, string resource, string name, string why) => Of(
        409, "Conflict", $"Operation cannot be fulfilled on {Qualified(group, resource)} \"{name}\": {why}", Details(group, resource, name));

    /// <summary>409 of an update whose resourceVersion is not the current one.</summary>
    public static ApiException Modified(string group, string resource, string name) => Conflict(
        group, resource, name, "the object has been modified; please apply your changes to the latest version and try again");

    public static ApiException Expired(string message) => Of(410, "Expired", message);

    public static ApiException TooLarge(string message) => Of(413, "RequestEntityTooLarge", message);

    public static ApiException UnsupportedMediaType(string given, IEnumerable<string> supported) => Of(
        415, "UnsupportedMediaType", $"the body of the request was in an unknown format - accepted media types include: {string.Join(", ", supported)}" + (given.Length > 0 ? $" (got {given})" : ""));

    public static ApiException Invalid(string group, string kind, string name, Findings findings) => Of(
        422,
        "Invalid",
        $"{(group.Length == 0 ? kind : $"{kind}.{group}")} \"{name}\" is invalid: {findings}",
        new()
        {
            Group = group,
            Kind = kind,
            Name = name,
            Causes = [.. findings.Errors.Select(e => new StatusCause { Reason = e.Reason, Message = e.Body, Field = e.Field })],
        });

    /// <summary>422 whose message does not come from fields.</summary>
    public static ApiException Unprocessable(string group, string resource, string name, string message) => Of(422, "Invalid", message, Details(group, resource, name));

    public static ApiException TooManyRequests(string message, int retryAfterSeconds) =>
        Of(429, "TooManyRequests", message, new() { RetryAfterSeconds = retryAfterSeconds });

    public static ApiException Internal(string message, Exception? inner = null) => new(
        Failure(500, "InternalError", $"Internal error occurred: {message}", new() { Causes = [new() { Message = message }] }), inner);

    public static ApiException Unavailable(string message) => Of(503, "ServiceUnavailable", message);

    public static ApiException Timeout(string message, int retryAfterSeconds) =>
        Of(504, "Timeout", $"Timeout: {message}", new() { RetryAfterSeconds = retryAfterSeconds });

    public static Status Failure(int code, string reason, string message, StatusDetails? details = null) => new()
    {
        Kind = "Status",
        ApiVersion = "v1",
        StatusValue = "Failure",
        Message = message,
        Reason = reason,
        Details = details,
        Code = code,
    };

    private static ApiException Of(int code, string reason, string message, StatusDetails? details = null) => new(Failure(code, reason, message, details));

    private static StatusDetails Details(string group, string resource, string name) => new() { Group = group, Kind = resource, Name = name };

    private static string Qualified(string group, string resource) => group.Length == 0 ? resource : $"{resource}.{group}";
}

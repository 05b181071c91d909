using System.Text;

namespace KubeSharp.Client.Http;

/// <summary>Turns a refusal into the exception that carries it.</summary>
internal static class Answer
{
    private const int LongestQuote = 2048;

    public static ApiException Failure(int code, ReadOnlySpan<byte> body) =>
        TryStatus(body) is { } status
            ? new ApiException(status.Code == 0 ? status with { Code = code } : status)
            : new ApiException(ApiException.Failure(code, ReasonOf(code), Message(code, body)));

    /// <summary>The Status object of a body; <see langword="null"/> if it is something else.</summary>
    private static Status? TryStatus(ReadOnlySpan<byte> body)
    {
        if (body.IsEmpty || body[0] != '{')
            return null;

        try
        {
            return Json.Decode<Status>(body) is { Kind: "Status" } status ? status : null;
        }
        catch (DecodeException)
        {
            return null; // a proxy's JSON; it is quoted instead
        }
    }

    /// <summary>What something that is no API server (a proxy, a load balancer) said, quoted.</summary>
    private static string Message(int code, ReadOnlySpan<byte> body)
    {
        var text = Encoding.UTF8.GetString(body[..Math.Min(body.Length, LongestQuote)]).Trim();
        return text.Length == 0 ? $"the server answered with HTTP status {code}" : text;
    }

    private static string ReasonOf(int code) => code switch
    {
        400 => "BadRequest",
        401 => "Unauthorized",
        403 => "Forbidden",
        404 => "NotFound",
        405 => "MethodNotAllowed",
        406 => "NotAcceptable",
        409 => "Conflict",
        410 => "Expired",
        413 => "RequestEntityTooLarge",
        415 => "UnsupportedMediaType",
        422 => "Invalid",
        429 => "TooManyRequests",
        500 => "InternalError",
        503 => "ServiceUnavailable",
        504 => "Timeout",
        _ => "Unknown",
    };
}

using System.Globalization;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Fairness;

/// <summary>The answer to a request that is not served now.</summary>
internal static class Refusal
{
    /// <param name="after">When the client may come back, in seconds.</param>
    public static Task AnswerAsync(HttpContext context, long after, CancellationToken ct)
    {
        context.Response.Headers.RetryAfter = after.ToString(CultureInfo.InvariantCulture);
        return AnswerWriter.TextAsync(context, "Too many requests, please try again later.\n", StatusCodes.Status429TooManyRequests, ct);
    }
}

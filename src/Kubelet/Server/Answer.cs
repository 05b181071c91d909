using System.Text;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary>Short answers.</summary>
internal static class Answer
{
    public static Task TextAsync(HttpContext context, int status, string text) => WriteAsync(context, status, "text/plain; charset=utf-8", Encoding.UTF8.GetBytes(text));

    public static Task JsonAsync(HttpContext context, ReadOnlyMemory<byte> body) => WriteAsync(context, StatusCodes.Status200OK, "application/json", body);

    public static Task StatusAsync(HttpContext context, ApiException e) => WriteAsync(context, e.Code, "application/json", Json.Encode(e.Status));

    private static async Task WriteAsync(HttpContext context, int status, string type, ReadOnlyMemory<byte> body)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = type;
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }
}

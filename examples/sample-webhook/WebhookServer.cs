using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.SampleWebhook;

/// <summary>An admission webhook over HTTPS: <c>/validate</c> refuses some ConfigMaps, <c>/mutate</c> marks pods.</summary>
public static class WebhookServer
{
    public static WebApplication Create(X509Certificate2 certificate, IPEndPoint endpoint)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => o.Listen(endpoint, listen => listen.UseHttps(certificate)));
        var app = builder.Build();
        app.MapPost("/validate", (RequestDelegate)(context => AnswerAsync(context, Reviews.Validate)));
        app.MapPost("/mutate", (RequestDelegate)(context => AnswerAsync(context, Reviews.Mutate)));
        return app;
    }

    private static async Task AnswerAsync(HttpContext context, Func<JsonNode, JsonObject> review)
    {
        var question = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        if (question?["request"] is not { } request)
        {
            context.Response.StatusCode = StatusCodes.Status400BadRequest;
            return;
        }

        var response = review(request);
        response["uid"] = request["uid"]?.DeepClone();
        var answer = new JsonObject { ["apiVersion"] = "admission.k8s.io/v1", ["kind"] = "AdmissionReview", ["response"] = response };
        context.Response.ContentType = "application/json";
        await context.Response.WriteAsync(answer.ToJsonString(), context.RequestAborted);
    }
}

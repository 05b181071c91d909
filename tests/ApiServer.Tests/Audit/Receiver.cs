using System.Net;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Tests.Audit;

/// <summary>A server that takes batches of events, or answers as a test wants.</summary>
internal sealed class Receiver : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Func<HttpContext, Task> _answer;

    private Receiver(WebApplication app, Func<HttpContext, Task> answer) => (_app, _answer) = (app, answer);

    public Channel<JsonNode> Got { get; } = Channel.CreateBounded<JsonNode>(100);

    public Uri Address => new(_app.Urls.First() + "/events");

    public static async Task<Receiver> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0));
        var receiver = new Receiver(builder.Build(), answer);
        receiver._app.Run(receiver.TakeAsync);
        await receiver._app.StartAsync(TestServer.Ct);
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext context)
    {
        var body = await JsonNode.ParseAsync(context.Request.Body, cancellationToken: context.RequestAborted);
        Assert.True(Got.Writer.TryWrite(body!));
        await _answer(context);
    }
}

using System.Net;
using KubeSharp.ApiServer.Tests.Admission.Webhooks;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Aggregation;

/// <summary>A server behind the server whose answers the test gives. Its own discovery it answers well, unless the test says otherwise.</summary>
internal sealed class TestBackend : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TestBackend(TestAuthority authority, RequestDelegate answer)
    {
        var certificate = authority.Issue("greetings.demo.svc");
        var builder = WebApplication.CreateEmptyBuilder(new());
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(o => o.Listen(IPAddress.Loopback, 0, l => l.UseHttps(new HttpsConnectionAdapterOptions
        {
            ServerCertificate = certificate,
            ClientCertificateMode = ClientCertificateMode.AllowCertificate,
            ClientCertificateValidation = static (_, _, _) => true,
        })));
        _app = builder.Build();
        _app.Run(answer);
    }

    public int Port => new Uri(_app.Urls.First()).Port;

    public static async Task<TestBackend> StartAsync(TestAuthority authority, RequestDelegate answer)
    {
        var backend = new TestBackend(authority, answer);
        await backend._app.StartAsync(Ct);
        return backend;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}

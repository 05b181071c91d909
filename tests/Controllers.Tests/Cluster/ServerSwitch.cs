using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.Controllers.Tests.Cluster;

/// <summary>A transport to whichever server is up; to none, requests fail as a refused connection does.</summary>
internal sealed class ServerSwitch(Func<TestServer?> current, Identity user) : HttpMessageHandler
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var server = current() ?? throw new HttpRequestException("connection refused");
        var invoker = new HttpMessageInvoker(server.Http.CreateInProcessHandler(user));
        return await invoker.SendAsync(request, cancellationToken);
    }
}

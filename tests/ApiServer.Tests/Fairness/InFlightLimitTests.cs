using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Fairness;

public sealed class InFlightLimitTests
{
    private const string Pods = "/api/v1/namespaces/demo/pods";
    private static readonly Identity Eve = new("eve", [Identity.Authenticated]);

    [Fact]
    public async Task Without_fairness_so_many_reads_and_so_many_writes_are_served_and_the_rest_is_told_to_come_back()
    {
        await using var server = await WholeServer.StartAsync(options: new() { Fairness = new() { IsEnabled = false, ReadLimit = 2, WriteLimit = 1 } });
        Assert.Null(server.Core.Core.Fairness);
        ITurns limit = server.Core.Core.InFlight!;
        var seats = new[] { await HoldAsync(limit, "GET", Pods), await HoldAsync(limit, "GET", Pods + "/a") };
        using var client = new HttpClient(server.Http.CreateInProcessHandler(Eve)) { BaseAddress = new("https://server") };

        using var refused = await client.GetAsync(Pods, Ct);
        Assert.Equal(429, (int)refused.StatusCode);
        Assert.Equal("1", refused.Headers.RetryAfter!.ToString());
        Assert.Equal("Too many requests, please try again later.\n", await refused.Content.ReadAsStringAsync(Ct));
        Assert.False(refused.Headers.Contains("X-Kubernetes-PF-FlowSchema-UID"));

        // Writes have seats of their own; watches and administrators need none.
        Assert.Equal(403, await CodeAsync(client.DeleteAsync(Pods + "/a", Ct)));
        Assert.Equal(403, await CodeAsync(client.GetAsync(Pods + "?watch=true", Ct)));
        Assert.Equal(200, await CodeAsync(server.Client.GetAsync(Pods, Ct)));

        var write = await HoldAsync(limit, "POST", Pods);
        Assert.Equal(429, await CodeAsync(client.DeleteAsync(Pods + "/a", Ct)));
        write.End();
        Assert.Equal(403, await CodeAsync(client.DeleteAsync(Pods + "/a", Ct)));
        seats[0].End();
        for (var i = 0; i < 3; i++)
            Assert.Equal(403, await CodeAsync(client.GetAsync(Pods, Ct))); // each gives its seat back
    }

    private static async Task<ISeat> HoldAsync(ITurns limit, string method, string path) =>
        (await limit.EnterAsync(new DefaultHttpContext(), RequestInfo.Parse(method, path, new QueryCollection()), Eve, new(), Ct))!;

    private static async Task<int> CodeAsync(Task<HttpResponseMessage> answer)
    {
        using var response = await answer;
        return (int)response.StatusCode;
    }
}

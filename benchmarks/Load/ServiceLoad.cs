using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace KubeSharp.Load;

/// <summary>Many Services with three endpoints each, and one endpoint that moves. Runs in the node's network namespace.</summary>
internal static class ServiceLoad
{
    private const string Namespace = "bench-services";
    private const string Services = $"/api/v1/namespaces/{Namespace}/services";
    private const string Slices = $"/apis/discovery.k8s.io/v1/namespaces/{Namespace}/endpointslices";

    /// <summary>Makes Services so that there are <paramref name="count"/> of them.</summary>
    public static async Task MakeAsync(Cluster cluster, int count)
    {
        using (await cluster.TrySendAsync(HttpMethod.Post, "/api/v1/namespaces", Cluster.NamedBody(Namespace)))
        {
            // there from a smaller round, or new
        }

        var options = new ParallelOptions { MaxDegreeOfParallelism = 16 };
        var have = (await cluster.GetAsync(Services)).GetProperty("items").GetArrayLength();
        await Parallel.ForEachAsync(Enumerable.Range(have, count - have), options, async (i, _) =>
        {
            (await cluster.SendAsync(HttpMethod.Post, Services, $$"""{"metadata":{"name":"s-{{i}}"},"spec":{"ports":[{"port":80}]} }""")).Dispose();
            (await cluster.SendAsync(HttpMethod.Post, Slices, SliceBody(i, 9000, $"10.200.{i / 250}.{i % 250}", $"10.201.{i / 250}.{i % 250}", $"10.202.{i / 250}.{i % 250}"))).Dispose();
        });
    }

    /// <summary>Moves the one endpoint of a Service between two programs of this node and waits until connections follow.</summary>
    public static async Task ChangeAsync(Cluster cluster, string node)
    {
        var count = (await cluster.GetAsync(Services)).GetProperty("items").GetArrayLength();
        var address = IPAddress.Parse((await cluster.GetAsync($"{Services}/s-0")).GetProperty("spec").GetProperty("clusterIP").GetString()!);
        var programs = new[] { Listen(node), Listen(node) };
        var sample = new Sample();
        for (var i = 0; i < 21; i++)
        {
            var wanted = ((IPEndPoint)programs[i % 2].LocalEndpoint).Port;
            async Task MoveAsync()
            {
                (await cluster.SendAsync(HttpMethod.Put, $"{Slices}/s-0", SliceBody(0, wanted, node))).Dispose();
                while (await AnswerAsync(address) != wanted)
                {
                    // not yet: ask again
                }
            }

            if (i == 0)
                await MoveAsync(); // from the endpoints that are nobody
            else
                await sample.TimeAsync(MoveAsync);
        }

        sample.PrintTimes($"one endpoint moved among {count:n0} Services");
    }

    public static Task DropAsync(Cluster cluster) => cluster.DropNamespaceAsync(Namespace);

    private static TcpListener Listen(string node)
    {
        var listener = new TcpListener(IPAddress.Parse(node), 0);
        listener.Start();
        _ = Task.Run(async () =>
        {
            var port = BitConverter.GetBytes(((IPEndPoint)listener.LocalEndpoint).Port);
            while (true)
            {
                using var socket = await listener.AcceptSocketAsync();
                await socket.SendAsync(port);
            }
        });
        return listener;
    }

    private static async Task<int> AnswerAsync(IPAddress service)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        using var patience = new CancellationTokenSource(TimeSpan.FromMilliseconds(200));
        var port = new byte[4];
        try
        {
            await socket.ConnectAsync(new IPEndPoint(service, 80), patience.Token);
            return await socket.ReceiveAsync(port, patience.Token) == 4 ? BitConverter.ToInt32(port) : 0;
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            return 0;
        }
    }

    private static string SliceBody(int i, int port, params string[] addresses) => JsonSerializer.Serialize(new
    {
        metadata = new { name = $"s-{i}", labels = new Dictionary<string, string> { ["kubernetes.io/service-name"] = $"s-{i}" } },
        addressType = "IPv4",
        ports = new[] { new { name = "", port, protocol = "TCP" } },
        endpoints = addresses.Select(a => new { addresses = new[] { a }, conditions = new { ready = true } }),
    });
}

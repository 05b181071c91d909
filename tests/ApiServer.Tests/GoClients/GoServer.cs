using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>The whole server behind real TLS and HTTP/2 on loopback, and a client that sends what client-go sends.</summary>
internal sealed class GoServer : IAsyncDisposable
{
    /// <summary>What client-go's typed clients accept when they are set to protobuf.</summary>
    public const string Accept = "application/vnd.kubernetes.protobuf,application/json";

    private const string Grant = """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRole","metadata":{"name":"all"},"rules":[{"apiGroups":["*"],"resources":["*"],"verbs":["*"]}]}""";
    private const string Binding = """{"apiVersion":"rbac.authorization.k8s.io/v1","kind":"ClusterRoleBinding","metadata":{"name":"all"},"roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"all"},"subjects":[{"kind":"ServiceAccount","name":"go","namespace":"demo"}]}""";

    private readonly CancellationTokenSource _stop = new();
    private readonly WholeServer _whole;
    private readonly X509Certificate2 _certificate = Certificate();
    private readonly HttpClient _http;
    private readonly Task _running;

    private GoServer(WholeServer whole, string token, TaskCompletionSource<IPEndPoint> bound)
    {
        _whole = whole;
        _running = whole.Http.RunAsync(new(IPAddress.Loopback, 0), () => _certificate, bound.SetResult, _stop.Token);
#pragma warning disable CA5359 // a certificate of the test's own
        var sockets = new SocketsHttpHandler { SslOptions = { RemoteCertificateValidationCallback = (_, _, _, _) => true } };
#pragma warning restore CA5359
        _http = new(sockets) { DefaultRequestVersion = HttpVersion.Version20, DefaultVersionPolicy = HttpVersionPolicy.RequestVersionExact };
        _http.DefaultRequestHeaders.Authorization = new("Bearer", token);
        _http.DefaultRequestHeaders.UserAgent.ParseAdd("kube-controller-manager/v1.36.0 (linux/amd64) kubernetes/0000000");
    }

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    public static async Task<GoServer> StartAsync()
    {
        var whole = await WholeServer.StartAsync();
        foreach (var (path, body) in new[]
        {
            ("/api/v1/namespaces/demo/serviceaccounts", """{"metadata":{"name":"go"}}"""),
            ("/apis/rbac.authorization.k8s.io/v1/clusterroles", Grant),
            ("/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", Binding),
        })
        {
            Assert.Equal(201, (await whole.SendAsync("POST", path, body)).Code);
        }

        var (_, token) = await whole.SendAsync("POST", "/api/v1/namespaces/demo/serviceaccounts/go/token", """{"apiVersion":"authentication.k8s.io/v1","kind":"TokenRequest","spec":{}}""");
        var bound = new TaskCompletionSource<IPEndPoint>(TaskCreationOptions.RunContinuationsAsynchronously);
        var server = new GoServer(whole, (string)token["status"]!["token"]!, bound);
        if (await Task.WhenAny(server._running, bound.Task) == server._running)
            await server._running;
        server._http.BaseAddress = new($"https://127.0.0.1:{(await bound.Task).Port}");
        return server;
    }

    /// <summary>The bytes of a file in tests/Golden/protobuf: hexadecimal, with comments.</summary>
    public static byte[] Golden(string name)
    {
        var lines = File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "protobuf", name + ".hex"));
        return Convert.FromHexString(string.Concat(lines.Select(l => l.Split('#')[0].Trim())));
    }

    /// <param name="body">Protobuf unless <paramref name="type"/> says otherwise.</param>
    public async Task<HttpResponseMessage> AskAsync(string method, string path, byte[]? body = null, string type = "application/vnd.kubernetes.protobuf", string accept = Accept)
    {
        using var request = new HttpRequestMessage(new(method), path) { Version = HttpVersion.Version20, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        request.Headers.TryAddWithoutValidation("Accept", accept);
        if (body is not null)
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = MediaTypeHeaderValue.Parse(type) } };
        return await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Ct);
    }

    /// <summary>Asks and opens the answer, which must be protobuf.</summary>
    public async Task<Reply> SendAsync(string method, string path, byte[]? body = null, string type = "application/vnd.kubernetes.protobuf", string accept = Accept)
    {
        using var response = await AskAsync(method, path, body, type, accept);
        var bytes = await response.Content.ReadAsByteArrayAsync(Ct);
        Assert.True(response.Content.Headers.ContentType?.MediaType == "application/vnd.kubernetes.protobuf", $"{response.Content.Headers.ContentType}: {Encoding.UTF8.GetString(bytes)}");
        var (kind, obj) = WireMessage.Open(bytes);
        return new((int)response.StatusCode, kind, obj, bytes);
    }

    public async Task<(int Code, string MediaType, JsonNode Body)> JsonAsync(string method, string path, string? body = null, string type = "application/json", string accept = "application/json")
    {
        using var response = await AskAsync(method, path, body is null ? null : Encoding.UTF8.GetBytes(body), type, accept);
        return ((int)response.StatusCode, response.Content.Headers.ContentType!.MediaType!, JsonNode.Parse(await response.Content.ReadAsStringAsync(Ct))!);
    }

    /// <summary>One frame of a watch: four bytes of length, a WatchEvent, in it an object in its envelope.</summary>
    public static async Task<(string Type, string Kind, WireMessage Object)> FrameAsync(Stream stream)
    {
        var length = new byte[4];
        await stream.ReadExactlyAsync(length, Ct);
        var frame = new byte[BinaryPrimitives.ReadInt32BigEndian(length)];
        await stream.ReadExactlyAsync(frame, Ct);
        var change = WireMessage.Read(frame);
        var (kind, obj) = WireMessage.Open(change.Bytes(2, 1));
        return (change.Text(1), kind, obj);
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await _stop.CancelAsync();
        await _running;
        await _whole.DisposeAsync();
        _certificate.Dispose();
        _stop.Dispose();
    }

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, new(2040, 1, 1, 0, 0, 0, TimeSpan.Zero));
    }

    internal sealed record Reply(int Code, string Type, WireMessage Object, byte[] Bytes)
    {
        /// <summary>Of the object's metadata: 1 the name, 5 the uid, 6 the resourceVersion.</summary>
        public string Metadata(int field) => Object.Text(1, field);
    }
}

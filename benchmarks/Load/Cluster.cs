using System.Net;
using System.Net.Http.Headers;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace KubeSharp.Load;

/// <summary>A cluster under load, over plain HTTPS: what is measured is the server, so the client does as little as it can.</summary>
internal sealed partial class Cluster : IDisposable
{
    private readonly Func<HttpClient> _open;
    private readonly Func<LeanConnection> _openLean;
    private readonly HttpClient _shared;

    public Cluster(string kubeconfig)
    {
        var text = File.ReadAllText(kubeconfig);
        string Field(string name) => FieldPattern().Matches(text).First(m => m.Groups[1].Value == name).Groups[2].Value;
        string Pem(string name) => Encoding.UTF8.GetString(Convert.FromBase64String(Field(name)));

        var server = new Uri(Field("server"));
        using var loaded = X509Certificate2.CreateFromPem(Pem("client-certificate-data"), Pem("client-key-data"));
        var client = X509CertificateLoader.LoadPkcs12(loaded.Export(X509ContentType.Pkcs12), null);
        var authority = X509Certificate2.CreateFromPem(Pem("certificate-authority-data"));
        _openLean = () => new(server, new()
        {
            TargetHost = server.Host,
            ClientCertificates = [client],
            ApplicationProtocols = [SslApplicationProtocol.Http2],
            CertificateChainPolicy = Trusting(authority),
        });
        _open = () =>
        {
            var handler = new SocketsHttpHandler
            {
                EnableMultipleHttp2Connections = true,
                InitialHttp2StreamWindowSize = 4 * 1024 * 1024, // as Go's client, which kubectl and controllers are made with
            };
            handler.SslOptions.ClientCertificates = [client];
            handler.SslOptions.CertificateChainPolicy = Trusting(authority);
            return new(handler) { BaseAddress = server, Timeout = Timeout.InfiniteTimeSpan, DefaultRequestVersion = HttpVersion.Version20 };
        };
        _shared = _open();
    }

    /// <summary>A connection that costs next to nothing, for where the server is measured by how much it can do.</summary>
    public LeanConnection OpenLean() => _openLean();

    /// <summary>A client with connections of its own, as a separate program would have.</summary>
    public HttpClient Open() => _open();

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, string type = "application/json") =>
        SendAsync(_shared, method, path, body, type);

    /// <summary>The body of an object that is only a name.</summary>
    public static string NamedBody(string name) => $$$"""{"metadata":{"name":"{{{name}}}"}} """;

    public static async Task<HttpResponseMessage> SendAsync(HttpClient client, HttpMethod method, string path, string? body = null, string type = "application/json")
    {
        using var request = new HttpRequestMessage(method, path) { Version = HttpVersion.Version20 };
        if (body is not null)
            request.Content = new StringContent(body, new MediaTypeHeaderValue(type));
        var answer = await client.SendAsync(request, HttpCompletionOption.ResponseContentRead);
        if (!answer.IsSuccessStatusCode)
            throw new InvalidOperationException($"{method} {path}: {(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}");

        return answer;
    }

    /// <summary>Sends and takes a refusal as it is.</summary>
    public async Task<HttpResponseMessage> TrySendAsync(HttpMethod method, string path, string body)
    {
        using var request = new HttpRequestMessage(method, path) { Content = new StringContent(body, new MediaTypeHeaderValue("application/json")) };
        return await _shared.SendAsync(request);
    }

    public async Task<JsonElement> GetAsync(string path)
    {
        using var answer = await SendAsync(HttpMethod.Get, path);
        using var document = JsonDocument.Parse(await answer.Content.ReadAsByteArrayAsync());
        return document.RootElement.Clone();
    }

    /// <summary>Deletes a namespace and everything in it, and waits until it is gone.</summary>
    public async Task DropNamespaceAsync(string name)
    {
        using var _ = await _shared.DeleteAsync(new Uri($"/api/v1/namespaces/{name}", UriKind.Relative));
        for (var i = 0; i < 1200; i++)
        {
            using var answer = await _shared.GetAsync(new Uri($"/api/v1/namespaces/{name}", UriKind.Relative));
            if (answer.StatusCode == HttpStatusCode.NotFound)
                return;

            await Task.Delay(100);
        }
    }

    /// <summary>Waits until the object that the path names satisfies the condition.</summary>
    public async Task<JsonElement> UntilAsync(string path, Func<JsonElement, bool> condition, int seconds = 120)
    {
        for (var i = 0; i < seconds * 50; i++)
        {
            var found = await GetAsync(path);
            if (condition(found))
                return found;

            await Task.Delay(20);
        }

        throw new TimeoutException($"{path} did not become as wanted within {seconds} s");
    }

    public void Dispose() => _shared.Dispose();

    private static X509ChainPolicy Trusting(X509Certificate2 authority)
    {
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.Add(authority);
        return policy;
    }

    [GeneratedRegex(@"([\w-]+): +(\S+)")]
    private static partial Regex FieldPattern();
}

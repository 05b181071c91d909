using System.Globalization;
using System.Net.Http.Headers;
using System.Runtime.CompilerServices;

namespace KubeSharp.Client.Http;

/// <summary>The API over HTTP, in JSON.</summary>
/// <param name="http">Whose handler authenticates; disposed by who made it.</param>
/// <param name="server">The server's address; a path prefix is kept.</param>
/// <param name="component">Begins the user agent (<c>kube-scheduler/kubesharp</c>), and so is the manager of the fields it writes.</param>
/// <param name="random">Spreads watches over time; must be safe to share, as <see cref="Random.Shared"/> is.</param>
public sealed partial class ApiClient(HttpMessageInvoker http, Uri server, string component, TimeProvider clock, Random random) : IClient
{
    private const int PageSize = 500;
    private const int MostRetries = 5;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan LongestRetryAfter = TimeSpan.FromSeconds(30);
    private static readonly MediaTypeHeaderValue JsonBody = new("application/json");

    private readonly string _server = server.GetLeftPart(UriPartial.Path).TrimEnd('/');
    private readonly RequestCounts _counts = new(server.Authority);
    private readonly string _userAgent = $"{component}/kubesharp";

    public async Task<T?> FindAsync<T>(ObjectKey key, CancellationToken ct)
        where T : class, IObject<T>
    {
        try
        {
            return Decode<T>(await ExchangeAsync(HttpMethod.Get, ApiPath.Of(T.Type, key), null, ct));
        }
        catch (ApiException e) when (IsAbsent(e, T.Type, key))
        {
            return null;
        }
    }

    public async Task<ListResult<T>> ListAsync<T>(ListQuery query, CancellationToken ct)
        where T : class, IObject<T>
    {
        try
        {
            return await ListPagesAsync<T>(query, PageSize, ct);
        }
        catch (ApiException e) when (e.IsExpired)
        {
            // The history was compacted between two pages. In one piece it cannot happen again.
            return await ListPagesAsync<T>(query, limit: 0, ct);
        }
    }

    public async IAsyncEnumerable<WatchChange<T>> WatchAsync<T>(WatchQuery query, [EnumeratorCancellation] CancellationToken ct)
        where T : class, IObject<T>
    {
        // The server ends a watch after 5 to 10 minutes, spread so that they do not all come back at once. One that is still there
        // a while later has died with its connection.
        var seconds = random.Next(300, 600);
        using var deadline = new CancellationTokenSource(Patience, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var path = ApiPath.Collection(T.Type, query.Namespace) + ApiPath.Query(
            ("watch", "true"),
            ("allowWatchBookmarks", "true"),
            ("resourceVersion", query.ResourceVersion),
            ("timeoutSeconds", seconds.ToString(CultureInfo.InvariantCulture)),
            ("labelSelector", query.LabelSelector),
            ("fieldSelector", query.FieldSelector));

        using var response = await OpenWatchAsync(path, both.Token, ct);
        deadline.CancelAfter(TimeSpan.FromSeconds(seconds + 30));
        query.Opened?.Invoke();
        await using var stream = new WatchStream<T>(await response.Content.ReadAsStreamAsync(both.Token));
        while (await NextAsync(stream, both.Token, ct) is { } change)
            yield return change;
    }

    public Task<T> CreateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> =>
        WriteAsync(HttpMethod.Post, ApiPath.Collection(T.Type, obj.Metadata.Namespace), obj, ct);

    public Task<T> UpdateAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> =>
        WriteAsync(HttpMethod.Put, ApiPath.Of(T.Type, ObjectKey.Of(obj)), obj, ct);

    public Task<T> UpdateStatusAsync<T>(T obj, CancellationToken ct)
        where T : class, IObject<T> =>
        WriteAsync(HttpMethod.Put, ApiPath.Of(T.Type, ObjectKey.Of(obj), "status"), obj, ct);

    public async Task<T> PatchAsync<T>(ObjectKey key, Patch patch, string subresource, CancellationToken ct)
        where T : class, IObject<T> =>
        Decode<T>(await ExchangeAsync(
            HttpMethod.Patch, ApiPath.Of(T.Type, key, subresource), new(patch.Body, new(patch.ContentType)), ct));

    public async Task<bool> DeleteAsync<T>(ObjectKey key, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T>
    {
        try
        {
            await ExchangeAsync(HttpMethod.Delete, ApiPath.Of(T.Type, key), OptionsOf(request), ct);
            return true;
        }
        catch (ApiException e) when (IsAbsent(e, T.Type, key))
        {
            return false;
        }
    }

    public Task DeleteCollectionAsync<T>(ListQuery query, DeleteRequest request, CancellationToken ct)
        where T : class, IObject<T> =>
        ExchangeAsync(
            HttpMethod.Delete,
            ApiPath.Collection(T.Type, query.Namespace) + ApiPath.Query(("labelSelector", query.LabelSelector), ("fieldSelector", query.FieldSelector)),
            OptionsOf(request),
            ct);

    public async Task<TAnswer> PostAsync<T, TBody, TAnswer>(ObjectKey key, string subresource, TBody body, CancellationToken ct)
        where T : class, IObject<T>
        where TBody : class, IApiType<TBody>
        where TAnswer : class, IApiType<TAnswer> =>
        Decode<TAnswer>(await ExchangeAsync(HttpMethod.Post, ApiPath.Of(T.Type, key, subresource), new(Json.Encode(body), JsonBody), ct));

    public Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken ct)
    {
        if (request.RequestUri is { IsAbsoluteUri: false } relative)
            request.RequestUri = new(_server + relative.OriginalString);
        else if (request.RequestUri is { Scheme: "file" } path) // how Uri reads "/version" on Unix
            request.RequestUri = new(_server + path.OriginalString);
        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        return http.SendAsync(request, ct);
    }

    private async Task<ListResult<T>> ListPagesAsync<T>(ListQuery query, int limit, CancellationToken ct)
        where T : class, IObject<T>
    {
        var items = new List<T>();
        var token = "";
        while (true)
        {
            var path = ApiPath.Collection(T.Type, query.Namespace) + ApiPath.Query(
                ("labelSelector", query.LabelSelector),
                ("fieldSelector", query.FieldSelector),
                ("limit", limit == 0 ? "" : limit.ToString(CultureInfo.InvariantCulture)),
                ("continue", token));

            var page = ReadPage(await ExchangeAsync(HttpMethod.Get, path, null, ct), items);
            if (page.Continue.Length == 0)
                return new(items, page.ResourceVersion);
            token = page.Continue;
        }
    }

    private async Task<T> WriteAsync<T>(HttpMethod method, string path, T obj, CancellationToken ct)
        where T : class, IObject<T> =>
        Decode<T>(await ExchangeAsync(method, path, new(Json.Encode(obj.WithTypeMeta()), JsonBody), ct));

    /// <summary>A 404 of the object itself, not of a path the server does not know, nor of the namespace.</summary>
    private static bool IsAbsent(ApiException e, ResourceType type, ObjectKey key) =>
        e is { IsNotFound: true, Reason: "NotFound", Status.Details: { } details } && details.Name == key.Name && (details.Kind != "namespaces" || type.Plural == "namespaces");

    private static Body? OptionsOf(DeleteRequest request) => request == new DeleteRequest()
        ? null
        : new(
            Json.Encode(new DeleteOptions
            {
                Kind = "DeleteOptions",
                ApiVersion = "v1",
                GracePeriodSeconds = request.GracePeriodSeconds,
                PropagationPolicy = request.Propagation == Propagation.Default ? null : request.Propagation.ToString(),
                Preconditions = request.Uid.Length == 0 && request.ResourceVersion.Length == 0
                    ? null
                    : new() { Uid = NullIfEmpty(request.Uid), ResourceVersion = NullIfEmpty(request.ResourceVersion) },
            }),
            JsonBody);

    private static string? NullIfEmpty(string text) => text.Length == 0 ? null : text;
}

namespace KubeSharp.ApiServer.Tests.Watches;

/// <summary>A client that lists and watches over HTTP. Where it stands and what it holds outlive its stream.</summary>
internal sealed class WatchClient(Selection selection, long after) : IAsyncDisposable
{
    private HttpResponseMessage? _answer;
    private StreamReader? _lines;

    public Selection Selection => selection;

    /// <summary>Through this it has been told everything.</summary>
    public long After { get; set; } = after;

    /// <summary>What it holds by its list and the events since; null: it never listed.</summary>
    public Dictionary<string, string>? Held { get; set; }

    /// <summary>The next line; null when the server ended the stream.</summary>
    public async Task<string?> ReadAsync(HttpClient client, CancellationToken ct)
    {
        if (_lines is null)
        {
            var path = $"{selection.Path}?watch=true&allowWatchBookmarks=true&resourceVersion={After}{selection.Query}";
            _answer = await client.GetAsync(new Uri(path, UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, ct);
            _lines = new(await _answer.Content.ReadAsStreamAsync(ct));
        }

        return await _lines.ReadLineAsync(ct);
    }

    public ValueTask DisposeAsync()
    {
        _lines?.Dispose();
        _answer?.Dispose();
        (_lines, _answer) = (null, null);
        return ValueTask.CompletedTask;
    }
}

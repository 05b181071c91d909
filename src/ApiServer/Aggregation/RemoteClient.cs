using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Streams;

namespace KubeSharp.ApiServer.Aggregation;

/// <summary>Sends requests to aggregated servers: others' on their way through, and this server's own.</summary>
internal sealed class RemoteClient(RemoteConnections connections, TimeProvider clock)
{
    /// <summary>More than the largest OpenAPI document.</summary>
    private const int MostBytes = 64 * 1024 * 1024;

    /// <exception cref="IOException">The server cannot be reached, or does not answer in HTTP.</exception>
    /// <exception cref="FormatException">The API's authorities are no certificates.</exception>
    public async Task<RemoteAnswer> SendAsync(RemoteApi api, (string Host, int Port) address, RemoteRequest request, CancellationToken ct)
    {
        while (true)
        {
            var connection = await connections.RentAsync(api, address, ct);
            try
            {
                return await ExchangeAsync(api, address, connection, request, ct);
            }
            catch (IOException) when (connection.WasUsed && request.IsRepeatable)
            {
                await connection.DisposeAsync(); // the server closed it while it was idle; another one
            }
            catch
            {
                await connection.DisposeAsync();
                throw;
            }
        }
    }

    /// <summary>A request of this server's own, answered as a whole.</summary>
    /// <param name="user">As whom.</param>
    /// <param name="headers">Besides those.</param>
    /// <exception cref="IOException">There is no answer within the time, in words for people.</exception>
    /// <exception cref="FormatException">The API's authorities are no certificates.</exception>
    public async Task<RemoteReply> GetAsync(RemoteApi api, string path, Identity user, TimeSpan patience, CancellationToken ct, params IReadOnlyList<(string Name, string Value)> headers)
    {
        using var deadline = new CancellationTokenSource(patience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ct, deadline.Token);
        var url = "";
        try
        {
            var address = await connections.ResolveAsync(api, either.Token);
            url = $"https://{AuthorityOf(address)}{path}";
            await using var answer = await SendAsync(api, address, new("GET", path, [("User-Agent", "kube-aggregator"), .. headers, .. RequestHeaders.Of(user)]), either.Token);
            return new(url, answer.Head, await answer.ReadAllAsync(MostBytes, either.Token));
        }
        catch (OperationCanceledException e) when (deadline.IsCancellationRequested && !ct.IsCancellationRequested)
        {
            throw new IOException($"failing or missing response from {url}: Get \"{url}\": context deadline exceeded (Client.Timeout exceeded while awaiting headers)", e);
        }
        catch (Exception e) when (e is IOException or FormatException && url.Length > 0)
        {
            throw new IOException($"failing or missing response from {url}: Get \"{url}\": {e.Message}", e);
        }
    }

    private async Task<RemoteAnswer> ExchangeAsync(RemoteApi api, (string Host, int Port) address, RemoteConnection connection, RemoteRequest request, CancellationToken ct)
    {
        await connection.Output.WriteAsync(request.Head(AuthorityOf(address)), ct);
        await connection.Output.FlushAsync(ct);

        // Beside the reading: a server may answer, and refuse, before it has read all.
        var sending = new Sending(request, connection.Output, ct);
        try
        {
            ResponseHead head;
            do
                head = await ResponseHead.ReadAsync(connection.Input, ct);
            while (head.Code is >= 100 and < 200);
            var body = new AnswerBody(connection.Input, head, request.Method == "HEAD");
            return new(head, body, connection, sending, c => connections.ReturnAsync(api, address, c));
        }
        catch
        {
            await sending.StopAsync();
            sending.Dispose();
            throw;
        }
    }

    public static string AuthorityOf((string Host, int Port) address) =>
        new Backend("https", address.Host, address.Port, "", BackendTrust.Any).Authority;
}

/// <summary>A whole answer.</summary>
/// <param name="Url">Where it came from.</param>
internal sealed record RemoteReply(string Url, ResponseHead Head, byte[] Body)
{
    public int Code => Head.Code;
}

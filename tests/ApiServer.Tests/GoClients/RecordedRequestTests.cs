using System.Text.Json.Nodes;

namespace KubeSharp.ApiServer.Tests.GoClients;

/// <summary>
/// What a Go program sent to a whole cluster (tests/Interop/go, `goclient walk -record`), sent again in its order and to the byte over TLS and HTTP/2. What was in the
/// bodies is there in Go's own JSON, so that nothing of ours says what should have arrived.
/// </summary>
public sealed class RecordedRequestTests
{
    private const string Namespaces = "/api/v1/namespaces";

    private readonly List<string> _faults = [];
    private readonly HashSet<string> _kinds = [];

    [Fact]
    public async Task What_a_Go_program_sent_is_answered_as_it_was_and_arrives_whole()
    {
        await using var server = await GoServer.StartAsync();
        foreach (var line in File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Golden", "goclient", "requests.jsonl")))
        {
            var request = GoRequest.Parse(line);
            await ReplayAsync(server, request);
            if (request.Method == "POST" && request.Path == Namespaces) // as its controller does
                await server.JsonAsync("POST", $"{Namespaces}/{request.Name}/serviceaccounts", """{"metadata":{"name":"default"}}""");
        }

        Assert.True(_faults.Count == 0, string.Join('\n', _faults));
        Assert.InRange(_kinds.Count, 50, 100);
    }

    private async Task ReplayAsync(GoServer server, GoRequest request)
    {
        var answer = await server.SendAsync(request.Method, request.Path, request.Body, request.ContentType, request.Accept);
        if (answer.Code != request.Status)
        {
            _faults.Add($"{request}: {answer.Code} and not {request.Status}: {(answer.Type == "v1 Status" ? answer.Object.Text(3) : answer.Type)}");
            return;
        }

        if (answer.Code >= 400)
            Claim(request, "is refused with a Status", ("v1 Status", "Failure", (ulong)request.Status), (answer.Type, answer.Object.Text(2), answer.Object.Number(6)));
        else if (request.Method == "POST" && request.Kind == "policy/v1 Eviction")
            Claim(request, "is granted", ("v1 Status", "Success"), (answer.Type, answer.Object.Text(2)));
        else if (request.Method == "POST")
            await MadeAsync(server, request, answer);
    }

    private async Task MadeAsync(GoServer server, GoRequest request, GoServer.Reply made)
    {
        Claim(request, "is answered in kind", request.Kind, made.Type);
        if (request.IsDryRun)
            Claim(request, "is named", true, made.Metadata(1).StartsWith(request.GenerateName, StringComparison.Ordinal) && made.Metadata(1).Length > request.GenerateName.Length);
        if (request.Name.Length == 0 || request.IsSubresource)
            return;

        _kinds.Add(request.Kind);
        Claim(request, "has its name", request.Name, made.Metadata(1));
        var item = $"{request.Path}/{request.Name}";
        var read = await server.SendAsync("GET", item);
        Claim(request, "is read as it was made", (200, Convert.ToHexString(made.Bytes)), (read.Code, Convert.ToHexString(read.Bytes)));
        var (_, _, json) = await server.JsonAsync("GET", item);
        foreach (var missing in request.Stored.MissingIn(json))
            _faults.Add($"{request}: {missing}");

        var written = await server.SendAsync("PUT", item, read.Bytes);
        Claim(request, "is written back without a change", (200, read.Metadata(6)), (written.Code, written.Type == "v1 Status" ? written.Object.Text(3) : written.Metadata(6)));
    }

    private void Claim<T>(GoRequest request, string claim, T expected, T actual)
    {
        if (!EqualityComparer<T>.Default.Equals(expected, actual))
            _faults.Add($"{request} {claim}: {actual} and not {expected}");
    }

    private sealed record GoRequest(int Status, string Method, string Path, string ContentType, string Accept, JsonObject Object, byte[] Body)
    {
        public string Kind => $"{Object["apiVersion"]} {Object["kind"]}";

        public string Name => (string?)Object["metadata"]?["name"] ?? "";

        public string GenerateName => (string?)Object["metadata"]?["generateName"] ?? "";

        public bool IsDryRun => Path.EndsWith("?dryRun=All", StringComparison.Ordinal);

        /// <summary>/api/v1 and /apis/g/v1, then perhaps namespaces/n, then the resource and no more.</summary>
        public bool IsSubresource
        {
            get
            {
                var parts = Path.Split('/');
                var after = parts[(parts[1] == "api" ? 3 : 4)..];
                return after.Length > (after[0] == "namespaces" && after.Length > 1 ? 3 : 1);
            }
        }

        /// <summary>What of the object is kept: no status, which belongs to others, and what of a Secret is only ever written as it is then read.</summary>
        public SentFields Stored
        {
            get
            {
                var stored = Object.DeepClone().AsObject();
                stored.Remove("status");
                if (stored["stringData"] is JsonObject texts)
                {
                    stored.Remove("stringData");
                    foreach (var (key, text) in texts)
                        stored["data"]![key] = Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes((string)text!));
                }

                return new(stored);
            }
        }

        public static GoRequest Parse(string line)
        {
            var json = JsonNode.Parse(line)!;
            return new((int)json[nameof(Status)]!, Text(nameof(Method)), Text(nameof(Path)), Text(nameof(ContentType)), Text(nameof(Accept)), json[nameof(Object)]!.AsObject(), Convert.FromBase64String(Text(nameof(Body))));

            string Text(string name) => (string)json[name]!;
        }

        public override string ToString() => $"{Method} {Path} ({Kind} {Name})";
    }
}

using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Http;
using KubeSharp.ApiServer.Streams;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Tests;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeSharp.ApiServer.Tests.Hostile;

/// <summary>The readers at the server's edge: whatever comes, they answer or refuse as they say, and take no more memory than they should.</summary>
public sealed class EdgeFuzzTests
{
    private const int Many = 3_000;

    private static readonly string[] MediaPieces = [",", ";", "=", "/", "*", "q=0", "q=", "as=", "Table", "v=v1", "g=meta.k8s.io", "application/json", "\"", "pretty=1", "+"];

    [Fact]
    public void Accept_headers_give_a_form_or_406()
    {
        string[] seeds = ["application/json;as=Table;v=v1;g=meta.k8s.io,application/json;q=0.5", "application/vnd.kubernetes.protobuf, */*;q=0.1", "application/yaml", "application/json;as=PartialObjectMetadataList;v=v1beta1;g=meta.k8s.io"];
        foreach (var text in Mutated.Texts(seeds, MediaPieces, Many))
        {
            Mutated.Bounded<ApiException>(text, () => Assert.NotEmpty(Negotiation.Choose(text, isPretty: false).MediaType));
            Mutated.Bounded<ApiException>(text, () => Negotiation.ChooseWithoutProtobuf(text, isPretty: true));
            Mutated.Bounded(text, () => Negotiation.BareType(text));
        }
    }

    [Fact]
    public void Paths_and_queries_are_understood_or_refused()
    {
        string[] paths = ["/api/v1/namespaces/a/pods/b/status", "/apis/apps/v1/deployments", "/api/v1/watch/namespaces/a/pods", "/api/v1/namespaces/a", "/api/v1/proxy/nodes/a/b", "/apis/a/b/namespaces/c/d/e/f/g", "/healthz", "/"];
        string[] queries = ["?labelSelector=a%3Db&fieldSelector=metadata.name%3Dx&limit=5&continue=abc&resourceVersion=7&resourceVersionMatch=Exact", "?watch=true&timeoutSeconds=30&allowWatchBookmarks=1&sendInitialEvents=false", "?dryRun=All&fieldManager=m&fieldValidation=Strict", "?gracePeriodSeconds=-1&propagationPolicy=Orphan&orphanDependents=true"];
        string[] methods = ["GET", "POST", "DELETE", "PATCH", "HEAD", "BREW"];
        var texts = Mutated.Texts(queries, ["&", "=", "%", "%00", "%ff", "?", "watch", "+", "limit=9223372036854775808", "-1"], Many).GetEnumerator();
        foreach (var path in Mutated.Texts(paths, ["/", "//", "..", "namespaces", "watch", "api", "apis", "%2f", "status"], Many))
        {
            texts.MoveNext();
            var text = texts.Current;
            Mutated.Bounded<ApiException>(path + text, () =>
            {
                var query = new QueryCollection(QueryHelpers.ParseQuery(text));
                var info = RequestInfo.Parse(methods[text.Length % methods.Length], path, query);
                Assert.True(!info.IsResource || info.Parts.Count > 0);
                var options = QueryOptions.List(info, query);
                ListRules.ParseVersion(options.ResourceVersion);
                _ = QueryOptions.Delete(default, "", query);
            });
        }
    }

    [Fact]
    public void Continue_tokens_lead_on_or_are_refused()
    {
        const string Prefix = "/registry/pods/";
        var token = ContinueToken.After(Prefix + "demo/a", Prefix, 17);
        Assert.Equal((Prefix + "demo/a", 17L), ContinueToken.Parse(token, Prefix));
        var inner = Mutated.Texts(["""{"v":"meta.k8s.io/v1","rv":3,"start":"demo/a\u0000"}"""], ["..", "/", "\\u0000", "-1", "null", "{", "\"", "\\ud800"], Many)
            .Select(t => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(t)));
        foreach (var text in Mutated.Texts([token], ["=", "-", "_", "+", "AA"], Many).Concat(inner))
            Mutated.Bounded<ApiException>(text, () => Assert.StartsWith(Prefix, ContinueToken.Parse(text, Prefix).After, StringComparison.Ordinal));
    }

    [Fact]
    public void Yaml_becomes_json_or_is_refused()
    {
        var seeds = Bytes("apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a, labels: {x: 'y'}}\ndata:\n  k: |\n    text\n  l: >-\n    folded\n    text\n", "a: &x [1, 2.5, 0x1F, ~, yes, \"\\u00e9\", 1e3]\nb: *x\n? c\n: - d\n  - {e: f}\n", "--- !!str 1\n...\n", "{\"a\":[1,\"b\",null]}");
        string[] pieces = ["&a ", "*a", "- ", ": ", "? ", "|", ">", "{", "}", "[", "]", "\"", "'", "\\u", "\\ud800", "\\x", "#", "---\n", "...\n", "\n", "\t", "!!binary ", "!<x> ", "<<: ", "%YAML 1.1\n", ",", "@", "`", "0o17", "1_000", ".inf", "-"];
        foreach (var bytes in Mutated.Bytes(seeds, Bytes(pieces), Many))
        {
            Mutated.Bounded<DecodeException>(bytes, () =>
            {
                var json = YamlToJson.Convert(bytes);
                var node = JsonNodes.Parse(json, DecodeContext.Lenient);
                var text = node?.ToJsonString() ?? "null";
                var back = JsonNodes.Parse(YamlToJson.Convert(JsonToYaml.Convert(Encoding.UTF8.GetBytes(text))), DecodeContext.Lenient);
                Assert.True(JsonNode.DeepEquals(back, node), $"{text} comes back as {back?.ToJsonString()}");
            });
        }
    }

    [Theory]
    [InlineData("[", 300_000)]
    [InlineData("{a: ", 300_000)]
    [InlineData("- ", 300_000)]
    [InlineData("? ", 300_000)]
    [InlineData("? [", 300_000)]
    public void Yaml_as_deep_as_a_body_is_long_is_refused_at_once(string open, int times)
    {
        var yaml = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat(open, times)));
        Mutated.Bounded(open, () => Assert.Throws<DecodeException>(() => YamlToJson.Convert(yaml)));
    }

    [Theory]
    [InlineData("--- !!sll]")]
    public void Yaml_that_its_parser_does_not_expect_is_refused_too(string yaml) => Assert.Throws<DecodeException>(() => YamlToJson.Convert(Encoding.UTF8.GetBytes(yaml)));

    [Fact]
    public void Yaml_that_repeats_a_long_text_is_refused_before_it_fills_the_memory()
    {
        var yaml = Encoding.UTF8.GetBytes($"a: &a {new string('x', 1 << 20)}\nb: [{string.Join(',', Enumerable.Repeat("*a", 100_000))}]\n");
        Mutated.Bounded("aliases", () => Assert.Throws<DecodeException>(() => YamlToJson.Convert(yaml)), 512 << 20);
    }

    [Fact]
    public void Tokens_that_somebody_has_changed_prove_nothing()
    {
        using var key = SigningKey.FromPem(ECDsa.Create(ECCurve.NamedCurves.nistP256).ExportECPrivateKeyPem());
        var token = JsonWebToken.Sign(new() { ["iss"] = "x", ["aud"] = new JsonArray("y"), ["exp"] = 5 }, key);
        var claims = JsonWebToken.Verify(token, [key])!.ToJsonString();
        string Part(string json) => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(json));
        string[] pieces = [".", "..", "=", "-", "_", Part("""{"alg":"none"}"""), Part("""{"alg":"ES256","alg":"none"}"""), Part("""{"alg":1}"""), Part("null"), Part("[]"), "AAAA"];
        foreach (var text in Mutated.Texts([token], pieces, Many))
            Mutated.Bounded(text, () => Assert.True(JsonWebToken.Verify(text, [key]) is not { } proved || (text.StartsWith(token[..token.LastIndexOf('.')], StringComparison.Ordinal) && proved.ToJsonString() == claims), text));
    }

    [Fact]
    public void Bundles_of_certificates_are_read_or_refused()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using var certificate = new CertificateRequest("CN=a", key, HashAlgorithmName.SHA256).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(100));
        foreach (var bytes in Mutated.Bytes(Bytes(certificate.ExportCertificatePem(), key.ExportECPrivateKeyPem()), Bytes("-----BEGIN CERTIFICATE-----\n", "-----END CERTIFICATE-----\n", "AAAA", "=", "\n"), Many / 3))
            Mutated.Bounded<FormatException>(bytes, () => TrustedAuthorities.Read(bytes));
    }

    [Fact]
    public async Task Heads_of_backends_answers_are_read_or_refused()
    {
        foreach (var bytes in Mutated.Bytes(Bytes("HTTP/1.1 101 Switching Protocols\r\nUpgrade: SPDY/3.1\r\nConnection: Upgrade\r\n\r\n", "HTTP/1.1 500 x\r\nContent-Length: 3\r\n\r\nabc"), Bytes("\r\n", "\r\n\r\n", ":", " ", "HTTP/1.1 ", "99999999999"), Many))
        {
            var refusal = await Record.ExceptionAsync(async () => _ = (await ResponseHead.ReadAsync(new MemoryStream(bytes), CancellationToken.None)).Header("upgrade"));
            Assert.True(refusal is null or IOException, $"{Encoding.Latin1.GetString(bytes)}: {refusal}");
        }
    }

    [Fact]
    public void Audit_policies_are_read_or_refused()
    {
        var seeds = Bytes("apiVersion: audit.k8s.io/v1\nkind: Policy\nomitStages: [RequestReceived]\nrules:\n- level: Metadata\n  users: [a]\n  verbs: [get]\n  resources:\n  - group: apps\n    resources: ['deployments/*']\n    resourceNames: [x]\n- level: None\n  nonResourceURLs: ['/healthz*']\n");
        foreach (var bytes in Mutated.Bytes(seeds, Bytes("- ", ": ", "[", "]", "{}", "~", "*", "level: ", "\n  ", "!!str "), Many))
            Mutated.Bounded<FormatException>(bytes, () => AuditPolicy.Parse(bytes));
    }

    [Fact]
    public void What_is_told_of_a_user_in_headers_comes_back()
    {
        foreach (var text in Mutated.Texts(["example.org/scopes", "a b", "ä%2F"], ["%", "%00", ":", "(", "\"", "\u007f"], Many))
        {
            var name = Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)); // halves of surrogates are no text
            Mutated.Bounded<ApiException>(text, () =>
            {
                var headers = new HeaderDictionary();
                foreach (var (header, value) in RequestHeaders.Of(new("u", ["g"]) { Extra = new Dictionary<string, IReadOnlyList<string>> { [name] = ["v"] } }))
                    headers.Append(header, value);
                Assert.Equal([name.ToLowerInvariant()], RequestHeaders.ReadExtra(headers, RequestHeaders.ExtraPrefix).Keys.Select(k => k.ToLowerInvariant()));
            });
        }
    }

    [Fact]
    public void Documents_of_aggregated_servers_are_taken_or_refused()
    {
        var seeds = Bytes(
            """{"swagger":"2.0","paths":{"/apis/wardle.example.com/v1/flunders":{"get":{"responses":{"200":{"schema":{"$ref":"#/definitions/F"}}}}}},"definitions":{"F":{"properties":{"a":{"$ref":"#/definitions/G"}}},"G":{"$ref":"#/definitions/F"}}}""",
            """{"items":[{"metadata":{"name":"g"},"versions":[{"version":"v1","resources":[{"resource":"flunders","scope":"Namespaced","responseKind":{"kind":"F"},"verbs":["get"],"subresources":[{"subresource":"status"}]}]}]}]}""",
            """{"kind":"APIResourceList","resources":[{"name":"flunders","namespaced":true,"kind":"F","verbs":["get"],"shortNames":["f"]},{"name":"flunders/status","kind":"F","verbs":["get"]}]}""");
        foreach (var bytes in Mutated.Bytes(seeds, Bytes("{", "}", "[", "]", "null", "1", "\"\":1,", "\"$ref\":", "\"resources\":[1],", "\"name\":\"a/b/c\",", ","), Many))
        {
            Mutated.Bounded(bytes, () =>
            {
                var refusal = Record.Exception(() => RemoteDiscovery.Read("g", "v1", bytes)) ?? Record.Exception(() => RemoteOpenApi.Filter(bytes, "/apis/wardle.example.com/v1/")) ?? Record.Exception(() => RemoteDiscovery.ReadPlain(bytes));
                Assert.True(refusal is null or FormatException or JsonException or InvalidOperationException, $"{Encoding.Latin1.GetString(bytes)}: {refusal}");
            });
        }
    }

    private static byte[][] Bytes(params string[] texts) => [.. texts.Select(Encoding.UTF8.GetBytes)];
}

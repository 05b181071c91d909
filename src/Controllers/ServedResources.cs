using System.Net.Http.Headers;
using System.Text.Json;

namespace KubeSharp.Controllers;

/// <summary>What the server serves beyond its own kinds, read from discovery: custom resources and those of servers behind it.</summary>
internal static class ServedResources
{
    private const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    /// <exception cref="ApiException">Discovery was refused.</exception>
    public static async Task<ServedBeyond> CustomAsync(IClient client, CancellationToken ct)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/apis");
        request.Headers.Accept.Add(MediaTypeWithQualityHeaderValue.Parse(Aggregated));
        using var answer = await client.SendAsync(request, ct);
        var body = await answer.Content.ReadAsByteArrayAsync(ct);
        if (!answer.IsSuccessStatusCode)
            throw new ApiException(ApiException.Failure((int)answer.StatusCode, "Unknown", System.Text.Encoding.UTF8.GetString(body)));

        using var document = JsonDocument.Parse(body);
        return new([.. Read(document.RootElement).DistinctBy(t => (t.Group, t.Plural))], [.. Stale(document.RootElement).Order(StringComparer.Ordinal)]);
    }

    private static IEnumerable<string> Stale(JsonElement list) =>
        from @group in list.GetProperty("items").EnumerateArray()
        from version in @group.GetProperty("versions").EnumerateArray()
        where version.TryGetProperty("freshness", out var freshness) && freshness.ValueEquals("Stale")
        select $"{@group.GetProperty("metadata").GetProperty("name").GetString()}/{version.GetProperty("version").GetString()}";

    private static IEnumerable<ResourceType> Read(JsonElement list)
    {
        var own = ApiCatalog.Groups.Select(g => g.Name).ToHashSet();
        foreach (var group in list.GetProperty("items").EnumerateArray())
        {
            var name = group.GetProperty("metadata").TryGetProperty("name", out var text) ? text.GetString()! : "";
            if (own.Contains(name))
                continue;

            foreach (var version in group.GetProperty("versions").EnumerateArray())
            {
                if (!version.TryGetProperty("resources", out var all))
                    continue;

                foreach (var resource in all.EnumerateArray())
                {
                    var type = new ResourceType(
                        name,
                        version.GetProperty("version").GetString()!,
                        resource.GetProperty("responseKind").GetProperty("kind").GetString()!,
                        resource.GetProperty("resource").GetString()!,
                        resource.GetProperty("scope").GetString() == "Namespaced")
                    {
                        Verbs = [.. resource.GetProperty("verbs").EnumerateArray().Select(v => v.GetString()!)],
                    };
                    if (type.Verbs.Contains("list") && type.Verbs.Contains("watch") && type.Verbs.Contains("delete"))
                        yield return type;
                }
            }
        }
    }
}

/// <param name="Types">Each once, in the version its group prefers; those that can be listed, watched and deleted.</param>
/// <param name="Stale">Group versions whose server does not say what it serves now; what it said before may be among the types.</param>
internal sealed record ServedBeyond(IReadOnlyList<ResourceType> Types, IReadOnlyList<string> Stale);

using System.Buffers.Text;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace KubeSharp.ApiServer.Verbs;

/// <summary>Where a list goes on: after a key, at a version. The form is upstream's.</summary>
/// <param name="Revision">-1: the history is gone; go on with what is there now.</param>
/// <param name="Start">The least key that may follow, relative to what is listed.</param>
internal sealed record ContinueToken(
    [property: JsonPropertyName("v")] string Version, [property: JsonPropertyName("rv")] long Revision, [property: JsonPropertyName("start")] string Start)
{
    private const string Current = "meta.k8s.io/v1";

    /// <param name="lastKey">The last key that was given out.</param>
    public static string After(string lastKey, string prefix, long revision)
    {
        var token = new ContinueToken(Current, revision, lastKey[prefix.Length..] + "\0");
        return Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(token, ContinueTokenJson.Default.ContinueToken));
    }

    /// <returns>The last key that was given out, and the version.</returns>
    /// <exception cref="ApiException">400.</exception>
    public static (string After, long Revision) Parse(string text, string prefix)
    {
        ContinueToken? token;
        try
        {
            token = JsonSerializer.Deserialize(Base64Url.DecodeFromChars(text.TrimEnd('=')), ContinueTokenJson.Default.ContinueToken);
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw Invalid("it was not given out by this server");
        }

        if (token?.Version != Current)
            throw Invalid($"server does not recognize this encoded version \"{token?.Version}\"");
        if (token.Revision == 0)
            throw Invalid("incorrect encoded start resourceVersion (version meta.k8s.io/v1)");
        if (string.IsNullOrEmpty(token.Start) || token.Start.Split('/').Contains(".."))
            throw Invalid($"incorrect encoded start key, contains \"..\" or is empty: {token.Start}");

        return ($"{prefix}{token.Start.TrimStart('/').TrimEnd('\0')}", token.Revision);
    }

    private static ApiException Invalid(string why) => ApiException.BadRequest($"invalid continue token: continue key is not valid: {why}");
}

[JsonSerializable(typeof(ContinueToken))]
internal sealed partial class ContinueTokenJson : JsonSerializerContext;

using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace KubeSharp.ApiServer.Allocation;

/// <summary>Who has a node port since when, as it lies in the store.</summary>
internal sealed record PortOwner(ObjectKey Service, string Uid, DateTimeOffset Since)
{
    public static PortOwner Of(Service service, DateTimeOffset now) => new(ObjectKey.Of(service), service.Metadata.Uid, now);

    public byte[] Encode()
    {
        var buffer = new ArrayBufferWriter<byte>(160);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("namespace"u8, Service.Namespace);
            json.WriteString("service"u8, Service.Name);
            json.WriteString("uid"u8, Uid);
            json.WriteString("since"u8, Since.ToString("O", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The owner; of what cannot be read, nobody.</summary>
    public static PortOwner Decode(ReadOnlyMemory<byte> value)
    {
        try
        {
            using var document = JsonDocument.Parse(value);
            var root = document.RootElement;
            return new(
                new(Text(root, "namespace"u8), Text(root, "service"u8)), Text(root, "uid"u8),
                DateTimeOffset.TryParse(Text(root, "since"u8), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var since) ? since : DateTimeOffset.MinValue);
        }
        catch (JsonException)
        {
            return new(new("", ""), "", DateTimeOffset.MinValue);
        }
    }

    private static string Text(JsonElement root, ReadOnlySpan<byte> name) =>
        root.ValueKind == JsonValueKind.Object && root.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}

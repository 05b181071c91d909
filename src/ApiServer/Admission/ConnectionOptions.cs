using System.Text.Json;

namespace KubeSharp.ApiServer.Admission;

/// <summary>What a connection was asked for (PodExecOptions, ServiceProxyOptions …): an object without metadata.</summary>
internal sealed record ConnectionOptions(string Kind) : IObject
{
    public string ApiVersion => "v1";

    public ObjectMeta Metadata => ObjectMeta.Empty;

    /// <summary>In upstream's order; flags that are not set are left out.</summary>
    public IReadOnlyList<string> Flags { get; init; } = [];

    public IReadOnlyList<(string Name, string Value)> Texts { get; init; } = [];

    public IReadOnlyList<string> Command { get; init; } = [];

    public IReadOnlyList<int> Ports { get; init; } = [];

    public IObject CopyWith(ObjectMeta metadata) => this;

    public IObject WithStatusOf(IObject? other) => this;

    public void WriteJson(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        writer.WriteString("kind", Kind);
        writer.WriteString("apiVersion", ApiVersion);
        foreach (var flag in Flags)
            writer.WriteBoolean(flag, true);
        foreach (var (name, value) in Texts)
            writer.WriteString(name, value);
        WriteList("command", Command, static (w, word) => w.WriteStringValue(word));
        WriteList("ports", Ports, static (w, port) => w.WriteNumberValue(port));
        writer.WriteEndObject();

        void WriteList<T>(string name, IReadOnlyList<T> items, Action<Utf8JsonWriter, T> write)
        {
            if (items.Count == 0)
                return;
            writer.WriteStartArray(name);
            foreach (var item in items)
                write(writer, item);
            writer.WriteEndArray();
        }
    }
}

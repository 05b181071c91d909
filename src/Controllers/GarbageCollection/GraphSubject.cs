using System.Text.Json;

namespace KubeSharp.Controllers.GarbageCollection;

/// <summary>An object of the graph as events are about it: its names and no more.</summary>
internal sealed record GraphSubject(string ApiVersion, string Kind, ObjectMeta Metadata) : IObject
{
    public static GraphSubject Of(GraphNode node) => new(node.Type.ApiVersion, node.Type.Kind, node.Metadata);

    public IObject CopyWith(ObjectMeta metadata) => this with { Metadata = metadata };

    public IObject WithStatusOf(IObject? other) => this;

    public void WriteJson(Utf8JsonWriter writer) => throw new NotSupportedException("only events name it");
}

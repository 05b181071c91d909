using YamlDotNet.RepresentationModel;

namespace KubeSharp.Client.Config;

/// <summary>Reading a YAML tree without exceptions: what is not there is empty.</summary>
internal static class YamlNodes
{
    public static bool Has(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var value) && value is not YamlScalarNode { Value: null or "" or "null" };

    public static string Text(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var value) && value is YamlScalarNode { Value: { } text } ? text : "";

    public static YamlMappingNode? Mapping(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var value) ? value as YamlMappingNode : null;

    public static IEnumerable<YamlMappingNode> Items(this YamlMappingNode node, string name) =>
        node.Children.TryGetValue(name, out var value) && value is YamlSequenceNode items ? items.OfType<YamlMappingNode>() : [];
}

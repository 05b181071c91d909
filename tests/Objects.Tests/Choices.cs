namespace KubeSharp.Objects.Tests;

/// <summary>What may stand where a CustomResourceDefinition's schema offers a choice: its node says "anything", as upstream's does.</summary>
internal static class Choices
{
    /// <returns>Null for any other node.</returns>
    public static string[]? Of(Schema schema) => schema.Name[(schema.Name.LastIndexOf('.') + 1)..] switch
    {
        "JSONSchemaPropsOrBool" => ["true", "false", """{"type":"x"}"""],
        "JSONSchemaPropsOrArray" => ["""{"type":"x"}""", """[{"format":"y"},{}]"""],
        "JSONSchemaPropsOrStringArray" => ["""{"type":"x"}""", """["a","b"]"""],
        _ => null,
    };
}

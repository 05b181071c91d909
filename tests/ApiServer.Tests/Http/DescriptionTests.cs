using System.Text.Json.Nodes;
using KubeSharp.ApiServer.OpenApi;

namespace KubeSharp.ApiServer.Tests.Http;

/// <summary>What <c>kubectl explain</c> prints.</summary>
public sealed class DescriptionTests : IDisposable
{
    private const string Replicas = "Number of desired pods. This is a pointer to distinguish between explicit zero and not specified. Defaults to 1.";
    private readonly Server _server = new();

    public void Dispose() => _server.Dispose();

    [Fact]
    public async Task OpenApi_v3_explains_a_kind_its_fields_and_what_they_refer_to()
    {
        var (_, index) = await _server.JsonAsync("GET", "/openapi/v3");
        var (_, document) = await _server.JsonAsync("GET", (string)index["paths"]!["apis/apps/v1"]!["serverRelativeURL"]!);
        var schemas = document["components"]!["schemas"]!;

        Assert.Equal("Deployment enables declarative updates for Pods and ReplicaSets.", (string?)schemas["io.k8s.api.apps.v1.Deployment"]!["description"]);
        Assert.Equal(Replicas, (string?)Property(schemas, "io.k8s.api.apps.v1.DeploymentSpec", "replicas")["description"]);
        Assert.StartsWith("Specification of the desired behavior of the Deployment", (string?)Property(schemas, "io.k8s.api.apps.v1.Deployment", "spec")["description"], StringComparison.Ordinal);
        Assert.StartsWith("APIVersion defines the versioned schema", (string?)Property(schemas, "io.k8s.api.apps.v1.Deployment", "apiVersion")["description"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task OpenApi_v2_has_them_too_and_nearly_every_field_has_one()
    {
        var (_, document) = await _server.JsonAsync("GET", "/openapi/v2");
        var definitions = document["definitions"]!.AsObject();
        var properties = definitions.SelectMany(d => d.Value!["properties"]?.AsObject().Select(p => (Name: $"{d.Key}.{p.Key}", p.Value)) ?? []).ToList();
        var bare = properties.Where(p => p.Value!["description"] is null).Select(p => p.Name).ToList();

        Assert.Equal(Replicas, (string?)Property(definitions, "io.k8s.api.apps.v1.DeploymentSpec", "replicas")["description"]);
        Assert.InRange(properties.Count, 2000, 10_000);
        // What is left has no text upstream either (JSONSchemaProps), or is not in the package: metrics, and what 1.37 renamed.
        Assert.True(bare.Count <= properties.Count * 0.025, $"{bare.Count} of {properties.Count} fields have no description: {string.Join(", ", bare.Take(50))}");

        var silent = definitions.Where(d => d.Value!["description"] is null).Select(d => d.Key).ToList();
        Assert.True(silent.Count <= 10, $"{silent.Count} of {definitions.Count} types have no description: {string.Join(", ", silent)}");
    }

    [Fact]
    public void Wrapped_lines_are_joined_and_paragraphs_are_kept()
    {
        var os = Descriptions.Current.Of("io.k8s.api.core.v1.PodSpec")["os"];

        Assert.StartsWith("Specifies the OS of the containers in the pod. Some pod and container fields are restricted if this is set.\n\nIf the OS field is set to linux, the following fields must be unset:", os, StringComparison.Ordinal);
        Assert.Empty(Descriptions.Current.Of("io.example.Unknown"));
    }

    private static JsonNode Property(JsonNode schemas, string type, string name) => schemas[type]!["properties"]![name]!;
}

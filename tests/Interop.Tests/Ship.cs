using System.Text.Json.Serialization;
using k8s;
using k8s.Models;

namespace KubeSharp.Interop.Tests;

/// <summary>A custom resource as a program of somebody else would write it.</summary>
public sealed class Ship : IKubernetesObject<V1ObjectMeta>
{
    public const string Group = "fleet.example.com";

    [JsonPropertyName("apiVersion")]
    public string ApiVersion { get; set; } = Group + "/v1";

    [JsonPropertyName("kind")]
    public string Kind { get; set; } = nameof(Ship);

    [JsonPropertyName("metadata")]
    public V1ObjectMeta Metadata { get; set; } = new();

    [JsonPropertyName("spec")]
    public Purpose Spec { get; set; } = new();

    [JsonPropertyName("status")]
    public State? Status { get; set; }

    public sealed class Purpose
    {
        [JsonPropertyName("boats")]
        public int? Boats { get; set; }

        [JsonPropertyName("port")]
        public string Port { get; set; } = "";
    }

    public sealed class State
    {
        [JsonPropertyName("phase")]
        public string Phase { get; set; } = "";
    }
}

using System.IO.Compression;
using System.Text;
using k8s;
using k8s.Models;
using KubeSharp.Machinery;

namespace KubeSharp.Interop.Tests;

/// <summary>Needs no cluster: what the .NET client writes of an object with every field set, our models take without a complaint and without a loss.</summary>
public sealed class InterchangeTests
{
    [Fact]
    public void A_pod_with_every_field_goes_through_their_model_into_ours() => GoesThrough<V1Pod, Objects.CoreV1.Pod>("core.v1.Pod");

    [Fact]
    public void So_does_a_deployment() => GoesThrough<V1Deployment, Objects.AppsV1.Deployment>("apps.v1.Deployment");

    [Fact]
    public void So_does_an_autoscaler() => GoesThrough<V2HorizontalPodAutoscaler, Objects.AutoscalingV2.HorizontalPodAutoscaler>("autoscaling.v2.HorizontalPodAutoscaler");

    private static void GoesThrough<TTheirs, TOurs>(string kind)
        where TOurs : class, IObject<TOurs>
    {
        var json = Recording(kind);
        var theirs = KubernetesJson.Serialize(KubernetesJson.Deserialize<TTheirs>(json));
        var context = DecodeContext.Strict();
        var ours = Json.Decode<TOurs>(Encoding.UTF8.GetBytes(theirs), context);
        Assert.Empty(context.Findings);
        Assert.Equal(ours, Json.Decode<TOurs>(Json.Encode(ours)));
        Assert.True(Json.Encode(ours).Length > json.Length / 2, "most of it is lost");
    }

    private static string Recording(string kind)
    {
        using var file = File.OpenRead(Path.Combine(AppContext.BaseDirectory, "Golden", "wire", "v1.36.0.tsv.br"));
        using var reader = new StreamReader(new BrotliStream(file, CompressionMode.Decompress));
        while (reader.ReadLine() is { } line)
        {
            if (line.Split('\t') is [var name, var json, ..] && name == kind)
                return json;
        }

        throw new InvalidOperationException($"{kind} is not recorded");
    }
}

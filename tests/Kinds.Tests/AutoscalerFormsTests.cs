using KubeSharp.Kinds.Autoscaling;
using V1 = KubeSharp.Objects.AutoscalingV1;
using V2 = KubeSharp.Objects.AutoscalingV2;

namespace KubeSharp.Kinds.Tests;

public sealed class AutoscalerFormsTests
{
    private static readonly V2.HorizontalPodAutoscaler Rich = new()
    {
        Kind = "HorizontalPodAutoscaler",
        ApiVersion = "autoscaling/v2",
        Metadata = new() { Name = "h", Annotations = new Dictionary<string, string> { ["mine"] = "stays" } },
        Spec = new()
        {
            ScaleTargetRef = new() { Kind = "Deployment", Name = "d", ApiVersion = "apps/v1" },
            MinReplicas = 2,
            MaxReplicas = 5,
            Metrics =
            [
                new() { Type = "Resource", Resource = new() { Name = "cpu", Target = new() { Type = "Utilization", AverageUtilization = 70 } } },
                new() { Type = "Pods", Pods = new() { Metric = new() { Name = "requests" }, Target = new() { Type = "AverageValue", AverageValue = Quantity.Parse("10") } } },
            ],
            Behavior = new() { ScaleDown = new() { StabilizationWindowSeconds = 60, Policies = [new() { Type = "Pods", Value = 1, PeriodSeconds = 30 }] } },
        },
        Status = new()
        {
            CurrentReplicas = 3,
            CurrentMetrics = [new() { Type = "Resource", Resource = new() { Name = "cpu", Current = new() { AverageUtilization = 65, AverageValue = Quantity.Parse("1") } } }],
            Conditions = [new() { Type = "AbleToScale", Status = "True", Reason = "ReadyForNewScale", Message = "ok" }],
        },
    };

    [Fact]
    public void What_v1_has_no_field_for_survives_a_client_of_v1()
    {
        var old = (V1.HorizontalPodAutoscaler)AutoscalerForms.FromV2(Rich);
        Assert.Equal((70, 65), (old.Spec.TargetCPUUtilizationPercentage, old.Status.CurrentCPUUtilizationPercentage));
        Assert.Contains("requests", old.Metadata.Annotations["autoscaling.alpha.kubernetes.io/metrics"], StringComparison.Ordinal);

        var back = (V2.HorizontalPodAutoscaler)AutoscalerForms.ToV2(old with { Spec = old.Spec with { TargetCPUUtilizationPercentage = 80 } });
        Assert.Equal(Rich.Metadata.Annotations, back.Metadata.Annotations);
        Assert.Equal(80, back.Spec.Metrics[0].Resource!.Target.AverageUtilization);
        Assert.True(Json.AreAlike(Rich.Spec.Metrics[1], back.Spec.Metrics[1]));
        Assert.True(Json.AreAlike(Rich.Spec.Behavior!, back.Spec.Behavior!));
        Assert.Equal(Rich.Status.Conditions[0], Assert.Single(back.Status.Conditions));
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("""{"type":"Pods"}""")]
    [InlineData("null")]
    public void An_annotation_that_cannot_be_read_says_nothing(string metrics)
    {
        var h = new V1.HorizontalPodAutoscaler { Metadata = new() { Annotations = new Dictionary<string, string> { ["autoscaling.alpha.kubernetes.io/metrics"] = metrics } } };
        Assert.Empty(((V2.HorizontalPodAutoscaler)AutoscalerForms.ToV2(h)).Spec.Metrics);
    }
}

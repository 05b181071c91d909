namespace KubeSharp.Kinds.Tests;

public sealed class PersistentVolumeKindTests
{
    private static readonly DateTimeOffset Then = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);
    private static readonly Kind Volumes = new BuiltIn(TimeProvider.System).Find("", "v1", "PersistentVolume")!;

    [Fact]
    public void A_phase_has_the_time_it_began()
    {
        var old = new PersistentVolume { Status = new() { Phase = "Available", LastPhaseTransitionTime = Then } };

        Assert.Equal(Then, Written(new() { Phase = "Available" }).LastPhaseTransitionTime);
        Assert.Equal(Then.AddDays(1), Written(new() { Phase = "Bound", LastPhaseTransitionTime = Then.AddDays(1) }).LastPhaseTransitionTime);
        Assert.True(Written(new() { Phase = "Bound", LastPhaseTransitionTime = Then }).LastPhaseTransitionTime > Then);

        PersistentVolumeStatus Written(PersistentVolumeStatus status) => ((PersistentVolume)Volumes.PrepareForStatusUpdate(old, old with { Status = status })).Status;
    }
}

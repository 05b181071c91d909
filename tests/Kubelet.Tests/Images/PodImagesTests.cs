using System.Text;
using KubeSharp.Kubelet.Images;
using KubeSharp.Kubelet.Tests.Fakes;
using KubeSharp.Kubelet.Tests.Volumes;
using KubeSharp.Objects.CoreV1;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Kubelet.Tests.Images;

public sealed class PodImagesTests
{
    private static readonly Pod Pod = new() { Metadata = new() { Name = "p", Namespace = "ns", Uid = "u1" } };
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeReferences _objects = new();
    private readonly EventLines _events = new();
    private readonly FakeRuntime _runtime;
    private readonly PodImages _images;

    public PodImagesTests()
    {
        _runtime = new(_clock);
        _images = new(_runtime, _objects, _events, Task.CompletedTask, name => name.Repository == "library/own", _clock);
    }

    [Fact]
    public async Task A_present_image_is_not_pulled()
    {
        _runtime.AddImage("docker.io/library/busybox:1.29");

        await EnsureAsync("busybox:1.29");

        Assert.Equal(["Normal Pulled Container image \"busybox:1.29\" already present on machine"], _events.Lines);
        Assert.Empty(_runtime.PulledWith);
    }

    [Fact]
    public async Task Latest_is_always_pulled()
    {
        _runtime.AddImage("docker.io/library/busybox:latest");
        _runtime.Registry.Add("docker.io/library/busybox:latest");

        await EnsureAsync("busybox");

        Assert.Equal(
            ["Normal Pulling Pulling image \"busybox\"", "Normal Pulled Successfully pulled image \"busybox\" in 0s (0s including waiting). Image size: 1000000 bytes."],
            _events.Lines);
    }

    [Fact]
    public async Task No_registry_is_asked_for_an_image_that_came_with_the_node()
    {
        _runtime.AddImage("docker.io/library/own:latest");

        await EnsureAsync("own");

        Assert.Equal(["Normal Pulled Container image \"own\" already present on machine"], _events.Lines);
        Assert.Empty(_runtime.PulledWith);
    }

    [Fact]
    public async Task Never_means_never()
    {
        var e = await Assert.ThrowsAsync<ImageException>(() => EnsureAsync("missing.example.com/x:1", "Never"));

        Assert.Equal("ErrImageNeverPull", e.Reason);
        Assert.Equal("Container image \"missing.example.com/x:1\" is not present with pull policy of Never", e.Message);
    }

    [Fact]
    public async Task A_failed_pull_is_not_tried_again_too_soon_and_later_and_later()
    {
        foreach (var wait in (int[])[10, 20, 40, 80, 160, 300, 300])
        {
            Assert.Equal("ErrImagePull", await ReasonAsync());
            _clock.Advance(TimeSpan.FromSeconds(wait - 1));
            Assert.Equal("ImagePullBackOff", await ReasonAsync());
            _clock.Advance(TimeSpan.FromSeconds(1));
        }

        _runtime.Registry.Add("r.io/x:1");
        await EnsureAsync("r.io/x:1");
        Assert.Contains("Normal BackOff Back-off pulling image \"r.io/x:1\"", _events.Lines);
        Assert.Contains("Warning Failed Failed to pull image \"r.io/x:1\": rpc error: code = NotFound desc = failed to resolve reference \"r.io/x:1\": not found", _events.Lines);

        async Task<string> ReasonAsync() => (await Assert.ThrowsAsync<ImageException>(() => EnsureAsync("r.io/x:1"))).Reason;
    }

    [Fact]
    public async Task Credentials_of_the_pods_secrets_are_tried_the_most_specific_first()
    {
        _objects.Add(DockerConfig("one", ("https://r.io", "any", "a"), ("r.io/team", "team", "t"), ("other.io", "x", "y")));
        var pod = Pod with { Spec = new() { ImagePullSecrets = [new() { Name = "one" }, new() { Name = "gone" }] } };

        await Assert.ThrowsAsync<ImageException>(() => EnsureAsync("r.io/team/app:1", pod: pod));

        Assert.Equal(["team", "any"], _runtime.PulledWith.Select(a => a?.Username));
        Assert.Contains(
            "Warning FailedToRetrieveImagePullSecret Unable to retrieve some image pull secrets (gone); attempting to pull the image may not succeed.", _events.Lines);
    }

    [Theory]
    [InlineData("busybox", "docker.io/library/busybox:latest")]
    [InlineData("busybox:1.29", "docker.io/library/busybox:1.29")]
    [InlineData("me/app", "docker.io/me/app:latest")]
    [InlineData("localhost/app", "localhost/app:latest")]
    [InlineData("10.201.0.1:5999/none/missing:1", "10.201.0.1:5999/none/missing:1")]
    [InlineData("r.io/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef", "r.io/a@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef")]
    [InlineData("Upper/case", null)]
    [InlineData("a b", null)]
    [InlineData("x:", null)]
    [InlineData("", null)]
    public void Names_are_completed_or_refused(string text, string? expected) => Assert.Equal(expected, ImageName.Parse(text)?.ToString());

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(12, "12ms")]
    [InlineData(1500, "1.5s")]
    [InlineData(61_004, "1m1.004s")]
    [InlineData(3_600_000, "1h0m0s")]
    public void Durations_are_written_as_go_writes_them(int milliseconds, string expected) =>
        Assert.Equal(expected, GoDuration.Format(TimeSpan.FromMilliseconds(milliseconds)));

    private Task<PresentImage> EnsureAsync(string image, string policy = "", Pod? pod = null) => _images.EnsureAsync(
        pod ?? Pod, new() { Name = "c", Image = image, ImagePullPolicy = policy }, new(), TestContext.Current.CancellationToken);

    private static Secret DockerConfig(string name, params (string Host, string User, string Password)[] auths)
    {
        var entries = auths.Select(a => $"\"{a.Host}\":{{\"auth\":\"{Convert.ToBase64String(Encoding.UTF8.GetBytes($"{a.User}:{a.Password}"))}\"}}");
        return new()
        {
            Metadata = new() { Name = name, Namespace = "ns" },
            Type = "kubernetes.io/dockerconfigjson",
            Data = new Dictionary<string, ReadOnlyMemory<byte>> { [".dockerconfigjson"] = Encoding.UTF8.GetBytes($"{{\"auths\":{{{string.Join(',', entries)}}}}}") },
        };
    }
}

using System.Collections.Concurrent;
using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Volumes;

namespace KubeSharp.Kubelet.Images;

/// <inheritdoc cref="IImages"/>
/// <param name="isOwn">Whether an image came with the node: it is the newest there is, whatever the pull policy says.</param>
/// <param name="whenImported">Completes when the archives on this node have been imported; what is still absent then must be pulled.</param>
internal sealed class PodImages(
    IRuntimeImages runtime, IReferencedObjects objects, IEventRecorder events, Task whenImported, Func<ImageName, bool> isOwn, TimeProvider clock) : IImages
{
    private readonly PullBackoff _backoff = new(clock);
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _pulls = new();

    public async Task<PresentImage> EnsureAsync(
        Pod pod, Objects.CoreV1.Container container, PodSandboxConfig sandbox, CancellationToken ct)
    {
        var image = container.Image;
        var say = new Voice(events, pod, FieldPath(pod, container.Name));
        var name = ImageName.Parse(image);
        if (name is null)
        {
            var complaint = $"Failed to apply default image tag \"{image}\": couldn't parse image name \"{image}\": invalid reference format";
            say.Warning("InspectFailed", complaint);
            throw new ImageException("InvalidImageName", complaint);
        }

        var spec = new ImageSpec { Image = name.ToString(), UserSpecifiedImage = image };
        var policy = container.ImagePullPolicy.Length > 0 ? container.ImagePullPolicy : name.Tag == "latest" ? "Always" : "IfNotPresent";
        var present = await InspectAsync(spec, image, say, ct);
        if ((present is null || policy == "Always") && !whenImported.IsCompleted)
        {
            await whenImported.WaitAsync(ct);
            present ??= await InspectAsync(spec, image, say, ct);
        }

        if (present is not null && (policy != "Always" || isOwn(name)))
        {
            say.Normal("Pulled", $"Container image \"{image}\" already present on machine");
            return Present(present);
        }

        if (policy == "Never")
        {
            var complaint = $"Container image \"{image}\" is not present with pull policy of Never";
            say.Warning("ErrImageNeverPull", complaint);
            throw new ImageException("ErrImageNeverPull", complaint);
        }

        if (_backoff.Waiting(pod.Metadata.Uid, image) is { } why)
        {
            say.Normal("BackOff", $"Back-off pulling image \"{image}\"");
            throw new ImageException("ImagePullBackOff", $"Back-off pulling image \"{image}\": ErrImagePull: {why}");
        }

        return await PullAsync(pod, name, spec, image, sandbox, say, ct);
    }

    private async Task<PresentImage> PullAsync(
        Pod pod, ImageName name, ImageSpec spec, string image, PodSandboxConfig sandbox, Voice say, CancellationToken ct)
    {
        say.Normal("Pulling", $"Pulling image \"{image}\"");
        var asked = clock.GetTimestamp();
        var turn = _pulls.GetOrAdd(spec.Image, _ => new(1)); // the names of images a node ever pulls are few
        await turn.WaitAsync(ct);
        try
        {
            var started = clock.GetTimestamp();
            var reference = await PullWithAnyAsync(pod, name, spec, sandbox, say, ct);
            var (took, waited) = (clock.GetElapsedTime(started), clock.GetElapsedTime(asked));
            var pulled = await runtime.FindImageAsync(new() { Image = reference }, ct);
            _backoff.Succeeded(pod.Metadata.Uid, image);
            say.Normal(
                "Pulled",
                $"Successfully pulled image \"{image}\" in {GoDuration.Format(took)} ({GoDuration.Format(waited)} including waiting). Image size: {pulled?.Size ?? 0} bytes.");
            return pulled is null ? new(reference, reference) : Present(pulled);
        }
        catch (RuntimeException e)
        {
            _backoff.Failed(pod.Metadata.Uid, image, e.Message);
            say.Warning("Failed", $"Failed to pull image \"{image}\": {e.Message}");
            throw new ImageException(e.Kind == RuntimeErrorKind.Unavailable ? "RegistryUnavailable" : "ErrImagePull", e.Message, e);
        }
        finally
        {
            turn.Release();
        }
    }

    /// <summary>With each of the fitting credentials until one does; anonymously if there is none.</summary>
    private async Task<string> PullWithAnyAsync(
        Pod pod, ImageName name, ImageSpec spec, PodSandboxConfig sandbox, Voice say, CancellationToken ct)
    {
        var credentials = PullSecrets.For(name, await SecretsAsync(pod, say, ct));
        for (var i = 0; ; i++)
        {
            try
            {
                return await runtime.PullImageAsync(spec, i < credentials.Count ? credentials[i] : null, sandbox, ct);
            }
            catch (RuntimeException) when (i + 1 < credentials.Count)
            {
            }
        }
    }

    private async Task<List<Secret>> SecretsAsync(Pod pod, Voice say, CancellationToken ct)
    {
        var found = new List<Secret>();
        var missing = new List<string>();
        foreach (var reference in pod.Spec.ImagePullSecrets)
        {
            try
            {
                if (await objects.FindSecretAsync(pod, reference.Name, ct) is { } secret)
                    found.Add(secret);
                else
                    missing.Add(reference.Name);
            }
            catch (Exception e) when (e is ApiException or HttpRequestException or IOException)
            {
                missing.Add(reference.Name); // the image may be public
            }
        }

        if (missing.Count > 0)
        {
            say.Warning(
                "FailedToRetrieveImagePullSecret",
                $"Unable to retrieve some image pull secrets ({string.Join(", ", missing)}); attempting to pull the image may not succeed.");
        }

        return found;
    }

    private async Task<Image?> InspectAsync(ImageSpec spec, string image, Voice say, CancellationToken ct)
    {
        try
        {
            return await runtime.FindImageAsync(spec, ct);
        }
        catch (RuntimeException e)
        {
            say.Warning("InspectFailed", $"Failed to inspect image \"{image}\": {e.Message}");
            throw new ImageException("ImageInspectError", $"Failed to inspect image \"{image}\": {e.Message}", e);
        }
    }

    private static PresentImage Present(Image image) => new(image.Id, image.RepoDigests.FirstOrDefault(image.Id));

    private static string FieldPath(Pod pod, string container)
    {
        var list = pod.Spec.InitContainers.Any(c => c.Name == container) ? "initContainers"
            : pod.Spec.EphemeralContainers.Any(c => c.Name == container) ? "ephemeralContainers" : "containers";
        return $"spec.{list}{{{container}}}";
    }

    private sealed record Voice(IEventRecorder Events, Pod Pod, string FieldPath)
    {
        public void Normal(string reason, string message) => Events.Record(Pod, "Normal", reason, message, FieldPath);

        public void Warning(string reason, string message) => Events.Record(Pod, "Warning", reason, message, FieldPath);
    }
}

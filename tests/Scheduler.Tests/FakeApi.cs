using System.Collections.Concurrent;
using System.Text;
using KubeSharp.Client.Http;

namespace KubeSharp.Scheduler.Tests;

/// <summary>As much of an API server as a scheduler talks to: binds pods in the informer's cache, takes conditions and events.</summary>
internal sealed class FakeApi(FakeInformers informers) : HttpMessageHandler, IEventRecorder
{
    private int _bindings;

    /// <summary>Asked for each binding; what it throws is the answer.</summary>
    public Action<string> BeforeBind { get; set; } = _ => { };

    /// <summary>Called when a binding is done and its answer on the way; what it throws, the scheduler meets in place of the answer.</summary>
    public Action<string> AfterBind { get; set; } = _ => { };

    public ConcurrentQueue<(string Pod, string Node)> Bound { get; } = [];

    public ConcurrentQueue<string> Conditions { get; } = [];

    public ConcurrentQueue<string> Events { get; } = [];

    public IClient Client(TimeProvider clock) => new ApiClient(new HttpMessageInvoker(this), new("https://server"), "tests", clock, new Random(1));

    public void Record(IObject about, string type, string reason, string message, string fieldPath = "") =>
        Events.Enqueue($"{type} {reason} {about.Metadata.Name}: {message}");

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var body = await request.Content!.ReadAsByteArrayAsync(cancellationToken);
        var path = request.RequestUri!.AbsolutePath.Split('/');
        try
        {
            return path switch
            {
                [.., "namespaces", var ns, "pods", var name, "binding"] => Bind(new(ns, name), Json.Decode<Binding>(body)),
                [.., "namespaces", var ns, "pods", var name, "status"] => Patch(new(ns, name), body),
                [.., "namespaces", var ns, "pods", var name] when request.Method == HttpMethod.Delete => Delete(new(ns, name)),
                [.., "namespaces", var ns, "persistentvolumeclaims", var name] => Select(new(ns, name), body),
                _ => throw ApiException.NoSuchPath(request.RequestUri.AbsolutePath),
            };
        }
        catch (ApiException e)
        {
            return new((System.Net.HttpStatusCode)e.Code) { Content = new ByteArrayContent(Json.Encode(e.Status)) };
        }
    }

    private HttpResponseMessage Bind(ObjectKey key, Binding binding)
    {
        BeforeBind(key.Name);
        var pods = informers.Of<Pod>();
        var pod = pods.Find(key) ?? throw ApiException.NotFound("", "pods", key.Name);
        Assert.Equal(pod.Metadata.Uid, binding.Metadata.Uid);
        if (pod.Spec.NodeName.Length > 0)
            throw ApiException.Conflict("", "pods/binding", key.Name, $"pod {key.Name} is already assigned to node \"{pod.Spec.NodeName}\"");

        Interlocked.Increment(ref _bindings);
        pods.Put(pod.On(binding.Target.Name));
        Bound.Enqueue((key.Name, binding.Target.Name));
        AfterBind(key.Name);
        return Ok("""{"kind":"Status","status":"Success"}""");
    }

    private HttpResponseMessage Patch(ObjectKey key, byte[] body)
    {
        Conditions.Enqueue($"{key.Name} {Encoding.UTF8.GetString(body)}");
        return Ok("{}");
    }

    private HttpResponseMessage Delete(ObjectKey key)
    {
        informers.Of<Pod>().Delete(key);
        return Ok("{}");
    }

    /// <summary>The provisioner of every claim: makes the volume at once where the scheduler says.</summary>
    private HttpResponseMessage Select(ObjectKey key, byte[] body)
    {
        var node = Json.Decode<PersistentVolumeClaim>(body).Metadata.Annotations["volume.kubernetes.io/selected-node"];
        var claims = informers.Of<PersistentVolumeClaim>();
        var claim = claims.Find(key)!;
        claims.Put(claim with
        {
            Metadata = claim.Metadata with
            {
                ResourceVersion = "2",
                Annotations = new Dictionary<string, string> { ["volume.kubernetes.io/selected-node"] = node, ["pv.kubernetes.io/bind-completed"] = "yes" },
            },
            Spec = claim.Spec with { VolumeName = "made" },
        });
        return Ok("{}");
    }

    private static HttpResponseMessage Ok(string body) => new(System.Net.HttpStatusCode.OK) { Content = new StringContent(body) };
}

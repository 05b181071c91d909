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
        var key = new ObjectKey(path[4], path[6]);
        try
        {
            return path[7] == "binding" ? Bind(key, Json.Decode<Binding>(body)) : Patch(key, body);
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
        return Ok("""{"kind":"Status","status":"Success"}""");
    }

    private HttpResponseMessage Patch(ObjectKey key, byte[] body)
    {
        Conditions.Enqueue($"{key.Name} {Encoding.UTF8.GetString(body)}");
        return Ok("{}");
    }

    private static HttpResponseMessage Ok(string body) => new(System.Net.HttpStatusCode.OK) { Content = new StringContent(body) };
}

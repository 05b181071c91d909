using System.Collections.Concurrent;
using System.Globalization;
using KubeSharp.Machinery.Metrics;

namespace KubeSharp.ApiServer.Metrics;

/// <summary>The labels of one sort of request, made once and used for all of its kind.</summary>
internal sealed class RequestLabels
{
    private const string Component = "apiserver";

    private readonly ConcurrentDictionary<int, KeyValuePair<string, object?>[]> _counted = [];
    private readonly ConcurrentDictionary<int, KeyValuePair<string, object?>[]> _terminated = [];

    public RequestLabels(RequestSort sort)
    {
        Sort = sort;
        Base = Instruments.Labels(
            ("component", Component), ("group", sort.Group), ("resource", sort.Resource), ("scope", sort.Scope), ("subresource", sort.Subresource), ("verb", sort.Verb), ("version", sort.Version));
        Timed = Instruments.Labels(
            ("component", Component), ("dry_run", sort.DryRun), ("group", sort.Group), ("resource", sort.Resource), ("scope", sort.Scope), ("subresource", sort.Subresource),
            ("verb", sort.Verb), ("version", sort.Version));
        Aborted = Base[1..];
        Own = Instruments.Labels(("group", sort.Group), ("resource", sort.Resource), ("subresource", sort.Subresource), ("verb", sort.Verb));
    }

    public RequestSort Sort { get; }

    public KeyValuePair<string, object?>[] Base { get; }

    public KeyValuePair<string, object?>[] Timed { get; }

    public KeyValuePair<string, object?>[] Aborted { get; }

    /// <summary>Of requests the server makes to itself.</summary>
    public KeyValuePair<string, object?>[] Own { get; }

    public KeyValuePair<string, object?>[] Counted(int code) => _counted.GetOrAdd(code, static (c, tags) => [new("code", Text(c)), .. tags], Timed);

    public KeyValuePair<string, object?>[] Terminated(int code) => _terminated.GetOrAdd(code, static (c, tags) => [new("code", Text(c)), .. tags], Base);

    private static string Text(int code) => code.ToString(CultureInfo.InvariantCulture);
}

/// <summary>By what requests are told apart in metrics.</summary>
internal readonly record struct RequestSort(string Verb, string Group, string Version, string Resource, string Subresource, string Scope, string DryRun);

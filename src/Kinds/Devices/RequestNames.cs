using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>The names by which other parts of a claim speak of its requests: <c>request</c> or <c>request/alternative</c>.</summary>
internal sealed class RequestNames(DeviceClaim claim)
{
    private const string Unknown = "must be the name of a request in the claim or the name of a request and a subrequest separated by '/'";

    private readonly HashSet<string> _known =
        [.. claim.Requests.Select(r => r.Name), .. claim.Requests.SelectMany(r => r.FirstAvailable.Select(s => $"{r.Name}/{s.Name}"))];

    public void Validate(string field, string name, Findings findings)
    {
        var parts = name.Split('/');
        if (parts.Length <= 2)
        {
            foreach (var part in parts)
                findings.Label(field, part);
        }

        if (!_known.Contains(name))
            findings.Invalid(field, name, Unknown);
    }
}

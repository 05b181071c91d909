using KubeSharp.Kinds.Rules;
using IPAddress = KubeSharp.Objects.NetworkingV1.IPAddress;

namespace KubeSharp.Kinds.Networking;

/// <summary>An address of Services, taken by the object it names.</summary>
internal sealed class IPAddressKind : Kind<IPAddress>
{
    /// <summary>The name is the address, written as everybody would write it.</summary>
    public override IEnumerable<string> ValidateName(string name)
    {
        if (!AddressRules.IsIp(name))
            yield return $"ParseAddr(\"{name}\"): unable to parse IP";
        else if (AddressBlock.Text(System.Net.IPAddress.Parse(name)) != name)
            yield return "must be a canonical format IP address";
    }

    public override void Validate(IPAddress obj, Findings findings)
    {
        const string Parent = "spec.parentRef";
        if (obj.Spec.ParentRef is not { } parent)
        {
            findings.Required(Parent);
            return;
        }

        if (parent.Group.Length > 0)
            findings.Each($"{Parent}.group", parent.Group, NameRules.Dns1123Subdomain(parent.Group));
        findings.PathSegment($"{Parent}.resource", parent.Resource);
        findings.PathSegment($"{Parent}.name", parent.Name);
        findings.Each($"{Parent}.namespace", parent.Namespace, NameRules.PathSegment(parent.Namespace));
    }

    public override void ValidateUpdate(IPAddress old, IPAddress obj, Findings findings) =>
        findings.Immutable("spec.parentRef", old.Spec.ParentRef, obj.Spec.ParentRef);

    public override IReadOnlyList<object?> Cells(IPAddress obj, DateTimeOffset now) =>
        [obj.Metadata.Name, obj.Spec.ParentRef is { } p ? $"{p.Resource}{(p.Group.Length > 0 ? "." + p.Group : "")}/{p.Namespace}/{p.Name}".ToLowerInvariant() : CellText.None];
}

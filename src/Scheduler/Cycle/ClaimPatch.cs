using System.Text.Json;
using KubeSharp.Client;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>The patches by which the scheduler decides about a claim. Each is refused if the object has changed since it was looked at.</summary>
internal static class ClaimPatch
{
    /// <summary>The volume is for this claim.</summary>
    public static Patch Take(PersistentVolume volume, PersistentVolumeClaim claim) => Patch.Merge(
        $$$"""
        {"metadata":{"resourceVersion":{{{Text(volume.Metadata.ResourceVersion)}}},"annotations":{"pv.kubernetes.io/bound-by-controller":"yes"}},
        "spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":{{{Text(claim.Metadata.Namespace)}}},
        "name":{{{Text(claim.Metadata.Name)}}},"uid":{{{Text(claim.Metadata.Uid)}}},"resourceVersion":{{{Text(claim.Metadata.ResourceVersion)}}}}}}
        """);

    /// <summary>A volume is to be made for the claim that this node can reach.</summary>
    public static Patch Provision(PersistentVolumeClaim claim, string node) => Patch.Merge(
        $$$"""
        {"metadata":{"resourceVersion":{{{Text(claim.Metadata.ResourceVersion)}}},"annotations":{"volume.kubernetes.io/selected-node":{{{Text(node)}}}}}}
        """);

    private static string Text(string value) => $"\"{JsonEncodedText.Encode(value)}\"";
}

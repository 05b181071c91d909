using System.Buffers;
using System.Text.Json;
using KubeSharp.Client;

namespace KubeSharp.Scheduler.Cycle;

/// <summary>The patches by which the scheduler decides about a claim. Each is refused if the object has changed since it was looked at.</summary>
internal static class ClaimPatch
{
    /// <summary>The volume is for this claim.</summary>
    public static Patch Take(PersistentVolume volume, PersistentVolumeClaim claim) => Merge(volume.Metadata, "pv.kubernetes.io/bound-by-controller", "yes", writer =>
    {
        writer.WriteStartObject("spec"u8);
        writer.WritePropertyName("claimRef"u8);
        new ObjectReference
        {
            ApiVersion = "v1",
            Kind = "PersistentVolumeClaim",
            Namespace = claim.Metadata.Namespace,
            Name = claim.Metadata.Name,
            Uid = claim.Metadata.Uid,
            ResourceVersion = claim.Metadata.ResourceVersion,
        }.WriteJson(writer);
        writer.WriteEndObject();
    });

    /// <summary>A volume is to be made for the claim that this node can reach.</summary>
    public static Patch Provision(PersistentVolumeClaim claim, string node) =>
        Merge(claim.Metadata, "volume.kubernetes.io/selected-node", node, _ => { });

    private static Patch Merge(ObjectMeta metadata, string annotation, string value, Action<Utf8JsonWriter> more)
    {
        var body = new ArrayBufferWriter<byte>(512);
        using (var writer = new Utf8JsonWriter(body, Json.WriterOptions))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("metadata"u8);
            writer.WriteString("resourceVersion"u8, metadata.ResourceVersion);
            writer.WriteStartObject("annotations"u8);
            writer.WriteString(annotation, value);
            writer.WriteEndObject();
            writer.WriteEndObject();
            more(writer);
            writer.WriteEndObject();
        }

        return new("application/merge-patch+json", body.WrittenMemory);
    }
}

using System.Buffers;
using System.Text.Json;

namespace KubeSharp.PodNetwork.Cni;

/// <summary>The CNI configuration list of this node's pods. Pure.</summary>
/// <remarks>
/// A point-to-point link per pod and a /32 route to it: every packet of a pod, even to its neighbour, is routed and passes the forward
/// hook, so Service and policy rules hold without br_netfilter.
/// </remarks>
/// <param name="PodCidr">The addresses to give out.</param>
/// <param name="Mtu">Bytes; 0 leaves the kernel's default.</param>
/// <param name="AddressDir">Where host-local writes which address belongs to whom.</param>
/// <param name="Plugins">The plugins that are installed.</param>
internal sealed record NetworkConfiguration(string Name, string PodCidr, uint Mtu, string AddressDir, IReadOnlySet<string> Plugins)
{
    /// <summary>Spoken by the plugins of 2022 and by all later ones.</summary>
    private const string Version = "1.0.0";

    /// <summary>The bit of the packet mark portmap masquerades by; its own default, apart from ours (0x4000 and 0x8000 of the connection).</summary>
    private const int PortMapBit = 13;

    private static readonly JsonWriterOptions Indented = new() { Indented = true };

    public byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var w = new Utf8JsonWriter(buffer, Indented))
        {
            w.WriteStartObject();
            w.WriteString("cniVersion"u8, Version);
            w.WriteString("name"u8, Name);
            w.WriteStartArray("plugins"u8);
            WritePointToPoint(w);
            if (Plugins.Contains("portmap"))
                WritePortMap(w);
            if (Plugins.Contains("bandwidth"))
                WriteCapable(w, "bandwidth", "bandwidth");
            w.WriteEndArray();
            w.WriteEndObject();
        }

        return [.. buffer.WrittenSpan, (byte)'\n'];
    }

    private void WritePointToPoint(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("type"u8, "ptp");
        w.WriteBoolean("ipMasq"u8, false); // our own table does that, with sets instead of a chain per pod
        if (Mtu > 0)
            w.WriteNumber("mtu"u8, Mtu);
        w.WriteStartObject("ipam"u8);
        w.WriteString("type"u8, "host-local");
        w.WriteString("dataDir"u8, AddressDir);
        w.WriteStartArray("ranges"u8);
        w.WriteStartArray();
        w.WriteStartObject();
        w.WriteString("subnet"u8, PodCidr);
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndArray();
        w.WriteStartArray("routes"u8);
        w.WriteStartObject();
        w.WriteString("dst"u8, "0.0.0.0/0");
        w.WriteEndObject();
        w.WriteEndArray();
        w.WriteEndObject();
        w.WriteEndObject();
    }

    private static void WritePortMap(Utf8JsonWriter w)
    {
        w.WriteStartObject();
        w.WriteString("type"u8, "portmap");
        w.WriteStartObject("capabilities"u8);
        w.WriteBoolean("portMappings"u8, true);
        w.WriteEndObject();
        w.WriteBoolean("snat"u8, true); // localhost and a pod's own host port work only so
        w.WriteNumber("markMasqBit"u8, PortMapBit);
        w.WriteEndObject();
    }

    private static void WriteCapable(Utf8JsonWriter w, string type, string capability)
    {
        w.WriteStartObject();
        w.WriteString("type"u8, type);
        w.WriteStartObject("capabilities"u8);
        w.WriteBoolean(capability, true);
        w.WriteEndObject();
        w.WriteEndObject();
    }
}

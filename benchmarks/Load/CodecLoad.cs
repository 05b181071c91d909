using System.Diagnostics;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;

namespace KubeSharp.Load;

/// <summary>What one typical pod costs to decode and encode, with the runtime's compiler (not the native one).</summary>
internal static class CodecLoad
{
    private const int Rounds = 20_000;

    public static void Run(byte[] json)
    {
        var pod = Json.Decode<Pod>(json);
        var proto = Protobuf.EncodeMessage(pod);
        Measure($"decode a pod of {json.Length:n0} bytes of JSON", () => Json.Decode<Pod>(json));
        Measure("encode it as JSON", () => Json.Encode(pod));
        Measure($"decode a pod of {proto.Length:n0} bytes of protobuf", () => Protobuf.DecodeMessage<Pod>(proto));
        Measure("encode it as protobuf", () => Protobuf.EncodeMessage(pod));
    }

    private static void Measure<T>(string what, Func<T> operation)
    {
        for (var i = 0; i < Rounds; i++)
            operation();
        GC.Collect();
        var (bytes, start) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.GetTimestamp());
        for (var i = 0; i < Rounds; i++)
            operation();
        var (spent, allocated) = (Stopwatch.GetElapsedTime(start), GC.GetAllocatedBytesForCurrentThread() - bytes);
        Table.Row(what, $"{spent.TotalMicroseconds / Rounds:0.0} µs", $"{allocated / Rounds:n0} bytes allocated");
    }
}

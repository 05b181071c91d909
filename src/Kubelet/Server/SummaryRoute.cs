using System.Buffers;
using System.Globalization;
using System.Text.Json;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.NodeStatus;
using KubeSharp.Linux.Files;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary><c>GET /stats/summary</c> (stats/v1alpha1 Summary).</summary>
internal sealed class SummaryRoute(NodeUsage usage, IRuntimeImages images, KubeletOptions options, TimeProvider clock)
{
    public async Task ServeAsync(HttpContext context, CancellationToken ct)
    {
        var isCpuAndMemoryOnly = context.Request.Query["only_cpu_and_memory"] == "true";
        var pods = await usage.PodsAsync(ct);
        var imageBytes = isCpuAndMemoryOnly ? 0 : (await images.ImageFsInfoAsync(ct)).ImageFilesystems.Sum(f => (long)(f.UsedBytes?.Value ?? 0));
        var space = FileSystemSpace.Of(options.DataDir);
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            json.WriteStartObject();
            json.WriteStartObject("node");
            json.WriteString("nodeName", options.NodeName);
            WriteUsage(json, usage.Node());
            if (!isCpuAndMemoryOnly)
            {
                WriteFileSystem(json, "fs", space, space.UsedBytes, space.TotalInodes - space.FreeInodes);
                json.WriteStartObject("runtime");
                WriteFileSystem(json, "imageFs", space, imageBytes, null);
                json.WriteEndObject();
                WriteRlimit(json);
            }

            json.WriteEndObject();
            json.WriteStartArray("pods");
            foreach (var pod in pods)
                WritePod(json, pod, space, isCpuAndMemoryOnly);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        await Answer.JsonAsync(context, buffer.WrittenMemory);
    }

    private void WritePod(Utf8JsonWriter json, PodUsage pod, FileSystemSpace space, bool isCpuAndMemoryOnly)
    {
        json.WriteStartObject();
        json.WriteStartObject("podRef");
        json.WriteString("name", pod.Pod.Metadata.Name);
        json.WriteString("namespace", pod.Pod.Metadata.Namespace);
        json.WriteString("uid", pod.Pod.Metadata.Uid);
        json.WriteEndObject();
        if (pod.Pod.Status.StartTime is { } start)
            json.WriteString("startTime", Time(start));
        json.WriteStartArray("containers");
        foreach (var container in pod.Containers)
        {
            json.WriteStartObject();
            json.WriteString("name", container.Name);
            if (container.StartedAt is { } started)
                json.WriteString("startTime", Time(started));
            WriteUsage(json, container.Usage);
            if (!isCpuAndMemoryOnly)
            {
                WriteFileSystem(json, "rootfs", space, container.RootBytes, container.RootInodes);
                WriteFileSystem(json, "logs", space, container.LogBytes, 1);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (pod.Usage is { } usageOfAll)
            WriteUsage(json, usageOfAll);
        if (!isCpuAndMemoryOnly)
        {
            WriteNetwork(json, pod.Network);
            WriteFileSystem(json, "ephemeral-storage", space, pod.Containers.Sum(c => c.RootBytes + c.LogBytes), pod.Containers.Sum(c => c.RootInodes + 1));
            json.WriteStartObject("process_stats");
            json.WriteNumber("process_count", pod.Processes);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void WriteUsage(Utf8JsonWriter json, UsageSample sample)
    {
        json.WriteStartObject("cpu");
        json.WriteString("time", Time(sample.Time));
        if (sample.NanoCores is { } rate)
            json.WriteNumber("usageNanoCores", rate);
        json.WriteNumber("usageCoreNanoSeconds", sample.CpuNanoseconds);
        json.WriteEndObject();
        json.WriteStartObject("memory");
        json.WriteString("time", Time(sample.Time));
        if (sample.AvailableBytes is { } available)
            json.WriteNumber("availableBytes", available);
        json.WriteNumber("usageBytes", sample.MemoryBytes);
        json.WriteNumber("workingSetBytes", sample.WorkingSetBytes);
        json.WriteNumber("rssBytes", sample.RssBytes);
        json.WriteNumber("pageFaults", sample.PageFaults);
        json.WriteNumber("majorPageFaults", sample.MajorPageFaults);
        json.WriteEndObject();
    }

    private void WriteNetwork(Utf8JsonWriter json, IReadOnlyList<InterfaceCounts> interfaces)
    {
        if (interfaces.Count == 0)
            return;

        json.WriteStartObject("network");
        json.WriteString("time", Time(clock.GetUtcNow()));
        WriteInterface(json, interfaces[0]); // the default interface stands on its own too
        json.WriteStartArray("interfaces");
        foreach (var counts in interfaces)
        {
            json.WriteStartObject();
            WriteInterface(json, counts);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteInterface(Utf8JsonWriter json, InterfaceCounts counts)
    {
        json.WriteString("name", counts.Name);
        json.WriteNumber("rxBytes", counts.ReceivedBytes);
        json.WriteNumber("rxErrors", counts.ReceiveErrors);
        json.WriteNumber("txBytes", counts.SentBytes);
        json.WriteNumber("txErrors", counts.SendErrors);
    }

    private void WriteFileSystem(Utf8JsonWriter json, string name, FileSystemSpace space, long used, long? usedInodes)
    {
        json.WriteStartObject(name);
        json.WriteString("time", Time(clock.GetUtcNow()));
        json.WriteNumber("availableBytes", space.AvailableBytes);
        json.WriteNumber("capacityBytes", space.TotalBytes);
        json.WriteNumber("usedBytes", used);
        json.WriteNumber("inodesFree", space.FreeInodes);
        json.WriteNumber("inodes", space.TotalInodes);
        if (usedInodes is { } inodes)
            json.WriteNumber("inodesUsed", inodes);
        json.WriteEndObject();
    }

    private void WriteRlimit(Utf8JsonWriter json)
    {
        json.WriteStartObject("rlimit");
        json.WriteString("time", Time(clock.GetUtcNow()));
        json.WriteNumber("maxpid", MachineFacts.MaxProcesses());
        json.WriteNumber("curproc", MachineFacts.RunningProcesses());
        json.WriteEndObject();
    }

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

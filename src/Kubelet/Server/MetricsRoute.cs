using KubeSharp.Machinery.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary><c>GET /metrics</c>, <c>/metrics/resource</c> (what metrics-server reads) and <c>/metrics/cadvisor</c>, in Prometheus' text format.</summary>
internal sealed class MetricsRoute(NodeUsage usage, IPods pods, KubeletOptions options)
{
    public Task ServeOwnAsync(HttpContext context, CancellationToken ct)
    {
        ct.ThrowIfCancellationRequested();
        var page = new PrometheusText();
        var all = pods.All;
        page.Family("kubelet_node_name", "gauge", "[ALPHA] The node's name. The count is always 1.");
        page.Value([("node", options.NodeName)], 1);
        page.Family("kubelet_running_pods", "gauge", "[ALPHA] Number of pods that have a running pod sandbox");
        page.Value([], all.Count(p => p.Status.Phase == "Running"));
        page.Family("kubelet_running_containers", "gauge", "[ALPHA] Number of containers currently running");
        page.Value([("container_state", "running")], all.Sum(p => p.Status.ContainerStatuses.Count(c => c.State.Running is not null)));
        page.Family("process_resident_memory_bytes", "gauge", "Resident memory size in bytes.");
        page.Value([], System.Environment.WorkingSet);
        page.Family("process_cpu_seconds_total", "counter", "Total user and system CPU time spent in seconds.");
        page.Value([], System.Environment.CpuUsage.TotalTime.TotalSeconds);
        return WriteAsync(page, context);
    }

    public async Task ServeResourceAsync(HttpContext context, CancellationToken ct)
    {
        var (page, all, node) = (new PrometheusText(), await usage.PodsAsync(ct), usage.Node());
        var containers = all.SelectMany(p => p.Containers, (p, c) => (Labels: Labels(p.Pod, c.Name), Container: c)).ToList();
        var whole = all.Where(p => p.Usage is not null).Select(p => (Labels: Labels(p.Pod, ""), Usage: p.Usage ?? node)).ToList();

        page.Family("container_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the container in core-seconds");
        foreach (var (labels, container) in containers)
            page.Value(labels, container.Usage.CpuNanoseconds / 1e9, container.Usage.Time);
        page.Family("container_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the container in bytes");
        foreach (var (labels, container) in containers)
            page.Value(labels, container.Usage.WorkingSetBytes, container.Usage.Time);
        page.Family("container_start_time_seconds", "gauge", "[STABLE] Start time of the container since unix epoch in seconds");
        foreach (var (labels, container) in containers.Where(c => c.Container.StartedAt is not null))
            page.Value(labels, (container.StartedAt?.ToUnixTimeMilliseconds() ?? 0) / 1e3);
        page.Family("node_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the node in core-seconds");
        page.Value([], node.CpuNanoseconds / 1e9, node.Time);
        page.Family("node_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the node in bytes");
        page.Value([], node.WorkingSetBytes, node.Time);
        page.Family("pod_cpu_usage_seconds_total", "counter", "[STABLE] Cumulative cpu time consumed by the pod in core-seconds");
        foreach (var (labels, pod) in whole)
            page.Value(labels, pod.CpuNanoseconds / 1e9, pod.Time);
        page.Family("pod_memory_working_set_bytes", "gauge", "[STABLE] Current working set of the pod in bytes");
        foreach (var (labels, pod) in whole)
            page.Value(labels, pod.WorkingSetBytes, pod.Time);
        page.Family("resource_scrape_error", "gauge", "[STABLE] 1 if there was an error while getting container metrics, 0 otherwise");
        page.Value([], 0);
        await WriteAsync(page, context);
    }

    public async Task ServeContainersAsync(HttpContext context, CancellationToken ct)
    {
        var (page, all) = (new PrometheusText(), await usage.PodsAsync(ct));
        var containers = all.SelectMany(p => p.Containers, (p, c) => (Labels: Labels(p.Pod, c.Name).Append(("id", "/" + c.Id)).ToArray(), Container: c)).ToList();
        Each("container_cpu_usage_seconds_total", "counter", "Cumulative cpu time consumed in seconds.", c => c.Usage.CpuNanoseconds / 1e9);
        Each("container_memory_usage_bytes", "gauge", "Current memory usage in bytes, including all memory regardless of when it was accessed", c => c.Usage.MemoryBytes);
        Each("container_memory_working_set_bytes", "gauge", "Current working set in bytes.", c => c.Usage.WorkingSetBytes);
        Each("container_memory_rss", "gauge", "Size of RSS in bytes.", c => c.Usage.RssBytes);
        Each("container_fs_usage_bytes", "gauge", "Number of bytes that are consumed by the container on this filesystem.", c => c.RootBytes);
        Net("container_network_receive_bytes_total", "Cumulative count of bytes received", n => n.ReceivedBytes);
        Net("container_network_transmit_bytes_total", "Cumulative count of bytes transmitted", n => n.SentBytes);
        await WriteAsync(page, context);

        void Each(string name, string type, string text, Func<ContainerUsage, double> of)
        {
            page.Family(name, type, text);
            foreach (var (labels, container) in containers)
                page.Value(labels, of(container), container.Usage.Time);
        }

        void Net(string name, string text, Func<InterfaceCounts, double> of)
        {
            page.Family(name, "counter", text);
            foreach (var pod in all)
            {
                foreach (var counts in pod.Network)
                    page.Value([.. Labels(pod.Pod, ""), ("interface", counts.Name)], of(counts));
            }
        }
    }

    private static async Task WriteAsync(PrometheusText page, HttpContext context)
    {
        context.Response.ContentType = PrometheusText.ContentType;
        await context.Response.Body.WriteAsync(page.ToBytes(), context.RequestAborted);
    }

    private static (string, string)[] Labels(Pod pod, string container) => container.Length > 0
        ? [("container", container), ("namespace", pod.Metadata.Namespace), ("pod", pod.Metadata.Name)]
        : [("namespace", pod.Metadata.Namespace), ("pod", pod.Metadata.Name)];
}

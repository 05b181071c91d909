using KubeSharp.Machinery.Metrics;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary><c>/metrics</c> and <c>/metrics/slis</c>: all that the program counts, and the outcomes of its health checks.</summary>
/// <param name="collectors">Write what is known only when it is asked for.</param>
internal sealed class MetricsPaths(PrometheusExporter exporter, PrometheusExporter slis, IReadOnlyList<Action<PrometheusText>> collectors) : IPathHandler
{
    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        var isAll = call.Info.Path is "/metrics" or "/metrics/";
        if (!isAll && call.Info.Path is not "/metrics/slis")
            return false;

        call.CheckIsRead();
        var text = new PrometheusText(PrometheusText.WantsOpenMetrics(call.Accept));
        (isAll ? exporter : slis).Write(text);
        if (isAll)
        {
            foreach (var collect in collectors)
                collect(text);
        }

        var body = text.ToBytes();
        if (Compression.IsWanted(call.Request))
        {
            Compression.Announce(call.Context);
            body = Compression.Zip(body);
        }

        await AnswerWriter.SendAsync(call.Context, text.MediaType, body, StatusCodes.Status200OK, call.Aborted);
        return true;
    }
}

using System.IO.Compression;
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
        if (AnswerWriter.TakesGzip(call.Request))
            body = Zipped(call, body);
        await AnswerWriter.SendAsync(call.Context, text.MediaType, body, StatusCodes.Status200OK, call.Aborted);
        return true;
    }

    private static byte[] Zipped(ApiCall call, byte[] body)
    {
        call.Response.Headers.ContentEncoding = "gzip";
        var buffer = new MemoryStream(body.Length / 8);
        using (var zip = new GZipStream(buffer, CompressionLevel.Fastest, leaveOpen: true))
            zip.Write(body);
        return buffer.ToArray();
    }
}

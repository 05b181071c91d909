using System.Globalization;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.Kubelet.Server;

/// <summary>A page in Prometheus' text format 0.0.4.</summary>
internal sealed class MetricsPage
{
    private readonly StringBuilder _text = new();
    private string _family = "";

    public void Family(string name, string type, string help)
    {
        _family = name;
        _text.Append(CultureInfo.InvariantCulture, $"# HELP {name} {help}\n# TYPE {name} {type}\n");
    }

    /// <param name="time">When it was measured; <see langword="null"/>: now.</param>
    public void Value(ReadOnlySpan<(string Name, string Value)> labels, double value, DateTimeOffset? time = null)
    {
        _text.Append(_family);
        for (var i = 0; i < labels.Length; i++)
        {
            var escaped = labels[i].Value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)
                .Replace("\n", "\\n", StringComparison.Ordinal);
            _text.Append(i == 0 ? '{' : ',').Append(labels[i].Name).Append("=\"").Append(escaped).Append('"');
        }

        _text.Append(labels.Length > 0 ? "} " : " ").Append(value.ToString("R", CultureInfo.InvariantCulture));
        if (time is { } at)
            _text.Append(' ').Append(at.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        _text.Append('\n');
    }

    public async Task WriteAsync(HttpContext context)
    {
        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        await context.Response.Body.WriteAsync(Encoding.UTF8.GetBytes(_text.ToString()), context.RequestAborted);
    }
}

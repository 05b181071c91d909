using System.Text;
using KubeSharp.ApiServer.Metrics;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace KubeSharp.ApiServer.Http;

/// <summary><c>/healthz</c>, <c>/livez</c> and <c>/readyz</c>, whole and check by check, in upstream's text.</summary>
internal sealed partial class HealthPaths(IReadOnlyList<HealthCheck> checks, ILogger<HealthPaths> log) : IPathHandler
{
    public async ValueTask<bool> TryHandleAsync(ApiCall call)
    {
        var parts = call.Info.Path.Trim('/').Split('/', 2);
        if (parts[0] is not ("healthz" or "livez" or "readyz"))
            return false;

        var all = checks.Where(c => !c.IsOfReadiness || parts[0] == "readyz").ToList();
        if (parts.Length == 1)
            await AllAsync(call, parts[0], all);
        else if (all.Find(c => c.Name == parts[1]) is { } one)
            await OneAsync(call, parts[0], one);
        else
            throw ApiException.NoSuchPath(DidYouMean.Hint(parts[1], all.Select(c => c.Name)));
        return true;
    }

    /// <summary>The paths of the checks, for the index.</summary>
    public IEnumerable<string> Paths() =>
        from root in new[] { "healthz", "livez", "readyz" }
        from path in checks.Where(c => !c.IsOfReadiness || root == "readyz").Select(c => $"/{root}/{c.Name}").Prepend("/" + root)
        select path;

    private async Task OneAsync(ApiCall call, string name, HealthCheck check)
    {
        var wrong = await FindAsync(check, name, call.Aborted);
        if (wrong is not null)
            LogFailure(name, check.Name, wrong);
        await AnswerWriter.TextAsync(call.Context, wrong is null ? "ok" : "internal server error: reason withheld\n", wrong is null ? 200 : 500, call.Aborted);
    }

    private async Task AllAsync(ApiCall call, string name, List<HealthCheck> all)
    {
        var excluded = call.Request.Query["exclude"].OfType<string>().ToHashSet();
        var text = new StringBuilder();
        var isWell = true;
        foreach (var check in all)
        {
            if (excluded.Remove(check.Name))
            {
                text.Append("[+]").Append(check.Name).Append(" excluded: ok\n");
            }
            else if (await FindAsync(check, name, call.Aborted) is { } wrong)
            {
                isWell = false;
                LogFailure(name, check.Name, wrong);
                text.Append("[-]").Append(check.Name).Append(" failed: reason withheld\n");
            }
            else
            {
                text.Append("[+]").Append(check.Name).Append(" ok\n");
            }
        }

        if (excluded.Count > 0)
            text.Append("warn: some health checks cannot be excluded: no matches for ").AppendJoin(", ", excluded.Select(e => $"\"{e}\"")).Append('\n');
        text.Append(name).Append(isWell ? " check passed\n" : " check failed\n");
        var isTold = !isWell || call.Request.Query.ContainsKey("verbose");
        await AnswerWriter.TextAsync(call.Context, isTold ? text.ToString() : "ok", isWell ? StatusCodes.Status200OK : StatusCodes.Status500InternalServerError, call.Aborted);
    }

    private static async ValueTask<string?> FindAsync(HealthCheck check, string path, CancellationToken ct)
    {
        var wrong = await check.Find(ct);
        HealthMetrics.Checked(check.Name, path, wrong is null);
        return wrong;
    }

    [LoggerMessage(LogLevel.Warning, "{Path}: the check {Check} failed: {Reason}")]
    private partial void LogFailure(string path, string check, string reason);
}

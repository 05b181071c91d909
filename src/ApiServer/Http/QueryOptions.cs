using System.Globalization;
using System.Text;
using KubeSharp.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;
using ListOptions = KubeSharp.ApiServer.Verbs.ListOptions;

namespace KubeSharp.ApiServer.Http;

/// <summary>Reads the query parameters of the verbs, with upstream's refusals.</summary>
internal static class QueryOptions
{
    private const string Group = "meta.k8s.io";
    private const int MaxManager = 128;
    private static readonly string[] Propagations = ["Foreground", "Background", "Orphan"];
    private static readonly string[] Validations = ["Ignore", "Warn", "Strict"];

    public static ListOptions List(RequestInfo info, IQueryCollection query)
    {
        var fields = Text(query, "fieldSelector");
        return new()
        {
            Namespace = info.Namespace,
            LabelSelector = Text(query, "labelSelector"),
            // The older paths (/api/v1/watch/…/NAME) say in the path what others select by.
            FieldSelector = info.HasNameInPath ? $"metadata.name={info.Name}" + (fields.Length > 0 ? "," + fields : "") : fields,
            ResourceVersion = Text(query, "resourceVersion"),
            ResourceVersionMatch = Text(query, "resourceVersionMatch"),
            Limit = Number(query, "limit") ?? 0,
            Continue = Text(query, "continue"),
            TimeoutSeconds = (int)Math.Clamp(Number(query, "timeoutSeconds") ?? 0, 0, int.MaxValue),
            AllowWatchBookmarks = RequestInfo.Flag(query, "allowWatchBookmarks"),
            SendInitialEvents = query.ContainsKey("sendInitialEvents") ? RequestInfo.Flag(query, "sendInitialEvents") : null,
        };
    }

    /// <param name="kind">The options' kind in messages: <c>CreateOptions</c> …</param>
    /// <exception cref="ApiException">422: a parameter has no meaning.</exception>
    public static WriteOptions Write(ApiCall call, string kind)
    {
        var (request, query) = (call.Request, call.Request.Query);
        var findings = new Findings();
        var dryRun = query["dryRun"];
        CheckDryRun(dryRun, findings);

        var manager = Text(query, "fieldManager");
        if (System.Text.Encoding.UTF8.GetByteCount(manager) > MaxManager)
            findings.TooLong("fieldManager", MaxManager);
        var position = 0;
        foreach (var rune in manager.EnumerateRunes())
        {
            if (Rune.IsControl(rune) || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
                findings.Invalid("fieldManager", manager, string.Create(CultureInfo.InvariantCulture, $"invalid character U+{rune.Value:X4} (at position {position})"));
            position += rune.Utf8SequenceLength;
        }

        var validation = Text(query, "fieldValidation");
        if (validation.Length > 0 && !Validations.Contains(validation))
            findings.NotSupported("fieldValidation", validation, ["", .. Validations]);
        Throw(findings, kind);

        return Bare(call) with
        {
            IsDryRun = dryRun.Count > 0,
            FieldManager = manager.Length > 0 ? manager : FirstPart(request.Headers.UserAgent.ToString()),
            FieldValidation = validation.Length > 0 ? validation : "Warn",
        };
    }

    /// <summary>What goes with every write of the call, whatever its parameters.</summary>
    public static WriteOptions Bare(ApiCall call) => new(call.User) { Warn = call.Warn, Notes = call.Notes, AuditAnnotations = call.Notes.Audit?.Annotations };

    /// <summary>The options of a deletion: the body, or without one the query.</summary>
    public static DeleteOptions Delete(ReadOnlyMemory<byte> body, string contentType, IQueryCollection query)
    {
        var options = body.IsEmpty
            ? new DeleteOptions
            {
                GracePeriodSeconds = Number(query, "gracePeriodSeconds"),
                OrphanDependents = query.ContainsKey("orphanDependents") ? RequestInfo.Flag(query, "orphanDependents") : null,
                PropagationPolicy = query.ContainsKey("propagationPolicy") ? Text(query, "propagationPolicy") : null,
                DryRun = [.. query["dryRun"].OfType<string>()],
            }
            : BodyDecoder.DecodePlain<DeleteOptions>(body, contentType);

        var findings = new Findings();
        if (options.PropagationPolicy is { } policy)
        {
            if (options.OrphanDependents is not null)
                findings.Invalid("propagationPolicy", policy, "orphanDependents and deletionPropagation cannot be both set");
            if (!Propagations.Contains(policy))
                findings.AddRange([new("propagationPolicy", "FieldValueNotSupported", $"Unsupported value: \"{policy}\": supported values: \"Foreground\", \"Background\", \"Orphan\", \"nil\"")]);
        }

        CheckDryRun(options.DryRun, findings);
        Throw(findings, "DeleteOptions");
        return options;
    }

    public static string Text(IQueryCollection query, string name) => query[name] is [{ } first, ..] ? first : "";

    /// <exception cref="ApiException">400, in Go's words.</exception>
    public static long? Number(IQueryCollection query, string name)
    {
        var text = Text(query, name);
        if (text.Length == 0)
            return null;

        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : throw ApiException.BadRequest($"strconv.ParseInt: parsing \"{text}\": invalid syntax");
    }

    /// <summary>The program's name out of <c>kubectl/v1.32.0 (linux/amd64) kubernetes/…</c>.</summary>
    private static string FirstPart(string userAgent)
    {
        var end = userAgent.IndexOf('/', StringComparison.Ordinal);
        var name = end < 0 ? userAgent : userAgent[..end];
        name = string.Concat(name.Where(c => !char.IsControl(c)));
        return name.Length == 0 ? "unknown" : name.Length > MaxManager ? name[..MaxManager] : name;
    }

    private static void CheckDryRun(IEnumerable<string?> values, Findings findings)
    {
        var given = values.Select(v => v ?? "").ToList();
        if (given.Any(v => v != "All"))
            findings.NotSupported("dryRun", given, "All");
    }

    private static void Throw(Findings findings, string kind)
    {
        if (findings.Any)
            throw ApiException.Invalid(Group, kind, "", findings);
    }
}

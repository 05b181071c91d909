using System.Text;
using System.Text.Json;
using KubeSharp.Kinds.Rules;
using KubeSharp.Objects.Policies;
using KubeSharp.Objects.ResourceV1;

namespace KubeSharp.Kinds.Devices;

/// <summary>Selectors and configuration, which classes and claims have alike.</summary>
internal sealed class DeviceParts(Findings findings)
{
    private const int MaxBytes = 10 * 1024;

    public void Selector(DeviceSelector selector, string path)
    {
        var field = $"{path}.cel.expression";
        if (selector.Cel is not { } cel)
            findings.Required($"{path}.cel");
        else if (Encoding.UTF8.GetByteCount(cel.Expression) > MaxBytes)
            findings.TooLong(field, MaxBytes);
        else
            Expression(cel.Expression, field);
    }

    public void Opaque(OpaqueDeviceConfiguration? config, string path)
    {
        if (config is null)
        {
            findings.Required(path);
            return;
        }

        findings.DriverName($"{path}.driver", config.Driver);
        Object(config.Parameters, $"{path}.parameters", findings);
    }

    private void Expression(string expression, string field)
    {
        var (program, problem) = DeviceExpressions.Compile(expression);
        if (program is null)
            findings.Invalid(field, expression, problem);
        else if (program.EstimatedCost.Max > DeviceExpressions.MostCost)
            findings.Forbidden(field, "too complex, exceeds cost limit");
    }

    /// <summary>A JSON object of somebody else's making.</summary>
    public static void Object(RawJson raw, string field, Findings findings)
    {
        const string Hidden = "<value omitted>";
        if (raw.IsEmpty || raw.Bytes.Span.SequenceEqual("null"u8))
        {
            findings.Required(field);
            return;
        }

        if (raw.Bytes.Length > MaxBytes)
        {
            findings.TooLong(field, MaxBytes);
            return;
        }

        try
        {
            using var json = JsonDocument.Parse(raw.Bytes);
            if (json.RootElement.ValueKind != JsonValueKind.Object)
                findings.Invalid(field, Hidden, "must be a valid JSON object");
        }
        catch (JsonException e)
        {
            findings.Invalid(field, Hidden, $"error parsing data as JSON: {e.Message}");
        }
    }
}

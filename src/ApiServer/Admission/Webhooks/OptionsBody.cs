using System.Buffers;
using System.Text.Json;

namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>The options of a write as webhooks and policies see them: CreateOptions, UpdateOptions, DeleteOptions of meta.k8s.io/v1.</summary>
internal static class OptionsBody
{
    public static RawJson Of(AdmissionRequest request)
    {
        if (request.Verb == AdmissionVerb.Connect)
            return default;

        var buffer = new ArrayBufferWriter<byte>(128);
        using (var writer = new Utf8JsonWriter(buffer, Json.WriterOptions))
        {
            if (request.Verb == AdmissionVerb.Delete)
                ((request.Deletion ?? DeleteOptions.Empty) with { Kind = "DeleteOptions", ApiVersion = "meta.k8s.io/v1" }).WriteJson(writer);
            else
                Write(writer, request);
        }

        return new(buffer.WrittenMemory);
    }

    private static void Write(Utf8JsonWriter writer, AdmissionRequest request)
    {
        writer.WriteStartObject();
        writer.WriteString("kind"u8, request.Verb == AdmissionVerb.Create ? "CreateOptions" : "UpdateOptions");
        writer.WriteString("apiVersion"u8, "meta.k8s.io/v1"u8);
        if (request.Options.IsDryRun)
        {
            writer.WriteStartArray("dryRun"u8);
            writer.WriteStringValue("All"u8);
            writer.WriteEndArray();
        }

        if (request.Options.FieldManager.Length > 0)
            writer.WriteString("fieldManager"u8, request.Options.FieldManager);
        if (request.Options.FieldValidation.Length > 0)
            writer.WriteString("fieldValidation"u8, request.Options.FieldValidation);
        writer.WriteEndObject();
    }
}

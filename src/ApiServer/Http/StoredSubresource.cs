using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Subresources.Stored;
using KubeSharp.Objects.AutoscalingV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>Carries a subresource that is answered out of the store (scale, binding, eviction, token) from HTTP to its rules and back.</summary>
internal static class StoredSubresource
{
    public static async Task HandleAsync(ApiCall call, ServedResource parent, IStoredSubresource rules, AnswerWriter answers)
    {
        var verb = call.Info.Verb switch
        {
            "get" => SubresourceVerb.Get,
            "create" => SubresourceVerb.Create,
            "update" => SubresourceVerb.Update,
            _ => SubresourceVerb.Patch,
        };
        var options = QueryOptions.Write(call, verb == SubresourceVerb.Patch ? "PatchOptions" : verb == SubresourceVerb.Create ? "CreateOptions" : "UpdateOptions");
        var question = new SubresourceCall(verb, parent, new(parent.Type.Namespaced ? call.Info.Namespace : "", call.Info.Name), options);
        if (verb == SubresourceVerb.Patch)
        {
            question = question with { Patch = await PatchReader.ReadAsync(call, parent) };
        }
        else if (verb != SubresourceVerb.Get)
        {
            var body = await RequestBody.ReadAsync(call.Request, call.Aborted);
            BodyMetrics.Read(parent.Type, call.Info.Verb, body.Length);
            var posted = BodyDecoder.Decode(body, call.Request.ContentType ?? "", rules.Codec, options.FieldValidation, call.Warn);
            call.Notes.Audit?.Asked(posted);
            question = question with { Posted = posted };
        }

        var answer = await rules.HandleAsync(question, call.Aborted);
        if (answer.Object is Scale scale && call.Form.Shape == Shape.Table)
            await answers.ScaleTableAsync(call, parent, scale, answer.Code);
        else if (answer.Object is { } obj)
            await AnswerWriter.UnstoredAsync(call, rules.Codec, obj, answer.Code);
        else if (answer.Status is { } status)
            await StatusAsync(call, status, answer.Code);
        else
            call.Response.StatusCode = StatusCodes.Status204NoContent;
    }

    private static Task StatusAsync(ApiCall call, Status status, int code)
    {
        call.Notes.Audit?.Answered(status);
        return AnswerWriter.StatusAsync(call.Context, call.Form.Plain, status, code, call.Aborted);
    }
}

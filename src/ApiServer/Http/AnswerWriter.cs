using System.Buffers;
using System.IO.Compression;
using System.IO.Pipelines;
using System.Text.Json;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.AutoscalingV1;
using Microsoft.AspNetCore.Http;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes answers in the form the client accepts.</summary>
internal sealed class AnswerWriter(TimeProvider clock)
{
    private const int FlushEvery = 64 * 1024;

    public TimeProvider Clock => clock;

    /// <summary>Whether the answer can have the form the client wants: asked before anything is written, not after.</summary>
    /// <exception cref="ApiException">406, or 400.</exception>
    public static void CheckForm(ApiCall call, ServedResource resource)
    {
        var isList = call.Info.Verb is "list" or "deletecollection";
        if (isList && call.Form.Shape == Shape.Partial)
            throw NotAList(resource, "PartialObjectMetadata", isList);
        if (!isList && call.Form.Shape == Shape.PartialList && call.Info.Verb != "watch")
            throw NotAList(resource, "PartialObjectMetadataList", isList);
        if (call.Form.Shape == Shape.Table)
            TableWriter.CheckInclude(QueryOptions.Text(call.Request.Query, "includeObject"));
    }

    public Task ObjectAsync(ApiCall call, CachedObject obj, int code)
    {
        var form = call.Form;
        switch (form.Shape)
        {
            case Shape.Table:
                var table = TableFor(call, obj.Resource).One(obj, withColumns: true);
                call.Notes.Audit?.Answered(table);
                return JsonAsync(call.Context, form, table, code, call.Aborted);
            default:
                if (call.Notes.Audit is { TakesAnswers: true } audit)
                    audit.Answered(ObjectEncoder.Encode(obj, form with { WireFormat = WireFormat.Json }));
                var bytes = ObjectEncoder.Encode(obj, form);
                return form.WireFormat is WireFormat.Protobuf or WireFormat.Cbor
                    ? SendAsync(call.Context, form.MediaType, bytes, code, call.Aborted)
                    : JsonAsync(call.Context, form, bytes, code, call.Aborted);
        }
    }

    /// <summary>An object that is not stored: an answered review, a scale, a token.</summary>
    public static Task UnstoredAsync(ApiCall call, ObjectCodec codec, IObject obj, int code)
    {
        if (call.Notes.Audit is { TakesAnswers: true } audit)
            audit.Answered(WithType(codec.Type, obj));
        return call.Form.WireFormat == WireFormat.Protobuf
            ? SendAsync(call.Context, call.Form.MediaType, ObjectEncoder.Whole(codec, obj), code, call.Aborted)
            : JsonAsync(call.Context, call.Form, WithType(codec.Type, obj), code, call.Aborted);
    }

    public Task ScaleTableAsync(ApiCall call, ServedResource parent, Scale scale, int code)
    {
        var table = ScaleTable.Write(scale, call.Form, clock.GetUtcNow(), hasAge: parent.Custom is null);
        call.Notes.Audit?.Answered(table);
        return JsonAsync(call.Context, call.Form, table, code, call.Aborted);
    }

    public static Task StatusAsync(HttpContext context, ResponseForm form, Status status, int code, CancellationToken ct)
    {
        if (status.Details?.RetryAfterSeconds is > 0 and var seconds)
            context.Response.Headers.RetryAfter = seconds.ToString(System.Globalization.CultureInfo.InvariantCulture);
        return form.WireFormat == WireFormat.Protobuf
            ? SendAsync(context, form.MediaType, Protobuf.Encode(status, "v1", "Status"), code, ct)
            : JsonAsync(context, form, Json.Encode(status), code, ct);
    }

    public async Task ListAsync(ApiCall call, ListAnswer answer)
    {
        var form = call.Form;
        if (call.Notes.Audit is { TakesAnswers: true } audit)
            audit.Answered(await WholeListAsync(call with { Form = form with { WireFormat = WireFormat.Json, IsPretty = false }, Notes = new() }, answer));

        if (form.WireFormat == WireFormat.Protobuf)
        {
            await ProtobufListAsync(call, answer);
            return;
        }

        if (form.WireFormat is WireFormat.Yaml or WireFormat.Cbor || form.IsPretty)
        {
            await JsonAsync(call.Context, form, await WholeListAsync(call, answer), StatusCodes.Status200OK, call.Aborted);
            return;
        }

        Begin(call.Context, form.MediaType, StatusCodes.Status200OK);
        if (Compression.IsWanted(call.Request) && IsLarge(answer))
        {
            Compression.Announce(call.Context);
            await using var zip = new GZipStream(call.Response.Body, CompressionLevel.Fastest);
            var output = PipeWriter.Create(zip, new(leaveOpen: true));
            await WriteListAsync(call, answer, output);
            await output.CompleteAsync();
        }
        else
        {
            await WriteListAsync(call, answer, call.Response.BodyWriter);
            await call.Response.BodyWriter.FlushAsync(call.Aborted);
        }
    }

    public TableWriter TableFor(ApiCall call, ServedResource resource) =>
        new(resource, call.Form, TableWriter.CheckInclude(QueryOptions.Text(call.Request.Query, "includeObject")), clock.GetUtcNow());

    /// <summary>Sends JSON, rewritten if the client wants YAML, CBOR or indents.</summary>
    public static Task JsonAsync(HttpContext context, ResponseForm form, ReadOnlyMemory<byte> json, int code, CancellationToken ct) => form switch
    {
        { WireFormat: WireFormat.Yaml } => SendAsync(context, Negotiation.Yaml, JsonToYaml.Convert(json.Span), code, ct),
        { WireFormat: WireFormat.Cbor } => SendAsync(context, Negotiation.Cbor, JsonToCbor.Convert(json.Span), code, ct),
        { IsPretty: true } => SendAsync(context, Negotiation.Json, Indent(json.Span), code, ct),
        _ => SendAsync(context, Negotiation.Json, json, code, ct),
    };

    public static Task TextAsync(HttpContext context, string text, int code, CancellationToken ct)
    {
        context.Response.Headers.XContentTypeOptions = "nosniff";
        return SendAsync(context, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(text), code, ct);
    }

    public static async Task SendAsync(HttpContext context, string mediaType, ReadOnlyMemory<byte> body, int code, CancellationToken ct)
    {
        Begin(context, mediaType, code);
        if (body.Length >= Compression.From && HttpMethods.IsGet(context.Request.Method) && context.Response.Headers.ContentEncoding.Count == 0 && Compression.IsWanted(context.Request))
        {
            Compression.Announce(context);
            body = Compression.Zip(body.Span);
        }

        context.Response.ContentLength = body.Length;
        if (HttpMethods.IsHead(context.Request.Method))
            return;

        await context.Response.BodyWriter.WriteAsync(body, ct);
    }

    private static void Begin(HttpContext context, string mediaType, int code)
    {
        context.Response.StatusCode = code;
        context.Response.ContentType = mediaType;
    }

    private async Task<ReadOnlyMemory<byte>> WholeListAsync(ApiCall call, ListAnswer answer)
    {
        var whole = new MemoryStream();
        var buffered = PipeWriter.Create(whole, new(leaveOpen: true));
        await WriteListAsync(call, answer, buffered);
        await buffered.CompleteAsync();
        return whole.GetBuffer().AsMemory(0, (int)whole.Length);
    }

    private async Task WriteListAsync(ApiCall call, ListAnswer answer, PipeWriter output)
    {
        var metadata = new ListMeta { ResourceVersion = answer.ResourceVersion, Continue = answer.Continue, RemainingItemCount = answer.Remaining };
        if (call.Form.Shape == Shape.Table)
        {
            var table = TableFor(call, answer.Resource);
            table.WriteStart(output, metadata, withColumns: true);
            await EachAsync(call, answer, output, table.WriteRow);
            TableWriter.WriteEnd(output);
            return;
        }

        ListFrame.WriteStart(output, answer.Resource, call.Form, metadata);
        var prefix = ListFrame.ItemPrefix(answer.Resource);
        await EachAsync(call, answer, output, call.Form.Shape == Shape.Whole
            ? (o, item, isFirst) => ListFrame.WriteItem(o, item.Json.Span, prefix, isFirst)
            : (o, item, isFirst) => ListFrame.WriteItem(o, ObjectEncoder.PartialJson(item, call.Form.MetaApiVersion), [], isFirst));
        output.Write("]}"u8);
    }

    private static async Task EachAsync(ApiCall call, ListAnswer answer, PipeWriter output, Action<IBufferWriter<byte>, CachedObject, bool> write)
    {
        long unflushed = 0;
        for (var i = 0; i < answer.Items.Count; i++)
        {
            var item = answer.Items[i];
            write(output, item, i == 0);
            unflushed += item.Json.Length;
            if (unflushed > FlushEvery)
            {
                await output.FlushAsync(call.Aborted);
                call.Notes.AddSent(unflushed);
                unflushed = 0;
            }
        }

        call.Notes.AddSent(unflushed);
    }

    private static Task ProtobufListAsync(ApiCall call, ListAnswer answer)
    {
        var codec = answer.Resource.Kind.Codec;
        var isPartial = call.Form.Shape == Shape.PartialList;
        var writer = new ProtoWriter();
        writer.Message(1, new ListMeta { ResourceVersion = answer.ResourceVersion, Continue = answer.Continue, RemainingItemCount = answer.Remaining });
        foreach (var item in answer.Items)
            writer.Bytes(2, isPartial ? ObjectEncoder.PartialMessage(item.Object) : codec.EncodeProtobuf(item.Object));
        var whole = isPartial
            ? Protobuf.Wrap(writer.Written.ToArray(), call.Form.MetaApiVersion, "PartialObjectMetadataList")
            : Protobuf.Wrap(writer.Written.ToArray(), answer.Resource.Type.ApiVersion, answer.Resource.Type.Kind + "List");
        return SendAsync(call.Context, call.Form.MediaType, whole, StatusCodes.Status200OK, call.Aborted);
    }

    /// <summary>Looks at no more items than it must: the first byte waits for it.</summary>
    private static bool IsLarge(ListAnswer answer)
    {
        var size = 0L;
        for (var i = 0; i < answer.Items.Count && size < Compression.From; i++)
            size += answer.Items[i].Json.Length;
        return size >= Compression.From;
    }

    private static byte[] Indent(ReadOnlySpan<byte> json)
    {
        var output = new ArrayBufferWriter<byte>(json.Length * 2);
        using (var w = new Utf8JsonWriter(output, Json.WriterOptions with { Indented = true }))
            JsonCopy.Copy(json, w);
        output.Write("\n"u8);
        return output.WrittenSpan.ToArray();
    }

    /// <summary>A body may leave out its kind, an answer may not.</summary>
    private static byte[] WithType(ResourceType type, IObject obj)
    {
        var json = Json.EncodeObject(obj);
        return obj.Kind.Length > 0
            ? json
            : [.. System.Text.Encoding.UTF8.GetBytes($$"""{"kind":"{{type.Kind}}","apiVersion":"{{BodyType.ApiVersion(type)}}","""), .. json.AsSpan(1)];
    }

    private static ApiException NotAList(ServedResource resource, string asked, bool isList)
    {
        var package = resource.Type.Group.Length == 0 ? "core" : resource.Type.Group.Split('.')[0];
        return new(ApiException.Failure(
            406,
            "NotAcceptable",
            $"you requested {asked}, but the requested object is {(isList ? "a list" : "not a list")} (*{package}.{resource.Type.Kind}{(isList ? "List" : "")})"));
    }
}

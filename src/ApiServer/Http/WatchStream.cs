using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json;
using KubeSharp.ApiServer.Metrics;
using KubeSharp.ApiServer.Registry;
using KubeSharp.ApiServer.Verbs;
using Microsoft.AspNetCore.Http;
using WatchEvent = KubeSharp.ApiServer.Verbs.WatchEvent;

namespace KubeSharp.ApiServer.Http;

/// <summary>Writes the events of a watch as they come: lines of JSON, length-prefixed protobuf messages, or a sequence of CBOR items.</summary>
/// <remarks>What is ready goes out together; the stream is flushed before every wait, so nothing stays behind.</remarks>
internal sealed class WatchStream(ApiCall call, ServedResource resource, AnswerWriter answers)
{
    private const int FlushEvery = 64 * 1024;
    private const string InitialEventsEnd = "k8s.io/initial-events-end";

    private readonly long _began = answers.Clock.GetTimestamp();
    private readonly PipeWriter _output = call.Response.BodyWriter;
    private readonly bool _isProtobuf = call.Form.WireFormat == WireFormat.Protobuf;
    private readonly bool _isCbor = call.Form.WireFormat == WireFormat.Cbor;
    private readonly TableWriter? _table = call.Form.Shape == Shape.Table ? answers.TableFor(call, resource) : null;
    private readonly KeyValuePair<string, object?>[] _labels = WatchMetrics.LabelsOf(resource);
    private bool _hasColumns;

    public async Task RunAsync(IAsyncEnumerable<WatchEvent> events)
    {
        await using var source = events.GetAsyncEnumerator(call.Aborted);
        var isBegun = false;
        try
        {
            // A refusal that comes at once is a plain answer; but 410 is always told in the stream, as upstream does.
            var next = source.MoveNextAsync();
            if (next.IsFaulted)
            {
                await next;
                return;
            }

            Begin();
            isBegun = true;
            await PumpAsync(source, next);
        }
        catch (ApiException e) when (isBegun || e.IsExpired)
        {
            Begin();
            WriteError(e.Status);
        }

        await _output.FlushAsync(call.Aborted);
    }

    private void Begin()
    {
        if (call.Response.HasStarted)
            return;

        call.Response.StatusCode = StatusCodes.Status200OK;
        call.Response.ContentType = _isProtobuf ? Negotiation.Protobuf + ";stream=watch" : _isCbor ? Negotiation.CborSequence : Negotiation.Json;
    }

    private async Task PumpAsync(IAsyncEnumerator<WatchEvent> source, ValueTask<bool> next)
    {
        var unflushed = FlushEvery; // the head of the answer goes out before the first wait
        while (true)
        {
            if (unflushed > 0 && (!next.IsCompleted || unflushed >= FlushEvery))
            {
                await _output.FlushAsync(call.Aborted);
                unflushed = 0;
            }

            if (!next.IsCompleted)
                call.Notes.Seat?.Release(); // it has caught up; from here on it costs writers, not itself

            if (!await next)
                return;

            var change = source.Current;
            if (change is { Type: WatchEventType.Error, Error: { } error })
            {
                WriteError(error);
                return;
            }

            unflushed += Write(change);
            next = source.MoveNextAsync();
        }
    }

    private int Write(in WatchEvent change)
    {
        var bytes = change.Object is { } obj
            ? _table is null ? ObjectEncoder.EncodeShared(obj, call.Form) : Row(obj)
            : Bookmark(change.Revision, change.EndsInitialEvents);
        Frame(change.Type, bytes.Span);
        WatchMetrics.Sent(_labels, bytes.Length);
        if (change.EndsInitialEvents)
            WatchMetrics.Listed(resource, call.Info.Namespace.Length > 0 ? "namespace" : "cluster", answers.Clock.GetElapsedTime(_began));
        return bytes.Length;
    }

    private ReadOnlyMemory<byte> Row(CachedObject obj)
    {
        var withColumns = !_hasColumns;
        _hasColumns = true;
        // Ages are counted from now, not from when the watch began.
        return Encoded(answers.TableFor(call, resource).One(obj, withColumns));
    }

    private void WriteError(Status error) => Frame(WatchEventType.Error, _isProtobuf ? Protobuf.Encode(error, "v1", "Status") : Encoded(Json.Encode(error)).Span);

    private ReadOnlyMemory<byte> Encoded(ReadOnlyMemory<byte> json) => _isCbor ? JsonToCbor.Convert(json.Span) : json;

    private void Frame(WatchEventType type, ReadOnlySpan<byte> obj)
    {
        if (_isProtobuf)
        {
            FrameProtobuf(type, obj);
            return;
        }

        if (_isCbor)
        {
            FrameCbor(type, obj);
            return;
        }

        _output.Write(type switch
        {
            WatchEventType.Added => "{\"type\":\"ADDED\",\"object\":"u8,
            WatchEventType.Modified => "{\"type\":\"MODIFIED\",\"object\":"u8,
            WatchEventType.Deleted => "{\"type\":\"DELETED\",\"object\":"u8,
            WatchEventType.Bookmark => "{\"type\":\"BOOKMARK\",\"object\":"u8,
            _ => "{\"type\":\"ERROR\",\"object\":"u8,
        });
        _output.Write(obj);
        _output.Write("}\n"u8);
    }

    /// <summary>Four bytes of length, then a WatchEvent without envelope whose object has one.</summary>
    private void FrameProtobuf(WatchEventType type, ReadOnlySpan<byte> obj)
    {
        var writer = new ProtoWriter();
        writer.Text(1, type.ToString().ToUpperInvariant());
        var mark = writer.BeginMessage(2);
        writer.Bytes(1, obj.ToArray());
        writer.EndMessage(mark);
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(length, writer.Written.Length);
        _output.Write(length);
        _output.Write(writer.Written);
    }

    /// <summary>A map of two, whose second value is the object as it is elsewhere, its mark included.</summary>
    private void FrameCbor(WatchEventType type, ReadOnlySpan<byte> obj)
    {
        _output.Write(JsonToCbor.Mark);
        _output.Write((ReadOnlySpan<byte>)[0xa2, 0x44]);
        _output.Write("type"u8);
        var name = System.Text.Encoding.UTF8.GetBytes(type.ToString().ToUpperInvariant());
        _output.Write((ReadOnlySpan<byte>)[(byte)(0x40 + name.Length)]);
        _output.Write(name);
        _output.Write((ReadOnlySpan<byte>)[0x46]);
        _output.Write("object"u8);
        _output.Write(obj);
    }

    /// <summary>An object of the kind with nothing but a version: up to there the client has seen everything.</summary>
    private ReadOnlyMemory<byte> Bookmark(long revision, bool endsInitialEvents)
    {
        var metadata = new ObjectMeta
        {
            ResourceVersion = revision.ToString(CultureInfo.InvariantCulture),
            Annotations = endsInitialEvents ? new Dictionary<string, string> { [InitialEventsEnd] = "true" } : new Dictionary<string, string>(),
        };
        if (_isProtobuf)
        {
            var writer = new ProtoWriter();
            writer.Message(1, metadata);
            return call.Form.Shape == Shape.Whole
                ? Protobuf.Wrap(writer.Written.ToArray(), resource.Type.ApiVersion, resource.Type.Kind)
                : Protobuf.Wrap(writer.Written.ToArray(), call.Form.MetaApiVersion, "PartialObjectMetadata");
        }

        var buffer = new ArrayBufferWriter<byte>(256);
        using (var w = new Utf8JsonWriter(buffer, Json.WriterOptions))
            WriteBookmark(w, metadata);
        return Encoded(buffer.WrittenMemory);
    }

    private void WriteBookmark(Utf8JsonWriter w, ObjectMeta metadata)
    {
        w.WriteStartObject();
        var (kind, apiVersion) = call.Form.Shape switch
        {
            Shape.Whole => (resource.Type.Kind, resource.Type.ApiVersion),
            Shape.Table => ("Table", call.Form.MetaApiVersion),
            _ => ("PartialObjectMetadata", call.Form.MetaApiVersion),
        };
        w.WriteString("kind"u8, kind);
        w.WriteString("apiVersion"u8, apiVersion);
        w.WritePropertyName("metadata"u8);
        if (call.Form.Shape == Shape.Table)
        {
            new ListMeta { ResourceVersion = metadata.ResourceVersion }.WriteJson(w);
            w.WriteNull("columnDefinitions"u8);
            w.WriteStartArray("rows"u8);
            w.WriteStartObject();
            w.WriteStartArray("cells"u8);
            w.WriteEndArray();
            w.WritePropertyName("object"u8);
            ObjectEncoder.WritePartial(w, metadata, call.Form.MetaApiVersion);
            w.WriteEndObject();
            w.WriteEndArray();
        }
        else
        {
            metadata.WriteJson(w);
        }

        w.WriteEndObject();
    }
}

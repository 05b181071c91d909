namespace KubeSharp.Objects.Tests;

/// <summary>A generated type behind one face, so that a test can walk all of them.</summary>
public abstract class ApiType
{
    /// <summary>Every generated type of both assemblies: kinds, lists, options, reviews, and the structs they are made of.</summary>
    public static IReadOnlyList<ApiType> All { get; } =
        [.. new[] { typeof(IObject).Assembly, typeof(ApiCatalog).Assembly }
            .SelectMany(a => a.GetTypes())
            .Where(t => t is { IsClass: true, IsAbstract: false } && t.GetInterfaces().Any(i => i.IsGenericType && i.GetGenericTypeDefinition() == typeof(IApiType<>)))
            .Select(t => (ApiType)Activator.CreateInstance(typeof(Of<>).MakeGenericType(t))!)
            .OrderBy(t => t.Schema.Name, StringComparer.Ordinal)];

    public abstract Schema Schema { get; }

    public string Name => Schema.Name;

    /// <summary>Upstream gives its tables no protobuf form.</summary>
    public bool HasProtobuf => !Name.Contains(".meta.v1.Table", StringComparison.Ordinal);

    public abstract object Decode(ReadOnlySpan<byte> json, DecodeContext context);

    public abstract byte[] Encode(object value);

    public abstract object DecodeProtobuf(ReadOnlySpan<byte> body);

    public abstract byte[] EncodeProtobuf(object value);

    public object Decode(string json) => Decode(System.Text.Encoding.UTF8.GetBytes(json), DecodeContext.Lenient);

    public string Text(object value) => System.Text.Encoding.UTF8.GetString(Encode(value));

    public override string ToString() => Name;

    private sealed class Of<T> : ApiType
        where T : class, IApiType<T>
    {
        public override Schema Schema => T.Schema;

        public override object Decode(ReadOnlySpan<byte> json, DecodeContext context) => Json.Decode<T>(json, context);

        public override byte[] Encode(object value) => Json.Encode((T)value);

        public override object DecodeProtobuf(ReadOnlySpan<byte> body) => Protobuf.Decode<T>(body);

        public override byte[] EncodeProtobuf(object value) => Protobuf.Encode((T)value, "v1", "Anything");
    }
}

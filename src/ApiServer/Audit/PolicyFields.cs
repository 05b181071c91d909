using System.Text.Json;

namespace KubeSharp.ApiServer.Audit;

/// <summary>The fields of one struct of a policy, and how each is put into the record that stands for it. Null is as if the field were not there.</summary>
/// <param name="goStruct">As Go prints the type: <c>v1.Policy</c>.</param>
/// <param name="empty">What is read into.</param>
internal sealed class PolicyFields<T>(string goStruct, T empty)
{
    private readonly Dictionary<string, Set> _fields = [];

    /// <summary>Takes the value under the reader.</summary>
    private delegate T Set(T target, ref Utf8JsonReader reader, DecodeContext context);

    public PolicyFields<T> Text(string name, Func<T, string, T> set) =>
        Value(name, (ref r, c) => JsonRead.Text(ref r, c, name), set);

    public PolicyFields<T> Flag(string name, Func<T, bool, T> set) =>
        Value(name, (ref r, c) => JsonRead.Boolean(ref r, c, name), set);

    public PolicyFields<T> Texts(string name, Func<T, IReadOnlyList<string>, T> set) =>
        List(name, static (ref r, c) => JsonRead.Text(ref r, c, ""), set);

    public PolicyFields<T> List<TItem>(string name, JsonItem<TItem> item, Func<T, IReadOnlyList<TItem>, T> set) =>
        Value(name, (ref r, c) => JsonRead.List(ref r, c, name, item), set);

    public PolicyFields<T> Value<TValue>(string name, JsonItem<TValue> read, Func<T, TValue, T> set)
    {
        _fields.Add(name, (target, ref reader, context) => JsonRead.IsNull(ref reader) ? target : set(target, read(ref reader, context)));
        return this;
    }

    /// <summary>Tells the context of fields that are unknown or come twice.</summary>
    /// <exception cref="DecodeException">A field has a value of another type.</exception>
    public T Read(ref Utf8JsonReader reader, DecodeContext context)
    {
        JsonRead.Begin(ref reader, context, goStruct);
        var target = empty;
        var seen = new HashSet<string>();
        while (JsonRead.Next(ref reader))
        {
            var name = reader.GetString()!;
            if (!seen.Add(name))
                context.Duplicate(name);
            if (_fields.TryGetValue(name, out var set))
                target = set(target, ref reader, context);
            else
                JsonRead.Unknown(ref reader, context);
        }

        return target;
    }
}

using System.Runtime.InteropServices;
using System.Text.Json;

namespace KubeSharp.Machinery;

/// <summary>The properties of two objects, paired by name. Either may be something else than an object: then it has none.</summary>
/// <remarks>Two encodings of one type have their properties in the same order, which makes pairing them a walk; only where the orders differ are names looked up.</remarks>
internal ref struct JsonPairs
{
    private readonly bool _hasLeft;
    private JsonElement.ObjectEnumerator _left;
    private JsonElement.ObjectEnumerator _right;
    private bool _isRightAhead;
    private bool _isLeftDone;
    private JsonProperty _named;
    private string? _name;

    /// <summary>What is left of the right side once the orders have differed.</summary>
    private Dictionary<string, JsonElement>? _others;
    private Dictionary<string, JsonElement>.Enumerator _rest;

    public JsonPairs(JsonElement left, JsonElement right)
    {
        _hasLeft = left.ValueKind == JsonValueKind.Object;
        if (_hasLeft)
            _left = left.EnumerateObject();
        if (right.ValueKind != JsonValueKind.Object)
            return;
        _right = right.EnumerateObject();
        _isRightAhead = _right.MoveNext();
    }

    /// <summary>Made when asked for: most pairs are equal and nobody asks.</summary>
    public string Name => _name ??= _named.Name;

    public JsonElement Left { get; private set; }

    public JsonElement Right { get; private set; }

    public bool MoveNext()
    {
        _name = null;
        if (!_isLeftDone && _hasLeft && _left.MoveNext())
        {
            _named = _left.Current;
            (Left, Right) = (_named.Value, Partner());
            return true;
        }

        if (!_isLeftDone && _others is not null)
            _rest = _others.GetEnumerator();
        _isLeftDone = true;
        return _others is null ? MoveRight() : MoveRest();
    }

    private JsonElement Partner()
    {
        if (_others is null && !_isRightAhead)
            return default;

        if (_others is null && JsonMarshal.GetRawUtf8PropertyName(_right.Current).SequenceEqual(JsonMarshal.GetRawUtf8PropertyName(_named)))
        {
            var partner = _right.Current.Value;
            _isRightAhead = _right.MoveNext();
            return partner;
        }

        if (_others is null)
        {
            _others = [];
            for (; _isRightAhead; _isRightAhead = _right.MoveNext())
                _others[_right.Current.Name] = _right.Current.Value;
        }

        return _others.Remove(Name, out var other) ? other : default;
    }

    private bool MoveRight()
    {
        if (!_isRightAhead)
            return false;

        _named = _right.Current;
        (Left, Right) = (default, _named.Value);
        _isRightAhead = _right.MoveNext();
        return true;
    }

    private bool MoveRest()
    {
        if (!_rest.MoveNext())
            return false;

        _name = _rest.Current.Key;
        (Left, Right) = (default, _rest.Current.Value);
        return true;
    }
}

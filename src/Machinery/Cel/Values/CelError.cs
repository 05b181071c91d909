namespace KubeSharp.Machinery.Cel;

/// <summary>Why an evaluation gave no value: <c>no such key: x</c>.</summary>
public sealed record CelError(string Message)
{
    internal const string CostLimit = "operation cancelled: actual cost limit exceeded";
    internal const string Interrupted = "operation interrupted";

    /// <summary>The budget ran out: the request fails as a whole, whatever a failure policy says.</summary>
    public bool IsCostLimit => Message == CostLimit;

    public override string ToString() => Message;
}

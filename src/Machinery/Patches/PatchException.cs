namespace KubeSharp.Machinery;

/// <summary>A patch that cannot be applied.</summary>
/// <param name="code">
/// The HTTP code, as upstream answers: 400, 413, 415, 422; and 500 for what upstream does not map (a list item without its merge key,
/// an unknown <c>$patch</c> directive).
/// </param>
/// <param name="message">The message of upstream's Status.</param>
public sealed class PatchException(int code, string message, Exception? inner = null) : Exception(message, inner)
{
    public int Code { get; } = code;

    /// <summary>What went wrong where upstream's message does not say so (422 of a JSON patch): fit for a cause; empty otherwise.</summary>
    public string Detail { get; init; } = "";

    /// <summary>A 422 with the bare words upstream has for it.</summary>
    internal static PatchException Unprocessable(string detail) =>
        new(422, "the server rejected our request due to an error in our request") { Detail = detail };
}

namespace KubeSharp.Store;

/// <summary>Moments at which the process may die and everything must hold all the same; tests make it die there.</summary>
internal static class CrashPoints
{
    public const string FileMade = "the file is made, and empty";
    public const string LayoutWritten = "the layout is written, not committed";
    public const string Applied = "a group is applied, not committed";
    public const string Committed = "a group is committed, not published";
    public const string Published = "a group is published, not acknowledged";
    public const string Forgotten = "history is forgotten, not committed";
    public const string Swept = "history is swept, not committed";
    public const string Shrunk = "pages are given back, not committed";

    public static IReadOnlyList<string> All { get; } = [FileMade, LayoutWritten, Applied, Committed, Published, Forgotten, Swept, Shrunk];
}

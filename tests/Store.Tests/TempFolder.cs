namespace KubeSharp.Store.Tests;

/// <summary>A folder that is there once it is asked for: a test's process that is killed and never asked leaves none behind.</summary>
internal sealed class TempFolder : IDisposable
{
    private readonly Lazy<DirectoryInfo> _folder = new(() => Directory.CreateTempSubdirectory("kubesharp-store-"));

    public string this[string name] => Path.Combine(_folder.Value.FullName, name);

    public void Dispose()
    {
        if (_folder.IsValueCreated)
            _folder.Value.Delete(recursive: true);
    }
}

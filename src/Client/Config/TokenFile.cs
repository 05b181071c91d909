using System.Net.Http.Headers;

namespace KubeSharp.Client.Config;

/// <summary>A bearer token in a file that the kubelet replaces before the token expires; read again once a minute, as client-go does.</summary>
internal sealed class TokenFile(string path, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromMinutes(1);

    private readonly Lock _gate = new();
    private AuthenticationHeaderValue? _header;
    private long _readAt;

    /// <exception cref="IOException">The file could never be read; a token once read is used until a newer one can be.</exception>
    public AuthenticationHeaderValue Header()
    {
        lock (_gate)
        {
            if (_header is not null && clock.GetElapsedTime(_readAt) < Fresh)
                return _header;

            try
            {
                _header = new("Bearer", File.ReadAllText(path).Trim());
                _readAt = clock.GetTimestamp();
            }
            catch (IOException) when (_header is not null)
            {
                // being replaced right now
            }

            return _header!; // read, or thrown
        }
    }
}

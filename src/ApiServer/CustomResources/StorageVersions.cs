using System.Security.Cryptography;
using System.Text;

namespace KubeSharp.ApiServer.CustomResources;

/// <summary>Discovery's hash of the version in which objects are stored.</summary>
internal static class StorageVersions
{
    public static string Hash(string group, string version, string kind) =>
        Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes($"{group}/{version}/{kind}")).AsSpan(0, 8));
}

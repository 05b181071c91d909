using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Google.Protobuf;

namespace KubeSharp.ApiServer.Encryption.Kms;

/// <summary>Upstream's <c>EncryptedObject</c>: the encrypted value and what the key service needs to give back the seed it was encrypted with.</summary>
internal static class StoredEnvelope
{
    private const int MaxKeyId = 1024;
    private const int MaxSource = 1024;
    private const int MaxAnnotations = 32 * 1024;

    /// <exception cref="TransformException">It is none, or none that could have been written.</exception>
    public static EncryptedObject Parse(ReadOnlySpan<byte> stored)
    {
        EncryptedObject obj;
        try
        {
            obj = EncryptedObject.Parser.ParseFrom(stored);
        }
        catch (InvalidProtocolBufferException e)
        {
            throw new TransformException("proto: cannot parse the stored data: " + e.Message, e);
        }

        if (obj.EncryptedData.IsEmpty)
            throw new TransformException("encrypted data is empty");
        return WrongWith(obj) is { } wrong ? throw new TransformException(wrong) : obj;
    }

    /// <summary>What is wrong with all but the value, or null.</summary>
    public static string? WrongWith(EncryptedObject obj)
    {
        if (!Enum.IsDefined(obj.EncryptedDEKSourceType))
            return $"unknown encryptedDEKSourceType: {(int)obj.EncryptedDEKSourceType}";
        if (obj.EncryptedDEKSource.IsEmpty)
            return "failed to validate encrypted DEK source: encrypted DEK source is empty";
        if (obj.EncryptedDEKSource.Length > MaxSource)
            return $"failed to validate encrypted DEK source: encrypted DEK source is {obj.EncryptedDEKSource.Length} bytes, which exceeds the max size of {MaxSource}";
        if (WrongWithKeyId(obj.KeyID) is { } wrong)
            return "failed to validate key id: " + wrong;

        var size = 0;
        foreach (var (name, value) in obj.Annotations)
        {
            if (!name.Contains('.', StringComparison.Ordinal) || NameRules.Dns1123Subdomain(name).Any())
                return $"failed to validate annotations: {name}: it is not a fully qualified domain name";
            size += name.Length + value.Length;
        }

        return size > MaxAnnotations ? $"failed to validate annotations: total size of annotations is {size}, which exceeds the max size of {MaxAnnotations}" : null;
    }

    public static string? WrongWithKeyId(string keyId) =>
        keyId.Length == 0 ? "keyID is empty"
        : Encoding.UTF8.GetByteCount(keyId) is > MaxKeyId and var size ? $"keyID is {size} bytes, which exceeds the max size of {MaxKeyId}"
        : null;

    /// <summary>The same for all values that were encrypted with one seed, and for no others: all that the service is asked with is in it.</summary>
    public static string IdOf(EncryptedObject obj)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Add(hash, [(byte)obj.EncryptedDEKSourceType]);
        Add(hash, obj.EncryptedDEKSource.Span);
        Add(hash, Encoding.UTF8.GetBytes(obj.KeyID));
        foreach (var (name, value) in obj.Annotations.OrderBy(a => a.Key, StringComparer.Ordinal))
        {
            Add(hash, Encoding.UTF8.GetBytes(name));
            Add(hash, value.Span);
        }

        return Convert.ToHexString(hash.GetHashAndReset());
    }

    /// <summary>With its length, so that no two lists of parts look alike.</summary>
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> part)
    {
        Span<byte> length = stackalloc byte[4];
        BinaryPrimitives.WriteInt32LittleEndian(length, part.Length);
        hash.AppendData(length);
        hash.AppendData(part);
    }
}

using System.Text;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Encryption.Kms;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>The ciphers against what others computed, and against texts that were tampered with.</summary>
public sealed class CipherTests
{
    private const string Place = "/registry/secrets/demo/pass";
    private const string Text = """{"kind":"Secret","data":"hunter2"}""";

    private static readonly byte[] Key = "0123456789abcdef0123456789abcdef"u8.ToArray();

    private static CancellationToken Ct => TestContext.Current.CancellationToken;

    /// <summary>RFC 8439, section 2.5.2 and appendix A.3: the edges of the reduction modulo 2^130 - 5.</summary>
    [Theory]
    [InlineData("85d6be7857556d337f4452fe42d506a80103808afb0db2fd4abff6af4149f51b", "43727970746f6772617068696320466f72756d2052657365617263682047726f7570", "a8061dc1305136c6c22b8baf0c0127a9")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "ffffffffffffffffffffffffffffffff", "03000000000000000000000000000000")]
    [InlineData("02000000000000000000000000000000ffffffffffffffffffffffffffffffff", "02000000000000000000000000000000", "03000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "fffffffffffffffffffffffffffffffff0ffffffffffffffffffffffffffffff11000000000000000000000000000000", "05000000000000000000000000000000")]
    [InlineData("0100000000000000000000000000000000000000000000000000000000000000", "fffffffffffffffffffffffffffffffffbfefefefefefefefefefefefefefefe01010101010101010101010101010101", "00000000000000000000000000000000")]
    [InlineData("0200000000000000000000000000000000000000000000000000000000000000", "fdffffffffffffffffffffffffffffff", "faffffffffffffffffffffffffffffff")]
    [InlineData("0100000000000000040000000000000000000000000000000000000000000000", "e33594d7505e43b900000000000000003394d7505e4379cd01000000000000000000000000000000000000000000000001000000000000000000000000000000", "14000000000000005500000000000000")]
    [InlineData("0100000000000000040000000000000000000000000000000000000000000000", "e33594d7505e43b900000000000000003394d7505e4379cd010000000000000000000000000000000000000000000000", "13000000000000000000000000000000")]
    public void Poly1305_makes_the_tags_of_the_RFC(string key, string text, string tag)
    {
        var made = new byte[16];
        Poly1305.Authenticate(Convert.FromHexString(key), Convert.FromHexString(text), made);
        Assert.Equal(tag, Convert.ToHexStringLower(made));
    }

    [Fact]
    public void Secretbox_makes_and_opens_the_box_of_the_test_of_NaCl()
    {
        var key = Convert.FromHexString("1b27556473e985d462cd51197a9a46c76009549eac6474f206c4ee0844f68389");
        var nonce = Convert.FromHexString("69696ee955b62b73cd62bda875fc73d68219e0036b7a0b37");
        var text = Convert.FromHexString(
            "be075fc53c81f2d5cf141316ebeb0c7b5228c52a4c62cbd44b66849b64244ffce5ecbaaf33bd751a1ac728d45e6c61296cdc3c01233561f41db66cce314adb310e3be8250c46f06dceea3a7fa1348057e2f6556ad6b1318a024a838f21af1fde048977eb48f59ffd4924ca1c60902e52f0a089bc76897040e082f937763848645e0705");
        var box = Convert.FromHexString(
            "f3ffc7703f9400e52a7dfb4b3d3305d98e993b9f48681273c29650ba32fc76ce48332ea7164d96a4476fb8c531a1186ac0dfc17c98dce87b4da7f011ec48c97271d2c20f9b928fe2270d6fb863d51738b48eeee314a7cc8ab932164548e526ae90224368517acfeabd6bb3732bc0e9da99832b61ca01b6de56244a9e88d5f9b37973f622a43d14a6599b1f654cb45a74e355a5");

        var made = new byte[box.Length];
        Secretbox.Seal(key, nonce, text, made);
        Assert.Equal(Convert.ToHexString(box), Convert.ToHexString(made));

        var opened = new byte[text.Length];
        Assert.True(Secretbox.TryOpen(key, nonce, box, opened));
        Assert.Equal(text, opened);
        box[20] ^= 1;
        Assert.False(Secretbox.TryOpen(key, nonce, box, opened));
    }

    /// <summary>aescbc by openssl's program; aesgcm and the derived key of KMS v2 by Python's cryptography.</summary>
    [Theory]
    [InlineData("aescbc", "000102030405060708090a0b0c0d0e0f153ec1261830c651086cf59fce58e8b8c53bf414c7161c253ca64eb8cadff68b8ee4f19fc1b2c2784416a00b40d22f30")]
    [InlineData("aesgcm", "000102030405060708090a0b56c7d015b77cf0968a8f14dd03aaa526ca2a67e648dd56b102b4cedacc40deb69fd66290b0b30591f4ce6c881319ec882dfb")]
    [InlineData("seed", "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f000102030405060708090a0b5889170bc316422b61e72ad5d3e641d566a4c41424afb9fa09c161e2178e02c23533a8ca0499506f9c55334c65e1ad8c694a")]
    public async Task Values_that_other_programs_encrypted_are_read(string cipher, string stored) =>
        Assert.Equal(Text, Encoding.UTF8.GetString((await Create(cipher).ReadAsync(Convert.FromHexString(stored), Place, Ct)).Value.Span));

    [Theory]
    [InlineData("aescbc")]
    [InlineData("aesgcm")]
    [InlineData("seed")]
    [InlineData("secretbox")]
    public async Task Values_of_every_length_come_back_behind_their_prefix_and_no_two_writes_are_the_same(string name)
    {
        var cipher = Create(name);
        for (var length = 0; length < 200; length++)
        {
            var value = new byte[length];
            new Random(length).NextBytes(value);
            var stored = cipher.Write("k8s:"u8, value, Place);

            Assert.Equal("k8s:"u8.ToArray(), stored[..4].ToArray());
            Assert.NotEqual(stored.ToArray(), cipher.Write("k8s:"u8, value, Place).ToArray());
            Assert.Equal(value, (await cipher.ReadAsync(stored[4..], Place, Ct)).Value.ToArray());
        }
    }

    [Theory]
    [InlineData("aesgcm", true)]
    [InlineData("seed", true)]
    [InlineData("secretbox", false)]
    public async Task A_changed_byte_is_noticed_wherever_it_is_and_a_move_where_the_cipher_can(string name, bool knowsItsPlace)
    {
        var cipher = Create(name);
        var stored = cipher.Write([], Encoding.UTF8.GetBytes(Text), Place).ToArray();
        for (var i = 0; i < stored.Length; i++)
        {
            stored[i] ^= 0x40;
            await Assert.ThrowsAsync<TransformException>(async () => await cipher.ReadAsync(stored, Place, Ct));
            await Assert.ThrowsAsync<TransformException>(async () => await cipher.ReadAsync(stored.AsMemory(0, i), Place, Ct));
            stored[i] ^= 0x40;
        }

        if (knowsItsPlace)
            await Assert.ThrowsAsync<TransformException>(async () => await cipher.ReadAsync(stored, Place + "2", Ct));
        await cipher.ReadAsync(stored, Place, Ct);
    }

    private static ITransformer Create(string name) => name switch
    {
        "aescbc" => new AesCbcTransformer(Key),
        "aesgcm" => new AesGcmTransformer(Key),
        "seed" => new SeedCipher([.. Enumerable.Range(0, 32).Select(i => (byte)i)]),
        _ => new SecretboxTransformer(Key),
    };
}

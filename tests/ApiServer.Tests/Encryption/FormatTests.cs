using KubeSharp.ApiServer.Encryption;

namespace KubeSharp.ApiServer.Tests.Encryption;

/// <summary>The ciphers against what others computed, and the file against what is wrong in it.</summary>
public sealed class FormatTests
{
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

    [Fact]
    public void A_value_of_aesgcm_that_was_moved_to_another_key_is_refused()
    {
        var cipher = new AesGcmTransformer(new byte[32]);
        var stored = cipher.Write("x"u8.ToArray(), "/registry/secrets/a/one");

        Assert.Equal("x"u8.ToArray(), cipher.Read(stored, "/registry/secrets/a/one").Value.ToArray());
        Assert.Throws<TransformException>(() => cipher.Read(stored, "/registry/secrets/a/two"));
    }

    [Theory]
    [InlineData("secrets", "", "secrets", true)]
    [InlineData("'*.'", "", "configmaps", true)]
    [InlineData("'*.'", "apps", "deployments", false)]
    [InlineData("'*.apps'", "apps", "deployments", true)]
    [InlineData("'*.*'", "example.com", "things", true)]
    [InlineData("secrets", "", "configmaps", false)]
    public void Names_and_wildcards_choose_resources(string names, string group, string plural, bool isEncrypted) =>
        Assert.Equal(isEncrypted, StorageEncryption.Parse(Yaml(names, "identity: {}")).Of(group, plural) is not null);

    [Theory]
    [InlineData("secrets", "aesgcm: {keys: [{name: a, secret: AAAA}]}", "resources[0].providers[0].aesgcm.keys[0].secret: Invalid value: \"REDACTED\": secret is not of the expected length, got 3, expected one of [16 24 32]")]
    [InlineData("secrets", "aescbc: {keys: [{name: a, secret: '!'}]}", "secrets must be base64 encoded")]
    [InlineData("secrets, '*.'", "identity: {}", "using overlapping resources such as 'secrets' and '*.'")]
    [InlineData("secrets", "identity: {x: 1}", "unknown field \"resources[0].providers[0].identity.x\"")]
    [InlineData("'*'", "identity: {}", "use '*.' to encrypt all the resources from core API group or *.* to encrypt all resources")]
    public void What_is_wrong_in_the_file_is_said(string names, string provider, string problem) =>
        Assert.Contains(problem, Assert.Throws<FormatException>(() => StorageEncryption.Parse(Yaml(names, provider))).Message);

    private static string Yaml(string names, string provider) =>
        $"apiVersion: apiserver.config.k8s.io/v1\nkind: EncryptionConfiguration\nresources:\n- resources: [{names}]\n  providers:\n  - {provider}\n";
}

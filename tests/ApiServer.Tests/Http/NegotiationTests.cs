using KubeSharp.ApiServer.Http;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class NegotiationTests
{
    [Theory]
    [InlineData("", "Json Whole v1")]
    [InlineData("*/*", "Json Whole v1")]
    [InlineData("application/json, */*", "Json Whole v1")]
    [InlineData("application/yaml", "Yaml Whole v1")]
    [InlineData("application/xml, application/json;q=0.5", "Json Whole v1")]
    [InlineData("application/json;q=0.5, application/vnd.kubernetes.protobuf", "Protobuf Whole v1")]
    [InlineData("application/vnd.kubernetes.protobuf,application/json", "Protobuf Whole v1")]
    [InlineData("application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json", "Json Table v1")]
    [InlineData("application/json;as=Table;v=v9;g=meta.k8s.io,application/json", "Json Whole v1")]
    [InlineData("application/json;as=Table;v=v1beta1;g=meta.k8s.io", "Json Table v1beta1")]
    [InlineData("application/vnd.kubernetes.protobuf;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", "Protobuf PartialList v1")]
    [InlineData("application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1", "Json Partial v1")]
    public void The_best_accepted_form_is_chosen(string accept, string expected)
    {
        var form = Negotiation.Choose(accept, isPretty: false);
        Assert.Equal(expected, $"{form.WireFormat} {form.Shape} {form.MetaVersion}");
    }

    [Theory]
    [InlineData("text/html")]
    [InlineData("application/json;as=Foo;v=v1;g=meta.k8s.io")]
    [InlineData("application/json;as=Table;v=v9;g=meta.k8s.io")]
    public void What_nobody_can_write_is_406(string accept)
    {
        var refused = Assert.Throws<ApiException>(() => Negotiation.Choose(accept, isPretty: false));
        Assert.Equal(406, refused.Code);
        Assert.Equal("only the following media types are accepted: application/json, application/yaml, application/vnd.kubernetes.protobuf", refused.Message);
    }

    [Theory]
    [InlineData("deplyoments", "deployments")]
    [InlineData("DeamonSet", "DaemonSet")]
    [InlineData("pod", "pods")]
    [InlineData("zebra", null)]
    public void A_slip_finds_what_was_meant(string word, string? meant) =>
        Assert.Equal(meant, DidYouMean.Nearest(word, ["deployments", "daemonsets", "DaemonSet", "pods", "nodes"]));
}

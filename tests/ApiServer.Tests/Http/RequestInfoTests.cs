using KubeSharp.ApiServer.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace KubeSharp.ApiServer.Tests.Http;

public sealed class RequestInfoTests
{
    [Theory]
    [InlineData("GET /api/v1/namespaces", "list  v1 - namespaces - -")]
    [InlineData("GET /api/v1/namespaces/other", "get  v1 other namespaces - other")]
    [InlineData("PUT /api/v1/namespaces/other/finalize", "update  v1 other namespaces finalize other")]
    [InlineData("GET /api/v1/namespaces/other/status", "get  v1 other namespaces status other")]
    [InlineData("GET /api/v1/namespaces/other/pods", "list  v1 other pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods?watch", "watch  v1 other pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods?watch=1", "watch  v1 other pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods?watch=False", "list  v1 other pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Dfoo", "list  v1 other pods - foo")]
    [InlineData("GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name!%3Dfoo", "list  v1 other pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods?fieldSelector=metadata.name%3Da%2Fb", "list  v1 other pods - -")]
    [InlineData("GET /api/v1/pods", "list  v1 - pods - -")]
    [InlineData("HEAD /api/v1/pods", "list  v1 - pods - -")]
    [InlineData("GET /api/v1/namespaces/other/pods/foo", "get  v1 other pods - foo")]
    [InlineData("GET /api/v1/namespaces/other/pods/foo/log", "get  v1 other pods log foo")]
    [InlineData("POST /api/v1/namespaces/other/pods/foo/exec", "create  v1 other pods exec foo")]
    [InlineData("GET /api/v1/namespaces/ns/services/http:web:80/proxy/a/b", "get  v1 ns services proxy http:web:80")]
    [InlineData("DELETE /api/v1/namespaces/other/pods", "deletecollection  v1 other pods - -")]
    [InlineData("DELETE /api/v1/namespaces/other/pods/foo", "delete  v1 other pods - foo")]
    [InlineData("PATCH /api/v1/namespaces/other/pods/foo", "patch  v1 other pods - foo")]
    [InlineData("GET /api/v1/watch/pods", "watch  v1 - pods - -")]
    [InlineData("GET /api/v1/watch/namespaces/other/pods/foo", "watch  v1 other pods - foo")]
    [InlineData("GET /apis/apps/v1/namespaces/ns/deployments/d/scale", "get apps v1 ns deployments scale d")]
    [InlineData("GET /apis/apps/v1/deployments", "list apps v1 - deployments - -")]
    [InlineData("GET /apis/apps/v1", "get")]
    [InlineData("GET /api/v1", "get")]
    [InlineData("POST /version", "post")]
    [InlineData("GET /", "get")]
    [InlineData("GET /healthz/etcd", "get")]
    public void A_path_and_a_method_say_what_is_asked(string request, string expected)
    {
        var method = request.Split(' ')[0];
        var url = request.Split(' ')[1].Split('?', 2);
        var query = new QueryCollection(QueryHelpers.ParseQuery(url.Length > 1 ? url[1] : ""));

        var info = RequestInfo.Parse(method, url[0], query);

        Assert.Equal(expected, info.IsResource
            ? $"{info.Verb} {info.Group} {info.Version} {Dash(info.Namespace)} {info.Resource} {Dash(info.Subresource)} {Dash(info.Name)}"
            : info.Verb);
    }

    private static string Dash(string text) => text.Length == 0 ? "-" : text;
}

using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Verbs;
using KubeSharp.Objects.RbacV1;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Admission;

/// <summary>Jane may read pods and config maps of one namespace and do anything with roles; what she may give away is just that.</summary>
public sealed class RoleEscalationTests : IAsyncLifetime
{
    private static readonly WriteOptions Jane = new(new Identity("jane", ["dev"]));
    private TestServer _server = null!;

    public async ValueTask InitializeAsync()
    {
        _server = await StartAsync();
        await _server.CreateAsync(ClusterRole("reader", Rule("get", "", "pods", "configmaps"), Rule("list", "", "pods")));
        await _server.CreateAsync(ClusterRole("anything", Rule("*", "*", "*")));
        await _server.CreateAsync(new RoleBinding { Metadata = new() { Name = "jane", Namespace = "demo" }, RoleRef = RefTo("reader"), Subjects = [User("jane")] });
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    [Fact]
    public async Task What_one_has_one_may_give()
    {
        await CreateAsync(Role("part", Rule("get", "", "pods")));
        await CreateAsync(Role("one", Rule("get", "", "pods") with { ResourceNames = ["web"] }));
        await CreateAsync(Binding("b", "reader"));
    }

    [Fact]
    public async Task What_one_has_not_is_refused_line_by_line()
    {
        var e = await FailsAsync(() => CreateAsync(Role("more", Rule("get", "", "pods", "secrets"), Rule("delete", "", "pods"))));
        Assert.Equal(403, e.Code);
        Assert.Equal(
            "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"jane\" (groups=[\"dev\"]) is attempting to grant RBAC permissions not currently held:\n"
            + "{APIGroups:[\"\"], Resources:[\"pods\"], Verbs:[\"delete\"]}\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\"]}",
            e.Message);
    }

    [Fact]
    public async Task Nobody_binds_what_they_have_not_nor_what_is_not_there()
    {
        Assert.Equal(403, (await FailsAsync(() => CreateAsync(Binding("b", "anything")))).Code);
        Assert.Equal(404, (await FailsAsync(() => CreateAsync(Binding("b", "nothing")))).Code);
        Assert.Equal(403, (await FailsAsync(() => CreateAsync(new ClusterRoleBinding { Metadata = new() { Name = "wide" }, RoleRef = RefTo("reader"), Subjects = [User("jane")] }))).Code);
    }

    [Fact]
    public async Task An_update_may_not_add_and_may_leave_as_it_is()
    {
        var role = await _server.CreateAsync(Role("strong", Rule("*", "*", "*")));
        var labelled = role with { Metadata = role.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } } };
        await UpdateAsync(labelled);
        Assert.Equal(403, (await FailsAsync(() => UpdateAsync(labelled with { Rules = [Rule("get", "", "secrets")] }))).Code);
        Assert.Equal(403, (await FailsAsync(() => CreateAsync(ClusterRole("sum") with { AggregationRule = new() { ClusterRoleSelectors = [new() { MatchLabels = new Dictionary<string, string> { ["a"] = "b" } }] } }))).Code);
    }

    [Fact]
    public async Task Who_may_escalate_or_bind_is_trusted()
    {
        await _server.CreateAsync(ClusterRole("trusted", Rule("escalate", "rbac.authorization.k8s.io", "roles"), Rule("bind", "rbac.authorization.k8s.io", "clusterroles") with { ResourceNames = ["anything"] }));
        await _server.CreateAsync(new RoleBinding { Metadata = new() { Name = "trust", Namespace = "demo" }, RoleRef = RefTo("trusted"), Subjects = [User("jane")] });
        await CreateAsync(Role("more", Rule("get", "", "secrets")));
        await CreateAsync(Binding("b", "anything"));
    }

    private Task CreateAsync<T>(T obj)
        where T : class, IObject<T> => _server.Verbs.CreateAsync(_server.Of<T>(), obj.WithTypeMeta(), Jane, Ct);

    private Task UpdateAsync(Role role) => _server.Verbs.UpdateAsync(_server.Of<Role>(), ObjectKey.Of(role), "", role with { Metadata = role.Metadata with { ResourceVersion = "" } }, Jane, Ct);

    private static Role Role(string name, params PolicyRule[] rules) => new() { Metadata = new() { Name = name, Namespace = "demo" }, Rules = rules };

    private static ClusterRole ClusterRole(string name, params PolicyRule[] rules) => new() { Metadata = new() { Name = name }, Rules = rules };

    private static RoleBinding Binding(string name, string role) => new() { Metadata = new() { Name = name, Namespace = "demo" }, RoleRef = RefTo(role), Subjects = [User("bob")] };

    private static RoleRef RefTo(string role) => new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "ClusterRole", Name = role };

    private static Subject User(string name) => new() { ApiGroup = "rbac.authorization.k8s.io", Kind = "User", Name = name };

    private static PolicyRule Rule(string verb, string group, params string[] resources) => new() { Verbs = [verb], ApiGroups = [group], Resources = resources };
}

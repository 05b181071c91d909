using System.Net;
using static KubeSharp.ApiServer.Tests.Allocation.Make;
using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Allocation;

/// <summary>ipFamilies, ipFamilyPolicy and clusterIPs on clusters of one family and of two, as tables. A cluster is named by its families: <c>4</c>, <c>6</c>, <c>46</c>, <c>64</c>.</summary>
public sealed class DualStackTests
{
    private const string NotDual = "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": this cluster is not configured for dual-stack services";

    /// <summary>What is asked for: policy | families | addresses | kind (normal, headless, bare: headless without selector, name). What comes: policy | families | families of the addresses, or the refusal.</summary>
    [Theory]
    [InlineData("4", "||| normal", "SingleStack|4|4")]
    [InlineData("6", "||| normal", "SingleStack|6|6")]
    [InlineData("46", "||| normal", "SingleStack|4|4")]
    [InlineData("64", "||| normal", "SingleStack|6|6")]
    [InlineData("4", "Prefer||| normal", "PreferDualStack|4|4")]
    [InlineData("46", "Prefer||| normal", "PreferDualStack|46|46")]
    [InlineData("64", "Prefer||| normal", "PreferDualStack|64|64")]
    [InlineData("46", "Require||| normal", "RequireDualStack|46|46")]
    [InlineData("46", "Require|6|| normal", "RequireDualStack|64|64")]
    [InlineData("46", "|6|| normal", "SingleStack|6|6")]
    [InlineData("46", "||fd00:10::7| normal", "SingleStack|6|6")]
    [InlineData("46", "Prefer||fd00:10::7| normal", "PreferDualStack|64|64")]
    [InlineData("46", "Require||fd00:10::7,10.96.0.7| normal", "RequireDualStack|64|64")]
    [InlineData("4", "Require||| normal", NotDual)]
    [InlineData("4", "|6|| normal", "spec.ipFamilies[0]: Invalid value: \"IPv6\": not configured on this cluster")]
    [InlineData("4", "||fd00:10::7| normal", "spec.clusterIPs[0]: Invalid value: [\"fd00:10::7\"]: IPv6 is not configured on this cluster")]
    [InlineData("46", "Single||fd00:10::7,10.96.0.7| normal", "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple cluster IPs are specified")]
    [InlineData("46", "|46|| normal", "spec.ipFamilyPolicy: Invalid value: \"SingleStack\": must be 'RequireDualStack' or 'PreferDualStack' when multiple IP families are specified")]
    [InlineData("46", "|4|fd00:10::7| normal", "spec.clusterIPs[0]: Invalid value: \"fd00:10::7\": expected an IPv4 value as indicated by `ipFamilies[0]`")]
    [InlineData("46", "Require|44|| normal", "spec.ipFamilies[1]: Duplicate value: \"IPv4\"")]
    [InlineData("46", "Require||10.96.0.7,10.96.0.8| normal", "spec.clusterIPs: Invalid value: [\"10.96.0.7\",\"10.96.0.8\"]: may specify no more than one IP for each IP family")]
    [InlineData("4", "||| headless", "SingleStack|4|")]
    [InlineData("46", "Prefer||| headless", "PreferDualStack|46|")]
    [InlineData("4", "Require||| headless", NotDual)]
    [InlineData("4", "||| bare", "RequireDualStack|46|")]
    [InlineData("6", "||| bare", "RequireDualStack|64|")]
    [InlineData("4", "Single||| bare", "SingleStack|4|")]
    [InlineData("4", "|6|| bare", "RequireDualStack|64|")]
    [InlineData("4", "Prefer|4|| bare", "PreferDualStack|46|")]
    [InlineData("46", "||| name", "||")]
    [InlineData("46", "Prefer||| name", "spec.ipFamilyPolicy: Forbidden: may not be set for ExternalName services")]
    [InlineData("46", "|4|| name", "spec.ipFamilies: Forbidden: may not be set for ExternalName services")]
    public async Task A_new_service_gets_its_families_and_addresses(string cluster, string asked, string expected)
    {
        await using var server = await StartAsync(Options(cluster));
        var (_, answer) = await AskAsync(server, () => server.CreateAsync(Asked(asked)));
        Assert.Equal(expected, answer);
    }

    /// <summary>A Service is made as in the table above; then it is put with changes. <c>=</c> stands for what it has, <c>1</c> for the first of what it has.</summary>
    [Theory]
    [InlineData("46", "||| normal", "Prefer|=|=", "PreferDualStack|46|46")]
    [InlineData("46", "||| normal", "Require||", "RequireDualStack|46|46")]
    [InlineData("46", "|6|| normal", "Require|=|=", "RequireDualStack|64|64")]
    [InlineData("4", "||| normal", "Prefer|=|=", "PreferDualStack|4|4")]
    [InlineData("4", "||| normal", "Require|=|=", NotDual)]
    [InlineData("46", "Require||| normal", "Single|=|=", "SingleStack|4|4")]
    [InlineData("46", "Require||| normal", "Single|1|1", "SingleStack|4|4")]
    [InlineData("46", "Prefer||| normal", "Prefer||", "PreferDualStack|46|46")]
    [InlineData("46", "Prefer||| normal", "||", "PreferDualStack|46|46")]
    [InlineData("46", "Prefer||| normal", "=|1|=", "spec.ipFamilyPolicy: Invalid value: \"PreferDualStack\": must be 'SingleStack' to release the secondary IP family")]
    [InlineData("46", "Require||| normal", "=|=|1", "spec.ipFamilyPolicy: Invalid value: \"RequireDualStack\": must be 'SingleStack' to release the secondary cluster IP")]
    [InlineData("46", "||| headless", "Require||=", "RequireDualStack|46|")]
    public async Task A_service_changes_its_families_only_when_told_to(string cluster, string made, string change, string expected)
    {
        await using var server = await StartAsync(Options(cluster));
        var old = await server.CreateAsync(Asked(made));
        var parts = change.Split('|');
        var wanted = old with
        {
            Spec = old.Spec with
            {
                IpFamilyPolicy = parts[0] == "=" ? old.Spec.IpFamilyPolicy : Policy(parts[0]),
                IpFamilies = parts[1] switch { "=" => old.Spec.IpFamilies, "1" => [old.Spec.IpFamilies[0]], _ => [] },
                ClusterIPs = parts[2] switch { "=" => old.Spec.ClusterIPs, "1" => [old.Spec.ClusterIPs[0]], _ => [] },
            },
        };
        var (now, answer) = await AskAsync(server, () => server.UpdateAsync(wanted));
        Assert.Equal(expected, answer);
        if (now is null)
        {
            Assert.Equal(Addresses(old), Taken(server));
            return;
        }

        Assert.Equal(old.Spec.ClusterIPs.Take(1), now.Spec.ClusterIPs.Take(1));
        Assert.Equal(Addresses(now), Taken(server));
    }

    [Fact]
    public async Task What_prefers_two_families_stays_as_it_is_when_the_cluster_changes()
    {
        var store = new KubeSharp.Store.MemoryStore();
        Service single;
        await using (var before = await StartAsync(Options("4"), store))
            single = await before.CreateAsync(Asked("Prefer||| normal"));

        Service dual;
        await using (var server = await StartAsync(Options("46"), store))
        {
            Assert.Equal("PreferDualStack|4|4", Text(await server.UpdateAsync(single with { Metadata = single.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } } })));
            dual = await server.CreateAsync(Asked("Prefer||| normal") is var s ? s with { Metadata = s.Metadata with { Name = "dual" } } : s);
        }

        await using var after = await StartAsync(Options("4"), store);
        Assert.Equal("PreferDualStack|46|46", Text(await after.UpdateAsync(dual with { Metadata = dual.Metadata with { Labels = new Dictionary<string, string> { ["a"] = "b" } } })));
    }

    [Fact]
    public async Task A_type_change_takes_and_frees_both_addresses()
    {
        await using var server = await StartAsync(Options("46"));
        var service = await server.CreateAsync(Asked("Require||| normal"));
        var name = await server.UpdateAsync(service with { Spec = service.Spec with { Type = "ExternalName", ExternalName = "example.com" } });
        Assert.Equal(("||", 0), (Text(name), Taken(server).Count));
        Assert.Equal("", name.Spec.ClusterIP);

        var back = await server.UpdateAsync(name with { Spec = name.Spec with { Type = "ClusterIP", ExternalName = "", IpFamilyPolicy = "PreferDualStack" } });
        Assert.Equal("PreferDualStack|46|46", Text(back));
        Assert.Equal(Addresses(back), Taken(server));
    }

    [Fact]
    public async Task When_the_second_address_cannot_be_had_the_first_is_not_kept()
    {
        await using var server = await StartAsync(Options("46"));
        await server.CreateAsync(Service("has", s => s with { ClusterIP = "fd00:10::7" }));
        var refusal = await FailsAsync(() => server.CreateAsync(Asked("Require||10.96.0.7,fd00:10::7| normal")));
        Assert.EndsWith("failed to allocate IP fd00:10::7: provided IP is already allocated", refusal.Message, StringComparison.Ordinal);
        Assert.Equal(["fd00:10::7"], Taken(server));
        // However it is written, it is one address.
        refusal = await FailsAsync(() => server.CreateAsync(Service("b", s => s with { ClusterIP = "FD00:10:0::0007" })));
        Assert.EndsWith("failed to allocate IP FD00:10:0::0007: provided IP is already allocated", refusal.Message, StringComparison.Ordinal);
    }

    private static ApiServerOptions Options(string cluster)
    {
        var (v4, v6) = (IPNetwork.Parse("10.96.0.0/16"), IPNetwork.Parse("fd00:10::/112"));
        return new() { ServiceCidr = cluster[0] == '4' ? v4 : v6, SecondServiceCidr = cluster.Length == 1 ? null : cluster[1] == '4' ? v4 : v6 };
    }

    private static Service Asked(string asked)
    {
        var parts = asked.Split('|');
        var addresses = parts[2].Split(',', StringSplitOptions.RemoveEmptyEntries);
        return Service("a", s =>
        {
            s = s with { IpFamilyPolicy = Policy(parts[0]), IpFamilies = Families(parts[1]), ClusterIP = addresses.FirstOrDefault() ?? "", ClusterIPs = addresses };
            return parts[3].Trim() switch
            {
                "headless" => s with { ClusterIP = "None" },
                "bare" => s with { ClusterIP = "None", Selector = new Dictionary<string, string>() },
                "name" => s with { Type = "ExternalName", ExternalName = "example.com", InternalTrafficPolicy = null },
                _ => s,
            };
        });
    }

    private static string? Policy(string text) => text switch { "" => null, "Single" => "SingleStack", _ => text + "DualStack" };

    private static IReadOnlyList<string> Families(string text) => [.. text.Select(c => $"IPv{c}")];

    private static IEnumerable<string> Addresses(Service service) => service.Spec.ClusterIPs.Where(a => a != "None").Order(StringComparer.Ordinal);

    private static async Task<(Service? Service, string Answer)> AskAsync(TestServer server, Func<Task<Service>> ask)
    {
        try
        {
            var service = await ask();
            Assert.Equal(Addresses(service), Taken(server));
            return (service, Text(service));
        }
        catch (ApiException e)
        {
            return (null, e.Message["Service \"a\" is invalid: ".Length..]);
        }
    }

    private static string Text(Service service) =>
        $"{service.Spec.IpFamilyPolicy}|{string.Concat(service.Spec.IpFamilies.Select(f => f[^1]))}|{string.Concat(service.Spec.ClusterIPs.Where(a => a != "None").Select(a => a.Contains(':', StringComparison.Ordinal) ? '6' : '4'))}";
}

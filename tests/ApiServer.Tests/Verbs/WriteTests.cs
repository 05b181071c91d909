using static KubeSharp.ApiServer.Tests.TestServer;

namespace KubeSharp.ApiServer.Tests.Verbs;

public sealed class WriteTests
{
    [Fact]
    public async Task Create_fills_in_what_the_system_owns()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a", ("k", "v")));

        Assert.NotEmpty(made.Metadata.Uid);
        Assert.Equal("2026-01-02T03:04:05.0000000+00:00", made.Metadata.CreationTimestamp?.ToString("O"));
        Assert.Equal(server.Store.Revision.ToString(), made.Metadata.ResourceVersion);
        Assert.Equal("ConfigMap", made.Kind);
        Assert.Equal(made, await server.GetAsync<ConfigMap>("a"));
    }

    [Fact]
    public async Task Names_are_drawn_from_the_base_and_drawn_again_when_taken()
    {
        await using var server = await StartAsync();
        var names = new HashSet<string>();
        for (var i = 0; i < 50; i++)
            names.Add((await server.CreateAsync(ConfigMap("") with { Metadata = new() { GenerateName = "job-", Namespace = "demo" } })).Metadata.Name);

        Assert.Equal(50, names.Count);
        Assert.All(names, n => Assert.Matches("^job-[bcdfghjklmnpqrstvwxz2456789]{5}$", n));
    }

    [Fact]
    public async Task A_taken_name_a_given_version_and_a_missing_namespace_are_refused()
    {
        await using var server = await StartAsync();
        await server.CreateAsync(ConfigMap("a"));

        var taken = await FailsAsync(() => server.CreateAsync(ConfigMap("a")));
        Assert.Equal((409, "AlreadyExists", "configmaps \"a\" already exists"), (taken.Code, taken.Reason, taken.Message));

        var versioned = await FailsAsync(() => server.CreateAsync(ConfigMap("b") with { Metadata = new() { Name = "b", Namespace = "demo", ResourceVersion = "3" } }));
        Assert.Equal("resourceVersion should not be set on objects to be created", versioned.Message);

        var lost = await FailsAsync(() => server.CreateAsync(ConfigMap("b") with { Metadata = new() { Name = "b", Namespace = "dmeo" } }));
        Assert.Equal((404, "namespaces \"dmeo\" not found (did you mean \"demo\"?)"), (lost.Code, lost.Message));
    }

    [Fact]
    public async Task Bad_metadata_is_told_all_at_once()
    {
        await using var server = await StartAsync();
        var bad = ConfigMap("a") with { Metadata = new() { Name = "A_", Namespace = "demo", Labels = new Dictionary<string, string> { ["ok"] = "not ok!" }, Finalizers = ["mine"] } };
        var e = await FailsAsync(() => server.CreateAsync(bad));

        Assert.Equal(422, e.Code);
        Assert.Equal(["metadata.name", "metadata.labels", "metadata.finalizers[0]"], e.Status.Details!.Causes.Select(c => c.Field));
        Assert.Equal("ConfigMap", e.Status.Details.Kind);
    }

    [Fact]
    public async Task An_old_version_conflicts_and_none_overwrites()
    {
        await using var server = await StartAsync();
        var first = await server.CreateAsync(ConfigMap("a", ("k", "1")));
        await server.UpdateAsync(first with { Data = new Dictionary<string, string> { ["k"] = "2" } });

        var e = await FailsAsync(() => server.UpdateAsync(first with { Data = new Dictionary<string, string> { ["k"] = "3" } }));
        Assert.Equal((409, "Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again"), (e.Code, e.Message));

        var forced = await server.UpdateAsync(ConfigMap("a", ("k", "4")));
        Assert.Equal(("4", first.Metadata.Uid), (forced.Data["k"], forced.Metadata.Uid));
    }

    [Fact]
    public async Task An_update_that_changes_nothing_writes_nothing()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a", ("k", "v")));
        var before = server.Store.Revision;

        Assert.Equal(made.Metadata.ResourceVersion, (await server.UpdateAsync(made)).Metadata.ResourceVersion);
        Assert.Equal(made.Metadata.ResourceVersion, (await server.UpdateAsync(ConfigMap("a", ("k", "v")))).Metadata.ResourceVersion);
        Assert.Equal(before, server.Store.Revision);
    }

    [Fact]
    public async Task What_belongs_to_the_system_cannot_be_changed()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(ConfigMap("a"));

        var moved = await server.UpdateAsync(made with { Metadata = made.Metadata with { CreationTimestamp = made.Metadata.CreationTimestamp!.Value.AddDays(1) } });
        Assert.Equal(made.Metadata.CreationTimestamp, moved.Metadata.CreationTimestamp);

        var other = await FailsAsync(() => server.UpdateAsync(made with { Metadata = made.Metadata with { Uid = "other" } }));
        Assert.Equal($"Operation cannot be fulfilled on configmaps \"a\": Precondition failed: UID in precondition: other, UID in object meta: {made.Metadata.Uid}", other.Message);

        var renamed = await FailsAsync(() => server.Verbs.UpdateAsync(server.ConfigMaps, new("demo", "b"), "", made, Admin, Ct));
        Assert.Equal(404, renamed.Code);
    }

    [Fact]
    public async Task The_generation_counts_wishes_and_not_reports()
    {
        await using var server = await StartAsync();
        var made = await server.CreateAsync(new KubeSharp.Objects.AppsV1.ReplicaSet { Metadata = new() { Name = "rs", Namespace = "demo" }, Spec = new() { Replicas = 1, Selector = new() { MatchLabels = Labels }, Template = Template } });
        Assert.Equal(1, made.Metadata.Generation);

        var labelled = await server.UpdateAsync(made with { Metadata = made.Metadata with { Labels = Labels } });
        Assert.Equal(1, labelled.Metadata.Generation);

        var scaled = await server.UpdateAsync(labelled with { Spec = labelled.Spec with { Replicas = 2 } });
        Assert.Equal(2, scaled.Metadata.Generation);

        var reported = await server.UpdateAsync(scaled with { Spec = scaled.Spec with { Replicas = 9 }, Status = scaled.Status with { Replicas = 2 } }, "status");
        Assert.Equal((2, 2, 2), (reported.Metadata.Generation, reported.Spec.Replicas, reported.Status.Replicas));
    }

    [Fact]
    public async Task A_dry_run_answers_and_leaves_no_trace()
    {
        await using var server = await StartAsync();
        var before = server.Store.Revision;
        var dry = await server.Verbs.CreateAsync(server.ConfigMaps, ConfigMap("a").WithTypeMeta(), Admin with { IsDryRun = true }, Ct);

        Assert.Equal(("a", ""), (dry.Object.Metadata.Name, dry.Object.Metadata.ResourceVersion));
        Assert.Equal(before, server.Store.Revision);
        Assert.True((await FailsAsync(() => server.GetAsync<ConfigMap>("a"))).IsNotFound);
    }

    private static Dictionary<string, string> Labels => new() { ["app"] = "web" };

    private static PodTemplateSpec Template => new()
    {
        Metadata = new() { Labels = Labels },
        Spec = new()
        {
            Containers = [new() { Name = "c", Image = "i", ImagePullPolicy = "Always", TerminationMessagePath = "/dev/termination-log", TerminationMessagePolicy = "File" }],
            RestartPolicy = "Always",
            DnsPolicy = "ClusterFirst",
            TerminationGracePeriodSeconds = 30,
            SchedulerName = "default-scheduler",
        },
    };
}

using System.Globalization;

namespace KubeSharp.Kinds.Tests;

/// <summary>Rows of tables, as a real server wrote them; the goldens' objects have no age.</summary>
public sealed class WorkloadCellsTests
{
    [Theory]
    [InlineData("deployment-recreate", "recreate|0/0|0|0|<unknown>|c|k8s.gcr.io/pause:3.2|app=a")]
    [InlineData("replicaset-zero", "zero|0|0|0|<unknown>|c|k8s.gcr.io/pause:3.2|app=a")]
    [InlineData("replicationcontroller-selector", "selector|0|0|0|<unknown>|c|k8s.gcr.io/pause:3.2|app=a")]
    [InlineData("statefulset-vct", "vct|0/0|<unknown>|c|k8s.gcr.io/pause:3.2")]
    [InlineData("daemonset-min", "min|0|0|0|0|0|no=where|<unknown>|c|k8s.gcr.io/pause:3.2|app=a")]
    [InlineData("job-manual-selector", "manual-selector|Running|0/1||<unknown>|c|k8s.gcr.io/pause:3.2|q=r")]
    [InlineData("cronjob-full", "full|@yearly|<none>|True|0|<none>|<unknown>|c|k8s.gcr.io/pause:3.2|<none>")]
    [InlineData("controllerrevision-min", "min|<none>|1|<unknown>")]
    [InlineData("podtemplate-min", "min|c|k8s.gcr.io/pause:3.2|app=a")]
    [InlineData("node-spec", "spec|Unknown,SchedulingDisabled|<none>|<unknown>||<none>|<none>|<unknown>|<unknown>|<unknown>")]
    public void A_row_reads_as_upstreams(string name, string expected)
    {
        var (kind, stored) = Goldens.Decode(Goldens.Read("defaults", name)["stored"]!);

        Assert.Equal(expected, string.Join('|', kind.Cells(stored, DateTimeOffset.UnixEpoch).Select(c => Convert.ToString(c, CultureInfo.InvariantCulture))));
    }
}

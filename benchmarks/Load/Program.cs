using System.Globalization;
using KubeSharp.Load;

if (args is not [var kubeconfig, .. var sections])
{
    Console.Error.WriteLine("usage: load KUBECONFIG [decisions|forwarding|api|watch|large|pods|codec|scheduler-fill:NODES:PODS|scheduler-run:NODES:PODS|scheduler-drop:NODES:PODS|services-make:N|services-change:NODE-IP|services-drop ...]");
    return 2;
}

// What needs no cluster comes first: "-" stands for none.
sections = [.. sections.Where(s => !Parts.TryRun(s))];
if (sections.Length == 0)
    return 0;

using var cluster = new Cluster(kubeconfig);
foreach (var section in sections)
{
    var (name, argument) = section.Split(':', 2) is [var first, var second] ? (first, second) : (section, "");
    switch (name)
    {
        case "api":
            await ApiLoad.RunAsync(cluster);
            break;
        case "watch":
            await WatchLoad.RunAsync(cluster);
            break;
        case "large":
            await LargeLoad.RunAsync(cluster);
            break;
        case "pods":
            await PodLoad.RunAsync(cluster);
            break;
        case "scheduler-fill":
            await SchedulerLoad.FillAsync(cluster, argument);
            break;
        case "scheduler-run":
            await SchedulerLoad.MeasureAsync(cluster, argument);
            break;
        case "scheduler-drop":
            await SchedulerLoad.DropAsync(cluster, argument);
            break;
        case "codec":
            CodecLoad.Run(await PodLoad.TypicalAsync(cluster));
            break;
        case "services-make":
            await ServiceLoad.MakeAsync(cluster, int.Parse(argument, CultureInfo.InvariantCulture));
            break;
        case "services-change":
            await ServiceLoad.ChangeAsync(cluster, argument);
            break;
        case "services-drop":
            await ServiceLoad.DropAsync(cluster);
            break;
        default:
            Console.Error.WriteLine($"there is no section {section}");
            return 2;
    }
}

return 0;

using KubeSharp.Load;

if (args is not [var kubeconfig, .. var sections])
{
    Console.Error.WriteLine("usage: load KUBECONFIG [api|pods|scheduler ...]");
    return 2;
}

using var cluster = new Cluster(kubeconfig);
foreach (var section in sections)
{
    switch (section)
    {
        case "api":
            await ApiLoad.RunAsync(cluster);
            break;
        case "pods":
            await PodLoad.RunAsync(cluster);
            break;
        case "scheduler":
            await SchedulerLoad.RunAsync(cluster);
            break;
        default:
            Console.Error.WriteLine($"there is no section {section}");
            return 2;
    }
}

return 0;

using System.CommandLine;
using KubeSharp.Host;

var root = new RootCommand("kubesharp: a complete Kubernetes in one program")
{
    ServerCommand.Create(),
    DownCommand.Create(),
};
return await root.Parse(args).InvokeAsync();

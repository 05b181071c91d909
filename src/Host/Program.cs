using System.CommandLine;
using KubeSharp.Host;

var root = new RootCommand("kubesharp: a complete Kubernetes in one program")
{
    ServerCommand.Create(),
    DownCommand.Create(),
    BackupCommand.CreateBackup(),
    BackupCommand.CreateRestore(),
};
return await root.Parse(args).InvokeAsync();

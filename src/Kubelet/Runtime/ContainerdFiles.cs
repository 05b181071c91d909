using System.Text;

namespace KubeSharp.Kubelet.Runtime;

/// <summary>Where a containerd of our own keeps what it needs, and its configuration.</summary>
/// <param name="DataDir">Images, snapshots, metadata: survives a reboot.</param>
/// <param name="RunDir">Sockets, pid, mounts of running containers: does not.</param>
internal sealed record ContainerdFiles(string DataDir, string RunDir, string CniBinDir, string CniConfDir, string PauseImage)
{
    /// <summary>Longer lines are split (<c>P</c> in the log's third column), as in every cluster.</summary>
    private const int MaxLogLineBytes = 16 * 1024;

    public string Socket => Path.Combine(RunDir, "containerd.sock");

    public string Endpoint => "unix://" + Socket;

    public string Config => Path.Combine(DataDir, "config.toml");

    public string Log => Path.Combine(DataDir, "containerd.log");

    public string PidFile => Path.Combine(RunDir, "containerd.pid");

    /// <summary>Which archives have been imported into this data directory; gone with it.</summary>
    public string Imported => Path.Combine(DataDir, "imported-archives");

    /// <summary>Registries' own settings (mirrors, certificates), one directory a host, as containerd documents it.</summary>
    public string RegistryConfig => Path.Combine(DataDir, "certs.d");

    /// <summary>The configuration in format 2, which containerd 1.6 and 1.7 read and 2.x converts by itself.</summary>
    /// <remarks>
    /// restrict_oom_score_adj and tolerate_missing_hugetlb_controller change nothing where a process has CAP_SYS_RESOURCE and the
    /// controller is there; without them no sandbox starts where they are missing.
    /// </remarks>
    public string Toml()
    {
        const string Cri = "plugins.\"io.containerd.grpc.v1.cri\"";
        var text = new StringBuilder();
        Section("version = 2", ("root", DataDir), ("state", Path.Combine(RunDir, "state")));
        text.AppendLine("required_plugins = [\"io.containerd.grpc.v1.cri\"]").AppendLine("oom_score = 0");
        Section("[grpc]", ("address", Socket));
        Section("[ttrpc]", ("address", Socket + ".ttrpc"));
        Section("[plugins.\"io.containerd.internal.v1.opt\"]", ("path", Path.Combine(DataDir, "opt")));
        Section($"[{Cri}]", ("sandbox_image", PauseImage), ("stream_server_address", "127.0.0.1"), ("stream_server_port", "0"));
        text.AppendLine("restrict_oom_score_adj = true")
            .AppendLine("tolerate_missing_hugetlb_controller = true")
            .AppendLine("disable_apparmor = " + (Directory.Exists("/sys/kernel/security/apparmor") ? "false" : "true"))
            .Append("max_container_log_line_size = ").Append(MaxLogLineBytes).AppendLine();
        Section($"[{Cri}.cni]", ("bin_dir", CniBinDir), ("conf_dir", CniConfDir));
        Section($"[{Cri}.registry]", ("config_path", RegistryConfig));
        Section($"[{Cri}.containerd]", ("default_runtime_name", "runc"), ("snapshotter", "overlayfs"));
        Section($"[{Cri}.containerd.runtimes.runc]", ("runtime_type", "io.containerd.runc.v2"));
        Section($"[{Cri}.containerd.runtimes.runc.options]", ("Root", Path.Combine(RunDir, "runc")));
        text.AppendLine("SystemdCgroup = false");
        return text.ToString();

        void Section(string head, params ReadOnlySpan<(string Key, string Value)> entries)
        {
            text.AppendLine(head);
            foreach (var (key, value) in entries)
                text.Append(key).Append(" = ").AppendLine(Quote(value));
        }
    }

    /// <summary>A TOML basic string.</summary>
    private static string Quote(string value) =>
        "\"" + value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal) + "\"";
}

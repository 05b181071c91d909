namespace KubeSharp.Scheduler.Framework;

/// <summary>One rule of placement. Plugins are pure: everything they know comes in as arguments, so one instance serves for ever.</summary>
internal interface IPlugin
{
    /// <summary>Upstream's name.</summary>
    string Name { get; }
}

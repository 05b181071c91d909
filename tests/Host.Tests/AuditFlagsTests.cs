using KubeSharp.ApiServer.Audit;
using KubeSharp.Host.Config;

namespace KubeSharp.Host.Tests;

/// <summary>The flags of the audit, and what is said where they are wrong.</summary>
public sealed class AuditFlagsTests
{
    [Fact]
    public void Flags_become_options_and_the_rest_is_upstreams()
    {
        var options = Read("--audit-policy-file=/p", "--audit-log-path=-", "--audit-log-maxsize=5", "--audit-log-mode=batch", "--audit-log-batch-max-wait=500ms", "--audit-log-truncate-enabled=true");

        Assert.Equal(("/p", "-", 5, 100, 366), (options.AuditPolicyFile, options.Audit.Log.Path, options.Audit.Log.MaxMegabytes, options.Audit.Log.MaxBackups, options.Audit.Log.MaxAgeDays));
        Assert.Equal((AuditDelivery.Batch, 1, false, true, 500.0), (options.Audit.Log.Delivery.Mode, options.Audit.Log.Delivery.MaxBatch, options.Audit.Log.Delivery.Throttles, options.Audit.Log.Delivery.Truncates, options.Audit.Log.Delivery.MaxWait.TotalMilliseconds));
        Assert.Equal((AuditDelivery.Batch, 400), (options.Audit.Webhook.Delivery.Mode, options.Audit.Webhook.Delivery.MaxBatch));
        Assert.Null(options.Audit.Webhook.Target);
    }

    [Theory]
    [InlineData("--audit-log-mode=slow", "invalid audit log mode slow, allowed modes are \"batch,blocking,blocking-strict\"")]
    [InlineData("--audit-log-maxage=-1", "--audit-log-maxage -1 can't be a negative number")]
    [InlineData("--audit-log-format=xml", "invalid audit log format xml, allowed formats are \"legacy,json\"")]
    [InlineData("--audit-log-batch-buffer-size=many", "--audit-log-batch-buffer-size: \"many\" is not a number")]
    public void A_bad_value_stops_the_start(string flag, string message) =>
        Assert.Equal(message, Assert.Throws<StartException>(() => Read("--audit-log-path=-", flag)).Message);

    [Fact]
    public void A_webhook_without_its_kubeconfig_stops_the_start() =>
        Assert.StartsWith("--audit-webhook-config-file: initializing audit webhook: ", Assert.Throws<StartException>(() => Read("--audit-webhook-config-file=/nowhere")).Message, StringComparison.Ordinal);

    private static ServerOptions Read(params string[] arguments)
    {
        var flags = new ServerFlags();
        var command = new System.CommandLine.Command("server");
        foreach (var flag in flags.All)
            command.Options.Add(flag);
        return flags.Read(command.Parse(arguments));
    }
}

using KubeSharp.Linux.Processes;

namespace KubeSharp.Linux.Tests.Processes;

public sealed class DetachedProcessTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("process").FullName;

    private string Log => Path.Combine(_directory, "log");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task A_program_runs_in_a_session_of_its_own_and_ends_by_a_signal()
    {
        var identity = DetachedProcess.Start("sh", ["-c", "echo $GREETING; cut -d' ' -f6 /proc/$$/stat; exec sleep 1000"], new Dictionary<string, string> { ["GREETING"] = "hello" }, Log);
        using var handle = ProcessHandle.Open(identity);
        Assert.NotNull(handle);
        Assert.True(identity.IsAlive);
        Assert.Equal(identity, ProcessIdentity.Parse(identity.ToString()));

        await WaitForLinesAsync(2);
        Assert.Equal(["hello", $"{identity.Pid}"], File.ReadAllLines(Log));

        handle.Send(Signal.Terminate);
        await handle.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.False(identity.IsAlive);
        Assert.Null(ProcessHandle.Open(identity));
    }

    [Fact]
    public async Task A_leader_that_has_ended_is_gone_while_its_session_lives_on()
    {
        var identity = DetachedProcess.Start("sh", ["-c", "sleep 1000 & echo $!; exec sleep 1000"], new Dictionary<string, string>(), Log);
        using var leader = ProcessHandle.Open(identity);
        await WaitForLinesAsync(1);
        using var member = ProcessHandle.Open(ProcessIdentity.Of(int.Parse(File.ReadAllText(Log), System.Globalization.CultureInfo.InvariantCulture))!);

        leader!.Send(Signal.Kill);
        await leader.WaitForExitAsync(TestContext.Current.CancellationToken);

        Assert.Null(ProcessHandle.Open(identity));
        Assert.True(member!.Identity.IsAlive);
        member.Send(Signal.Kill);
    }

    [Fact]
    public void Another_process_with_the_same_number_is_not_the_same()
    {
        var own = ProcessIdentity.Of(System.Environment.ProcessId);
        Assert.NotNull(own);

        Assert.True(own.IsAlive);
        Assert.False((own with { StartTicks = own.StartTicks - 1 }).IsAlive);
        Assert.False((own with { BootId = "another" }).IsAlive);
    }

    [Fact]
    public async Task Waiting_can_be_given_up()
    {
        using var handle = ProcessHandle.Open(ProcessIdentity.Of(System.Environment.ProcessId)!);
        using var stop = new CancellationTokenSource();
        var wait = handle!.WaitForExitAsync(stop.Token);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => wait);
    }

    [Fact]
    public async Task A_commands_output_and_exit_code_come_back()
    {
        var result = await Command.RunAsync("sh", ["-c", "echo out; echo err >&2; exit 3"], TestContext.Current.CancellationToken);

        Assert.Equal(new CommandResult(3, "out\n", "err\n"), result);
    }

    private async Task WaitForLinesAsync(int count)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        while (!File.Exists(Log) || File.ReadAllLines(Log).Length < count)
            await timer.WaitForNextTickAsync(TestContext.Current.CancellationToken);
    }
}

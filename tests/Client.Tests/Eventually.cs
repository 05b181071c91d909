using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Client.Tests;

/// <summary>Waits for conditions, with the fake clock running.</summary>
internal static class Eventually
{
    /// <summary>Advances the clock in steps until the task is done.</summary>
    public static async Task<T> RunAsync<T>(this FakeTimeProvider clock, Task<T> task, TimeSpan step, CancellationToken ct)
    {
        await clock.RunAsync((Task)task, step, ct);
        return await task;
    }

    public static async Task RunAsync(this FakeTimeProvider clock, Task task, TimeSpan step, CancellationToken ct)
    {
        while (!task.IsCompleted)
        {
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
            clock.Advance(step);
        }

        await task;
    }

    /// <summary>Advances the clock in steps until the condition holds.</summary>
    public static async Task RunUntilAsync(this FakeTimeProvider clock, Func<bool> holds, TimeSpan step, CancellationToken ct)
    {
        while (!holds())
        {
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
            clock.Advance(step);
        }
    }

    /// <summary>Lets other tasks run, the clock standing still, until the condition holds.</summary>
    public static async Task UntilAsync(Func<bool> holds, CancellationToken ct)
    {
        while (!holds())
        {
            ct.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }
}

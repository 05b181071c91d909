namespace KubeSharp.Store;

/// <summary>Compacts a store so that it keeps its history for a time.</summary>
/// <remarks>
/// Remembers in memory which revision was the newest when, so a jump of the wall clock changes nothing; after a restart the history is
/// kept for its whole time once more.
/// </remarks>
internal sealed class Retention(IStore store, TimeSpan history, TimeProvider clock)
{
    /// <summary>The history kept is between its time and this fraction more.</summary>
    private const int StepsPerHistory = 5;

    public async Task RunAsync(CancellationToken ct)
    {
        var newest = new Queue<long>(); // at each step of the last <history>, the oldest first
        using var timer = new PeriodicTimer(history / StepsPerHistory, clock);
        do
        {
            newest.Enqueue(store.Revision);
            if (newest.Count <= StepsPerHistory)
                continue;

            try
            {
                await store.CompactAsync(newest.Dequeue(), ct);
            }
            catch (StoreException)
            {
                // The writer loop has logged it. The next step tries again, with what is then old enough.
            }
        }
        while (await timer.WaitForNextTickAsync(ct));
    }
}

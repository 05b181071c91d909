namespace KubeSharp.ApiServer.Fairness;

/// <summary>A level's queues at one moment, for upstream's debugging tables.</summary>
/// <param name="Queueless">Requests that execute without having been put into a queue.</param>
/// <param name="Cancelled">Of the rejected ones, those that had waited.</param>
/// <param name="R">Virtual time.</param>
internal sealed record QueuesDump(
    IReadOnlyList<QueueDump> Queues, IReadOnlyList<Ticket> Queueless, int Waiting, int Executing, int SeatsInUse, long Dispatched, long Rejected, long Cancelled, double R);

/// <param name="NextR">The virtual time at which its next request is due.</param>
/// <param name="SeatsSum">Of what waits, while it is served.</param>
/// <param name="MaxSeatsSum">Of what waits, with those for lingering.</param>
/// <param name="Work">Of what waits, in seat-seconds.</param>
internal sealed record QueueDump(
    IReadOnlyList<Ticket> Waiting, IReadOnlyList<Ticket> Executing, int SeatsInUse, double NextR, int SeatsSum, int MaxSeatsSum, double Work);

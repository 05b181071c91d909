using KubeSharp.Scheduler.Framework;
using KubeSharp.Scheduler.Plugins;
using KubeSharp.Scheduler.Queue;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.Scheduler.Tests;

public sealed class QueueTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly SchedulingQueue _queue;

    public QueueTests() => _queue = new([new SchedulingGates()], _clock);

    [Fact]
    public void Priority_comes_first_and_then_who_came_first()
    {
        Set("old");
        _clock.Advance(TimeSpan.FromSeconds(1));
        Set("young");
        _queue.Set(Make.Pod("urgent").With(s => s with { Priority = 1000 }).Info());

        Assert.Equal(["urgent", "old", "young"], PopAll());
    }

    [Fact]
    public void A_rejected_pod_waits_for_what_may_help_it_and_for_nothing_else()
    {
        Set("p");
        _queue.Reject(_queue.TryPop()!, ClusterEvents.PodLeft);
        Flush(20); // its back-off is over

        _queue.Wake(ClusterEvents.NodeLabels);
        Assert.Empty(PopAll());
        _queue.Wake(ClusterEvents.PodLeft | ClusterEvents.NodeAdded);

        Assert.Equal(["p"], PopAll());
    }

    [Fact]
    public void Each_attempt_in_vain_doubles_the_wait_up_to_ten_seconds()
    {
        Set("p");
        foreach (var seconds in (int[])[1, 2, 4, 8, 10, 10])
        {
            _queue.Reject(_queue.TryPop()!, ClusterEvents.PodLeft);
            _queue.Wake(ClusterEvents.PodLeft);

            Assert.Equal(_queue.Now + TimeSpan.FromSeconds(seconds), _queue.NextDue);
            Flush(seconds - 0.1);
            Assert.Null(_queue.TryPop());
            Flush(0.1);
        }

        Assert.Equal(["p"], PopAll());
    }

    [Fact]
    public void A_pod_is_tried_again_after_five_minutes_whatever_happens()
    {
        Set("p");
        _queue.Reject(_queue.TryPop()!, ClusterEvents.None);

        for (var waited = 0; waited < 290; waited += 10)
            Flush(10);
        Assert.Empty(PopAll());
        for (var waited = 0; waited < 60; waited += 10)
            Flush(10);

        Assert.Equal(["p"], PopAll());
    }

    [Fact]
    public void A_gated_pod_is_not_tried_until_its_gates_are_gone()
    {
        var gated = Make.Pod("p").With(s => s with { SchedulingGates = [new() { Name = "wait" }] });
        _queue.Set(gated.Info());
        Assert.Empty(PopAll());

        _queue.Set(gated.With(s => s with { SchedulingGates = [] }).Info());

        Assert.Equal(["p"], PopAll());
    }

    [Fact]
    public void A_change_of_its_spec_gives_a_pod_its_turn_but_a_change_of_its_status_does_not()
    {
        var pod = Make.Pod("p");
        _queue.Set(pod.Info());
        _queue.Reject(_queue.TryPop()!, ClusterEvents.None);
        Flush(60);

        _queue.Set((pod with { Status = pod.Status with { Phase = "Pending" } }).Info());
        Assert.Empty(PopAll());
        _queue.Set(pod.With(s => s with { Tolerations = [new() { Operator = "Exists" }] }).Info());

        Assert.Equal(["p"], PopAll());
    }

    [Fact]
    public void A_pod_that_was_deleted_or_replaced_in_flight_does_not_come_back()
    {
        Set("gone");
        var gone = _queue.TryPop()!;
        _queue.Remove(new("ns", "gone"));
        _queue.Fail(gone);

        Set("p");
        var first = _queue.TryPop()!;
        _queue.Set(Make.Pod("p", uid: "second").Info());
        _queue.Reject(first, ClusterEvents.NodeAdded);
        _queue.Wake(ClusterEvents.NodeAdded);
        Flush(60);

        Assert.Equal("second", _queue.TryPop()?.Pod.Uid);
        Assert.Null(_queue.TryPop());
    }

    private void Set(string name) => _queue.Set(Make.Pod(name).Info());

    private void Flush(double seconds)
    {
        _clock.Advance(TimeSpan.FromSeconds(seconds));
        _queue.Flush();
    }

    private List<string> PopAll()
    {
        var names = new List<string>();
        while (_queue.TryPop() is { } pod)
            names.Add(pod.Pod.Key.Name);
        return names;
    }
}

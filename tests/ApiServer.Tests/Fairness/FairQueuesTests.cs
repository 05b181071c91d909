using KubeSharp.ApiServer.Fairness;
using KubeSharp.ApiServer.Http;
using KubeSharp.Objects.FlowcontrolV1;
using Microsoft.Extensions.Time.Testing;

namespace KubeSharp.ApiServer.Tests.Fairness;

public sealed class FairQueuesTests
{
    private readonly FakeTimeProvider _clock = new();
    private readonly FlowStats _flow = new("level", "schema");

    [Fact]
    public void Two_flows_are_served_in_turns_though_one_came_first_with_many()
    {
        var queues = Queues(limit: 1, new(64, 1, 50));
        var running = Enter(queues, "busy")!;
        var busy = Enumerable.Range(0, 10).Select(_ => Enter(queues, "busy")!).ToList();
        var calm = Enumerable.Range(0, 3).Select(_ => Enter(queues, "calm")!).ToList();
        var served = new HashSet<Ticket>();
        for (var i = 0; i < 7; i++)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(3));
            running.Release();
            running = busy.Concat(calm).Single(t => t.Started != 0 && !served.Contains(t));
            served.Add(running);
        }

        Assert.All(calm, t => Assert.NotEqual(0, t.Started));
        Assert.Equal(4, busy.Count(t => t.Started != 0));
    }

    [Fact]
    public void A_full_queue_refuses_and_another_flow_still_gets_in()
    {
        var queues = Queues(limit: 1, new(64, 1, 2));
        Assert.NotEqual(0, Enter(queues, "a")!.Started);
        Assert.NotNull(Enter(queues, "a"));
        Assert.NotNull(Enter(queues, "a"));
        Assert.Null(Enter(queues, "a"));
        Assert.Equal(1, _flow.Full);
        Assert.NotNull(Enter(queues, "b"));
    }

    [Fact]
    public void A_flow_spreads_over_its_hand_of_queues_and_no_others()
    {
        var queues = Queues(limit: 1, new(64, 4, 2));
        for (var i = 0; i < 9; i++)
            Assert.NotNull(Enter(queues, "a")); // one served, eight wait in four queues of two
        Assert.Null(Enter(queues, "a"));
        Assert.Equal(4, queues.Dump().Queues.Count(q => q.Waiting.Count == 2));
    }

    [Fact]
    public void Who_gives_up_leaves_the_queue_unless_its_turn_came()
    {
        var queues = Queues(limit: 1, new(8, 1, 5));
        var first = Enter(queues, "a")!;
        var second = Enter(queues, "a")!;
        var third = Enter(queues, "a")!;
        Assert.True(second.Leave());
        Assert.Equal((1, 1), (_flow.TimedOut, _flow.Waiting));
        first.Release();
        Assert.False(third.Leave());
        Assert.True(third.Turn!.Task.IsCompletedSuccessfully);
        third.Release();
        third.Release();
        Assert.True(queues.IsIdle);
        Assert.Equal((0, 0, 0), (_flow.Executing, _flow.ExecutingSeats, _flow.WaitingSeats));
    }

    [Fact]
    public void Without_queues_what_finds_no_seat_is_refused()
    {
        var queues = Queues(limit: 2, default);
        Assert.NotNull(Enter(queues, "a"));
        var second = Enter(queues, "a")!;
        Assert.Null(Enter(queues, "a"));
        second.Release();
        Assert.NotNull(Enter(queues, "b"));
        Assert.Equal(1, _flow.LimitHit);
    }

    [Fact]
    public void A_level_that_stops_queuing_refuses_what_comes_and_still_serves_who_waits()
    {
        var queues = Queues(limit: 4, new(8, 1, 5));
        var narrow = Enter(queues, "a")!;
        var wide = Enter(queues, "b", new(4))!;
        Assert.Equal(0, wide.Started);
        queues.Shape(default);
        var later = Enter(queues, "a")!;
        Assert.NotEqual(0, later.Started); // three are free, and there is no queue to wait in
        Assert.Null(Enter(queues, "a", new(3)));
        narrow.Release();
        later.Release();
        Assert.NotEqual(0, wide.Started);
    }

    [Fact]
    public void Queues_that_are_too_many_serve_who_waits_in_them_and_then_go()
    {
        var queues = Queues(limit: 1, new(8, 1, 5));
        var running = Enter(queues, "u0")!;
        var waiting = Enumerable.Range(1, 30).Select(i => Enter(queues, $"u{i}")).OfType<Ticket>().ToList();
        queues.Shape(new(2, 1, 50));
        var before = queues.Dump().Queues;
        Assert.Contains(before.Skip(2), q => q.Waiting.Count > 0);

        var later = Enumerable.Range(0, 20).Select(i => Enter(queues, $"v{i}")!).ToList();
        var now = queues.Dump().Queues;
        Assert.Equal(before.Skip(2).Select(q => q.Waiting.Count), now.Skip(2).Select(q => q.Waiting.Count)); // nothing new
        Assert.Equal(20, now.Take(2).Sum(q => q.Waiting.Count) - before.Take(2).Sum(q => q.Waiting.Count));

        running.Release();
        var left = waiting.Concat(later).ToHashSet();
        while (left.FirstOrDefault(t => t.Started != 0) is { } next)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(3));
            left.Remove(next);
            next.Release();
        }

        Assert.Empty(left);
        Assert.Equal(2, queues.Dump().Queues.Count);
    }

    [Fact]
    public void A_surplus_queue_goes_when_the_last_that_waits_gives_up_and_all_return_with_a_larger_number()
    {
        var queues = Queues(limit: 1, new(8, 8, 1));
        var tickets = Enumerable.Range(0, 9).Select(_ => Enter(queues, "a")!).ToList(); // one served, one in each queue
        queues.Shape(new(1, 1, 1));
        Assert.Equal(8, queues.Dump().Queues.Count);

        foreach (var ticket in tickets.Where(t => t.Started == 0).Take(4))
            Assert.True(ticket.Leave());
        Assert.InRange(queues.Dump().Queues.Count, 4, 6); // the one that stays and the one that is served may be among the four
        queues.Shape(new(8, 8, 1));
        Assert.Equal(8, queues.Dump().Queues.Count);
        Assert.NotNull(Enter(queues, "a"));
    }

    [Fact]
    public void A_wide_request_waits_for_room_and_a_wider_one_than_the_limit_is_served_alone()
    {
        var queues = Queues(limit: 4, new(8, 1, 5));
        var narrow = Enter(queues, "a")!;
        var wide = Enter(queues, "b", new(9))!;
        Assert.Equal(0, wide.Started);
        narrow.Release();
        Assert.NotEqual(0, wide.Started);
    }

    [Fact]
    public void Seats_stay_taken_while_watchers_are_told()
    {
        var queues = Queues(limit: 2, default);
        Enter(queues, "a", new(1, 2, TimeSpan.FromMilliseconds(5)))!.Release();
        Assert.Null(Enter(queues, "a"));
        _clock.Advance(TimeSpan.FromMilliseconds(5));
        Assert.NotNull(Enter(queues, "a"));
    }

    [Fact]
    public void A_busy_level_borrows_what_an_idle_one_lends_and_gives_it_back()
    {
        var (busy, idle) = (Level("busy"), Level("idle"));
        foreach (var level in new[] { busy, idle })
            level.Divide(100, 60);
        Borrowing.Adjust([busy, idle]);
        Assert.Equal((50, 50), (busy.Current, idle.Current));

        var tickets = Enumerable.Range(0, 90).Select(i => busy.Queues.Enter(_flow, "", (ulong)i * 7919, new(1), default)!).ToList();
        Assert.Equal(50, tickets.Count(t => t.Started != 0));
        _clock.Advance(TimeSpan.FromSeconds(10));
        Borrowing.Adjust([busy, idle]);
        Assert.Equal((75, 25), (busy.Current, idle.Current)); // half of the other may be lent
        Assert.Equal(75, tickets.Count(t => t.Started != 0));

        var own = Enumerable.Range(0, 50).Select(i => idle.Queues.Enter(_flow, "", (ulong)i * 7919, new(1), default)!).ToList();
        _clock.Advance(TimeSpan.FromSeconds(10));
        Borrowing.Adjust([busy, idle]);
        Assert.Equal(50, idle.Current);
        Assert.Equal(50, own.Count(t => t.Started != 0));
    }

    [Fact]
    public void Clients_are_told_to_stay_away_longer_while_much_is_refused()
    {
        var advice = new RetryAdvice(_clock);
        for (var i = 0; i < 10; i++)
            Assert.Equal(1, advice.Refused("level"));
        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(2, advice.Refused("level"));
        Assert.Equal(1, advice.Refused("other"));
    }

    private FairQueues Queues(int limit, QueueShape shape)
    {
        _clock.Advance(TimeSpan.FromSeconds(1));
        var queues = new FairQueues(_clock);
        queues.Shape(shape);
        queues.Limit(limit);
        return queues;
    }

    private PriorityLevel Level(string name)
    {
        var configuration = new PriorityLevelConfiguration
        {
            Metadata = new() { Name = name },
            Spec = new() { Type = "Limited", Limited = new() { NominalConcurrencyShares = 30, LendablePercent = 50, LimitResponse = new() { Type = "Queue", Queuing = new() { Queues = 64, HandSize = 6, QueueLengthLimit = 50 } } } },
        };
        var level = new PriorityLevel(configuration, _clock);
        level.Configure(configuration);
        return level;
    }

    private Ticket? Enter(FairQueues queues, string user, Work? work = null) =>
        queues.Enter(_flow, user, FlowMatch.Hash("schema", user), work ?? new(1), new(user, new RequestInfo("/", "get")));
}

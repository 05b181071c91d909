namespace KubeSharp.ApiServer.Fairness;

/// <summary>Deals a flow the queues it may use: shuffle sharding, so that two flows seldom share all of theirs.</summary>
internal static class Hand
{
    /// <param name="deck">How many queues there are; its number of ordered hands must fit 60 bits.</param>
    /// <param name="hand">Is filled with different numbers below <paramref name="deck"/>.</param>
    public static void Deal(ulong hash, int deck, Span<int> hand)
    {
        // The digits of the hash in falling bases are places in a deck that shrinks; each is then told as a place in the whole deck.
        Span<int> places = stackalloc int[hand.Length];
        for (var i = 0; i < hand.Length; i++)
        {
            var left = (ulong)(deck - i);
            places[i] = (int)(hash % left);
            hash /= left;
        }

        for (var i = 0; i < hand.Length; i++)
        {
            var card = places[i];
            for (var j = i - 1; j >= 0; j--)
            {
                if (card >= places[j])
                    card++;
            }

            hand[i] = card;
        }
    }
}

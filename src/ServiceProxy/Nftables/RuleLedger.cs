namespace KubeSharp.ServiceProxy.Nftables;

/// <summary>Which elements the Services want, and what must change to get there from what was last taken. No I/O; not thread-safe.</summary>
/// <remarks>
/// Two Services may want the same element (an endpoint's hairpin), or fight over one (the same external IP and port): then the first
/// by name has it, and when that one goes, the next. A change costs what it changes, however many Services there are.
/// </remarks>
internal sealed class RuleLedger
{
    private readonly Dictionary<ObjectKey, IReadOnlyList<RuleElement>> _byOwner = [];
    private readonly Dictionary<ElementName, Claims> _claims = [];

    /// <summary>The elements that may have changed since <see cref="TakeChanges"/>, with the value they had then.</summary>
    private readonly Dictionary<ElementName, string?> _touched = [];

    /// <summary>All elements there should be.</summary>
    public IEnumerable<RuleElement> Elements => _claims.Select(c => new RuleElement(c.Key, c.Value.Winner));

    /// <summary>Replaces what a Service wants; empty for one that is gone.</summary>
    public void Set(ObjectKey owner, IReadOnlyList<RuleElement> wanted)
    {
        // A Service may list one address twice, as external and as load balancer's: the first mention counts.
        IReadOnlyList<RuleElement> elements = [.. wanted.DistinctBy(e => e.Name)];
        if (!_byOwner.TryGetValue(owner, out var old))
        {
            foreach (var element in elements)
                Claim(owner, element);
            if (elements.Count > 0)
                _byOwner[owner] = elements;
            return;
        }

        var kept = new HashSet<RuleElement>(elements);
        foreach (var element in old.Where(e => !kept.Contains(e)))
            Release(owner, element.Name);

        var had = new HashSet<RuleElement>(old);
        foreach (var element in elements.Where(e => !had.Contains(e)))
            Claim(owner, element);

        if (elements.Count == 0)
            _byOwner.Remove(owner);
        else
            _byOwner[owner] = elements;
    }

    /// <summary>The smallest difference between now and the last call.</summary>
    public IReadOnlyList<ElementChange> TakeChanges()
    {
        var changes = new List<ElementChange>();
        foreach (var (name, old) in _touched)
        {
            var now = _claims.TryGetValue(name, out var claims) ? claims.Winner : null;
            if (now != old)
                changes.Add(new(name, old, now));
        }

        _touched.Clear();
        return changes;
    }

    /// <summary>What changed so far is of no interest: all elements are written.</summary>
    public void ForgetChanges() => _touched.Clear();

    private void Claim(ObjectKey owner, RuleElement element)
    {
        var claims = Touch(element.Name);
        if (claims is null)
            _claims.Add(element.Name, claims = new());
        claims.Add(owner, element.Value);
    }

    private void Release(ObjectKey owner, ElementName name)
    {
        if (Touch(name) is { } claims && claims.Remove(owner))
            _claims.Remove(name);
    }

    private Claims? Touch(ElementName name)
    {
        var claims = _claims.GetValueOrDefault(name);
        _touched.TryAdd(name, claims?.Winner);
        return claims;
    }

    /// <summary>Who wants an element, and with which value. Nearly always one Service, but a pod may stand behind thousands.</summary>
    private sealed class Claims
    {
        private static readonly Comparer<ObjectKey> ByName = Comparer<ObjectKey>.Create(
            (a, b) => string.CompareOrdinal(a.Namespace, b.Namespace) is not 0 and var order ? order : string.CompareOrdinal(a.Name, b.Name));

        private ObjectKey? _only;
        private SortedDictionary<ObjectKey, string>? _all;

        public string Winner { get; private set; } = "";

        public void Add(ObjectKey owner, string value)
        {
            if (_all is null && (_only is null || _only == owner))
            {
                (_only, Winner) = (owner, value);
                return;
            }

            _all ??= new(ByName) { [_only!.Value] = Winner }; // an owner was first, else we had returned
            _all[owner] = value;
            Winner = _all.First().Value;
        }

        /// <returns>Whether nobody wants the element any more.</returns>
        public bool Remove(ObjectKey owner)
        {
            if (_all is null)
                return _only is null || _only == owner;

            _all.Remove(owner);
            if (_all.Count == 0)
                return true;
            Winner = _all.First().Value;
            return false;
        }
    }
}

namespace KubeSharp.ApiServer.Admission;

/// <summary>The bounds of one item of a LimitRange. Pure; the texts are upstream's.</summary>
internal static class LimitChecks
{
    public static IEnumerable<string> Check(LimitRangeItem item, IReadOnlyDictionary<string, Quantity> requests, IReadOnlyDictionary<string, Quantity> limits)
    {
        foreach (var (name, min) in item.Min)
        {
            if (!requests.TryGetValue(name, out var request))
                yield return $"minimum {name} usage per {item.Type} is {min}.  No request is specified";
            else if (request < min)
                yield return $"minimum {name} usage per {item.Type} is {min}, but request is {request}";
            else if (limits.TryGetValue(name, out var limit) && limit < min)
                yield return $"minimum {name} usage per {item.Type} is {min}, but limit is {limit}";
        }

        foreach (var (name, max) in item.Max)
        {
            if (!limits.TryGetValue(name, out var limit))
                yield return $"maximum {name} usage per {item.Type} is {max}.  No limit is specified";
            else if (limit > max)
                yield return $"maximum {name} usage per {item.Type} is {max}, but limit is {limit}";
            else if (requests.TryGetValue(name, out var request) && request > max)
                yield return $"maximum {name} usage per {item.Type} is {max}, but request is {request}";
        }

        foreach (var (name, ratio) in item.MaxLimitRequestRatio)
        {
            if (!requests.TryGetValue(name, out var request) || request.IsZero)
                yield return $"{name} max limit to request ratio per {item.Type} is {ratio}, but no request is specified or request is 0";
            else if (!limits.TryGetValue(name, out var limit) || limit.IsZero)
                yield return $"{name} max limit to request ratio per {item.Type} is {ratio}, but no limit is specified or limit is 0";
            else if (limit.AsDouble / request.AsDouble is var observed && observed > ratio.AsDouble)
                yield return string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{name} max limit to request ratio per {item.Type} is {ratio}, but provided ratio is {observed:f6}");
        }
    }

    /// <summary>The bounds of what has requests and no limits: claims.</summary>
    public static IEnumerable<string> CheckRequests(LimitRangeItem item, IReadOnlyDictionary<string, Quantity> requests)
    {
        foreach (var (name, min) in item.Min)
        {
            if (!requests.TryGetValue(name, out var request))
                yield return $"minimum {name} usage per {item.Type} is {min}.  No request is specified";
            else if (request < min)
                yield return $"minimum {name} usage per {item.Type} is {min}, but request is {request}";
        }

        foreach (var (name, max) in item.Max)
        {
            if (!requests.TryGetValue(name, out var request))
                yield return $"maximum {name} usage per {item.Type} is {max}.  No request is specified";
            else if (request > max)
                yield return $"maximum {name} usage per {item.Type} is {max}, but request is {request}";
        }
    }

    /// <summary>What the pod as a whole needs: its containers together, or the greatest of its init containers if that is more.</summary>
    public static Dictionary<string, Quantity> Total(PodSpec spec, Func<ResourceRequirements, IReadOnlyDictionary<string, Quantity>> of)
    {
        var total = new Dictionary<string, Quantity>();
        foreach (var container in spec.Containers.Concat(spec.InitContainers.Where(c => c.RestartPolicy == "Always")))
        {
            foreach (var (name, value) in of(container.Resources))
                total[name] = total.TryGetValue(name, out var sum) ? sum + value : value;
        }

        foreach (var container in spec.InitContainers.Where(c => c.RestartPolicy != "Always"))
        {
            foreach (var (name, value) in of(container.Resources))
                total[name] = total.TryGetValue(name, out var sum) && sum > value ? sum : value;
        }

        return total;
    }
}

namespace KubeSharp.Client.Events;

/// <summary>What makes two events be about the same thing.</summary>
internal readonly record struct EventSubject(string Component, string Host, string Kind, ObjectKey About, string Uid, string ApiVersion)
{
    public static EventSubject Of(Event e) => new(
        e.Source.Component, e.Source.Host, e.InvolvedObject.Kind, new(e.InvolvedObject.Namespace, e.InvolvedObject.Name), e.InvolvedObject.Uid, e.InvolvedObject.ApiVersion);
}

/// <summary>Events that tell the same sort of story in different words.</summary>
internal readonly record struct EventSort(EventSubject Subject, string Type, string Reason)
{
    public static EventSort Of(Event e) => new(EventSubject.Of(e), e.Type, e.Reason);
}

/// <summary>Events that are repeats of each other.</summary>
internal readonly record struct EventIdentity(EventSort Sort, string FieldPath, string Message)
{
    public static EventIdentity Of(Event e) => new(EventSort.Of(e), e.InvolvedObject.FieldPath, e.Message);
}

namespace KubeSharp.Kinds.Admission;

/// <summary>What the two kinds of webhook configurations share.</summary>
internal abstract class WebhookConfigurationKind<T> : Kind<T>
    where T : class, IObject<T>
{
    public override bool UpdatesUnconditionally => false;

    public sealed override void Validate(T obj, Findings findings) => new WebhookRules(Hooks(obj), [], findings).Validate();

    public sealed override void ValidateUpdate(T old, T obj, Findings findings) => new WebhookRules(Hooks(obj), Hooks(old), findings).Validate();

    public sealed override IReadOnlyList<object?> Cells(T obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)Hooks(obj).Count, Ages.Of(obj.Metadata.CreationTimestamp, now)];

    protected abstract IReadOnlyList<WebhookFields> Hooks(T obj);
}

using KubeSharp.Kinds.Rules;

namespace KubeSharp.Kinds.Admission;

/// <summary>What the two kinds of webhook configurations share.</summary>
internal abstract class WebhookConfigurationKind<T>(IExpressions expressions) : Kind<T>
    where T : class, IObject<T>
{
    public override bool UpdatesUnconditionally => false;

    public sealed override void Validate(T obj, Findings findings) => new WebhookRules(Hooks(obj), [], expressions, findings).Validate();

    public sealed override void ValidateUpdate(T old, T obj, Findings findings) => new WebhookRules(Hooks(obj), Hooks(old), expressions, findings).Validate();

    public sealed override IReadOnlyList<object?> Cells(T obj, DateTimeOffset now) =>
        [obj.Metadata.Name, (long)Hooks(obj).Count, Ages.Of(obj.Metadata.CreationTimestamp, now)];

    protected abstract IReadOnlyList<WebhookFields> Hooks(T obj);
}

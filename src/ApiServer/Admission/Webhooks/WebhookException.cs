namespace KubeSharp.ApiServer.Admission.Webhooks;

/// <summary>A webhook could not be asked, or did not answer the question: its failure policy decides what becomes of the write.</summary>
internal sealed class WebhookException(Webhook hook, string why, Exception? inner = null)
    : Exception($"failed calling webhook \"{hook.Name}\": {why}", inner);

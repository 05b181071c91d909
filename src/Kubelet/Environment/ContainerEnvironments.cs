using System.Text;
using Google.Protobuf;
using KubeSharp.Client;
using KubeSharp.Kubelet.Cri;
using KubeSharp.Kubelet.Resources;
using KubeSharp.Kubelet.Volumes;

namespace KubeSharp.Kubelet.Environment;

/// <inheritdoc cref="IContainerEnvironment"/>
internal sealed class ContainerEnvironments(
    IReferencedObjects objects, ILister<Service> services, NodeResources node, IReadOnlyList<string> hostIps) : IContainerEnvironment
{
    public async ValueTask<ContainerEnvironment> ResolveAsync(
        Pod pod, Objects.CoreV1.Container container, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        var own = new OrderedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var source in container.EnvFrom)
            await AddAllAsync(own, pod, source, ct);

        // Services are told as they are now: a pod started before a service never learns of it, as upstream.
        var linked = ServiceVariables.Of(
            services.List(pod.Metadata.Namespace).Concat(services.List("default")).DistinctBy(ObjectKey.Of),
            pod.Metadata.Namespace,
            pod.Spec.EnableServiceLinks ?? true);

        foreach (var variable in container.Env)
        {
            var value = variable.Value.Length > 0 || variable.ValueFrom is null
                ? Expansion.Expand(variable.Value, Lookup)
                : await ValueAsync(pod, container, variable.ValueFrom, podIps, ct);
            if (value is null)
                continue;

            own.Remove(variable.Name); // the last one of a name stands where it was written
            own[variable.Name] = value;
        }

        return new(
            [
                .. linked.Where(v => !own.ContainsKey(v.Key)).Concat(own)
                    .Select(v => new KeyValue { Key = v.Key, Value = ByteString.CopyFromUtf8(v.Value) }),
            ],
            [.. container.Command.Select(c => Expansion.Expand(c, Lookup))],
            [.. container.Args.Select(a => Expansion.Expand(a, Lookup))]);

        string? Lookup(string name) => own.TryGetValue(name, out var value) ? value : linked.GetValueOrDefault(name);
    }

    private async Task AddAllAsync(OrderedDictionary<string, string> variables, Pod pod, EnvFromSource source, CancellationToken ct)
    {
        if (source.ConfigMapRef is { } map)
        {
            var found = await objects.FindConfigMapAsync(pod, map.Name, ct);
            if (found is null && map.Optional != true)
                throw new ContainerConfigException($"configmap \"{map.Name}\" not found");
            foreach (var (key, value) in (found?.Data ?? Empty).OrderBy(p => p.Key, StringComparer.Ordinal))
                Add(key, value);
        }

        if (source.SecretRef is { } secret)
        {
            var found = await objects.FindSecretAsync(pod, secret.Name, ct);
            if (found is null && secret.Optional != true)
                throw new ContainerConfigException($"secret \"{secret.Name}\" not found");
            foreach (var (key, value) in (found ?? Secret.Empty).Data.OrderBy(p => p.Key, StringComparer.Ordinal))
                Add(key, Encoding.UTF8.GetString(value.Span));
        }

        void Add(string key, string value)
        {
            var name = source.Prefix + key;

            // What the kernel cannot carry as NAME=value is left out; a key of a ConfigMap can be hardly anything else.
            if (name.Length > 0 && name.All(c => c is >= ' ' and <= '~' and not '='))
                variables[name] = value;
        }
    }

    /// <returns><see langword="null"/>: an optional key is missing, and so is the variable.</returns>
    private async Task<string?> ValueAsync(
        Pod pod, Objects.CoreV1.Container container, EnvVarSource source, IReadOnlyList<string> podIps, CancellationToken ct)
    {
        if (source.FieldRef is { } field)
        {
            return DownwardApi.Field(pod, field.FieldPath, podIps, hostIps)
                ?? throw new ContainerConfigException($"unsupported fieldPath: {field.FieldPath}");
        }

        if (source.ResourceFieldRef is { } resource)
        {
            return DownwardApi.Resource(pod, container, resource, node.Allocatable)
                ?? throw new ContainerConfigException($"unsupported container resource : {resource.Resource}");
        }

        if (source.ConfigMapKeyRef is { } map)
        {
            var found = await objects.FindConfigMapAsync(pod, map.Name, ct);
            if (found is null)
                return map.Optional == true ? null : throw new ContainerConfigException($"configmap \"{map.Name}\" not found");
            if (found.Data.TryGetValue(map.Key, out var text))
                return text;

            return map.Optional == true
                ? null
                : throw new ContainerConfigException($"couldn't find key {map.Key} in ConfigMap {pod.Metadata.Namespace}/{map.Name}");
        }

        if (source.SecretKeyRef is { } secret)
        {
            var found = await objects.FindSecretAsync(pod, secret.Name, ct);
            if (found is null)
                return secret.Optional == true ? null : throw new ContainerConfigException($"secret \"{secret.Name}\" not found");
            if (found.Data.TryGetValue(secret.Key, out var bytes))
                return Encoding.UTF8.GetString(bytes.Span);

            return secret.Optional == true
                ? null
                : throw new ContainerConfigException($"couldn't find key {secret.Key} in Secret {pod.Metadata.Namespace}/{secret.Name}");
        }

        return "";
    }

    private static IReadOnlyDictionary<string, string> Empty => ConfigMap.Empty.Data;
}

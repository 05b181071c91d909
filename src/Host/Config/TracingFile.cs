using KubeSharp.ApiServer.Tracing;
using KubeSharp.Client.Config;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeSharp.Host.Config;

/// <summary>Reads upstream's <c>TracingConfiguration</c> (<c>--tracing-config-file</c>).</summary>
internal static class TracingFile
{
    private static readonly string[] Versions = ["apiserver.config.k8s.io/v1", "apiserver.config.k8s.io/v1beta1", "apiserver.config.k8s.io/v1alpha1"];

    /// <exception cref="StartException">The file cannot be read, or is no tracing configuration.</exception>
    public static TracingOptions Read(string path)
    {
        try
        {
            using var reader = File.OpenText(path);
            var yaml = BoundedYaml.Load(reader);
            var options = yaml.Documents is [{ RootNode: YamlMappingNode root }] ? Of(root, path) : throw new StartException($"the tracing configuration {path} is empty");
            var problems = options.Problems().ToList();
            return problems.Count == 0 ? options : throw new StartException($"{path}: {string.Join("; ", problems)}");
        }
        catch (YamlException e)
        {
            throw new StartException($"the tracing configuration {path} is not valid YAML (line {e.Start.Line}): {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the tracing configuration {path} cannot be read: {e.Message}", e);
        }
    }

    private static TracingOptions Of(YamlMappingNode root, string path)
    {
        var options = new TracingOptions();
        var (kind, version) = ("", "");
        foreach (var (key, value) in root)
        {
            var text = value.ToString();
            switch (key.ToString())
            {
                case "kind":
                    kind = text;
                    break;
                case "apiVersion":
                    version = text;
                    break;
                case "endpoint":
                    options = options with { Endpoint = text };
                    break;
                case "samplingRatePerMillion":
                    options = options with { SamplingRatePerMillion = int.TryParse(text, out var rate) ? rate : throw new StartException($"{path}: samplingRatePerMillion: \"{text}\" is not a number") };
                    break;
                default:
                    throw new StartException($"{path}: there is no field \"{key}\" in a TracingConfiguration");
            }
        }

        return kind == "TracingConfiguration" && Versions.Contains(version)
            ? options
            : throw new StartException($"{path} is {version} {kind}, not a TracingConfiguration of {Versions[0]}");
    }
}

using KubeSharp.Client.Config;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeSharp.Host.Config;

/// <summary>A flat YAML file whose keys are flag names; a list is the same as its items joined by commas.</summary>
internal static class ConfigFile
{
    /// <param name="path"><see langword="null"/>: no file, nothing set.</param>
    /// <exception cref="StartException">The file cannot be read, is no mapping, or names something that is not a flag.</exception>
    public static Dictionary<string, string> Read(string? path, IReadOnlyCollection<string> known)
    {
        if (path is null)
            return [];

        try
        {
            using var reader = File.OpenText(path);
            var yaml = BoundedYaml.Load(reader);
            return yaml.Documents is [] ? [] : Entries(yaml.Documents[0].RootNode, path, known);
        }
        catch (YamlException e)
        {
            throw new StartException($"the config file {path} is not valid YAML (line {e.Start.Line}): {e.Message}", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new StartException($"the config file {path} cannot be read: {e.Message}", e);
        }
    }

    private static Dictionary<string, string> Entries(YamlNode root, string path, IReadOnlyCollection<string> known)
    {
        if (root is not YamlMappingNode mapping)
            throw new StartException($"the config file {path} must hold \"name: value\" lines, with the names of the flags");

        var entries = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, value) in mapping)
        {
            var name = key.ToString();
            if (!known.Contains(name))
                throw new StartException($"the config file {path} sets \"{name}\", which is not a flag of this command");

            entries[name] = value is YamlSequenceNode list ? string.Join(',', list.Select(v => v.ToString())) : value.ToString();
        }

        return entries;
    }
}

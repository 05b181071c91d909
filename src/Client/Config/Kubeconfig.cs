using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace KubeSharp.Client.Config;

/// <summary>A kubeconfig file, as kubectl reads it: clusters, users and contexts that join them.</summary>
/// <remarks>Commands and plugins as credentials (<c>exec</c>, <c>auth-provider</c>) are not supported and are refused with a message.</remarks>
public sealed class Kubeconfig
{
    private readonly YamlMappingNode _root;
    private readonly string _folder;

    private Kubeconfig(YamlMappingNode root, string folder) => (_root, _folder) = (root, folder);

    public string CurrentContext => _root.Text("current-context");

    public IReadOnlyList<string> Contexts => [.. _root.Items("contexts").Select(c => c.Text("name"))];

    /// <exception cref="KubeconfigException">The file is not there or is no kubeconfig.</exception>
    public static Kubeconfig Load(string path)
    {
        try
        {
            return Parse(File.ReadAllText(path), Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{path}: {e.Message}", e);
        }
    }

    /// <param name="folder">What relative file names in it are relative to.</param>
    /// <exception cref="KubeconfigException">The text is no kubeconfig.</exception>
    public static Kubeconfig Parse(string text, string folder)
    {
        try
        {
            return BoundedYaml.Load(new StringReader(text)).Documents is [{ RootNode: YamlMappingNode root }, ..]
                ? new(root, folder)
                : throw new KubeconfigException("a kubeconfig is a YAML mapping with clusters, users and contexts");
        }
        catch (YamlException e)
        {
            throw new KubeconfigException($"the kubeconfig is not YAML: line {e.Start.Line}: {e.Message}", e);
        }
    }

    /// <param name="context">Empty for the current context.</param>
    /// <exception cref="KubeconfigException">Something the context needs is missing or cannot be read.</exception>
    public ClusterAccess Access(string context = "")
    {
        var name = context.Length > 0 ? context : CurrentContext;
        if (name.Length == 0)
            throw new KubeconfigException("the kubeconfig has no current-context");

        var joined = Entry("contexts", "context", name);
        var cluster = Entry("clusters", "cluster", joined.Text("cluster"));
        var user = joined.Text("user").Length > 0 ? Entry("users", "user", joined.Text("user")) : new YamlMappingNode();
        if (user.Has("exec") || user.Has("auth-provider"))
            throw new KubeconfigException($"user \"{joined.Text("user")}\" takes its credentials from a command or plugin, which is not supported");

        if (!Uri.TryCreate(cluster.Text("server"), UriKind.Absolute, out var server) || server.Scheme is not ("http" or "https"))
            throw new KubeconfigException($"cluster \"{joined.Text("cluster")}\": \"{cluster.Text("server")}\" is not the address of a server");

        return new(server)
        {
            Namespace = joined.Text("namespace") is { Length: > 0 } ns ? ns : "default",
            Authorities = Authorities(cluster),
            TrustsAnyServer = cluster.Text("insecure-skip-tls-verify") == "true",
            ServerName = cluster.Text("tls-server-name"),
            ClientCertificate = ClientCertificate(user),
            Token = user.Text("token"),
            TokenFile = user.Text("tokenFile") is { Length: > 0 } file ? Path.Combine(_folder, file) : "",
            Username = user.Text("username"),
            Password = user.Text("password"),
        };
    }

    private YamlMappingNode Entry(string list, string field, string name) =>
        _root.Items(list).FirstOrDefault(e => e.Text("name") == name)?.Mapping(field)
            ?? throw new KubeconfigException($"the kubeconfig has no {field} \"{name}\"; it has {Listed(list)}");

    private string Listed(string list) =>
        _root.Items(list).Select(e => e.Text("name")).ToList() is { Count: > 0 } names ? string.Join(", ", names) : "none";

    private X509Certificate2Collection? Authorities(YamlMappingNode cluster)
    {
        if (Material(cluster, "certificate-authority") is not { } pem)
            return null;

        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPem(pem);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"certificate-authority: {e.Message}", e);
        }

        return authorities;
    }

    private X509Certificate2? ClientCertificate(YamlMappingNode user)
    {
        if (Material(user, "client-certificate") is not { } certificate)
            return null;

        var key = Material(user, "client-key") ?? throw new KubeconfigException("the user has a client-certificate but no client-key");
        try
        {
            return X509Certificate2.CreateFromPem(certificate, key);
        }
        catch (CryptographicException e)
        {
            throw new KubeconfigException($"the client certificate and its key cannot be used: {e.Message}", e);
        }
    }

    /// <summary>PEM given in base64 (<c>NAME-data</c>) or by file (<c>NAME</c>); the data wins.</summary>
    private string? Material(YamlMappingNode node, string name)
    {
        try
        {
            if (node.Text(name + "-data") is { Length: > 0 } data)
                return Encoding.UTF8.GetString(Convert.FromBase64String(data));

            return node.Text(name) is { Length: > 0 } file ? File.ReadAllText(Path.Combine(_folder, file)) : null;
        }
        catch (Exception e) when (e is FormatException or IOException or UnauthorizedAccessException)
        {
            throw new KubeconfigException($"{name}: {e.Message}", e);
        }
    }
}

using System.Net;
using KubeSharp.ApiServer;
using KubeSharp.ApiServer.Aggregation;
using KubeSharp.ApiServer.Audit;
using KubeSharp.ApiServer.Authentication;
using KubeSharp.ApiServer.Authorization;
using KubeSharp.ApiServer.Encryption;
using KubeSharp.ApiServer.Http;
using KubeSharp.Host.Bootstrap;
using KubeSharp.Host.Config;
using KubeSharp.Host.Pki;
using KubeSharp.Store;
using Microsoft.Extensions.Logging;

namespace KubeSharp.Host.Components;

/// <summary>The API server: store, caches, rules, HTTPS.</summary>
internal sealed class ApiServerPart
{
    private readonly ApiServerCore _core;
    private readonly Auditor? _audit;
    private readonly IPEndPoint _endpoint;
    private readonly RenewingCertificate _certificate;
    private readonly IReadOnlyList<RenewingCertificate> _certificates;

    public ApiServerPart(ServerOptions options, Machine machine, ClusterKeys keys, IStore store, StorageEncryption encryption, TimeProvider clock, ILoggerFactory logs)
    {
        var services = OptionsCheck.Networks(options.ServiceCidr);
        var issuer = $"https://kubernetes.default.svc.{options.ClusterDomain}";
        var proxyClient = new RenewingCertificate(keys.FrontProxyClient, clock);
        var frontProxy = new FrontProxy
        {
            ClientCertificate = () => proxyClient.Current,
            Authorities = [keys.FrontProxyAuthority],
            AllowedNames = [ClusterKeys.FrontProxyName],
            ClientAuthorities = [keys.CertificateAuthority],
        };
        _core = new(
            store,
            new()
            {
                ServiceCidr = services[0],
                SecondServiceCidr = services.Count > 1 ? services[1] : null,
                NodePortRange = OptionsCheck.PortRange(options.NodePortRange)!.Value,
                AdvertiseAddress = machine.Address,
                AdvertisePort = options.Port,
                FrontProxy = frontProxy,
                Fairness = new() { ReadLimit = options.MaxRequests, WriteLimit = options.MaxMutatingRequests, IsEnabled = options.HasFairness },
                Encryption = encryption,
            },
            clock,
            new Random(),
            logs);

        var tokens = new ServiceAccountTokens([keys.TokenKey], issuer, [issuer], _core.Objects, clock);
        var rbac = _core.Rbac;
        var authorizer = new UnionAuthorizer([new NodeAuthorizer(_core.Objects, BootstrapPolicy.NodeRules()), rbac]);
        _core.Authorizer = authorizer;
        var alternatives = machine.Alternatives(options, FirstOf(services[0]));
        _certificate = new(() => keys.ApiServer(alternatives.Names, alternatives.Addresses), clock);
        _endpoint = new(options.BindAddress, options.Port);
        _audit = AuditPart.Open(options, clock, logs);
        var kubeletClient = new RenewingCertificate(keys.KubeletClient, clock);
        _certificates = [_certificate, proxyClient, kubeletClient];
        Http = new(new()
        {
            Verbs = _core.Verbs,
            History = _core.History,
            Authenticators = [new RequestHeaderAuthenticator(frontProxy, clock), new ClientCertificateAuthenticator([keys.CertificateAuthority], clock), tokens],
            Authorizer = authorizer,
            Subresources = _core.Subresources(tokens),
            Reviews = new(authorizer, rbac, tokens),
            Objects = _core.Objects,
            Aggregator = _core.Aggregator,
            Audit = _audit,
            Fairness = _core.Fairness,
            InFlight = _core.InFlight,
            Checks = [.. _core.Checks, .. _core.Aggregator.Checks],
            Collectors = [_core.WriteMetrics],
            Kubelets = new(() => kubeletClient.Current, [keys.CertificateAuthority]),
            Issuer = issuer,
            SigningKeys = [keys.TokenKey],
            Address = $"{machine.Address}:{options.Port}",
            Clock = clock,
            Logs = logs,
        });
    }

    public ApiServerHttp Http { get; }

    /// <summary>Fills the caches from the store; then starts to serve and returns once connections are taken.</summary>
    /// <exception cref="StartException">The port is taken, or the store cannot be read.</exception>
    public async Task StartAsync(Loops loops, CancellationToken ct)
    {
        await _core.StartAsync(ct);
        loops.Start("API server's caches", _core.RunAsync, ct);
        if (_audit is not null)
            loops.Start("audit", _audit.RunAsync, ct);
        foreach (var certificate in _certificates)
            loops.Start("API server's certificate", certificate.RunAsync, ct);

        var listening = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var serving = Http.RunAsync(_endpoint, () => _certificate.Current, _ => listening.TrySetResult(), ct);
        try
        {
            await await Task.WhenAny(listening.Task, serving);
        }
        catch (IOException e)
        {
            throw new StartException($"port {_endpoint.Port} is taken by another program; choose another with --https-listen-port", e);
        }

        loops.Start("API server", _ => serving, ct);
        await _core.BootstrapAsync(ct);
        loops.Start("aggregation", _core.Aggregator.RunAsync, ct);
    }

    /// <summary>The address of the <c>kubernetes</c> Service.</summary>
    public static IPAddress FirstOf(IPNetwork network)
    {
        var bytes = network.BaseAddress.GetAddressBytes();
        bytes[^1]++;
        return new(bytes);
    }
}

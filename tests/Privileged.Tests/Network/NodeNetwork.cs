using System.Net;
using System.Net.Sockets;
using KubeSharp.Linux.Conntrack;
using KubeSharp.Linux.Namespaces;
using KubeSharp.Linux.Netlink;
using KubeSharp.Linux.Nftables;

namespace KubeSharp.Privileged.Tests.Network;

/// <summary>A node in a network namespace, a client outside it, and pods behind it; all of it gone when disposed.</summary>
public sealed class NodeNetwork : IDisposable
{
    public const string NodeIp = "192.0.2.1";
    public const string ClientIp = "192.0.2.2";
    public const string ClusterCidr = "10.42.0.0/16";

    private readonly string _prefix = $"kst{Guid.NewGuid():N}"[..10];
    private readonly List<string> _names = [];
    private readonly List<IDisposable> _owned = [];

    public NodeNetwork()
    {
        Node = Namespace("node");
        Client = Namespace("client");
        Sysctls = new(Node);
        Sysctls.Write("net/ipv4/ip_forward", "1");
        Stack = Node.Run(() => Own(new NetworkStack()));
        Nftables = Node.Run(() => Own(new LibNftables()));
        Conntrack = Node.Run(() => Own(new NetlinkConntrack()));
        Connect("toclient", NodeIp, Client, ClientIp, 24);
        Stack.Execute(new NewRoute(new(IPAddress.Any, 0, IPAddress.Parse(ClientIp))));
        Client.Run(() =>
        {
            using var stack = new NetworkStack();
            stack.Execute(new NewRoute(new(IPAddress.Parse("203.0.113.0"), 24, IPAddress.Parse(NodeIp)))); // external and load balancer IPs
        });
    }

    public NetworkNamespace Node { get; }

    public NetworkNamespace Client { get; }

    public Sysctls Sysctls { get; }

    public NetworkStack Stack { get; }

    public LibNftables Nftables { get; }

    public NetlinkConntrack Conntrack { get; }

    /// <summary>A pod: a namespace with that address, linked as the ptp plugin does it.</summary>
    public NetworkNamespace Pod(string address)
    {
        var pod = Namespace($"p{_names.Count}");
        var link = Connect($"pod{_names.Count}", "10.42.0.1", pod, address, 32);
        Stack.Execute(new NewRoute(new(IPAddress.Parse(address), 32, Index: link)));
        pod.Run(() =>
        {
            using var stack = new NetworkStack();
            stack.Execute(new NewRoute(new(IPAddress.Any, 0, IPAddress.Parse("10.42.0.1"), stack.FindLink("eth0")!.Index), IsOnLink: true));
        });
        return pod;
    }

    public NetworkNamespace Namespace(string name)
    {
        var ns = Own(NetworkNamespace.Create($"{_prefix}-{name}"));
        _names.Add($"{_prefix}-{name}");
        ns.Run(() =>
        {
            using var stack = new NetworkStack();
            stack.Execute(new SetLink(1, IsUp: true));
        });
        return ns;
    }

    /// <summary>Answers every TCP connection, and every datagram, with "name sender-address".</summary>
    public void Serve(NetworkNamespace pod, string name, int port)
    {
        var (tcp, udp) = pod.Run(() =>
        {
            var listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            listener.Bind(new IPEndPoint(IPAddress.Any, port));
            listener.Listen(100);
            var datagrams = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            datagrams.Bind(new IPEndPoint(IPAddress.Any, port));
            return (Own(listener), Own(datagrams));
        });
        _ = ServeTcpAsync(tcp, name); // they end with their sockets
        _ = ServeUdpAsync(udp, name);
    }

    /// <summary>What a server says to a new connection; the error's name if there is none.</summary>
    public static string Ask(NetworkNamespace from, string address, int port, ProtocolType protocol = ProtocolType.Tcp, Socket? socket = null) => from.Run(() =>
    {
        var s = socket ?? NewSocket(protocol);
        try
        {
            if (!s.Connected)
                s.Connect(IPAddress.Parse(address), port);
            if (protocol == ProtocolType.Udp)
                s.Send("?"u8);
            var buffer = new byte[100];
            return System.Text.Encoding.ASCII.GetString(buffer, 0, s.Receive(buffer));
        }
        catch (SocketException e)
        {
            return e.SocketErrorCode.ToString();
        }
        finally
        {
            if (socket is null)
                s.Dispose();
        }
    });

    public static Socket NewSocket(ProtocolType protocol) =>
        new(AddressFamily.InterNetwork, protocol == ProtocolType.Udp ? SocketType.Dgram : SocketType.Stream, protocol) { ReceiveTimeout = 1500, SendTimeout = 1500 };

    /// <summary>Waits until the condition holds; fails if it never does.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, string what, int seconds = 30)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(TimeSpan.FromSeconds(seconds));
        while (!condition())
        {
            Assert.False(patience.IsCancellationRequested, what);
            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, TestContext.Current.CancellationToken);
        }
    }

    public void Dispose()
    {
        _owned.Reverse<IDisposable>().ToList().ForEach(o => o.Dispose());
        _names.ForEach(NetworkNamespace.Delete);
    }

    private T Own<T>(T resource)
        where T : IDisposable
    {
        _owned.Add(resource);
        return resource;
    }

    private int Connect(string name, string address, NetworkNamespace other, string otherAddress, byte prefix)
    {
        Stack.Execute(new NewVeth(name, "eth0", other.Descriptor));
        var index = Stack.FindLink(name)!.Index;
        Stack.Execute(new NewAddress(index, IPAddress.Parse(address), prefix));
        Stack.Execute(new SetLink(index, IsUp: true));
        other.Run(() =>
        {
            using var stack = new NetworkStack();
            var eth0 = stack.FindLink("eth0")!.Index;
            stack.Execute(new NewAddress(eth0, IPAddress.Parse(otherAddress), prefix));
            stack.Execute(new SetLink(eth0, IsUp: true));
        });
        return index;
    }

    private static async Task ServeTcpAsync(Socket listener, string name)
    {
        try
        {
            while (true)
            {
                using var client = await listener.AcceptAsync(TestContext.Current.CancellationToken);
                await client.SendAsync(System.Text.Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)client.RemoteEndPoint!).Address}"), TestContext.Current.CancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }

    private static async Task ServeUdpAsync(Socket socket, string name)
    {
        var buffer = new byte[100];
        try
        {
            while (true)
            {
                var got = await socket.ReceiveFromAsync(buffer, new IPEndPoint(IPAddress.Any, 0), TestContext.Current.CancellationToken);
                await socket.SendToAsync(System.Text.Encoding.ASCII.GetBytes($"{name} {((IPEndPoint)got.RemoteEndPoint).Address}"), got.RemoteEndPoint, TestContext.Current.CancellationToken);
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or OperationCanceledException)
        {
            // The test is over.
        }
    }
}

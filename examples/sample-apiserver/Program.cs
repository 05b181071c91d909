using System.Globalization;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.SampleApiServer;
using Microsoft.Extensions.Hosting;

if (args is not [var certificate, var key, var frontProxyAuthority, var port])
{
    await Console.Error.WriteLineAsync("usage: sample-apiserver CERTIFICATE.pem KEY.pem FRONT-PROXY-CA.pem PORT");
    return 2;
}

var authorities = new X509Certificate2Collection();
authorities.ImportFromPemFile(frontProxyAuthority);
var proxies = new FrontProxies(authorities, ["front-proxy-client"], TimeProvider.System);
await using var app = GreetingServer.Create(
    X509Certificate2.CreateFromPemFile(certificate, key), proxies, new IPEndPoint(IPAddress.Any, int.Parse(port, CultureInfo.InvariantCulture)), TimeProvider.System);
await app.StartAsync();
await app.WaitForShutdownAsync();
return 0;

using Microsoft.Extensions.Hosting;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using KubeSharp.SampleWebhook;

if (args is not [var certificate, var key, var port])
{
    await Console.Error.WriteLineAsync("usage: sample-webhook CERTIFICATE.pem KEY.pem PORT");
    return 2;
}

await using var app = WebhookServer.Create(X509Certificate2.CreateFromPemFile(certificate, key), new IPEndPoint(IPAddress.Any, int.Parse(port, System.Globalization.CultureInfo.InvariantCulture)));
await app.StartAsync();
await app.WaitForShutdownAsync();
return 0;

using System.Text;
using KubeSharp.Machinery;
using KubeSharp.Objects.CoreV1;
using KubeSharp.Objects.DiscoveryV1;
using KubeSharp.ServiceProxy.Model;
using KubeSharp.ServiceProxy.Nftables;

namespace KubeSharp.Load;

/// <summary>What the service proxy itself needs for 10,000 Services of three endpoints: no API, no kernel.</summary>
internal static class ForwardingLoad
{
    private const int Services = 10_000;

    public static void Run()
    {
        var serviceBytes = Enumerable.Range(0, Services).Select(ServiceBytes).ToArray();
        var sliceBytes = Enumerable.Range(0, Services).Select(SliceBytes).ToArray();
        var services = Array.ConvertAll(serviceBytes, b => Json.Decode<Service>(b));
        var slices = Array.ConvertAll(sliceBytes, b => Json.Decode<EndpointSlice>(b));
        Parts.Measure($"proxy: decoding a Service of {serviceBytes[0].Length:n0} bytes", () => serviceBytes.Count(b => Json.Decode<Service>(b) is not null));
        Parts.Measure($"proxy: decoding a slice of {sliceBytes[0].Length:n0} bytes", () => sliceBytes.Count(b => Json.Decode<EndpointSlice>(b) is not null));
        var node = new NodeContext("n", "");
        var models = new ServiceForwarding[Services];
        Parts.Measure("proxy: what a Service asks for", () =>
        {
            for (var i = 0; i < Services; i++)
                models[i] = ServiceModel.Of(services[i], [slices[i]], node);
            return Services;
        });
        var ledger = new RuleLedger();
        Parts.Measure("proxy: its elements, put in the ledger", () =>
        {
            ledger = new();
            for (var i = 0; i < Services; i++)
                ledger.Set(ObjectKey.Of(services[i]), ServiceElements.Of(models[i]));
            ledger.TakeChanges();
            return Services;
        });
        var text = new TableText("kube-proxy", "10.42.0.0/16", "10.43.0.0/16");
        Parts.Measure("proxy: its share of the table as text", () => text.Full([], [.. ledger.Elements]).Length > 0 ? Services : 0);
    }

    private static byte[] ServiceBytes(int i) => Encoding.UTF8.GetBytes("""
        {"apiVersion":"v1","kind":"Service","metadata":{"creationTimestamp":"2026-11-26T02:20:11Z","managedFields":[{"apiVersion":"v1","fieldsType":"FieldsV1","fieldsV1":{"f:spec":{"f:internalTrafficPolicy":{},"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{},"f:protocol":{},"f:targetPort":{}}},"f:sessionAffinity":{},"f:type":{}}},"manager":"load","operation":"Update","time":"2026-11-26T02:20:11Z"}],"name":"s-#N","namespace":"bench-services","resourceVersion":"1#N","uid":"0b0e2f2a-8f4e-4b5e-9f5e-0000000#N"},"spec":{"clusterIP":"10.143.#A","clusterIPs":["10.143.#A"],"internalTrafficPolicy":"Cluster","ipFamilies":["IPv4"],"ipFamilyPolicy":"SingleStack","ports":[{"port":80,"protocol":"TCP","targetPort":80}],"sessionAffinity":"None","type":"ClusterIP"},"status":{"loadBalancer":{}}}
        """.Replace("#N", $"{i:d5}", StringComparison.Ordinal).Replace("#A", $"{i / 250}.{i % 250}", StringComparison.Ordinal));

    private static byte[] SliceBytes(int i) => Encoding.UTF8.GetBytes("""
        {"addressType":"IPv4","apiVersion":"discovery.k8s.io/v1","endpoints":[{"addresses":["10.200.#A"],"conditions":{"ready":true}},{"addresses":["10.201.#A"],"conditions":{"ready":true}},{"addresses":["10.202.#A"],"conditions":{"ready":true}}],"kind":"EndpointSlice","metadata":{"creationTimestamp":"2026-11-26T02:20:11Z","generation":1,"labels":{"kubernetes.io/service-name":"s-#N"},"managedFields":[{"apiVersion":"discovery.k8s.io/v1","fieldsType":"FieldsV1","fieldsV1":{"f:addressType":{},"f:endpoints":{},"f:metadata":{"f:labels":{".":{},"f:kubernetes.io/service-name":{}}},"f:ports":{}},"manager":"load","operation":"Update","time":"2026-11-26T02:20:11Z"}],"name":"s-#N","namespace":"bench-services","resourceVersion":"2#N","uid":"0b0e2f2a-8f4e-4b5e-9f5e-1000000#N"},"ports":[{"name":"","port":9000,"protocol":"TCP"}]}
        """.Replace("#N", $"{i:d5}", StringComparison.Ordinal).Replace("#A", $"{i / 250}.{i % 250}", StringComparison.Ordinal));
}

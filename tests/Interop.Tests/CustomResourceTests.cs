using k8s;
using k8s.Models;

namespace KubeSharp.Interop.Tests;

public sealed class CustomResourceTests(Cluster cluster) : IClassFixture<Cluster>
{
    private static CancellationToken Ct => Cluster.Ct;

    private IApiextensionsV1Operations Definitions => cluster.Client.ApiextensionsV1;

    private ICustomObjectsOperations Objects => cluster.Client.CustomObjects;

    [Fact]
    public async Task A_class_of_ones_own_is_a_kind_like_any_other()
    {
        await Definitions.CreateCustomResourceDefinitionAsync(Definition(), cancellationToken: Ct);
        await foreach (var (_, definition) in Definitions.WatchListCustomResourceDefinitionAsync(fieldSelector: "metadata.name=ships.fleet.example.com", timeoutSeconds: 30, cancellationToken: Ct))
        {
            if (definition.Status.Conditions?.Any(c => c is { Type: "Established", Status: "True" }) == true)
                break;
        }

        using var ships = new GenericClient(cluster.Client, Ship.Group, "v1", "ships", disposeClient: false);
        var anna = await ships.CreateNamespacedAsync(new Ship { Metadata = new() { Name = "anna" }, Spec = new() { Port = "hamburg" } }, cluster.Namespace, Ct);
        Assert.Equal((2, 1L), (anna.Spec.Boats, anna.Metadata.Generation));

        var refused = await Cluster.RefusedAsync(() => ships.CreateNamespacedAsync(new Ship { Metadata = new() { Name = "bad" }, Spec = new() { Port = "h", Boats = 10 } }, cluster.Namespace, Ct));
        Assert.Equal("Ship.fleet.example.com \"bad\" is invalid: spec.boats: Invalid value: 10: spec.boats in body should be less than or equal to 9", refused.Message);

        await Objects.PatchNamespacedCustomObjectStatusAsync(
            new V1Patch("""{"status":{"phase":"Sailing"},"spec":{"port":"nowhere"}}""", V1Patch.PatchType.MergePatch), Ship.Group, "v1", cluster.Namespace, "ships", "anna", cancellationToken: Ct);
        var sailing = await ships.ReadNamespacedAsync<Ship>(cluster.Namespace, "anna", Ct);
        Assert.Equal(("Sailing", "hamburg", 1L), (sailing.Status?.Phase, sailing.Spec.Port, sailing.Metadata.Generation));

        var applied = await Objects.PatchNamespacedCustomObjectAsync<Ship>(
            new V1Patch("""{"apiVersion":"fleet.example.com/v1","kind":"Ship","metadata":{"name":"anna"},"spec":{"boats":5}}""", V1Patch.PatchType.ApplyPatch),
            Ship.Group, "v1", cluster.Namespace, "ships", "anna", fieldManager: "yard", force: true, cancellationToken: Ct);
        Assert.Equal((5, "hamburg"), (applied.Spec.Boats, applied.Spec.Port));

        await ships.DeleteNamespacedAsync<V1Status>(cluster.Namespace, "anna", Ct);
        await Definitions.DeleteCustomResourceDefinitionAsync("ships.fleet.example.com", cancellationToken: Ct);
    }

    private static V1CustomResourceDefinition Definition() => new()
    {
        Metadata = new() { Name = "ships.fleet.example.com" },
        Spec = new()
        {
            Group = Ship.Group,
            Scope = "Namespaced",
            Names = new() { Plural = "ships", Singular = "ship", Kind = "Ship", ListKind = "ShipList" },
            Versions =
            [
                new()
                {
                    Name = "v1", Served = true, Storage = true,
                    Subresources = new() { Status = new object() },
                    Schema = new()
                    {
                        OpenAPIV3Schema = new()
                        {
                            Type = "object",
                            Properties = new Dictionary<string, V1JSONSchemaProps>
                            {
                                ["spec"] = new()
                                {
                                    Type = "object",
                                    Required = ["port"],
                                    Properties = new Dictionary<string, V1JSONSchemaProps>
                                    {
                                        ["port"] = new() { Type = "string" },
                                        ["boats"] = new() { Type = "integer", Maximum = 9, DefaultProperty = 2 },
                                    },
                                },
                                ["status"] = new() { Type = "object", Properties = new Dictionary<string, V1JSONSchemaProps> { ["phase"] = new() { Type = "string" } } },
                            },
                        },
                    },
                },
            ],
        },
    };
}

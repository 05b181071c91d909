namespace KubeSharp.ApiServer.Admission;

/// <summary>A rule that a write must pass after authorization and beyond what its kind says. Refuses with an <see cref="ApiException"/>.</summary>
internal interface IAdmission
{
    /// <summary>May change <see cref="AdmissionRequest.Object"/>; runs before the kind's preparation and validation.</summary>
    ValueTask AdmitAsync(AdmissionRequest request, CancellationToken ct) => ValueTask.CompletedTask;

    /// <summary>Sees the object as it will be stored.</summary>
    ValueTask ValidateAsync(AdmissionRequest request, CancellationToken ct) => ValueTask.CompletedTask;
}

using KubeSharp.ApiServer.Authentication;

namespace KubeSharp.ApiServer.InProcess;

/// <summary>Who asks from within the process. A feature only <see cref="InProcessHandler"/> sets: nothing on the wire can.</summary>
internal sealed record InProcessIdentity(Identity User);

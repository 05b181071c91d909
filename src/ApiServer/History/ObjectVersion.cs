using KubeSharp.ApiServer.Registry;

namespace KubeSharp.ApiServer.History;

/// <summary>What a change was, in the word clients read.</summary>
public enum VersionVerb
{
    Created,
    Updated,
    Deleted,
}

/// <summary>One kept version of an object, or its deletion.</summary>
/// <param name="Object">The object as it was then; of a deletion its last state, with the deletion's version.</param>
/// <param name="Previous">The version before this one; 0 for a creation.</param>
/// <param name="Time">When it was written; <see langword="null"/> where that is not known.</param>
/// <param name="Manager">Who wrote it, as far as managedFields tell; else empty.</param>
public sealed record ObjectVersion(CachedObject Object, VersionVerb Verb, long Previous, DateTimeOffset? Time, string Manager);

/// <param name="Continue">The token for the next page; empty at the end.</param>
public sealed record ObjectVersions(ServedResource Resource, IReadOnlyList<ObjectVersion> Items, long Revision, string Continue);

/// <summary>What is to be brought back.</summary>
/// <param name="Revision">As it was at this version; 0: as it was when it was deleted.</param>
/// <param name="AuthorizeAsync">Asked whether the restore may <c>create</c> or <c>update</c>, once it is known which it is; throws if not.</param>
public sealed record RestoreRequest(long Revision, Func<string, ValueTask> AuthorizeAsync);

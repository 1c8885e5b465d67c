using Patron.Customers.Customers;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// The permissions on jobs: those of what the job does to one customer, and for API keys the scope <c>customers:bulk</c> as well. A worker
/// asks again before each batch, for the one who made, confirmed or undid the job.
/// </summary>
public sealed class JobActor(IEnumerable<IJobKind> kinds, ICallerSource callers)
{
    /// <summary>Null if the caller may see the organization's jobs.</summary>
    internal static Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.BulkCustomers);

    /// <summary>Null if the caller may run jobs of this kind.</summary>
    internal Error? Refuse(Caller caller, JobKind kind) => FindKind(kind)?.Refuse(caller);

    /// <summary>The rules of a kind; null where this role of the process has none.</summary>
    internal IJobKind? FindKind(JobKind kind) => kinds.FirstOrDefault(candidate => candidate.Kind == kind);

    /// <summary>The caller for the next batch, with the job as the cause; null when they may no longer do this.</summary>
    internal async Task<Caller?> RestoreAsync(Job job, IJobKind kind, CancellationToken cancellationToken) =>
        await callers.RestoreAsync(job.Acting, cancellationToken) is { } caller && (Refuse(caller) ?? kind.Refuse(caller)) is null
            ? caller with { Cause = Cause.Job(job.Id) }
            : null;
}

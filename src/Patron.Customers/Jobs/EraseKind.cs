using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Erases customers by <see cref="EraseCustomer"/>, each in a transaction of its own: at most 10 000, and without undo. A customer who
/// changed in any way since the preview is not erased.
/// </summary>
internal sealed class EraseKind(EraseCustomer erase) : IJobKind
{
    private const int Limit = 10_000;
    private static readonly Field<Customer>[] Touched = [CustomerSchema.Version];

    public JobKind Kind => JobKind.Erase;

    public int MaxCustomers => Limit;

    public int MaxBatch => 1;

    public Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessEraser(caller);

    public Result<JobChanges> ReadChanges(string json) => JobChanges.Empty(json, Touched);

    public Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        Task.FromResult<IReadOnlyList<JobDecision>>([.. customers.Select(_ => JobDecision.WouldChange)]);

    public async Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var failed = new Dictionary<Guid, string>();
        foreach (var customer in customers)
        {
            if ((await erase.HandleAsync(caller, customer.Uid.ToString(), expectedVersions: null, cancellationToken)).Error is { } refused)
            {
                failed.Add(customer.Uid, refused.Code);
            }
        }

        return failed;
    }
}

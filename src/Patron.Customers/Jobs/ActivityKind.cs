using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Jobs;

/// <summary>
/// Deactivates customers (deletes them softly) or restores them, as <see cref="DeleteCustomer"/> and <see cref="RestoreCustomer"/> do.
/// </summary>
internal sealed class ActivityKind(JobKind kind, CustomerBatch batch, TimeProvider time) : IJobKind
{
    private static readonly Field<Customer>[] Touched = [CustomerSchema.Standing, CustomerSchema.IsBlocked, CustomerSchema.IsDeleted];

    public JobKind Kind => kind;

    public Error? Refuse(Caller caller) => CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers);

    public Result<JobChanges> ReadChanges(string json) => JobChanges.Empty(json, Touched);

    public Task<IReadOnlyList<JobDecision>> DecideAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken)
    {
        var now = time.GetDatabaseNow();
        foreach (var customer in customers)
        {
            if (kind == JobKind.Deactivate)
            {
                customer.Delete(now);
            }
            else
            {
                customer.Restore(now);
            }
        }

        return Task.FromResult<IReadOnlyList<JobDecision>>(
            [.. customers.Select(customer => customer.HasChanged ? JobDecision.WouldChange : JobDecision.Unchanged)]);
    }

    public Task<IReadOnlyDictionary<Guid, string>> WriteAsync(
        Caller caller, JobChanges changes, IReadOnlyList<Customer> customers, CancellationToken cancellationToken) =>
        batch.SaveAsync(
            caller, customers, kind == JobKind.Deactivate ? "customer.deleted" : "customer.restored", cancellationToken);
}

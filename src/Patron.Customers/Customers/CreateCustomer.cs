using Microsoft.Extensions.Logging;
using Patron.Customers.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>
/// Enters a customer into the acting organization (staff, or a key with <c>customers:write</c>): the record with its identifiers,
/// its consents and the audit entry, together or not at all. It claims its e-mail address.
/// 400 where another customer claims the address, 403 for others than staff, 422 naming the fields that are not valid.
/// Source 5, 'Create Customer'.
/// </summary>
public sealed partial class CreateCustomer(
    CustomersContext context, DatabaseSession session, IdentifierAllotment identifiers, TimeProvider time, ILogger<CreateCustomer> logger)
{
    // Of a few drawn user names one is a UUID: a race may cost a draw or two, never ten.
    private const int MaxDraws = 10;

    /// <summary>The new customer. <paramref name="required"/> names the fields that the caller's interface wants filled.</summary>
    public async Task<Result<Customer>> HandleAsync(
        Caller caller, CustomerDetails details, IReadOnlyCollection<string> required, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.WriteCustomers) is { } refused)
        {
            return refused;
        }

        var now = time.GetDatabaseNow();
        var settled = details.Settled(CustomerDetails.Empty);
        var written = CustomerFields.Changed(CustomerDetails.Empty, settled);
        if (CustomerFields.Check(settled, [.. written, .. CustomerFields.Named(required)], required, now) is { } invalid)
        {
            return invalid;
        }

        for (var draw = 1; ; draw++)
        {
            var drawn = await identifiers.NextAsync(caller.OrganizationId, settled, now, cancellation);
            var customer = Customer.Enter(caller.OrganizationId, settled, drawn, now);
            var entered = await session.InTransactionAsync(() => InsertAsync(caller, customer, written, cancellation), cancellation);
            if (entered.Error != SavingCustomers.IdentifierTaken || draw == MaxDraws)
            {
                return entered;
            }
        }
    }

    private async Task<Result<Customer>> InsertAsync(
        Caller caller, Customer customer, IReadOnlyList<CustomerField> written, CancellationToken cancellation)
    {
        context.Customers.Add(customer);
        context.Consents.AddRange(Consent.Of(customer, written, caller));
        context.Audit.Add(AuditEntry.For(
            caller, "customer.created", "customer", customer.Uid, customer.CreatedAt, customer.OrganizationId,
            after: written.ToJson(customer.Details)));
        if (await context.TrySaveAsync(cancellation) is { } taken)
        {
            return taken;
        }

        session.AfterCommit(() => LogCreated(customer.Uid, customer.OrganizationId));
        return customer;
    }

    [LoggerMessage(LogLevel.Information, "Customer {Uid} created in organization {OrganizationId}")]
    private partial void LogCreated(Guid uid, Guid organizationId);
}

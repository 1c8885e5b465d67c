using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Customers.Import;
using Patron.Customers.Schema;
using Patron.Shared.Callers;
using Patron.Shared.Database;

namespace Patron.Customers.Sync;

/// <summary>Writes the records that a page of partners changes and makes, set by set, inside the page's transaction.</summary>
public sealed class SyncedCustomers(DatabaseSession database, PartnerLedger ledger, IdentifierAllotment identifiers, ErpOwnership ownership)
{
    // Archived is the ERP's word, not one that people write.
    private static readonly IReadOnlyList<Field<Customer>> Audited = [.. CustomerSchema.Fields.Written, CustomerSchema.IsArchived];

    /// <summary>False where somebody entered one of the new customers meanwhile: then the page is looked at again.</summary>
    internal async Task<bool> WriteAsync(Caller caller, PartnerDecider page, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (page.Made.Count + page.Changed.Count == 0)
        {
            return true;
        }

        var staging = await CustomerStaging.CreateAsync(database.Connection, caller, cancellationToken);
        if (page.Changed.Count > 0)
        {
            await staging.ChangeAsync("customer.synced", [.. page.Changed.Select(Staged)], cancellationToken);
            await ledger.FulfilAsync(now, cancellationToken);
        }

        if (page.Made.Count == 0)
        {
            return true;
        }

        foreach (var target in page.Made)
        {
            var facts = target.MadeOf!;
            target.Customer = Customer.CreateFromErp(caller.OrganizationId, facts.Values, facts.Partner.Id, ownership.OwnsArchived && !facts.Partner.IsActive, now);
        }

        await identifiers.AllotAsync(caller.OrganizationId, [.. page.Made.Select(target => target.Customer)], cancellationToken);
        var entered = await staging.EnterAsync("customer.synced", [.. page.Made.Select(Staged)], cancellationToken);
        return entered.Count == page.Made.Count;
    }

    private static StagedCustomer Staged(PartnerTarget target)
    {
        var (before, after) = (target.Before ?? new Customer(), target.Customer);
        var changed = Audited.Where(field => field.Differs(before, after)).ToList();
        return new StagedCustomer(after, changed.ToJson(before), changed.ToJson(after));
    }
}

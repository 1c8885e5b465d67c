using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>Changes a vendor of an organization whose staff the caller is. What it had before is checked only where it changes. Errors: 404 not the caller's, 422 by field.</summary>
public sealed class ChangeVendor(AccountsContext context, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<VendorView>> HandleAsync(Caller caller, long id, Func<VendorDetails, VendorDetails> change, CancellationToken cancellationToken)
    {
        // Before the lock: whoever may not change the vendor neither waits for those who do nor makes them wait.
        if (!await context.VendorsOf(caller).AnyAsync(row => row.Id == id, cancellationToken))
        {
            return VisibleRows.NoVendor;
        }

        // On the locked row, so that changes of different fields at once are all there afterwards.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT FROM accounts.vendors WHERE id = {id} FOR NO KEY UPDATE", cancellationToken);
        var found = await context.VendorsOf(caller).Where(vendor => vendor.Id == id).WithNumbers(context).SingleOrDefaultAsync(cancellationToken);
        if (found is not { Vendor: var vendor })
        {
            return VisibleRows.NoVendor;
        }

        var errors = new FieldErrors();
        var before = vendor.Details;
        var details = change(before).Check(before, errors);
        if (errors.Any)
        {
            return errors.ToError();
        }

        if (before.To(details) is { After: not null } changed)
        {
            var now = time.GetDatabaseNow();
            vendor.Change(details, now);
            context.Audit.Add(AuditEntry.For(
                caller, "vendor.changed", "vendor", vendor.UserId, now, vendor.OrganizationId, before: changed.Before, after: changed.After));
            await context.SaveChangesAsync(cancellationToken);
        }

        return await transaction.CommitAsync(found, cancellationToken);
    }
}

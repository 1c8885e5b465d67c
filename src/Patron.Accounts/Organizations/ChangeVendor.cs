using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Changes a vendor of an organization whose staff the caller belongs to. Only changed fields are checked. Errors: 404 not visible to the
/// caller, 422 by field.
/// </summary>
public sealed class ChangeVendor(AccountsContext dbContext, DatabaseSession database, TimeProvider time)
{
    public async Task<Result<VendorView>> HandleAsync(
        Caller caller, long id, Func<VendorDetails, VendorDetails> change, CancellationToken cancellationToken)
    {
        // Check access before taking the lock, so that callers without access neither wait nor block others.
        if (!await dbContext.VendorsOf(caller).AnyAsync(row => row.Id == id, cancellationToken))
        {
            return VisibleRows.NoVendor;
        }

        // Lock the row, so that concurrent changes of different fields are all kept.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.vendors WHERE id = {id} FOR NO KEY UPDATE", cancellationToken);
        var found = await dbContext.VendorsOf(caller)
            .Where(vendor => vendor.Id == id)
            .WithNumbers(dbContext)
            .SingleOrDefaultAsync(cancellationToken);
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

        if (before.DiffTo(details) is { After: not null } changed)
        {
            var now = time.GetDatabaseNow();
            vendor.Change(details, now);
            dbContext.Audit.Add(AuditEntry.For(
                caller, "vendor.changed", "vendor", vendor.UserId, now, vendor.OrganizationId, before: changed.Before,
                after: changed.After));
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        return await transaction.CommitAsync(found, cancellationToken);
    }
}

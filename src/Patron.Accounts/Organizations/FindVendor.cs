using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>Finds a vendor of an organization whose staff the caller belongs to; any vendor for an administrator. Errors: 404.</summary>
public sealed class FindVendor(AccountsContext dbContext)
{
    public async Task<Result<VendorView>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        await dbContext.VendorsOf(caller)
            .AsNoTracking()
            .Where(vendor => vendor.Id == id)
            .WithNumbers(dbContext)
            .SingleOrDefaultAsync(cancellationToken) is { } vendor
            ? vendor
            : VisibleRows.NoVendor;
}

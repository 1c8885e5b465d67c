using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>One vendor of the organizations whose staff the caller is; any for an administrator. Errors: 404.</summary>
public sealed class FindVendor(AccountsContext context)
{
    public async Task<Result<VendorView>> HandleAsync(Caller caller, long id, CancellationToken cancellationToken) =>
        await context.VendorsOf(caller).AsNoTracking().Where(vendor => vendor.Id == id).WithNumbers(context).SingleOrDefaultAsync(cancellationToken) is { } vendor
            ? vendor
            : VisibleRows.NoVendor;
}

using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.ApiKeys;

/// <summary>The acting organization's keys that still work, newest first, without their secrets. Errors: 403 not its owner.</summary>
public sealed class ListApiKeys(AccountsContext context, TimeProvider time)
{
    private const int Most = 1000;

    public async Task<Result<List<ApiKey>>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return caller.IsVendorOf(caller.OrganizationId)
            ? await context.ApiKeys.AsNoTracking()
                .Where(key => key.OrganizationId == caller.OrganizationId && key.RevokedAt == null && key.ExpiresAt > now)
                .OrderByDescending(key => key.CreatedAt).Take(Most).ToListAsync(cancellationToken)
            : Error.Forbidden("Only an owner of the organization (role vendor) can see its keys.");
    }
}

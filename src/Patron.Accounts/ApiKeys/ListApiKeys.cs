using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.ApiKeys;

/// <summary>Lists the acting organization's valid keys, newest first, without their secrets. Errors: 403 not its owner.</summary>
public sealed class ListApiKeys(AccountsContext dbContext, TimeProvider time)
{
    private const int MaxKeys = 1000;

    public async Task<Result<List<ApiKey>>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        return caller.IsVendorOf(caller.OrganizationId)
            ? await dbContext.ApiKeys.AsNoTracking()
                .Where(key => key.OrganizationId == caller.OrganizationId && key.RevokedAt == null && key.ExpiresAt > now)
                .OrderByDescending(key => key.CreatedAt).Take(MaxKeys).ToListAsync(cancellationToken)
            : Error.Forbidden("owner_required", "Only an owner of the organization (role vendor) can list its API keys.");
    }
}

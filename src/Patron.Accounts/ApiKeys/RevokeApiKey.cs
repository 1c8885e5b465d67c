using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.ApiKeys;

/// <summary>
/// Revokes one of the acting organization's keys: at once in this process, within a second in others. Errors: 403 not its owner, 404 no
/// such key.
/// </summary>
public sealed class RevokeApiKey(AccountsContext dbContext, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    public async Task<Result<Unit>> HandleAsync(Caller caller, Guid keyId, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("owner_required", "Only an owner of the organization (role vendor) can revoke its API keys.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var now = time.GetUtcNow();
        var revoked = await dbContext.ApiKeys.Where(
            key => key.Id == keyId && key.OrganizationId == caller.OrganizationId && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        if (revoked == 0)
        {
            return Error.NotFound("api_key_not_found", "The organization has no API key with this id.");
        }

        dbContext.Audit.Add(AuditEntry.For(caller, "api_key.revoked", "api_key", keyId, now, caller.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
        return await transaction.CommitAsync(default(Unit), cancellationToken);
    }
}

using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.ApiKeys;

/// <summary>Ends one of the acting organization's keys, at once here and within a second in other processes. Errors: 403 not its owner, 404.</summary>
public sealed class RevokeApiKey(AccountsContext context, DatabaseSession database, CallerCache known, TimeProvider time)
{
    public async Task<Result<Done>> HandleAsync(Caller caller, Guid keyId, CancellationToken cancellationToken)
    {
        if (!caller.IsVendorOf(caller.OrganizationId))
        {
            return Error.Forbidden("Only an owner of the organization (role vendor) can end its keys.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var now = time.GetUtcNow();
        var ended = await context.ApiKeys.Where(key => key.Id == keyId && key.OrganizationId == caller.OrganizationId && key.RevokedAt == null)
            .ExecuteUpdateAsync(set => set.SetProperty(key => key.RevokedAt, now), cancellationToken);
        if (ended == 0)
        {
            return Error.NotFound("The organization has no such key.");
        }

        context.Audit.Add(AuditEntry.For(caller, "api_key.revoked", "api_key", keyId, now, caller.OrganizationId));
        await context.SaveChangesAsync(cancellationToken);
        database.AfterCommit(known.Forget);
        return await transaction.CommitAsync(default(Done), cancellationToken);
    }
}

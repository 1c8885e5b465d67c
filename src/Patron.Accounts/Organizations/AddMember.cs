using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Adds an account to the acting organization, or changes its role: <c>patron member add</c>. Errors: 400 the organization is
/// closed, 404 no such account.
/// </summary>
public sealed class AddMember(AccountsContext dbContext, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    public async Task<Result<User>> HandleAsync(Caller caller, string login, OrganizationRole role, CancellationToken cancellationToken)
    {
        var user = await dbContext.FindByLoginAsync(login, cancellationToken);
        if (user is null)
        {
            return Error.NotFound("There is no account with this e-mail or user name; it has to be registered first.");
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        if (!await dbContext.TryShareOrganizationAsync(caller.OrganizationId, cancellationToken))
        {
            return OrganizationLocks.Closed;
        }

        var now = time.GetUtcNow();
        await dbContext.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.memberships (organization_id, user_id, role, since)
            VALUES ({caller.OrganizationId}, {user.Id}, {EnumNameConverter<OrganizationRole>.ToText(role)}, {now})
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role
            """, cancellationToken);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.added", "account", user.Id, now, caller.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
        return await transaction.CommitAsync(user, cancellationToken);
    }
}

using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A member and what they are now.</summary>
public sealed record AddedMember(User User, OrganizationRole Role);

/// <summary>
/// Adds an account to the acting organization, or changes its role: <c>patron member add</c>. Without a role a person becomes an employee,
/// and an owner stays one. An owner who gets a lower role loses what
/// <see cref="EndOwnership"/> ends; <c>keysTo</c> is another owner who takes their API keys over. Errors: 400 the organization is closed or
/// would have no owner, 404 no such account, 422 <c>keys_to</c>.
/// </summary>
public sealed class AddMember(
    AccountsContext dbContext, EndOwnership endOwnership, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    public async Task<Result<AddedMember>> HandleAsync(
        Caller caller, string login, OrganizationRole? role, Guid? keysTo, CancellationToken cancellationToken)
    {
        var user = await dbContext.FindByLoginAsync(login, cancellationToken);
        return user is null
            ? Error.NotFound("account_not_found", "There's no account with this email or username. Register it first.")
            : await GrantAsync(caller, user, role, keysTo, mustBeMember: false, cancellationToken);
    }

    /// <summary>Gives the account a role in the acting organization, without a check of the caller.</summary>
    internal async Task<Result<AddedMember>> GrantAsync(
        Caller caller, User user, OrganizationRole? role, Guid? keysTo, bool mustBeMember, CancellationToken cancellationToken)
    {
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        await dbContext.LockOrganizationAsync(caller.OrganizationId, cancellationToken); // Against two owners who are demoted at once.
        if (!await dbContext.TryShareOrganizationAsync(caller.OrganizationId, cancellationToken))
        {
            return OrganizationLocks.Closed;
        }

        var member = await dbContext.Members.AsNoTracking().SingleOrDefaultAsync(
            row => row.OrganizationId == caller.OrganizationId && row.UserId == user.Id, cancellationToken);
        if (member is null && mustBeMember)
        {
            return RemoveMember.NoMember;
        }

        var isOwner = member is { Role: OrganizationRole.Vendor };
        var granted = role ?? (isOwner ? OrganizationRole.Vendor : OrganizationRole.Employee);
        if (isOwner && granted != OrganizationRole.Vendor)
        {
            if (await endOwnership.RefuseAsync(member!, keysTo, cancellationToken) is { } refused)
            {
                return refused;
            }

            await endOwnership.HandleAsync(caller, user, member!, keysTo, cancellationToken);
        }

        var now = time.GetUtcNow();
        await dbContext.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.memberships (organization_id, user_id, role, since)
            VALUES ({caller.OrganizationId}, {user.Id}, {EnumNameConverter<OrganizationRole>.ToText(granted)}, {now})
            ON CONFLICT (organization_id, user_id) DO UPDATE SET role = excluded.role
            """, cancellationToken);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.added", "account", user.Id, now, caller.OrganizationId));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
        return await transaction.CommitAsync(new AddedMember(user, granted), cancellationToken);
    }
}

using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Secrets;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Accepts an invitation by the secret from the mail, with the account that has the invited address. A member with a lower role gets the
/// invited role. Errors: 400 not usable, or for another account.
/// </summary>
public sealed class AcceptInvitation(AccountsContext dbContext, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    private static readonly Error Unusable = Error.Rule(
        "invitation_expired", "This invitation has expired, was withdrawn or has already been accepted. Ask for a new one.");
    private static readonly Error AnotherAddress = Error.Rule(
        "invitation_for_another_address", "This invitation was sent to a different email address. Sign in with the account that uses it.");

    public async Task<Result<OrganizationMember>> HandleAsync(Caller caller, string secret, CancellationToken cancellationToken)
    {
        var hash = Secret.Hash(secret);
        await using var transaction = await database.BeginAsync(cancellationToken);
        var user = await dbContext.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        var organization = await dbContext.Invitations.Where(row => row.SecretHash == hash).Select(row => row.OrganizationId)
            .SingleOrDefaultAsync(cancellationToken);
        await dbContext.TryShareOrganizationAsync(organization, cancellationToken);
        var now = time.GetUtcNow();
        var invitation = await dbContext.Invitations.FromTable($"WHERE secret_hash = {hash} FOR UPDATE")
            .SingleOrDefaultAsync(cancellationToken);
        if (invitation is null || invitation.AcceptedAt is not null || invitation.WithdrawnAt is not null || invitation.ExpiresAt <= now)
        {
            return Unusable;
        }

        if (user.NormalizedEmail != invitation.NormalizedEmail)
        {
            return AnotherAddress;
        }

        var member = await dbContext.Members.SingleOrDefaultAsync(
            row => row.OrganizationId == invitation.OrganizationId && row.UserId == user.Id, cancellationToken);
        if (member is null)
        {
            member = new OrganizationMember(invitation.OrganizationId, user.Id, invitation.Role, now);
            dbContext.Members.Add(member);
        }
        else if (member.Role < invitation.Role)
        {
            member.Role = invitation.Role;
        }

        invitation.Accept(now);
        dbContext.Audit.Add(AuditEntry.For(caller, "member.joined", "account", member.UserId, now, member.OrganizationId));
        if (await dbContext.TrySaveAsync(cancellationToken) is { } conflict)
        {
            return conflict;
        }

        database.AfterCommit(callerCache.Clear);
        return await transaction.CommitAsync(member, cancellationToken);
    }
}

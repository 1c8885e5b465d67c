using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A member, or an invited person (then <see cref="UserId"/> is null).</summary>
public sealed record MemberView(
    Guid? UserId, string Email, string? FirstName, string? LastName, OrganizationRole Role, DateTimeOffset Since);

/// <summary>A page of members, with the open invitations.</summary>
public sealed record MemberPage(int Count, IReadOnlyList<MemberView> Members, IReadOnlyList<MemberView> Invited);

/// <summary>Lists the members and open invitations of the acting organization, for its staff. Errors: 403 not its staff.</summary>
public sealed class ListMembers(AccountsContext dbContext, TimeProvider time)
{
    public const int MaxPageSize = 1000;

    public async Task<Result<MemberPage>> HandleAsync(
        Caller caller, OrganizationRole? role, int page, int pageSize, CancellationToken cancellationToken)
    {
        if (!caller.IsStaff)
        {
            return Error.Forbidden("staff_required", "Only staff can see an organization's members.");
        }

        var members = dbContext.Members.AsNoTracking()
            .Where(member => member.OrganizationId == caller.OrganizationId && (role == null || member.Role == role));
        var now = time.GetUtcNow();
        return new MemberPage(
            await members.CountAsync(cancellationToken),
            await (
                from member in members
                join user in dbContext.Users on member.UserId equals user.Id
                orderby user.Number
                select new MemberView(user.Id, user.Email!, user.FirstName, user.LastName, member.Role, member.Since))
                .Skip((page - 1) * pageSize).Take(pageSize).ToListAsync(cancellationToken),
            await dbContext.Invitations.AsNoTracking()
                .Where(invitation => invitation.OrganizationId == caller.OrganizationId && invitation.AcceptedAt == null
                    && invitation.WithdrawnAt == null && invitation.ExpiresAt > now)
                .OrderBy(invitation => invitation.CreatedAt).Take(MaxPageSize)
                .Select(invitation => new MemberView(null, invitation.Email, null, null, invitation.Role, invitation.CreatedAt))
                .ToListAsync(cancellationToken));
    }
}

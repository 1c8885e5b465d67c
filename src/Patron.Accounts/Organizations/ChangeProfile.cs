using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>A change to a profile: whether it is the primary one, and the number of the organization it shows. Null stays.</summary>
public sealed record ProfileEdit(bool? IsPrimary, long? Organization);

/// <summary>
/// Changes one of the caller's own profiles, or anybody's for an administrator. The primary one is made so instead of the other. Errors:
/// 400 the only primary one, 404 not the caller's, 422 an organization that the person is no member of.
/// </summary>
public sealed class ChangeProfile(AccountsContext context, DatabaseSession database, TimeProvider time)
{
    private static readonly Error StaysPrimary = Error.Rule("This is the primary profile. Make another one the primary instead (is_primary: true).");
    private static readonly Error NoMember = Error.Invalid("organization", "The person is not a member of an organization with this number.");

    public async Task<Result<ProfileView>> HandleAsync(Caller caller, long id, ProfileEdit edit, CancellationToken cancellationToken)
    {
        if (await context.ProfilesOf(caller).AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } known)
        {
            return VisibleRows.NoProfile;
        }

        // On the locked account: two profiles made primary at once are made so one after the other.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await context.Database.ExecuteSqlAsync($"SELECT FROM accounts.users WHERE id = {known.UserId} FOR UPDATE", cancellationToken);
        var profiles = await context.Profiles.Where(row => row.UserId == known.UserId).ToListAsync(cancellationToken);
        if (profiles.Find(row => row.Id == known.Id) is not { } profile)
        {
            return VisibleRows.NoProfile;
        }

        var now = time.GetDatabaseNow();
        var changed = new FieldDiff();
        var refusal = await ShowAsync(profile, edit.Organization, changed, now, cancellationToken)
            ?? await PutFirstAsync(profile, profiles.Find(row => row.IsPrimary), edit.IsPrimary, changed, now, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (changed.After is not null)
        {
            context.Audit.Add(AuditEntry.For(
                caller, "profile.changed", "profile", profile.UserId, now, profile.OrganizationId, before: changed.Before, after: changed.After));
            await context.SaveChangesAsync(cancellationToken);
        }

        var view = await context.Profiles.AsNoTracking().Where(row => row.Id == profile.Id).WithNumbers(context).SingleAsync(cancellationToken);
        return await transaction.CommitAsync(view, cancellationToken);
    }

    private async Task<Error?> ShowAsync(UserProfile profile, long? number, FieldDiff changed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (number is null)
        {
            return null;
        }

        var shown = await (
            from member in context.Members
            join organization in context.Organizations on member.OrganizationId equals organization.Id
            where member.UserId == profile.UserId && organization.Number == number
            select (Guid?)organization.Id).SingleOrDefaultAsync(cancellationToken);
        if (shown is not { } organizationId)
        {
            return NoMember;
        }

        if (organizationId != profile.OrganizationId)
        {
            changed.Compare("organization", $"{profile.OrganizationId}", $"{organizationId}");
            profile.MoveTo(organizationId, now);
        }

        return null;
    }

    private async Task<Error?> PutFirstAsync(
        UserProfile profile, UserProfile? first, bool? isPrimary, FieldDiff changed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (isPrimary == false && profile.IsPrimary)
        {
            return StaysPrimary;
        }

        if (isPrimary == true && !profile.IsPrimary)
        {
            changed.Compare("primary", first is null ? null : EnumNames<ProfileType>.Of(first.ProfileType), EnumNames<ProfileType>.Of(profile.ProfileType));

            // At once, and not with the rest: the index knows no moment with two of them.
            await context.Profiles.Where(other => other.UserId == profile.UserId && other.IsPrimary)
                .ExecuteUpdateAsync(set => set.SetProperty(other => other.IsPrimary, false).SetProperty(other => other.UpdatedAt, now), cancellationToken);
            profile.MakePrimary(now);
        }

        return null;
    }
}

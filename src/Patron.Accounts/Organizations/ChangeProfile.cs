using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>
/// A change of a profile: whether it is the primary one, and the number of the organization it shows. Null leaves a value as it is.
/// </summary>
public sealed record ProfileEdit(bool? IsPrimary, long? Organization);

/// <summary>
/// Changes one of the caller's own profiles, or any profile for an administrator. Making one primary ends the primary role of the other.
/// Errors: 400 the only primary one, 404 not visible to the caller, 422 an organization that the person is not a member of.
/// </summary>
public sealed class ChangeProfile(AccountsContext dbContext, DatabaseSession database, TimeProvider time)
{
    private static readonly Error StaysPrimary = Error.Rule(
        "primary_profile", "This is the primary profile. To change that, make another one primary (is_primary: true).");
    private static readonly Error NotAMember = Error.Invalid(
        "organization", "The person isn't a member of an organization with this number.");

    public async Task<Result<ProfileView>> HandleAsync(Caller caller, long id, ProfileEdit edit, CancellationToken cancellationToken)
    {
        if (await dbContext.ProfilesOf(caller).AsNoTracking().SingleOrDefaultAsync(row => row.Id == id, cancellationToken) is not { } found)
        {
            return VisibleRows.NoProfile;
        }

        // Lock the account, so that two changes of the primary profile run one after the other.
        await using var transaction = await database.BeginAsync(cancellationToken);
        await dbContext.Database.ExecuteSqlAsync($"SELECT FROM accounts.users WHERE id = {found.UserId} FOR UPDATE", cancellationToken);
        var profiles = await dbContext.Profiles.Where(row => row.UserId == found.UserId).ToListAsync(cancellationToken);
        if (profiles.Find(row => row.Id == found.Id) is not { } profile)
        {
            return VisibleRows.NoProfile;
        }

        var now = time.GetDatabaseNow();
        var changed = new FieldDiff();
        var refusal = await ChangeOrganizationAsync(profile, edit.Organization, changed, now, cancellationToken)
            ?? await MakePrimaryAsync(profile, profiles.Find(row => row.IsPrimary), edit.IsPrimary, changed, now, cancellationToken);
        if (refusal is not null)
        {
            return refusal;
        }

        if (changed.After is not null)
        {
            dbContext.Audit.Add(AuditEntry.For(
                caller, "profile.changed", "profile", profile.UserId, now, profile.OrganizationId, before: changed.Before,
                after: changed.After));
            await dbContext.SaveChangesAsync(cancellationToken);
        }

        var view = await dbContext.Profiles.AsNoTracking()
            .Where(row => row.Id == profile.Id)
            .WithNumbers(dbContext)
            .SingleAsync(cancellationToken);
        return await transaction.CommitAsync(view, cancellationToken);
    }

    private async Task<Error?> ChangeOrganizationAsync(
        UserProfile profile, long? number, FieldDiff changed, DateTimeOffset now, CancellationToken cancellationToken)
    {
        if (number is null)
        {
            return null;
        }

        var target = await (
            from member in dbContext.Members
            join organization in dbContext.Organizations on member.OrganizationId equals organization.Id
            where member.UserId == profile.UserId && organization.Number == number
            select (Guid?)organization.Id).SingleOrDefaultAsync(cancellationToken);
        if (target is not { } organizationId)
        {
            return NotAMember;
        }

        if (organizationId != profile.OrganizationId)
        {
            changed.Compare("organization", $"{profile.OrganizationId}", $"{organizationId}");
            profile.MoveTo(organizationId, now);
        }

        return null;
    }

    private async Task<Error?> MakePrimaryAsync(
        UserProfile profile, UserProfile? current, bool? isPrimary, FieldDiff changed, DateTimeOffset now,
        CancellationToken cancellationToken)
    {
        if (isPrimary == false && profile.IsPrimary)
        {
            return StaysPrimary;
        }

        if (isPrimary == true && !profile.IsPrimary)
        {
            changed.Compare(
                "primary", current is null ? null : EnumNames<ProfileType>.Of(current.ProfileType),
                EnumNames<ProfileType>.Of(profile.ProfileType));

            // Saved before the rest, because the unique index allows only one primary profile at any time.
            await dbContext.Profiles.Where(other => other.UserId == profile.UserId && other.IsPrimary)
                .ExecuteUpdateAsync(
                    set => set.SetProperty(other => other.IsPrimary, false).SetProperty(other => other.UpdatedAt, now), cancellationToken);
            profile.MakePrimary(now);
        }

        return null;
    }
}

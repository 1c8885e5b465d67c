using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A new organization and the account that owns it.</summary>
public sealed record OwnedOrganization(User User, OpenedOrganization Opened);

/// <summary>
/// Opens one more organization for a person who has an account: they become its owner (linking.md, 'Offer'), and their vendor profile
/// shows it. Errors: 403 not a person, 422 name.
/// </summary>
public sealed class CreateOrganization(
    AccountsContext context, OrganizationOpening opening, DatabaseSession database, CallerCache known, TimeProvider time)
{
    public async Task<Result<OrganizationView>> HandleAsync(Caller caller, string? name, CancellationToken cancellationToken)
    {
        if (caller.UserId is null)
        {
            return VisibleRows.PeopleOnly;
        }

        if (OrganizationOpening.Refusal(name, "name") is { } invalid)
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owned = await CreateAsync(caller, name!, [ProfileType.Vendor], cancellationToken);
        return await transaction.CommitAsync(new OrganizationView(owned.Opened.Organization, OrganizationRole.Vendor), cancellationToken);
    }

    /// <summary>The same inside the caller's transaction, with further profiles that show it from then on.</summary>
    public async Task<Result<OwnedOrganization>> OpenAsync(Caller caller, string? name, IReadOnlyCollection<ProfileType> profiles, CancellationToken cancellationToken) =>
        caller.UserId is null ? VisibleRows.PeopleOnly
        : OrganizationOpening.Refusal(name) is { } invalid ? invalid
        : await CreateAsync(caller, name!, profiles, cancellationToken);

    // On the locked account: of two organizations at once the second finds the profile that the first has made.
    private async Task<OwnedOrganization> CreateAsync(Caller caller, string name, IReadOnlyCollection<ProfileType> profiles, CancellationToken cancellationToken)
    {
        var user = await context.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        await context.LockAsync(user, cancellationToken);
        var standing = await context.Profiles.Where(profile => profile.UserId == user.Id).ToListAsync(cancellationToken);
        var now = time.GetDatabaseNow();
        var opened = opening.Add(caller, user, name, profiles, standing, now);
        context.Members.Add(new OrganizationMember(opened.Organization.Id, user.Id, OrganizationRole.Vendor, now));
        await context.SaveChangesAsync(cancellationToken);
        database.AfterCommit(known.Forget);
        return new OwnedOrganization(user, opened);
    }
}

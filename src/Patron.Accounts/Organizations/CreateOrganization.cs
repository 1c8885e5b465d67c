using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>A new organization and the account that owns it.</summary>
public sealed record OwnedOrganization(User User, CreatedOrganization Opened);

/// <summary>
/// Creates an organization for an existing account, which becomes its owner (linking.md, 'Offer'). The account's vendor profile moves to
/// it. Errors: 403 not a person, 422 name.
/// </summary>
public sealed class CreateOrganization(
    AccountsContext dbContext, OrganizationFactory opening, DatabaseSession database, CallerCache callerCache, TimeProvider time)
{
    /// <summary>Null if the caller may create organizations, else the error.</summary>
    public static Error? Refusal(Caller caller) => caller.UserId is null ? VisibleRows.PeopleOnly : null;

    public async Task<Result<OrganizationView>> HandleAsync(Caller caller, string? name, CancellationToken cancellationToken)
    {
        if (Refusal(caller) is { } refused)
        {
            return refused;
        }

        if (OrganizationFactory.Refusal(name, "name") is { } invalid)
        {
            return invalid;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        var owned = await AddAsync(caller, name!, [ProfileType.Vendor], cancellationToken);
        return await transaction.CommitAsync(new OrganizationView(owned.Opened.Organization, OrganizationRole.Vendor), cancellationToken);
    }

    /// <summary>Creates the organization inside the caller's transaction, and moves profiles of these types to it.</summary>
    public async Task<Result<OwnedOrganization>> CreateInTransactionAsync(
        Caller caller, string? name, IReadOnlyCollection<ProfileType> profiles, CancellationToken cancellationToken) =>
        (Refusal(caller) ?? OrganizationFactory.Refusal(name)) is { } refused
            ? refused
            : await AddAsync(caller, name!, profiles, cancellationToken);

    // Lock the account, so that the second of two concurrent requests finds the profile that the first one created.
    private async Task<OwnedOrganization> AddAsync(
        Caller caller, string name, IReadOnlyCollection<ProfileType> profiles, CancellationToken cancellationToken)
    {
        var user = await dbContext.Users.SingleAsync(row => row.Id == caller.UserId, cancellationToken);
        await dbContext.LockAsync(user, cancellationToken);
        var existing = await dbContext.Profiles.Where(profile => profile.UserId == user.Id).ToListAsync(cancellationToken);
        var now = time.GetDatabaseNow();
        var opened = opening.Add(caller, user, name, profiles, existing, now);
        dbContext.Members.Add(new OrganizationMember(opened.Organization.Id, user.Id, OrganizationRole.Vendor, now));
        await dbContext.SaveChangesAsync(cancellationToken);
        database.AfterCommit(callerCache.Clear);
        return new OwnedOrganization(user, opened);
    }
}

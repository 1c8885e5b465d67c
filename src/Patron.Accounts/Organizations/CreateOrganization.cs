using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Accounts.Sessions;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Opens one more organization for a person who has an account: they become its owner (linking.md, 'Offer'), and their vendor profile
/// shows it. Errors: 403 not a person, 422 name.
/// </summary>
public sealed class CreateOrganization(
    AccountsContext context, OrganizationOpening opening, DatabaseSession database, KnownCallers known, TimeProvider time)
{
    public async Task<Result<OrganizationView>> HandleAsync(Caller caller, string? name, CancellationToken cancellation)
    {
        if (caller.UserId is not { } userId)
        {
            return VisibleRows.PeopleOnly;
        }

        return OrganizationOpening.Refusal(name, "name") is { } invalid
            ? invalid
            : await database.InTransactionAsync(() => CreateAsync(caller, userId, name!, cancellation), cancellation);
    }

    // On the locked account: of two organizations at once the second finds the profile that the first has made.
    private async Task<Result<OrganizationView>> CreateAsync(Caller caller, Guid userId, string name, CancellationToken cancellation)
    {
        var user = await context.Users.SingleAsync(row => row.Id == userId, cancellation);
        await context.LockAsync(user, cancellation);
        var standing = await context.Profiles.Where(profile => profile.UserId == userId).ToListAsync(cancellation);
        var now = time.GetDatabaseNow();
        var opened = opening.Add(caller, user, name, [ProfileType.Vendor], standing, now);
        context.Members.Add(new OrganizationMember(opened.Organization.Id, userId, OrganizationRole.Vendor, now));
        await context.SaveChangesAsync(cancellation);
        database.AfterCommit(known.Forget);
        return new OrganizationView(opened.Organization, OrganizationRole.Vendor);
    }
}

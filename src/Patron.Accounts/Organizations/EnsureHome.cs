using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Creates the home organization at the first start and updates its name from the settings. Any number of processes may run it at the same
/// time.
/// </summary>
public sealed class EnsureHome(AccountsContext dbContext, HomeOrganization home, TimeProvider time)
{
    /// <exception cref="CannotStartException">The database has another home organization than the settings.</exception>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await dbContext.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.organizations (id, name, is_home, created_at, updated_at) VALUES ({home.Id}, {home.Name}, true, {now}, {now})
            ON CONFLICT DO NOTHING
            """, cancellationToken);
        await dbContext.Organizations.Where(organization => organization.Id == home.Id && organization.Name != home.Name)
            .ExecuteUpdateAsync(
                set =>
                    set.SetProperty(organization => organization.Name, home.Name).SetProperty(organization => organization.UpdatedAt, now),
                cancellationToken);
        if (!await dbContext.Organizations.AnyAsync(organization => organization.IsHome && organization.Id == home.Id, cancellationToken))
        {
            throw new CannotStartException(
                "This database has another home organization than the setting Home:Id. Set Home:Id back to what it was at the first start.");
        }
    }
}

using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>Makes the home organization at the first start and keeps its name as the settings have it. Safe in any number of processes at once.</summary>
public sealed class EnsureHome(AccountsContext context, HomeOrganization home, TimeProvider time)
{
    /// <exception cref="CannotStartException">The settings name another home than the one this database has.</exception>
    public async Task HandleAsync(CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        await context.Database.ExecuteSqlAsync(
            $"""
            INSERT INTO accounts.organizations (id, name, is_home, created_at, updated_at) VALUES ({home.Id}, {home.Name}, true, {now}, {now})
            ON CONFLICT DO NOTHING
            """, cancellationToken);
        await context.Organizations.Where(organization => organization.Id == home.Id && organization.Name != home.Name)
            .ExecuteUpdateAsync(set => set.SetProperty(organization => organization.Name, home.Name).SetProperty(organization => organization.UpdatedAt, now), cancellationToken);
        if (!await context.Organizations.AnyAsync(organization => organization.IsHome && organization.Id == home.Id, cancellationToken))
        {
            throw new CannotStartException("This database has another home organization than the setting Home:Id. Set Home:Id back to what it was at the first start.");
        }
    }
}

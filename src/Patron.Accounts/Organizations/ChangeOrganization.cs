using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Audit;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Accounts.Organizations;

/// <summary>
/// Renames an organization. Errors: 400 the home organization, whose name is a setting; 403 not its staff, or an API key; 404 not visible
/// to the caller; 422 name.
/// </summary>
public sealed class ChangeOrganization(AccountsContext dbContext, DatabaseSession database, TimeProvider time)
{
    private static readonly Error StaffOnly = Error.Forbidden("staff_required", "Only staff can change an organization.");
    private static readonly Error HomeIsASetting = Error.Rule(
        "set_by_operator", "The home organization's name is a setting (Home:Name). Only whoever runs this server can change it.");

    public async Task<Result<OrganizationView>> HandleAsync(
        Caller caller, string numberOrId, Func<string, string?> rename, CancellationToken cancellationToken)
    {
        if (caller.Key is not null)
        {
            return VisibleRows.PeopleOnly;
        }

        var found = await dbContext.OrganizationsOf(caller)
            .WithReference(numberOrId)
            .Select(organization => (Guid?)organization.Id)
            .SingleOrDefaultAsync(cancellationToken);
        if (found is not { } id)
        {
            return VisibleRows.NoOrganization;
        }

        if (!caller.IsStaffOf(id))
        {
            return StaffOnly;
        }

        // Lock the row first, so that the audit entry holds the previous name.
        await using var transaction = await database.BeginAsync(cancellationToken);
        var organization = await dbContext.Organizations
            .FromTable($"WHERE id = {id} FOR NO KEY UPDATE").SingleAsync(cancellationToken);
        var name = rename(organization.Name);
        if (OrganizationNameRules.Refusal(name, "name") is { } invalid)
        {
            return invalid;
        }

        var changed = new FieldDiff().Compare("name", organization.Name, OrganizationNameRules.Normalize(name!));
        if (changed.After is null)
        {
            return OrganizationView.Of(organization, caller);
        }

        if (organization.IsHome)
        {
            return HomeIsASetting;
        }

        var now = time.GetDatabaseNow();
        organization.Rename(OrganizationNameRules.Normalize(name!), now);
        dbContext.Audit.Add(
            AuditEntry.For(caller, "organization.changed", "organization", id, now, id, before: changed.Before, after: changed.After));
        await dbContext.SaveChangesAsync(cancellationToken);
        return await transaction.CommitAsync(OrganizationView.Of(organization, caller), cancellationToken);
    }
}

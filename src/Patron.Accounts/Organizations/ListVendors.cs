using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>A vendor with the numbers of its organization and its user.</summary>
public sealed record VendorView(Vendor Vendor, long OrganizationNumber, long UserNumber);

/// <summary>
/// Lists the vendors of organizations whose staff the caller belongs to, by id; all vendors for an administrator. Customers of an
/// organization see none.
/// </summary>
public sealed class ListVendors(AccountsContext dbContext)
{
    public Task<PagedList<VendorView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        dbContext.VendorsOf(caller)
            .AsNoTracking()
            .OrderBy(vendor => vendor.Id)
            .WithNumbers(dbContext)
            .ToPagedListAsync(page, pageSize, cancellationToken);
}

internal static class VendorViews
{
    public static IQueryable<VendorView> WithNumbers(this IQueryable<Vendor> vendors, AccountsContext dbContext) =>
        vendors.Select(vendor => new VendorView(
        vendor,
        dbContext.Organizations.Where(organization => organization.Id == vendor.OrganizationId).Select(organization => organization.Number)
            .Single(),
        dbContext.Users.Where(user => user.Id == vendor.UserId).Select(user => user.Number).Single()));
}

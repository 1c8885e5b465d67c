using Microsoft.EntityFrameworkCore;
using Patron.Accounts.Database;
using Patron.Shared.Callers;

namespace Patron.Accounts.Organizations;

/// <summary>A vendor with the numbers of its organization and its person.</summary>
public sealed record VendorView(Vendor Vendor, long OrganizationNumber, long UserNumber);

/// <summary>The vendors of the organizations whose staff the caller is, by id; all of them for an administrator. Customers of an organization see none.</summary>
public sealed class ListVendors(AccountsContext context)
{
    public Task<PagedList<VendorView>> HandleAsync(Caller caller, int page, int pageSize, CancellationToken cancellationToken) =>
        context.VendorsOf(caller).AsNoTracking().OrderBy(vendor => vendor.Id).WithNumbers(context).ToPagedListAsync(page, pageSize, cancellationToken);
}

internal static class VendorViews
{
    public static IQueryable<VendorView> WithNumbers(this IQueryable<Vendor> vendors, AccountsContext context) => vendors.Select(vendor => new VendorView(
        vendor,
        context.Organizations.Where(organization => organization.Id == vendor.OrganizationId).Select(organization => organization.Number).Single(),
        context.Users.Where(user => user.Id == vendor.UserId).Select(user => user.Number).Single()));
}

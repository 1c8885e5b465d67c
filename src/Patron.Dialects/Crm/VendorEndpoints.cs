using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Accounts.Organizations;
using Patron.Dialects.OpenApi;
using Patron.Shared;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>Changes a vendor. Omitted fields stay unchanged; null or a blank text clears a field.</summary>
public sealed record UpdateVendorRequest
{
    public Optional<string> Name { get; init; }

    public Optional<string> Email { get; init; }

    public Optional<string> Phone { get; init; }

    public Optional<string> TaxId { get; init; }

    public Optional<string> Website { get; init; }

    public VendorStatus? Status { get; init; }

    public VendorDetails ApplyTo(VendorDetails current) => new(
        Name.Or(current.Name)
            ?? "", Email.Or(current.Email), Phone.Or(current.Phone), TaxId.Or(current.TaxId), Website.Or(current.Website), Status
            ?? current.Status);
}

/// <summary>A vendor, with the numbers of its organization and user.</summary>
public sealed record VendorAnswer(
    long Id, long Organization, long User, string Name, string? Email, string? Phone, string? TaxId, string? Website, VendorStatus Status,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static VendorAnswer From(VendorView view) => From(view.Vendor, view.OrganizationNumber, view.UserNumber);

    public static VendorAnswer From(Vendor vendor, long organization, long user) => new(
        vendor.Id, organization, user, vendor.Name, vendor.Email, vendor.Phone, vendor.TaxId, vendor.Website, vendor.Status,
        vendor.CreatedAt, vendor.UpdatedAt);
}

/// <summary>The vendor records of organizations, for their staff.</summary>
internal static class VendorEndpoints
{
    private const string Request = """
        {"name": "Jane's Business Ltd", "email": "office@example.com", "phone": "+1-555-0123", "tax_id": "US123456789", "website": "https://www.example.com", "status": "active"}
        """;

    private const string Example = """
        {"id": 3, "organization": 10, "user": 5, "name": "Jane Doe", "email": "jane.doe@example.com", "phone": "+1-555-0123", "tax_id": null, "website": null, "status": "active", "created_at": "2026-11-21T09:00:00Z", "updated_at": "2026-11-21T09:00:00Z"}
        """;

    public static void MapVendors(this RouteGroupBuilder vendors)
    {
        vendors.RequireAuthorization(CallerAuthentication.People);
        vendors.MapGet("/", ListAsync)
            .Describe("list_vendors", "List vendors", "Of the organizations whose staff the caller is, by id; an administrator's are all.")
            .Answers<PageAnswer<VendorAnswer>>(200, "A page of vendors.", PageExample.Of(Example))
            .Fails(401, 403, 404, 422, 503);
        vendors.MapGet("/{vendor:long}/", FindAsync)
            .Describe("get_vendor", "Get a vendor", "By its number, for staff of its organization.")
            .Answers<VendorAnswer>(200, "The vendor.", Example)
            .Fails(401, 403, 404, 503);
        vendors.MapPatch("/{vendor:long}/", ChangeAsync)
            .Describe(
                "change_vendor", "Update a vendor",
                "For the organization's staff. What is left out stays; null or a blank text empties a field.")
            .TakesExample(Request)
            .Answers<VendorAnswer>(200, "The vendor as it is now.", Example)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] Paging paging, ListVendors list, HttpContext http, CancellationToken cancellationToken)
    {
        if (paging.Refusal is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var page = await list.HandleAsync(http.Caller(), paging.Page, paging.PageSize, cancellationToken);
        return paging.Answer(http, page.Count, page.Select(VendorAnswer.From).Rows);
    }

    private static async Task<IResult> FindAsync(long vendor, FindVendor find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), vendor, cancellationToken)).ToOk(VendorAnswer.From);

    private static async Task<IResult> ChangeAsync(
        long vendor, UpdateVendorRequest request, ChangeVendor change, HttpContext http, CancellationToken cancellationToken) =>
        (await change.HandleAsync(http.Caller(), vendor, request.ApplyTo, cancellationToken)).ToOk(VendorAnswer.From);
}

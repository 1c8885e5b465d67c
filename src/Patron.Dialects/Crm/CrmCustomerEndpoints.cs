using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using Patron.Customers.Customers;
using Patron.Customers.Links;
using Patron.Customers.Search;
using Patron.Dialects.Customers;
using Patron.Dialects.OpenApi;
using Patron.Linking;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Crm;

/// <summary>
/// Customers across organizations (source 2): creating them for accounts without duplicates, and accepting or declining link offers.
/// </summary>
internal static class CrmCustomerEndpoints
{
    public static void MapCrmCustomers(this RouteGroupBuilder customers)
    {
        customers.RequireAuthorization();
        customers.MapGet("/", ListAsync)
            .Describe(
                "crm_list_customers", "List customers",
                $"Of one organization, for its staff: organization is a number or UUID, else the one the caller acts in. Soft-deleted ones are left out. ordering is one of {CustomerBrowse.Orderings}, with - before it the other way round. count above 100000 is an estimate, and so many cannot be ordered by {CustomerBrowse.LimitedOrderings}.")
            .Answers<PageAnswer<CrmCustomerAnswer>>(200, "A page of customers.", PageExample.Of(CrmExamples.Customer))
            .Fails(401, 403, 404, 422, 503);
        customers.MapPost("/", CreateAsync).Idempotent<CrmCustomerRequest>(CreateRefusalAsync)
            .Describe(
                "crm_create_customer", "Create a customer",
                "Without user_id a standalone record. With user_id the record that the account has in the organization, where it has one (200); else a new one: linked at once where the person, an administrator, or home's staff for a member of home does it; else offered to the person (link_status), and until they accept it shows only what was typed. On their own record people set neither customer_type nor status (403): only staff do.")
            .TakesExample(CrmExamples.CreateCustomer)
            .Answers<CrmCustomerAnswer>(200, "The record that was there.", CrmExamples.Customer)
            .Answers<CrmCustomerAnswer>(201, "The new customer.", CrmExamples.Customer)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 429, 503);
        customers.MapGet("/{id}/", GetAsync)
            .Describe(
                "crm_get_customer", "Get a customer", "By number, uid, customer_id or account_number. Staff see all, a customer their own.")
            .Answers<CrmCustomerAnswer>(200, "The customer.", CrmExamples.Customer)
            .Fails(401, 403, 404, 503);
        customers.MapPut("/{id}/", UpdateAsync)
            .Describe(
                "crm_update_customer", "Update a customer",
                "What is left out stays. What a linked account owns is changed there (400 says where).")
            .TakesExample(CrmExamples.UpdateCustomer)
            .Answers<CrmCustomerAnswer>(200, "The customer as it is now.", CrmExamples.Customer)
            .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);
        customers.MapPatch("/{id}/", UpdateAsync)
            .Describe("crm_patch_customer", "Update parts of a customer", "The same as PUT.")
            .TakesExample(CrmExamples.UpdateCustomer)
            .Answers<CrmCustomerAnswer>(200, "The customer as it is now.", CrmExamples.Customer)
            .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);
        customers.MapDelete("/{id}/", DeleteAsync)
            .Describe(
                "crm_delete_customer", "Deactivate a customer",
                "For staff. It leaves these lists; POST /api/v1/customers/{customer_id}/restore/ takes it back.")
            .AnswersNothing(204, "It is deleted.")
            .Fails(401, 403, 404, 412, 503);
        customers.MapPost("/{id}/accept/", AcceptAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe(
                "accept_offer", "Accept a link request",
                "The record becomes the caller's own, one with what they had in the organization. Their address must be proven.")
            .Answers<CrmCustomerAnswer>(200, "The customer as it is now.", CrmExamples.Customer)
            .Fails(400, 401, 403, 404, 503);
        customers.MapPost("/{id}/decline/", DeclineAsync).RequireAuthorization(CallerAuthentication.People)
            .Describe("decline_offer", "Decline a link request", "The record stays with its organization, without an account.")
            .AnswersNothing(204, "The offer is declined.")
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ListAsync(
        [AsParameters] Paging paging, [AsParameters] CrmCustomerFilter filter, BrowseCustomers browse, CustomerViews faces,
        CallerLookup lookup, HttpContext http,
        CancellationToken cancellationToken)
    {
        if ((paging.Refusal ?? filter.Refusal) is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        return await lookup.RunInOrganizationAsync(http, filter.Organization, async caller =>
        {
            var found = await browse.HandleAsync(
                caller, new CustomerBrowse(filter.Criteria, filter.Ordering, paging.Page, paging.PageSize), cancellationToken);
            return found.Succeeded(out var page, out var error)
                ? paging.Answer(
                    http, page.Total,
                    [.. (await faces.ShowAsync(page.Customers, cancellationToken)).Select(face => new CrmCustomerAnswer(face))])
                : Answers.Problem(error);
        });
    }

    private static async Task<Error?> CreateRefusalAsync(HttpContext http, CrmCustomerRequest request)
    {
        var acting = await http.RequestServices.GetRequiredService<CallerLookup>().ActInAsync(http, request.Organization);
        if (!acting.Succeeded(out var caller, out var unknown))
        {
            return unknown;
        }

        return request.UserId is { } user
            ? await http.RequestServices.GetRequiredService<CreateCustomerOfUser>().RefusalAsync(caller, user, http.RequestAborted)
            : CreateCustomer.Refusal(caller);
    }

    private static Task<IResult> CreateAsync(
        CrmCustomerRequest request, CreateCustomer create, CreateCustomerOfUser createOfUser, CustomerViews faces, CallerLookup lookup,
        HttpContext http,
        CancellationToken cancellationToken) =>
        lookup.RunInOrganizationAsync(http, request.Organization, async caller =>
        {
            var result = request.UserId is { } user
                ? await createOfUser.HandleAsync(caller, user, request.Changes, cancellationToken)
                : (await create.HandleAsync(
                    caller, request.Changes, [], cancellationToken)).Select(customer => new EnsuredCustomer(customer, IsNew: true));
            if (!result.Succeeded(out var ensured, out var error))
            {
                return Answers.Problem(error);
            }

            var answer = new CrmCustomerAnswer(await faces.ShowAsync(ensured.Customer, cancellationToken));
            http.Tag(ensured.Customer);
            return ensured.IsNew ? TypedResults.Created($"/api/customers/{ensured.Customer.Id}/", answer) : TypedResults.Ok(answer);
        });

    private static async Task<IResult> GetAsync(
        string id, LocateCustomer locate, FindCustomer find, CustomerViews faces, HttpContext http, CancellationToken cancellationToken) =>
        (await locate.HandleAsync(http.Caller(), id, cancellationToken)).Succeeded(out var place, out var missing)
            ? await ShowAsync(
                await find.HandleAsync(place.Caller, new CustomerLookup.ById(place.Reference), cancellationToken), faces, http,
                cancellationToken)
            : Answers.Problem(missing);

    private static async Task<IResult> UpdateAsync(
        string id, CrmCustomerRequest request, LocateCustomer locate, UpdateCustomer update, CustomerViews faces, HttpContext http,
        CancellationToken cancellationToken)
    {
        var change = new CustomerUpdate(request.Changes) { ExpectedVersions = EntityTags.Expected(http) };
        return (await locate.HandleAsync(http.Caller(), id, cancellationToken)).Succeeded(out var place, out var missing)
            ? await ShowAsync(
                await update.HandleAsync(place.Caller, place.Reference, change, cancellationToken), faces, http, cancellationToken)
            : Answers.Problem(missing);
    }

    private static async Task<IResult> DeleteAsync(
        string id, LocateCustomer locate, DeleteCustomer delete, HttpContext http, CancellationToken cancellationToken) =>
        (await locate.HandleAsync(http.Caller(), id, cancellationToken)).Succeeded(out var place, out var missing)
            ? (await delete.HandleAsync(place.Caller, place.Reference, EntityTags.Expected(http), cancellationToken)).ToNoContent()
            : Answers.Problem(missing);

    private static async Task<IResult> AcceptAsync(
        string id, LocateCustomer locate, AcceptOffer accept, CustomerViews faces, HttpContext http, CancellationToken cancellationToken) =>
        await ShowAsync(
            await accept.HandleAsync(http.Caller(), await locate.ResolveUidAsync(id, cancellationToken), cancellationToken), faces, http,
            cancellationToken);

    private static async Task<IResult> DeclineAsync(
        string id, LocateCustomer locate, AnswerOffer offers, HttpContext http, CancellationToken cancellationToken) =>
        (await offers.DeclineAsync(http.Caller(), await locate.ResolveUidAsync(id, cancellationToken), cancellationToken)).ToNoContent();

    private static async Task<IResult> ShowAsync(
        Result<Customer> result, CustomerViews faces, HttpContext http, CancellationToken cancellationToken)
    {
        if (!result.Succeeded(out var customer, out var error))
        {
            return Answers.Problem(error);
        }

        http.Tag(customer);
        return TypedResults.Ok(new CrmCustomerAnswer(await faces.ShowAsync(customer, cancellationToken)));
    }
}

/// <summary>The filters of a list of customers.</summary>
internal sealed record CrmCustomerFilter(
    [FromQuery(Name = "organization")] string? Organization, [FromQuery(Name = "search")] string? Search,
    [FromQuery(Name = "status")] string? Status,
    [FromQuery(Name = "customer_type")] string? CustomerType, [FromQuery(Name = "ordering")] string? Ordering)
{
    public CustomerCriteria Criteria =>
        new() { Query = Search, Status = ParseEnum<CustomerStatus>(Status), CustomerType = ParseEnum<CustomerType>(CustomerType) };

    /// <summary>The error for an unknown filter value, or null.</summary>
    public Error? Refusal
    {
        get
        {
            var errors = new FieldErrors();
            if (!string.IsNullOrEmpty(Status) && ParseEnum<CustomerStatus>(Status) is null)
            {
                errors.Add("status", EnumNames<CustomerStatus>.Rule);
            }

            if (!string.IsNullOrEmpty(CustomerType) && ParseEnum<CustomerType>(CustomerType) is null)
            {
                errors.Add("customer_type", EnumNames<CustomerType>.Rule);
            }

            return errors.Any ? errors.ToError() : null;
        }
    }

    private static T? ParseEnum<T>(string? text)
        where T : struct, Enum => text is not null && EnumNames<T>.TryRead(text, out var value) ? value : null;
}

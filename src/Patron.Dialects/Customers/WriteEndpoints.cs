using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Dialects.OpenApi;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The query parameter that asks for a comparison with the other customers.</summary>
public readonly record struct CreationCheck
{
    public static bool TryParse(string text, out CreationCheck check)
    {
        check = default;
        return text == "duplicates";
    }
}

/// <summary>Creates, changes, deletes, restores and erases customers.</summary>
internal static class WriteEndpoints
{
    // Required by source 5. An update may omit them, but not clear them.
    private static readonly string[] Required = ["first_name", "last_name", "email"];

    public static void MapWrites(this RouteGroupBuilder customers)
    {
        customers.MapPost("", CreateAsync)
            .Idempotent<CustomerRequest>((http, _) => Task.FromResult(CreateCustomer.Refusal(http.Caller())))
            .Describe(
                "create_customer", "Create a customer",
                "For staff. Username, customer_id and code are made up; first_name, last_name and email are required. The email address must not belong to another customer of the organization. With check=duplicates the answer lists the customers that were there already and are probably the same one; the new customer is created all the same.")
            .TakesExample(CustomerExamples.Create)
            .Answers<CreatedCustomerAnswer>(201, "The new customer.", CreatedCustomerAnswer.Schema.Example)
            .Fails(400, 401, 403, 404, 409, 413, 415, 422, 503);
        customers.MapPut("/{customer_id}", UpdateAsync)
            .Describe(
                "update_customer", "Update a customer",
                "What is left out stays. Staff change everything but what a linked account owns (400 says where that is changed); customers change addresses, emergency contact, business and personal details and preferences of their own record. With If-Match only the version you have read is changed.")
            .TakesExample(CustomerExamples.Update)
            .Answers<CustomerAnswer>(200, "The customer as it is now.", CustomerAnswer.Schema.Example)
            .Fails(400, 401, 403, 404, 412, 413, 415, 422, 503);
        customers.MapPost("/bulk-update", BulkUpdateAsync)
            .Describe(
                "bulk_update_customers", "Update many customers",
                $"For staff: the same updates on up to {BulkUpdateCustomers.MaxCustomers} customers, named as in the paths. Names that match no customer are listed and stop nothing; a rule broken by one that is found undoes all, and the detail names it.")
            .TakesExample(CustomerExamples.BulkUpdate)
            .Answers<BulkUpdateAnswer>(
                200, "How many were found and changed, and which names matched no customer.", CustomerExamples.BulkUpdateResult)
            .Fails(400, 401, 403, 404, 413, 415, 422, 503);
        customers.MapDelete("/{customer_id}", DeleteAsync)
            .Describe(
                "delete_customer", "Deactivate a customer",
                "For staff. is_active becomes false and only staff see the record; it can be restored. The person's account is not touched.")
            .Answers<DeletedCustomerAnswer>(200, "The customer in its last state.", DeletedCustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 412, 503);
        customers.MapPost("/{customer_id}/restore", RestoreAsync)
            .Describe("restore_customer", "Restore a customer", "For staff. A blocked one stays blocked.")
            .Answers<CustomerAnswer>(200, "The customer as it is now.", CustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 412, 503);
        customers.MapDelete("/{customer_id}/hard", EraseAsync)
            .Describe(
                "erase_customer", "Erase a customer",
                "For the organization's vendor, administrators and API keys with the scope customers:hard-delete. The record is removed with its consents, and its audit entries no longer tell what it said. It cannot be restored; its email address can be entered again. The person's account is not touched. A key that may not read customers is answered with the identifiers only.")
            .Answers<ErasedCustomerAnswer>(200, "The customer in its last state.", ErasedCustomerAnswer.Schema.Example)
            .Fails(401, 403, 404, 412, 503);
    }

    // Compared before it is created, so that the new customer is not its own duplicate.
    private static async Task<IResult> CreateAsync(
        CustomerRequest request, CreateCustomer create, CheckDuplicates duplicates, HttpContext http, CancellationToken cancellationToken,
        CreationCheck? check = null)
    {
        IReadOnlyList<PossibleDuplicate>? found = null;
        if (check is not null
            && !(await duplicates.HandleAsync(http.Caller(), request.Changes, cancellationToken)).Succeeded(out found, out var refused))
        {
            return Answers.Problem(refused);
        }

        return (await create.HandleAsync(http.Caller(), request.Changes, Required, cancellationToken)).ToResult(customer =>
            TypedResults.Created($"/api/v1/customers/{customer.CustomerId}/", new CreatedCustomerAnswer(http.Tagged(customer), found)));
    }

    private static async Task<IResult> UpdateAsync(
        [FromRoute(Name = "customer_id")] string customerId, CustomerRequest request, UpdateCustomer update, HttpContext http,
        CancellationToken cancellationToken)
    {
        var change = new CustomerUpdate(request.Changes) { ExpectedVersions = EntityTags.Expected(http), Required = Required };
        return (await update.HandleAsync(http.Caller(), customerId, change, cancellationToken)).ToOk(customer => http.Tagged(customer));
    }

    private static async Task<IResult> BulkUpdateAsync(
        BulkUpdateRequest request, BulkUpdateCustomers update, HttpContext http, CancellationToken cancellationToken)
    {
        if (request.Refusal is { } refusal)
        {
            return Answers.Problem(refusal);
        }

        var change = new CustomerUpdate(request.Updates!.Changes) { Required = Required };
        return (await update.HandleAsync(http.Caller(), request.CustomerIds!, change, cancellationToken)).ToOk(BulkUpdateAnswer.From);
    }

    private static async Task<IResult> DeleteAsync(
        [FromRoute(Name = "customer_id")] string customerId, DeleteCustomer delete, HttpContext http,
        CancellationToken cancellationToken) =>
        (await delete.HandleAsync(http.Caller(), customerId, EntityTags.Expected(http), cancellationToken))
            .ToOk(customer => new DeletedCustomerAnswer(http.Tagged(customer)));

    private static async Task<IResult> RestoreAsync(
        [FromRoute(Name = "customer_id")] string customerId, RestoreCustomer restore, HttpContext http,
        CancellationToken cancellationToken) =>
        (await restore.HandleAsync(
            http.Caller(), customerId, EntityTags.Expected(http), cancellationToken)).ToOk(customer => http.Tagged(customer));

    // Without an ETag, because the record no longer exists.
    private static async Task<IResult> EraseAsync(
        [FromRoute(Name = "customer_id")] string customerId, EraseCustomer erase, HttpContext http, CancellationToken cancellationToken) =>
        (await erase.HandleAsync(http.Caller(), customerId, EntityTags.Expected(http), cancellationToken))
            .ToOk(customer => new ErasedCustomerAnswer(new CustomerAnswer(customer)));
}

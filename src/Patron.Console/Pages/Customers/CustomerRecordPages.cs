using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Merges;
using Patron.Shared.Results;
using Patron.StaffConsole.Access;
using Patron.StaffConsole.Pages.Merges;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>Shows a customer, and what can be done with the record as a whole: deactivate, restore, block, verify, erase.</summary>
internal static class CustomerRecordPages
{
    public const string Path = "/customers";

    /// <summary>The answer for a part of a customer's page that there isn't.</summary>
    public static readonly Error NothingHere = Error.NotFound("path_not_found", "There's nothing at this address.");

    private static readonly Error NotTheName = Error.Invalid("name", "This isn't the customer's name.");

    public static void MapCustomers(this RouteGroupBuilder pages)
    {
        var customer = pages.MapGroup(Path + "/{id}");
        customer.MapGet("", ShowAsync);
        customer.MapPost("/deactivate", (
            string id, FormInput input, DeleteCustomer delete, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(
                http, id, "customer_deactivated", delete.HandleAsync(http.Caller(), id, input.Versions(), cancellationToken)));
        customer.MapPost("/restore", (
            string id, FormInput input, RestoreCustomer restore, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(
                http, id, "customer_restored", restore.HandleAsync(http.Caller(), id, input.Versions(), cancellationToken)));
        customer.MapPost("/verify-email", (
            string id, FormInput input, VerifyCustomerEmail verify, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(
                http, id, "customer_verified", verify.HandleAsync(http.Caller(), id, input.Versions(), cancellationToken)));
        customer.MapPost("/verify-phone", (
            string id, FormInput input, VerifyCustomerPhone verify, HttpContext http, CancellationToken cancellationToken) => AnswerAsync(
                http, id, "customer_verified", verify.HandleAsync(http.Caller(), id, input.Versions(), cancellationToken)));
        customer.MapPost("/status", SetStatusAsync);
        customer.MapGet("/block", ShowBlockAsync);
        customer.MapPost("/block", BlockAsync);
        customer.MapPost("/merges/{merge:long}/undo", (
            string id, long merge, FormInput input, UndoMerge undo, HttpContext http, CancellationToken cancellationToken) =>
            MergePages.UndoAsync(merge, AddressOf(http, id), input, undo, http, cancellationToken))
            .AddEndpointFilter<RequireRecentProof>();
        customer.MapGet("/erase", ShowErasureAsync);
        customer.MapPost("/erase", EraseAsync).AddEndpointFilter<RequireRecentProof>();
    }

    public static string AddressOf(HttpContext http, string id) => $"{ConsoleVisit.Of(http).Path}{Path}/{Uri.EscapeDataString(id)}";

    // An identifier that was merged leads to the record of today.
    private static async Task<IResult> ShowAsync(string id, ReadCustomerRecord read, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await read.HandleAsync(http.Caller(), id, cancellationToken);
        if (!found.Succeeded(out var model, out var missing))
        {
            return Answers.Problem(missing);
        }

        var notice = model.Customer.MergedInto is null ? null : "customer_merged";
        return notice is null && model.Customer.CustomerId == id
            ? PageResults.Page<CustomerRecordPage, CustomerModel>(model)
            : PageResults.Redirect(http, AddressOf(http, model.Customer.CustomerId), notice);
    }

    private static async Task<IResult> SetStatusAsync(
        string id, FormInput input, UpdateCustomer update, HttpContext http, CancellationToken cancellationToken)
    {
        var changes = new CustomerChanges();
        changes.Add(CustomerSchema.Status, CustomerSchema.Status.TryParse(input["status"]));
        var changed = new CustomerUpdate(changes) { ExpectedVersions = input.Versions() };
        return await AnswerAsync(
            http, id, "customer_status_set", update.HandleAsync(http.Caller(), id, changed, cancellationToken));
    }

    private static async Task<IResult> ShowBlockAsync(
        string id, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken)).ToResult(
            PageResults.Page<BlockPage, Customer>);

    private static async Task<IResult> BlockAsync(
        string id, FormInput input, BlockCustomer block, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await block.HandleAsync(http.Caller(), id, input["reason"], input.Versions(), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, AddressOf(http, id), "customer_blocked");
    }

    private static async Task<IResult> ShowErasureAsync(
        string id, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        (await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken)).ToResult(
            PageResults.Page<ErasurePage, Customer>);

    // The name is typed, so that nobody erases the wrong person by a click.
    private static async Task<IResult> EraseAsync(
        string id, FormInput input, FindCustomer find, EraseCustomer erase, HttpContext http, CancellationToken cancellationToken)
    {
        var found = await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken);
        if (!found.Succeeded(out var customer, out var missing))
        {
            return Answers.Problem(missing);
        }

        if (!string.Equals(input["name"].Trim(), customer.Name, StringComparison.OrdinalIgnoreCase))
        {
            return PageResults.Refused(http, input, NotTheName);
        }

        var result = await erase.HandleAsync(http.Caller(), id, input.Versions(), cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, ConsoleVisit.Of(http).Path + Path, "customer_erased");
    }

    private static async Task<IResult> AnswerAsync(HttpContext http, string id, string notice, Task<Result<Customer>> work) =>
        (await work).ToResult(_ => PageResults.Redirect(http, AddressOf(http, id), notice));
}

/// <summary>The version of a record that a form was made for.</summary>
internal static class FormVersion
{
    /// <summary>The versions that the form accepts; null where it names none.</summary>
    public static IReadOnlyCollection<long>? Versions(this FormInput input) =>
        long.TryParse(input["version"], System.Globalization.CultureInfo.InvariantCulture, out var version) ? [version] : null;
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Schema;
using Patron.Shared.Results;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>A form of one topic of a customer.</summary>
public sealed record CustomerFormModel(Customer Customer, CustomerTopic Topic);

/// <summary>
/// What two people changed at the same time: the record as it is now, the fields that both changed, and the values that only the form has.
/// </summary>
public sealed record EditConflictModel(
    Customer Customer, CustomerTopic Topic, IReadOnlyList<FieldConflict> Conflicts, IReadOnlyList<(string Field, string Value)> Others);

/// <summary>A field with the value of the form and the one that somebody else stored meanwhile.</summary>
public sealed record FieldConflict(Field<Customer> Field, string Mine, string Theirs);

/// <summary>
/// Edits a customer by topics. The form carries the version and the values it was made with: if somebody changed the record meanwhile, only
/// fields that both changed need a choice.
/// </summary>
internal static class CustomerFormPages
{
    private const string Before = "was_";

    public static void MapCustomerForms(this RouteGroupBuilder pages)
    {
        pages.MapGet(CustomerRecordPages.Path + "/{id}/edit/{topic}", ShowAsync);
        pages.MapPost(CustomerRecordPages.Path + "/{id}/edit/{topic}", SaveAsync);
        pages.MapPost(CustomerRecordPages.Path + "/{id}/tags", SaveTagsAsync);
    }

    private static async Task<IResult> ShowAsync(
        string id, string topic, FindCustomer find, HttpContext http, CancellationToken cancellationToken) =>
        CustomerTopic.Find(topic) is { } named
            ? (await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken)).ToResult(customer =>
                PageResults.Page<CustomerFormPage, CustomerFormModel>(new CustomerFormModel(customer, named)))
            : Answers.Problem(CustomerRecordPages.NothingHere);

    private static async Task<IResult> SaveAsync(
        string id, string topic, FormInput input, UpdateCustomer update, FindCustomer find, HttpContext http,
        CancellationToken cancellationToken)
    {
        if (CustomerTopic.Find(topic) is not { } named)
        {
            return Answers.Problem(CustomerRecordPages.NothingHere);
        }

        // Only what was changed in the form: what an account or the ERP owns is sent back unchanged.
        var changed = named.Fields.Where(field => IsChanged(input, field)).ToList();
        var result = await ChangeAsync(update, http, id, input, changed, cancellationToken);
        if (result.Error is { Kind: ErrorKind.Stale })
        {
            return await SettleAsync(id, named, input, changed, find, http, cancellationToken);
        }

        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, $"{CustomerRecordPages.AddressOf(http, id)}#{topic}", "saved");
    }

    private static async Task<IResult> SaveTagsAsync(
        string id, FormInput input, UpdateCustomer update, HttpContext http, CancellationToken cancellationToken)
    {
        var result = await ChangeAsync(update, http, id, input, [CustomerSchema.Tags], cancellationToken);
        return result.Error is { } error
            ? PageResults.Refused(http, input, error)
            : PageResults.Redirect(http, $"{CustomerRecordPages.AddressOf(http, id)}#tags", "saved");
    }

    private static Task<Result<Customer>> ChangeAsync(
        UpdateCustomer update, HttpContext http, string id, FormInput input, IEnumerable<Field<Customer>> fields,
        CancellationToken cancellationToken)
    {
        var changes = new CustomerChanges();
        foreach (var field in fields)
        {
            changes.Add(field, field.TryParse(input[field.Name]));
        }

        return update.HandleAsync(
            http.Caller(), id, new CustomerUpdate(changes) { ExpectedVersions = input.Versions() }, cancellationToken);
    }

    private static async Task<IResult> SettleAsync(
        string id, CustomerTopic topic, FormInput input, List<Field<Customer>> changed, FindCustomer find, HttpContext http,
        CancellationToken cancellationToken)
    {
        var found = await find.HandleAsync(http.Caller(), new CustomerLookup.ById(id), cancellationToken);
        return found.ToResult(now =>
        {
            var both = changed.Where(
                field => TextOf(field, now) is var text && text != input[Before + field.Name] && text != input[field.Name]).ToList();
            return PageResults.Page<EditConflictPage, EditConflictModel>(new EditConflictModel(
                now, topic, [.. both.Select(field => new FieldConflict(field, input[field.Name], TextOf(field, now)))],
                [.. changed.Except(both).Select(field => (field.Name, input[field.Name]))]));
        });
    }

    private static bool IsChanged(FormInput input, Field<Customer> field) =>
        input.Has(field.Name) && (!input.Has(Before + field.Name) || input[field.Name] != input[Before + field.Name]);

    /// <summary>The value as a form shows and sends it.</summary>
    public static string TextOf(Field<Customer> field, Customer customer) =>
        field.ReadStoredText(customer) switch
        {
            "true" when field.JsonType == "boolean" => "on",
            "false" when field.JsonType == "boolean" => "off",
            var text => text ?? "",
        };
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Customers;
using Patron.Customers.Duplicates;
using Patron.Customers.Schema;
using Patron.Web.Http;
using Patron.Web.Pages;

namespace Patron.StaffConsole.Pages.Customers;

/// <summary>The form of a new customer: what was typed, and the customers that it probably is already.</summary>
public sealed record NewCustomerModel(FormInput? Input, IReadOnlyList<PossibleDuplicate> Duplicates);

/// <summary>Creates a customer. Possible duplicates are shown first; whoever creates the customer anyway has seen them.</summary>
internal static class NewCustomerPages
{
    public const string Path = CustomerRecordPages.Path + "/new";
    public const string Anyway = "anyway";

    /// <summary>The topics of the form. The others are edited afterwards.</summary>
    public static IReadOnlyList<CustomerTopic> Topics { get; } = [.. CustomerTopic.All.Where(topic => topic.Name is "person" or "contact")];

    public static void MapNewCustomer(this RouteGroupBuilder pages)
    {
        pages.MapGet(Path, (HttpContext http) => CreateCustomer.Refusal(http.Caller()) is { } refused
            ? Answers.Problem(refused)
            : PageResults.Page<NewCustomerPage, NewCustomerModel>(new NewCustomerModel(Input: null, [])));
        pages.MapPost(Path, CreateAsync);
    }

    private static async Task<IResult> CreateAsync(
        FormInput input, CheckDuplicates check, CreateCustomer create, HttpContext http, CancellationToken cancellationToken)
    {
        var values = Read(input);
        if (!input.IsOn(Anyway))
        {
            var found = await check.HandleAsync(http.Caller(), values, cancellationToken);
            if (!found.Succeeded(out var duplicates, out var invalid))
            {
                return PageResults.Refused(http, input, invalid);
            }

            if (duplicates.Count > 0)
            {
                return PageResults.Page<NewCustomerPage, NewCustomerModel>(new NewCustomerModel(input, duplicates));
            }
        }

        var result = await create.HandleAsync(http.Caller(), values, required: [], cancellationToken);
        return result.Succeeded(out var customer, out var error)
            ? PageResults.Redirect(http, CustomerRecordPages.AddressOf(http, customer.CustomerId), "customer_created")
            : PageResults.Refused(http, input, error);
    }

    private static CustomerChanges Read(FormInput input)
    {
        var changes = new CustomerChanges();
        foreach (var field in Topics.SelectMany(topic => topic.Fields).Where(field => !string.IsNullOrWhiteSpace(input[field.Name])))
        {
            changes.Add(field, field.TryParse(input[field.Name]));
        }

        return changes;
    }
}

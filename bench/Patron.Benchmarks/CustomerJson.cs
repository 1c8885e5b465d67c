using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http.Json;
using Patron.Customers.Customers;
using Patron.Dialects.Customers;
using Patron.Web.Http;

namespace Patron.Benchmarks;

/// <summary>The customers dialect's answers as JSON, with the conventions of the server.</summary>
public class CustomerJson
{
    private readonly JsonSerializerOptions options = Options();
    private readonly MemoryStream output = new();
    private Customer customer = null!;
    private Customer[] page = [];

    [GlobalSetup]
    public void SetUp()
    {
        var now = TimeProvider.System.GetUtcNow();
        var values = new Customer().With(new CustomerChanges(
            CustomerSchema.FirstName.With("José"), CustomerSchema.LastName.With("Nguyen"), CustomerSchema.Email.With("jose@example.com"), CustomerSchema.Phone.With("+1-555-0123"),
            CustomerSchema.DateOfBirth.With(new DateOnly(1990, 1, 15)), CustomerSchema.Gender.With("male"), CustomerSchema.CompanyName.With("Company 4"),
            CustomerSchema.Notes.With("note 4"), CustomerSchema.Tags.With(["premium", "tech"]), CustomerSchema.AddressLine1.With("4 Main Street"),
            CustomerSchema.City.With("New York"), CustomerSchema.State.With("NY"), CustomerSchema.PostalCode.With("10001"), CustomerSchema.Country.With("USA")));
        customer = Customer.Create(Guid.CreateVersion7(), values, now);
        page = [.. Enumerable.Repeat(customer, 100)];
    }

    [Benchmark]
    public long Single()
    {
        output.SetLength(0);
        JsonSerializer.Serialize(output, new CustomerAnswer(customer), options);
        return output.Length;
    }

    [Benchmark]
    public long ListOf100()
    {
        output.SetLength(0);
        JsonSerializer.Serialize(output, page.Select(one => new CustomerListItem(one)), options);
        return output.Length;
    }

    private static JsonSerializerOptions Options()
    {
        var json = new JsonOptions();
        JsonConventions.Apply(json.SerializerOptions);
        CustomersEndpoints.AddJson(json.SerializerOptions);
        return json.SerializerOptions;
    }
}

using System.Text.Json;
using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http.Json;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Search;
using Patron.Dialects.Customers;
using Patron.Web.Http;

namespace Patron.Benchmarks;

/// <summary>The customers dialect's answers as JSON, with the conventions of the server.</summary>
public class CustomerJson
{
    private readonly JsonSerializerOptions options = Options();
    private readonly MemoryStream output = new();
    private Customer customer = null!;
    private CustomerSummary[] page = [];

    [GlobalSetup]
    public void SetUp()
    {
        var now = TimeProvider.System.GetUtcNow();
        var details = new CustomerDetails
        {
            FirstName = "José", LastName = "Nguyen", Name = "José Nguyen", Email = "jose@example.com", Phone = "+1-555-0123",
            DateOfBirth = new DateOnly(1990, 1, 15), Gender = "male", CompanyName = "Company 4", Notes = "note 4", Tags = ["premium", "tech"],
            Address = new Address { AddressLine1 = "4 Main Street", City = "New York", State = "NY", PostalCode = "10001", Country = "USA" },
        };
        customer = Customer.Enter(Guid.CreateVersion7(), details, new Identifiers(Guid.CreateVersion7(), "CUST_A1B2C3D4", "CUST-00004", "josenguyen"), now);
        var summary = new CustomerSummary
        {
            Id = 4, CustomerId = customer.CustomerId, Username = customer.Username, CustomerType = details.CustomerType, Tags = details.Tags,
            FirstName = details.FirstName, LastName = details.LastName, Name = details.Name, Email = details.Email, Phone = details.Phone,
            Address = details.Address, DateOfBirth = details.DateOfBirth, Gender = details.Gender, CompanyName = details.CompanyName,
            IsActive = true, MarketingEmails = true, Notes = details.Notes, CreatedAt = now, UpdatedAt = now,
        };
        page = [.. Enumerable.Repeat(summary, 100)];
    }

    [Benchmark]
    public long Single()
    {
        output.SetLength(0);
        JsonSerializer.Serialize(output, CustomerAnswer.From(customer), options);
        return output.Length;
    }

    [Benchmark]
    public long ListOf100()
    {
        output.SetLength(0);
        JsonSerializer.Serialize(output, page.Select(CustomerListItem.From), options);
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

using System.Linq.Expressions;
using Patron.Customers.Addresses;

namespace Patron.Customers.Customers;

/// <summary>A customer as lists show it: the fields that source 5 prints, and no others, so that a page reads no more than it shows.</summary>
public sealed record CustomerSummary
{
    internal static readonly Expression<Func<Customer, CustomerSummary>> Projection = customer => new CustomerSummary
    {
        Id = customer.Id,
        CustomerId = customer.CustomerId,
        Username = customer.Username,
        CustomerType = customer.Details.CustomerType,
        FirstName = customer.Details.FirstName,
        LastName = customer.Details.LastName,
        Name = customer.Details.Name,
        Email = customer.Details.Email,
        Phone = customer.Details.Phone,
        Address = customer.Details.Address,
        DateOfBirth = customer.Details.DateOfBirth,
        Gender = customer.Details.Gender,
        CompanyName = customer.Details.CompanyName,
        IsActive = customer.IsActive,
        IsVerified = customer.IsVerified,
        EmailVerified = customer.EmailVerifiedAt != null,
        PhoneVerified = customer.PhoneVerifiedAt != null,
        MarketingEmails = customer.Details.MarketingEmails,
        MarketingSms = customer.Details.MarketingSms,
        Notes = customer.Details.Notes,
        Tags = customer.Details.Tags,
        CreatedAt = customer.CreatedAt,
        UpdatedAt = customer.UpdatedAt,
        LastLoginAt = customer.LastLoginAt,
    };

    public required long Id { get; init; }

    public required string CustomerId { get; init; }

    public required string Username { get; init; }

    public required CustomerType CustomerType { get; init; }

    public required string FirstName { get; init; }

    public required string LastName { get; init; }

    public required string Name { get; init; }

    public string? Email { get; init; }

    public string? Phone { get; init; }

    public required Address Address { get; init; }

    public DateOnly? DateOfBirth { get; init; }

    public string? Gender { get; init; }

    public string? CompanyName { get; init; }

    public bool IsActive { get; init; }

    public bool IsVerified { get; init; }

    public bool EmailVerified { get; init; }

    public bool PhoneVerified { get; init; }

    public bool MarketingEmails { get; init; }

    public bool MarketingSms { get; init; }

    public string? Notes { get; init; }

    public required string[] Tags { get; init; }

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset UpdatedAt { get; init; }

    public DateTimeOffset? LastLoginAt { get; init; }

    /// <summary>As <see cref="CustomerDetails.FullName"/>.</summary>
    public string FullName => CustomerDetails.NameOf(CustomerType, FirstName, LastName, Name);
}

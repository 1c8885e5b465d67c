using Npgsql;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;

namespace Patron.Customers.Search;

/// <summary>A customer as lists show it: the fields that source 5 prints, and no others, so that a page reads no more than it shows.</summary>
public sealed record CustomerSummary
{
    /// <summary>The columns that <see cref="Read"/> wants, in its order.</summary>
    internal const string Columns =
        "c.id, c.customer_id, c.username, c.customer_type, c.first_name, c.last_name, c.name, c.email, c.phone, "
        + "c.address_line1, c.address_line2, c.city, c.state, c.postal_code, c.country, c.date_of_birth, c.gender, c.company_name, "
        + "c.is_active, c.is_verified, c.email_verified_at IS NOT NULL, c.phone_verified_at IS NOT NULL, c.marketing_emails, c.marketing_sms, "
        + "c.notes, c.tags, c.created_at, c.updated_at, c.last_login_at";

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

    /// <summary>The customer of a row whose columns begin at <paramref name="at"/>.</summary>
    internal static CustomerSummary Read(NpgsqlDataReader row, int at) => new()
    {
        Id = row.GetInt64(at),
        CustomerId = row.GetString(at + 1),
        Username = row.GetString(at + 2),
        CustomerType = row.GetString(at + 3) == "company" ? CustomerType.Company : CustomerType.Individual,
        FirstName = row.GetString(at + 4),
        LastName = row.GetString(at + 5),
        Name = row.GetString(at + 6),
        Email = Text(row, at + 7),
        Phone = Text(row, at + 8),
        Address = new Address
        {
            AddressLine1 = Text(row, at + 9),
            AddressLine2 = Text(row, at + 10),
            City = Text(row, at + 11),
            State = Text(row, at + 12),
            PostalCode = Text(row, at + 13),
            Country = Text(row, at + 14),
        },
        DateOfBirth = row.IsDBNull(at + 15) ? null : row.GetFieldValue<DateOnly>(at + 15),
        Gender = Text(row, at + 16),
        CompanyName = Text(row, at + 17),
        IsActive = row.GetBoolean(at + 18),
        IsVerified = row.GetBoolean(at + 19),
        EmailVerified = row.GetBoolean(at + 20),
        PhoneVerified = row.GetBoolean(at + 21),
        MarketingEmails = row.GetBoolean(at + 22),
        MarketingSms = row.GetBoolean(at + 23),
        Notes = Text(row, at + 24),
        Tags = row.GetFieldValue<string[]>(at + 25),
        CreatedAt = row.GetFieldValue<DateTimeOffset>(at + 26),
        UpdatedAt = row.GetFieldValue<DateTimeOffset>(at + 27),
        LastLoginAt = row.IsDBNull(at + 28) ? null : row.GetFieldValue<DateTimeOffset>(at + 28),
    };

    private static string? Text(NpgsqlDataReader row, int column) => row.IsDBNull(column) ? null : row.GetString(column);
}

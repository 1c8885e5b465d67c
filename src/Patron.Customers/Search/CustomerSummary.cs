using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Database;

namespace Patron.Customers.Search;

/// <summary>A customer as lists show it: the fields that source 5 prints, and no others, so that a page reads no more than it shows.</summary>
public sealed record CustomerSummary
{
    /// <summary>The columns that <see cref="Read"/> wants, in its order.</summary>
    internal const string Columns =
        "c.id, c.user_id, c.customer_id, c.username, c.customer_type, c.first_name, c.last_name, c.name, c.email, c.phone, "
        + "c.address_line1, c.address_line2, c.city, c.state, c.postal_code, c.country, c.date_of_birth, c.gender, c.company_name, "
        + "c.is_active, c.is_verified, c.email_verified_at IS NOT NULL, c.phone_verified_at IS NOT NULL, c.marketing_emails, c.marketing_sms, "
        + "c.notes, c.tags, c.created_at, c.updated_at, c.last_login_at";

    public required long Id { get; init; }

    /// <summary>The account it belongs to, once it is linked.</summary>
    public Guid? UserId { get; init; }

    /// <summary>As <see cref="Customer.Incomplete"/>.</summary>
    public IReadOnlyList<string>? Incomplete { get; private init; }

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

    /// <summary>The same with what its account owns, as far as that is known.</summary>
    internal CustomerSummary Showing(Account? account, bool isComplete)
    {
        var shown = this with { Incomplete = isComplete ? null : [Customer.AccountsPart] };
        return account is null ? shown : shown with
        {
            FirstName = account.FirstName,
            LastName = account.LastName,
            Name = CustomerDetails.NameBeside(account, CustomerType, Name),
            Email = account.Email,
            Phone = account.Phone ?? Phone,
        };
    }

    /// <summary>The customer of a row, from where its columns begin.</summary>
    internal static CustomerSummary Read(RowCursor row) => new()
    {
        Id = row.Long(),
        UserId = row.OptionalUuid(),
        CustomerId = row.Text(),
        Username = row.Text(),
        CustomerType = row.Word<CustomerType>(),
        FirstName = row.Text(),
        LastName = row.Text(),
        Name = row.Text(),
        Email = row.OptionalText(),
        Phone = row.OptionalText(),
        Address = Address.Read(ref row),
        DateOfBirth = row.OptionalDate(),
        Gender = row.OptionalText(),
        CompanyName = row.OptionalText(),
        IsActive = row.Flag(),
        IsVerified = row.Flag(),
        EmailVerified = row.Flag(),
        PhoneVerified = row.Flag(),
        MarketingEmails = row.Flag(),
        MarketingSms = row.Flag(),
        Notes = row.OptionalText(),
        Tags = row.Texts(),
        CreatedAt = row.Time(),
        UpdatedAt = row.Time(),
        LastLoginAt = row.OptionalTime(),
    };
}

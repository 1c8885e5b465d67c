using Patron.Customers.Accounts;
using Patron.Customers.Addresses;
using Patron.Shared.Text;

namespace Patron.Customers.Customers;

/// <summary>
/// Everything people write on a customer. Immutable: a change is a function from one to the next, and the core compares the
/// two. Texts lose the blanks around them; blank optional ones are null. The rules are in <see cref="CustomerFields"/>.
/// </summary>
public sealed record CustomerDetails
{
    public const string DefaultGroup = "Individual";
    public const string DefaultTerritory = "All Territories";
    private const string NoPreferences = "{}";

    /// <summary>Nothing written yet: what a new record is compared with.</summary>
    internal static CustomerDetails Empty { get; } = new();

    /// <summary>Empty for a company or a record that has only a <see cref="Name"/>.</summary>
    public string FirstName { get; init => field = value.Trim(); } = "";

    public string LastName { get; init => field = value.Trim(); } = "";

    /// <summary>Display or company name. Left empty it follows the names or the company name.</summary>
    public string Name { get; init => field = value.Trim(); } = "";

    public CustomerType CustomerType { get; init; }

    public string? Email { get; init => field = TextRules.NullIfBlank(value); }

    public string? Phone { get; init => field = TextRules.NullIfBlank(value); }

    public string? Mobile { get; init => field = TextRules.NullIfBlank(value); }

    public DateOnly? DateOfBirth { get; init; }

    public string? Gender { get; init => field = TextRules.NullIfBlank(value); }

    public string? CompanyName { get; init => field = TextRules.NullIfBlank(value); }

    public string? BusinessType { get; init => field = TextRules.NullIfBlank(value); }

    /// <summary>The tax or VAT number (source 4: <c>vat_number</c>).</summary>
    public string? TaxId { get; init => field = TextRules.NullIfBlank(value); }

    public string? Website { get; init => field = TextRules.NullIfBlank(value); }

    public string? Reference { get; init => field = TextRules.NullIfBlank(value); }

    public string CustomerGroup { get; init => field = TextRules.NullIfBlank(value) ?? DefaultGroup; } = DefaultGroup;

    public string Territory { get; init => field = TextRules.NullIfBlank(value) ?? DefaultTerritory; } = DefaultTerritory;

    public bool IsPrimaryContact { get; init; }

    /// <summary>The primary one; a table of its own has the others (<see cref="CustomerAddress"/>).</summary>
    public Address Address { get; init; } = Address.Empty;

    public string? EmergencyContactName { get; init => field = TextRules.NullIfBlank(value); }

    public string? EmergencyContactPhone { get; init => field = TextRules.NullIfBlank(value); }

    public string? EmergencyContactRelationship { get; init => field = TextRules.NullIfBlank(value); }

    public bool MarketingEmails { get; init; } = true;

    public bool MarketingSms { get; init; }

    public ContactMethod? PreferredContactMethod { get; init; }

    /// <summary>A JSON object.</summary>
    public string NotificationPreferences { get; init; } = NoPreferences;

    public string? Notes { get; init => field = TextRules.NullIfBlank(value); }

    /// <summary>A set, in the order of first mention.</summary>
    public string[] Tags { get; init => field = CustomerTags.ToSet(value); } = [];

    /// <summary>What the record counts as while it is neither blocked, deleted nor archived.</summary>
    public CustomerStanding Standing { get; init; }

    public bool IsBlocked { get; init; }

    /// <summary>Soft-deleted: kept, seen by staff only.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>An individual's first and last name, else the name; a company's is always its name (linking.md, 'Ownership').</summary>
    public string FullName => NameOf(CustomerType, FirstName, LastName, Name);

    /// <summary>A status as people set it: inactive is a soft deletion, active and prospect lift deletion and block.</summary>
    public CustomerDetails WithStatus(CustomerStatus status) => status switch
    {
        CustomerStatus.Blocked => this with { IsBlocked = true },
        CustomerStatus.Inactive => this with { IsDeleted = true },
        CustomerStatus.Prospect => this with { IsBlocked = false, IsDeleted = false, Standing = CustomerStanding.Prospect },
        _ => this with { IsBlocked = false, IsDeleted = false, Standing = CustomerStanding.Active },
    };

    /// <summary>A soft deletion taken back: active again, unless it is blocked.</summary>
    internal CustomerDetails Restored() => IsDeleted ? this with { IsDeleted = false, Standing = CustomerStanding.Active } : this;

    /// <summary>Active or not, as source 5 sets it: a prospect is active already, a blocked record inactive already.</summary>
    public CustomerDetails WithActivity(bool active) =>
        active ? this with { IsBlocked = false, IsDeleted = false } : IsBlocked ? this : this with { IsDeleted = true };

    /// <summary>The same with its name: where nobody wrote one of its own, it follows the person's names or the company's name.</summary>
    internal CustomerDetails Settled(CustomerDetails before)
    {
        var follows = Name.Length == 0 || (Name == before.Name && before.Name == before.DerivedName);
        return follows ? this with { Name = DerivedName } : this;
    }

    /// <summary>The same as the record of this account shows it: its names, its address, its phone where it has one. A company keeps a name of its own.</summary>
    internal CustomerDetails Of(Account account) => this with
    {
        FirstName = account.FirstName,
        LastName = account.LastName,
        Email = account.Email,
        Phone = account.Phone ?? (Phone == account.FormerPhone ? null : Phone),
        Name = NameBeside(account, CustomerType, Name),
    };

    /// <summary>The same without anything that an account owns. A company that was called like the person has no name of its own.</summary>
    internal CustomerDetails WithoutAccount(Account? account = null) => this with
    {
        FirstName = "",
        LastName = "",
        Email = null,
        Phone = null,
        Name = CustomerType == CustomerType.Individual || Name == account?.FullName ? "" : Name,
    };

    /// <summary>
    /// Field by field what this has, else what the other has (linking.md, 'Merge'). A block stands, a deletion only where both are deleted.
    /// </summary>
    internal CustomerDetails MergedWith(CustomerDetails other) => this with
    {
        FirstName = FullNameIsGiven ? FirstName : other.FirstName,
        LastName = FullNameIsGiven ? LastName : other.LastName,
        Name = Name.Length > 0 ? Name : other.Name,
        Email = Email ?? other.Email,
        Phone = Phone ?? other.Phone,
        Mobile = Mobile ?? other.Mobile,
        DateOfBirth = DateOfBirth ?? other.DateOfBirth,
        Gender = Gender ?? other.Gender,
        CompanyName = CompanyName ?? other.CompanyName,
        BusinessType = BusinessType ?? other.BusinessType,
        TaxId = TaxId ?? other.TaxId,
        Website = Website ?? other.Website,
        Reference = Reference ?? other.Reference,
        CustomerGroup = CustomerGroup == DefaultGroup ? other.CustomerGroup : CustomerGroup,
        Territory = Territory == DefaultTerritory ? other.Territory : Territory,
        IsPrimaryContact = IsPrimaryContact || other.IsPrimaryContact,
        Address = Address.IsEmpty ? other.Address : Address,
        EmergencyContactName = EmergencyContactName ?? other.EmergencyContactName,
        EmergencyContactPhone = EmergencyContactPhone ?? other.EmergencyContactPhone,
        EmergencyContactRelationship = EmergencyContactRelationship ?? other.EmergencyContactRelationship,
        PreferredContactMethod = PreferredContactMethod ?? other.PreferredContactMethod,
        NotificationPreferences = NotificationPreferences == NoPreferences ? other.NotificationPreferences : NotificationPreferences,
        Notes = Notes ?? other.Notes,
        Tags = [.. Tags, .. other.Tags.Except(Tags, StringComparer.Ordinal)],
        IsBlocked = IsBlocked || other.IsBlocked,
        IsDeleted = IsDeleted && other.IsDeleted,
    };

    /// <summary>
    /// The same with what it leaves empty filled from the other (linking.md, 'Merge', last line). What that says of consents is the newest
    /// word and stands.
    /// </summary>
    internal CustomerDetails FilledWith(Func<CustomerDetails, CustomerDetails> other)
    {
        var said = other(this);
        return MergedWith(other(Empty)) with { IsDeleted = IsDeleted, MarketingEmails = said.MarketingEmails, MarketingSms = said.MarketingSms };
    }

    /// <summary>Whether a user name that was made from these tells a person's name.</summary>
    internal bool IsNamedAfterPerson => FullNameIsGiven || (CustomerType == CustomerType.Individual && Name.Length > 0);

    private bool FullNameIsGiven => FirstName.Length + LastName.Length > 0;

    private string DerivedName => CustomerType == CustomerType.Company && CompanyName is not null ? CompanyName : $"{FirstName} {LastName}".Trim();

    internal static string NameBeside(Account account, CustomerType type, string name) =>
        type == CustomerType.Individual || name.Length == 0 ? account.FullName : name;

    internal static string NameOf(CustomerType type, string firstName, string lastName, string name) =>
        type == CustomerType.Individual && $"{firstName} {lastName}".Trim() is { Length: > 0 } personal ? personal : name;
}

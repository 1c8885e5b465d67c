using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Erp;

/// <summary>Why a partner has no customer here (contract, 'Sync').</summary>
internal enum SkipReason
{
    InternalUser,
    ChildContact,
    NoEmail,

    /// <summary>Staff have said that it is nobody's.</summary>
    SetAside,

    /// <summary>Its customer was erased here: it does not come back.</summary>
    Erased,
}

/// <summary>What a partner says of a customer, in Patron's words.</summary>
internal sealed class PartnerFacts
{
    private PartnerFacts(ErpPartner partner, EmailAddress? email, CustomerDetails details, string json)
    {
        (Partner, Email, Details, Json) = (partner, email, details, json);
        Hash = SHA256.HashData(Encoding.UTF8.GetBytes(json))[..16];
    }

    public ErpPartner Partner { get; }

    /// <summary>The first valid address of its field.</summary>
    public EmailAddress? Email { get; }

    public CustomerDetails Details { get; }

    /// <summary>All that the ERP said, as a JSON object. Not when: the ERP touches partners for much that is not theirs.</summary>
    public string Json { get; }

    /// <summary>Two partners that say the same have the same.</summary>
    public byte[] Hash { get; }

    /// <summary>Why it makes no customer, or null.</summary>
    public SkipReason? Skip =>
        Partner.IsInternal ? SkipReason.InternalUser
        : Partner.ParentId is not null ? SkipReason.ChildContact
        : Email is null ? SkipReason.NoEmail
        : null;

    public static PartnerFacts Of(ErpPartner partner)
    {
        var email = PartnerEmail.Read(partner.Email);
        var details = new CustomerDetails
        {
            Name = partner.Name,
            CustomerType = partner.IsCompany ? CustomerType.Company : CustomerType.Individual,
            Email = email?.Text,
            Phone = partner.Phone,
            Mobile = partner.Mobile,
            TaxId = partner.TaxId,
            Website = partner.Website,
            Reference = partner.Reference,
            Address = new Address
            {
                AddressLine1 = partner.Street,
                AddressLine2 = partner.Street2,
                City = partner.City,
                State = partner.State,
                PostalCode = partner.PostalCode,
                Country = partner.Country,
            },
        };
        return new PartnerFacts(partner, email, details, JsonSerializer.Serialize(partner, ErpJson.Default.ErpPartner));
    }

    /// <summary>The fields whose values are other than people may write here; they are kept whole all the same (contract, 'The customer record').</summary>
    public string[] Warnings(DateOnly today) => [.. CustomerFields.All
        .Where(field => field.Read(Details) is { } value && field.Rule?.Invoke(value, today) is not null).Select(field => field.Name)];
}

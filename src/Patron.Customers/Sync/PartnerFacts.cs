using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Patron.Customers.Addresses;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Text;

namespace Patron.Customers.Sync;

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
    private PartnerFacts(ErpPartner partner, EmailAddress? email, CustomerDetails details, string json, byte[] hash) =>
        (Partner, Email, Details, Json, Hash) = (partner, email, details, json, hash);

    public ErpPartner Partner { get; }

    /// <summary>The first valid address of its field.</summary>
    public EmailAddress? Email { get; }

    public CustomerDetails Details { get; }

    /// <summary>All that the ERP said, as a JSON object. Not when: the ERP touches partners for much that is not theirs.</summary>
    public string Json { get; }

    /// <summary>Of what the partner says and what of it counts here: as long as it is the same, nothing is new.</summary>
    public byte[] Hash { get; }

    /// <summary>Why it makes no customer, or null.</summary>
    public SkipReason? Skip =>
        Partner.IsInternal ? SkipReason.InternalUser
        : Partner.ParentId is not null ? SkipReason.ChildContact
        : Email is null ? SkipReason.NoEmail
        : null;

    public static PartnerFacts Of(ErpPartner partner, ErpOwnership ownership)
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
        var json = JsonSerializer.Serialize(partner, ErpJson.Default.ErpPartner);
        return new PartnerFacts(partner, email, details, json, SHA256.HashData(Encoding.UTF8.GetBytes(json + ownership))[..16]);
    }

    public bool IsLike(byte[]? hash) => hash.AsSpan().SequenceEqual(Hash);

    /// <summary>The fields whose values are other than people may write here; they are kept whole all the same (contract, 'The customer record').</summary>
    public string[] Warnings(DateOnly today) => [.. CustomerFields.All
        .Where(field => field.Read(Details) is { } value && field.Rule?.Invoke(value, today) is not null).Select(field => field.Name)];
}

using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>The data of a partner, mapped to a customer's fields.</summary>
internal sealed class PartnerData
{
    // Changes when more of a partner's data is mapped to the customer: the next full sync then processes every partner again.
    internal const string Mapping = "language, customer_since";

    private PartnerData(ErpPartner partner, EmailAddress? email, Customer values, string json, byte[] hash) =>
        (Partner, Email, Values, Json, Hash) = (partner, email, values, json, hash);

    public ErpPartner Partner { get; }

    /// <summary>The first valid address in the partner's address field.</summary>
    public EmailAddress? Email { get; }

    /// <summary>The customer's values, as a record that is not stored.</summary>
    public Customer Values { get; }

    /// <summary>All data of the ERP, as a JSON object, without the time of the change: the ERP updates it for other reasons too.</summary>
    public string Json { get; }

    /// <summary>A hash of the data and of the settings that apply to it: while it is the same, nothing has changed.</summary>
    public byte[] Hash { get; }

    /// <summary>The reason why it does not become a customer, or null.</summary>
    public SkipReason? Skip => this switch
    {
        { Partner.IsInternal: true } => SkipReason.InternalUser,
        { Partner.IsOwnCommercialEntity: false } => SkipReason.ChildContact,
        { Email: null } => SkipReason.NoEmail,
        _ => null,
    };

    public static PartnerData From(ErpPartner partner, ErpOwnership ownership)
    {
        var email = PartnerEmail.Read(partner.Email);
        var values = Customer.FromChanges(new CustomerChanges(
            CustomerSchema.Name.With(partner.Name),
            CustomerSchema.Type.With(partner.IsCompany ? CustomerType.Company : CustomerType.Individual),
            CustomerSchema.Email.With(email?.Text),
            CustomerSchema.Phone.With(partner.Phone),
            CustomerSchema.Mobile.With(partner.Mobile),
            CustomerSchema.TaxId.With(partner.TaxId),
            CustomerSchema.Website.With(partner.Website),
            CustomerSchema.Reference.With(partner.Reference),
            CustomerSchema.AddressLine1.With(partner.Street),
            CustomerSchema.AddressLine2.With(partner.Street2),
            CustomerSchema.City.With(partner.City),
            CustomerSchema.State.With(partner.State),
            CustomerSchema.PostalCode.With(partner.PostalCode),
            CustomerSchema.Country.With(partner.Country),
            CustomerSchema.Language.With(partner.Language),
            CustomerSchema.CustomerSince.With(partner.CreatedAt ?? default)));
        var json = JsonSerializer.Serialize(partner, ErpJson.Default.ErpPartner);
        // If the field holds more than an address, hash what was read from it too: a later version that reads it differently then processes
        // the partner again.
        var found = email?.Text == partner.Email ? "" : email?.Text;
        return new PartnerData(partner, email, values, json, SHA256.HashData(Encoding.UTF8.GetBytes(json + ownership + found + Mapping))[..16]);
    }

    /// <summary>Restores the data from <see cref="Json"/>.</summary>
    public static PartnerData From(string json, long rank, DateTimeOffset? writeDate, ErpOwnership ownership) =>
        From(JsonSerializer.Deserialize(json, ErpJson.Default.ErpPartner)! with { Rank = rank, WriteDate = writeDate }, ownership);

    public bool HasHash(byte[]? hash) => hash.AsSpan().SequenceEqual(Hash);

    /// <summary>The fields with values that people could not enter; they are stored unchanged (contract, 'The customer record').</summary>
    public string[] Warnings(DateOnly today) => [.. CustomerSchema.FindInvalidFields(Values, today)];
}

/// <summary>
/// Parses the address field of a partner, which is free text: several addresses, names around them, blanks, links, a full stop at the end.
/// The first valid address counts (contract, 'Sync').
/// </summary>
internal static class PartnerEmail
{
    private const string MailLink = "mailto:";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    /// <summary>Returns null if no address is valid.</summary>
    public static EmailAddress? Read(string? field) =>
        Candidates(field ?? "").Select(ReadCandidate).FirstOrDefault(address => address is not null);

    private static EmailAddress? ReadCandidate(string candidate) =>
        EmailAddress.TryParse(InvisibleCharacters.Remove(StripDecoration(candidate)), out var address) ? address : null;

    // A full stop at the end belongs to the sentence, not to the domain.
    private static string StripDecoration(string candidate)
    {
        var text = candidate.Trim();
        return (text.StartsWith(MailLink, StringComparison.OrdinalIgnoreCase)
            ? FromMailtoLink(text[MailLink.Length..])
            : text).TrimEnd('.');
    }

    // RFC 6068: the address may be followed by header fields and contain percent-encoding.
    private static string FromMailtoLink(string link) => Uri.UnescapeDataString(link.Split('?', 2)[0]);

    // "Name, Inc." <a@b.example>, c@d.example: text in angle brackets is an address, text in quotes is not.
    private static IEnumerable<string> Candidates(string field)
    {
        var rest = 0;
        // Avoids searching to the end for every bracket that is never closed.
        var (lastAngle, lastQuote) = (field.LastIndexOf('>'), field.LastIndexOf('"'));
        while (rest < field.Length)
        {
            var open = field.IndexOfAny(['<', '"'], rest);
            var plain = open < 0 ? field[rest..] : field[rest..open];
            foreach (var word in plain.Split(Separators, StringSplitOptions.RemoveEmptyEntries))
            {
                yield return word;
            }

            if (open < 0)
            {
                yield break;
            }

            var (end, last) = field[open] == '<' ? ('>', lastAngle) : ('"', lastQuote);
            var close = open < last ? field.IndexOf(end, open + 1) : -1;
            if (close < 0)
            {
                rest = open + 1;
            }
            else
            {
                if (field[open] == '<')
                {
                    yield return field[(open + 1)..close];
                }

                rest = close + 1;
            }
        }
    }
}

/// <summary>The stored JSON of partners and of a run's figures.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErpPartner))]
[JsonSerializable(typeof(Runs.SyncFigures))]
internal sealed partial class ErpJson : JsonSerializerContext;

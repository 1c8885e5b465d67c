using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Patron.Customers.Customers;
using Patron.Customers.Erp;
using Patron.Shared.Text;

namespace Patron.Erp.Partners;

/// <summary>What a partner says of a customer, in Patron's words.</summary>
internal sealed class PartnerFacts
{
    private PartnerFacts(ErpPartner partner, EmailAddress? email, Customer values, string json, byte[] hash) =>
        (Partner, Email, Values, Json, Hash) = (partner, email, values, json, hash);

    public ErpPartner Partner { get; }

    /// <summary>The first valid address of its field.</summary>
    public EmailAddress? Email { get; }

    /// <summary>What it says of a customer, as a record that nothing else is written on.</summary>
    public Customer Values { get; }

    /// <summary>All that the ERP said, as a JSON object. Not when: the ERP touches partners for much that is not theirs.</summary>
    public string Json { get; }

    /// <summary>Of what the partner says and what of it counts here: as long as it is the same, nothing is new.</summary>
    public byte[] Hash { get; }

    /// <summary>Why it makes no customer, or null.</summary>
    public SkipReason? Skip =>
        Partner.IsInternal ? SkipReason.InternalUser
        : !Partner.IsOwnCommercialEntity ? SkipReason.ChildContact
        : Email is null ? SkipReason.NoEmail
        : null;

    public static PartnerFacts Of(ErpPartner partner, ErpOwnership ownership)
    {
        var email = PartnerEmail.Read(partner.Email);
        var values = Customer.Of(new CustomerChanges(
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
            CustomerSchema.Country.With(partner.Country)));
        var json = JsonSerializer.Serialize(partner, ErpJson.Default.ErpPartner);
        // Where more than a bare address is written, what was read out of it counts too: a later version that reads more looks at the partner again.
        var found = email?.Text == partner.Email ? "" : email?.Text;
        return new PartnerFacts(partner, email, values, json, SHA256.HashData(Encoding.UTF8.GetBytes(json + ownership + found))[..16]);
    }

    /// <summary>The facts of a partner as <see cref="Json"/> kept them.</summary>
    public static PartnerFacts Of(string json, long rank, DateTimeOffset? writeDate, ErpOwnership ownership) =>
        Of(JsonSerializer.Deserialize(json, ErpJson.Default.ErpPartner)! with { Rank = rank, WriteDate = writeDate }, ownership);

    public bool IsLike(byte[]? hash) => hash.AsSpan().SequenceEqual(Hash);

    /// <summary>The fields whose values are other than people may write here; they are kept whole all the same (contract, 'The customer record').</summary>
    public string[] Warnings(DateOnly today) => [.. CustomerSchema.FindOddFields(Values, today)];
}

/// <summary>
/// Reads the address field of a partner, where people write what they like: several addresses, names around them, blanks, links, a full stop at the
/// end. The first valid address counts (contract, 'Sync').
/// </summary>
internal static class PartnerEmail
{
    private const string MailLink = "mailto:";

    private static readonly char[] Separators = [',', ';', ' ', '\t', '\r', '\n'];

    /// <summary>Null where none is valid.</summary>
    public static EmailAddress? Read(string? field) => field is null ? null : Candidates(field)
        .Select(candidate => EmailAddress.TryParse(InvisibleCharacters.Remove(Bare(candidate)), out var address) ? address : null)
        .FirstOrDefault(address => address is not null);

    // No domain ends with a full stop here: it is the sentence's.
    private static string Bare(string candidate)
    {
        var text = candidate.Trim();
        return (text.StartsWith(MailLink, StringComparison.OrdinalIgnoreCase) ? Linked(text[MailLink.Length..]) : text).TrimEnd('.');
    }

    // RFC 6068: behind the address may stand what the mail is to say, and signs may be written by their codes.
    private static string Linked(string link) => Uri.UnescapeDataString(link.Split('?', 2)[0]);

    // "Name, Inc." <a@b.example>, c@d.example: what stands in angle brackets is an address, what stands in quotes is not.
    private static IEnumerable<string> Candidates(string field)
    {
        var rest = 0;
        var (lastAngle, lastQuote) = (field.LastIndexOf('>'), field.LastIndexOf('"')); // Else each bracket that is never closed would be looked for to the end.
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

            var close = open >= (field[open] == '<' ? lastAngle : lastQuote) ? -1 : field.IndexOf(field[open] == '<' ? '>' : '"', open + 1);
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

/// <summary>What a partner said as it is kept, and the figures of a run.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ErpPartner))]
[JsonSerializable(typeof(Runs.SyncFigures))]
internal sealed partial class ErpJson : JsonSerializerContext;

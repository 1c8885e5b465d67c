using Patron.Shared.Audit;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>The editable fields of a vendor. Only the name is required; blank texts become null.</summary>
public sealed record VendorDetails(string Name, string? Email, string? Phone, string? TaxId, string? Website, VendorStatus Status)
{
    private const int MaxTaxIdLength = 50;
    private const int MaxTextLength = 255;

    /// <summary>
    /// Adds errors of fields that differ from <paramref name="before"/> to <paramref name="errors"/>, and returns the normalized details.
    /// </summary>
    public VendorDetails Check(VendorDetails before, FieldErrors errors)
    {
        var normalized = new VendorDetails(
            InvisibleCharacters.Trim(Name), TextRules.NullIfBlank(Email), TextRules.NullIfBlank(Phone), TextRules.NullIfBlank(TaxId),
            TextRules.NullIfBlank(Website), Status);
        if (normalized.Name.Length == 0)
        {
            errors.AddRequired("name");
        }

        CheckText("name", before.Name, normalized.Name, MaxTextLength);
        CheckText(
            "email", before.Email, normalized.Email, EmailAddress.MaxLength,
            text => EmailAddress.TryParse(text, out _) ? null : EmailAddress.Rule(text));
        CheckText(
            "phone", before.Phone, normalized.Phone, PhoneNumber.MaxLength, text => PhoneNumber.IsValid(text) ? null : PhoneNumber.Rule);
        CheckText("tax_id", before.TaxId, normalized.TaxId, MaxTaxIdLength);
        CheckText("website", before.Website, normalized.Website, MaxTextLength, text => WebAddress.IsValid(text) ? null : WebAddress.Rule);
        return normalized;

        void CheckText(string field, string? before, string? after, int max, Func<string, string?>? rule = null)
        {
            if (after is not null && after != before
                && (TextRules.IsLonger(after, max)
                    ? $"Use at most {max} characters."
                    : TextRules.Problem(after) ?? rule?.Invoke(after)) is { } message)
            {
                errors.Add(field, message);
            }
        }
    }

    /// <summary>The changes from these details to others, for the audit log.</summary>
    internal FieldDiff DiffTo(VendorDetails after) => new FieldDiff()
        .Compare("name", Name, after.Name)
        .Compare("email", Email, after.Email)
        .Compare("phone", Phone, after.Phone)
        .Compare("tax_id", TaxId, after.TaxId)
        .Compare("website", Website, after.Website)
        .Compare("status", EnumNames<VendorStatus>.Of(Status), EnumNames<VendorStatus>.Of(after.Status));
}

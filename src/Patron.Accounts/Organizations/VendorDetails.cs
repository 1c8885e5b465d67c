using Patron.Shared.Audit;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Accounts.Organizations;

/// <summary>What people write of a vendor. Only the name is required; blank texts are none.</summary>
public sealed record VendorDetails(string Name, string? Email, string? Phone, string? TaxId, string? Website, VendorStatus Status)
{
    private const int MaxTaxIdLength = 50;
    private const int MaxTextLength = 255;

    /// <summary>Adds what is wrong with the fields that differ from <paramref name="before"/> to <paramref name="errors"/>; answers the details tidied up.</summary>
    public VendorDetails Check(VendorDetails before, FieldErrors errors)
    {
        var tidy = new VendorDetails(
            InvisibleCharacters.Trim(Name), TextRules.NullIfBlank(Email), TextRules.NullIfBlank(Phone), TextRules.NullIfBlank(TaxId), TextRules.NullIfBlank(Website), Status);
        if (tidy.Name.Length == 0)
        {
            errors.AddRequired("name");
        }

        CheckText("name", before.Name, tidy.Name, MaxTextLength);
        CheckText("email", before.Email, tidy.Email, EmailAddress.MaxLength, text => EmailAddress.TryParse(text, out _) ? null : EmailAddress.Rule(text));
        CheckText("phone", before.Phone, tidy.Phone, PhoneNumber.MaxLength, text => PhoneNumber.IsValid(text) ? null : PhoneNumber.Rule);
        CheckText("tax_id", before.TaxId, tidy.TaxId, MaxTaxIdLength);
        CheckText("website", before.Website, tidy.Website, MaxTextLength, text => WebAddress.IsValid(text) ? null : WebAddress.Rule);
        return tidy;

        void CheckText(string field, string? was, string? becomes, int max, Func<string, string?>? rule = null)
        {
            if (becomes is not null && becomes != was
                && (TextRules.IsLonger(becomes, max) ? $"At most {max} characters." : TextRules.Problem(becomes) ?? rule?.Invoke(becomes)) is { } message)
            {
                errors.Add(field, message);
            }
        }
    }

    /// <summary>What changes from these details to others, for the audit log.</summary>
    internal FieldDiff To(VendorDetails after) => new FieldDiff()
        .Compare("name", Name, after.Name)
        .Compare("email", Email, after.Email)
        .Compare("phone", Phone, after.Phone)
        .Compare("tax_id", TaxId, after.TaxId)
        .Compare("website", Website, after.Website)
        .Compare("status", EnumNames<VendorStatus>.Of(Status), EnumNames<VendorStatus>.Of(after.Status));
}

using Patron.Shared.Text;

namespace Patron.Shared.Callers;

/// <summary>The organization that people register in. Every role needs the same settings (contract, 'Who may do what').</summary>
public sealed class HomeOrganization
{
    public Guid Id { get; set; } = new("0198c0de-0000-7000-8000-000000000001");

    public string Name { get; set; } = "Home";

    /// <summary>The region of phone numbers without a country code: ISO 3166, two letters. Null if there is no such region.</summary>
    public string? Region { get; set; }

    /// <summary>The first error in these settings, as a sentence; null if there is none.</summary>
    public string? Contradiction() => this switch
    {
        _ when string.IsNullOrWhiteSpace(Name) => "Home:Name must not be empty.",
        { Region: { } region } when !PhoneNumberParser.IsRegion(region) =>
            $"Home:Region must be a country's two letters by ISO 3166 such as DE; '{region}' is none.",
        _ => null,
    };
}

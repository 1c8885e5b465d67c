using Patron.Shared.Text;

namespace Patron.Shared.Callers;

/// <summary>The organization that people register in; the same settings in every role (contract, 'Who may do what').</summary>
public sealed class HomeOrganization
{
    public Guid Id { get; set; } = new("0198c0de-0000-7000-8000-000000000001");

    public string Name { get; set; } = "Home";

    /// <summary>Where phone numbers without a country code are from: ISO 3166, two letters. Null where nobody can tell.</summary>
    public string? Region { get; set; }

    /// <summary>What is wrong with these settings, as a sentence; null when nothing is.</summary>
    public string? Contradiction() => this switch
    {
        _ when string.IsNullOrWhiteSpace(Name) => "Home:Name must not be empty.",
        { Region: { } region } when !PhoneNumberParser.IsRegion(region) =>
            $"Home:Region must be a country's two letters by ISO 3166 such as DE; '{region}' is none.",
        _ => null,
    };
}

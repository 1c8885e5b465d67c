using System.Globalization;
using Patron.Customers.Customers;

namespace Patron.Customers.Matching;

/// <summary>
/// What the matcher knows of one record: numbers of canonical values in a <see cref="ValuePool"/>. Made once; all comparisons read it.
/// </summary>
public readonly struct MatchRecord
{
    private const int MinPhoneDigits = 5;
    private const int MaxPhoneDigits = 15;

    internal int GivenName { get; private init; }

    internal int Surname { get; private init; }

    /// <summary>The name of a company, the employer of a person, or a whole name that is not split.</summary>
    internal int Company { get; private init; }

    /// <summary>The legal form and other words that <see cref="Company"/> is without.</summary>
    internal int LegalForm { get; private init; }

    /// <summary>Whether the names were split from one text, so that two such records are compared by the whole text.</summary>
    internal bool IsWholeName { get; private init; }

    /// <summary>Whether <see cref="Company"/> names the record itself.</summary>
    internal bool IsOrganization { get; private init; }

    /// <summary>Year, month and day as eight digits; 0 if unknown.</summary>
    internal int BirthDate { get; private init; }

    internal ulong Phone { get; private init; }

    internal ulong OtherPhone { get; private init; }

    internal int Email { get; private init; }

    internal int TaxId { get; private init; }

    internal int HouseNumber { get; private init; }

    internal int Street { get; private init; }

    internal int AddressLine2 { get; private init; }

    internal int City { get; private init; }

    internal int PostalCode { get; private init; }

    internal int State { get; private init; }

    internal int Country { get; private init; }

    /// <summary>A hash of all canonical values, independent of the pool. It orders records and samples them.</summary>
    internal ulong ContentHash { get; private init; }

    /// <summary>Canonicalizes the values of a record.</summary>
    public static MatchRecord From(MatchInput input, ValuePool pool)
    {
        var names = RecordNames.Of(input);
        var address = AddressParts.Parse(MatchText.Fold(input.AddressLine1));
        var line2 = AddressParts.Expand(MatchText.Fold(input.AddressLine2));
        if (address.HouseNumber.Length == 0 && line2.Length > 0)
        {
            // The number can be in the second line, or the street: 'Rose Cottage', '7 Mill Lane'.
            var second = AddressParts.Parse(MatchText.Fold(input.AddressLine2));
            (address, line2) = second.Street.Length > 0 && second.HouseNumber.Length > 0
                ? (new AddressParts(second.HouseNumber, address.Street), second.Street)
                : (address, line2);
        }

        var (phone, otherPhone) = (PhoneDigits(input.Phone), PhoneDigits(input.Mobile));
        var birthDate = ReadDate(input.DateOfBirth);
        var postalCode = Squash(input.PostalCode);
        var email = (input.Email ?? "").Trim().ToLowerInvariant();
        var taxId = Squash(input.TaxId);
        var (city, state) = (AddressParts.Expand(MatchText.Fold(input.City)), MatchText.Fold(input.State));
        var country = Countries.CodeOf(input.Country) ?? "";
        var record = new MatchRecord
        {
            GivenName = pool.Add(MatchField.GivenName, names.GivenName),
            Surname = pool.Add(MatchField.Surname, names.Surname),
            Company = pool.Add(MatchField.Company, names.Company),
            LegalForm = pool.Add(MatchField.LegalForm, names.LegalForm),
            IsWholeName = names.IsWholeName,
            IsOrganization = names.IsOrganization,
            BirthDate = birthDate,
            Phone = phone == 0 ? otherPhone : phone,
            OtherPhone = otherPhone == phone || phone == 0 ? 0 : otherPhone,
            Email = pool.Add(MatchField.Email, email.Contains('@', StringComparison.Ordinal) ? email : ""),
            TaxId = pool.Add(MatchField.TaxId, taxId),
            HouseNumber = pool.Add(MatchField.HouseNumber, address.HouseNumber),
            Street = pool.Add(MatchField.Street, address.Street),
            AddressLine2 = pool.Add(MatchField.AddressLine2, line2),
            City = pool.Add(MatchField.City, city),
            PostalCode = pool.Add(MatchField.PostalCode, WithoutSuffix(postalCode)),
            State = pool.Add(MatchField.State, state),
            Country = pool.Add(MatchField.Country, country),
            ContentHash = Hash(
                names.GivenName, names.Surname, names.Company, names.LegalForm, email, taxId, address.HouseNumber, address.Street,
                line2, city, postalCode, state, country,
                $"{birthDate} {Math.Min(phone, otherPhone)} {Math.Max(phone, otherPhone)} {names.IsOrganization} {names.IsWholeName}"),
        };
        foreach (var token in names.Company.Split(' ', StringSplitOptions.RemoveEmptyEntries).Distinct(StringComparer.Ordinal))
        {
            pool.Add(MatchField.CompanyToken, token);
        }

        pool.Add(MatchField.EmailDomain, email.AsSpan()[(email.LastIndexOf('@') + 1)..]);
        return record;
    }

    private static ulong Hash(params ReadOnlySpan<string> values)
    {
        var hash = 0UL;
        foreach (var value in values)
        {
            hash = Matching.ContentHash.Combine(hash, Matching.ContentHash.Of(value));
        }

        return hash;
    }

    private static string Squash(string? text) => MatchText.Fold(text).Replace(" ", "", StringComparison.Ordinal);

    // ZIP+4.
    private static string WithoutSuffix(string postalCode) =>
        postalCode.Length == 9 && postalCode.All(char.IsAsciiDigit) ? postalCode[..5] : postalCode;

    /// <summary>The digits without leading zeros and extension; country codes stay where they were written. 0 for no number.</summary>
    private static ulong PhoneDigits(string? text)
    {
        var (number, digits) = (0UL, 0);
        foreach (var character in (text ?? "").Replace("(0)", "", StringComparison.Ordinal))
        {
            if (char.IsDigit(character) && digits < MaxPhoneDigits)
            {
                number = (number * 10) + (ulong)CharUnicodeInfo.GetDecimalDigitValue(character);
                digits += number == 0 ? 0 : 1;
            }
            else if (digits >= MinPhoneDigits && (character == '#' || char.IsLetter(character)))
            {
                break; // The extension.
            }
        }

        return digits < MinPhoneDigits ? 0 : number;
    }

    private static int ReadDate(string? text)
    {
        var numbers = (text ?? "").Split(['-', '.', '/', ' ', 'T'], StringSplitOptions.RemoveEmptyEntries)
            .Take(3).Select(part => int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0)
            .ToArray();
        return numbers switch
        {
            [> 9_999_999 and < 100_000_000 and var digits, ..] => digits,
            [> 999 and < 10_000 and var year, < 100 and var month, < 100 and var day] => (year * 10_000) + (month * 100) + day,
            [< 100 and var month, > 12 and < 100 and var day, > 999 and < 10_000 and var year] => (year * 10_000) + (month * 100) + day,
            [< 100 and var day, < 100 and var month, > 999 and < 10_000 and var year] => (year * 10_000) + (month * 100) + day,
            [> 999 and < 10_000 and var year] => year * 10_000,
            _ => 0,
        };
    }
}

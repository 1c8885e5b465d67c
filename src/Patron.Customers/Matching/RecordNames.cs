namespace Patron.Customers.Matching;

/// <summary>The folded names of a record.</summary>
internal readonly record struct RecordNames(
    string GivenName, string Surname, string Company, string LegalForm, bool IsOrganization, bool IsWholeName)
{
    private static readonly string[] Titles = ["mr", "mrs", "ms", "miss", "dr", "prof", "herr", "frau", "sir", "rev"];
    private static readonly string[] Suffixes = ["jr", "sr", "ii", "iii", "iv"];

    public static RecordNames Of(MatchInput input)
    {
        var (given, surname, employer) =
            (WithoutTitles(MatchText.Fold(input.FirstName)), WithoutSuffix(MatchText.Fold(input.LastName)),
                MatchText.Fold(input.CompanyName));
        var hasNames = given.Length > 0 || surname.Length > 0;
        var whole = MatchText.Fold(input.Name);
        if (hasNames && !input.IsCompany)
        {
            var (company, form) = CompanyNames.Reduce(employer);
            return new RecordNames(given, surname, company, form, false, false);
        }

        if (input.IsCompany || whole.Length == 0 || CompanyNames.HasLegalForm(whole))
        {
            var (company, form) = CompanyNames.Reduce(whole.Length > 0 ? whole : employer);
            return new RecordNames("", "", company, form, true, false);
        }

        var (first, last) = Split(input.Name!, whole);
        var (name, rest) = CompanyNames.Reduce(whole);
        return new RecordNames(first, last, name, rest, true, true);
    }

    // 'Doe, John' or 'John Doe'.
    private static (string Given, string Surname) Split(string name, string folded)
    {
        if (name.IndexOf(',', StringComparison.Ordinal) is > 0 and var comma)
        {
            return (WithoutTitles(MatchText.Fold(name[(comma + 1)..])), WithoutSuffix(MatchText.Fold(name[..comma])));
        }

        var plain = WithoutSuffix(WithoutTitles(folded));
        var blank = plain.LastIndexOf(' ');
        return blank < 0 ? ("", plain) : (plain[..blank], plain[(blank + 1)..]);
    }

    private static string WithoutTitles(string name)
    {
        while (name.IndexOf(' ', StringComparison.Ordinal) is > 0 and var blank && Titles.Contains(name[..blank], StringComparer.Ordinal))
        {
            name = name[(blank + 1)..];
        }

        return name;
    }

    private static string WithoutSuffix(string name) =>
        name.LastIndexOf(' ') is > 0 and var blank && Suffixes.Contains(name[(blank + 1)..], StringComparer.Ordinal) ? name[..blank] : name;
}

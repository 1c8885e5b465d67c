using Patron.Customers.Customers;
using Patron.Shared.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>The conditions of terms that need more than a comparison of one column.</summary>
internal static class FilterConditions
{
    private const char Wildcard = '*';

    private static readonly string[] Claims = ["claimed", "unclaimed", "released"];

    public static string Tags(FilterSql sql, IReadOnlyList<string> values) => sql.HasTagKeys
        ? $"customers.tag_keys(tags) && customers.tag_keys({sql.Add(values)})"
        : $"tags && {sql.Add(values)}";

    public static string Country(FilterSql sql, IReadOnlyList<string> values) =>
        $"country = ANY ({sql.Add(values.SelectMany(sql.CountriesOf).Distinct(StringComparer.Ordinal))})";

    /// <summary>Whole addresses are found by the indexes of each kind of claim, parts by the search text.</summary>
    public static string Email(FilterSql sql, IReadOnlyList<string> values)
    {
        var (parts, whole) = (values.Where(HasWildcard).ToList(), values.Where(value => !HasWildcard(value)).ToList());
        var conditions = parts.Select(value => EmailPart(sql, value.ToLowerInvariant())).ToList();
        if (whole.Count > 0)
        {
            var keys = sql.Add(whole.Select(EmailAddress.KeyOf));
            var found = Claims.Select(
                claim =>
                    $"SELECT id FROM customers.customers WHERE organization_id = $1 AND claim = '{claim}' AND email_key = ANY ({keys})");
            conditions.Add($"id = ANY (ARRAY({string.Join(" UNION ALL ", found)}))");
        }

        return string.Join(" OR ", conditions);
    }

    public static string Language(FilterSql sql, IReadOnlyList<string> values) =>
        $"language IS NOT NULL AND ({FilterSql.AnyOf(values, value => LanguageCondition(sql, value))})";

    /// <summary>A record that was merged is found by its survivor.</summary>
    public static string Identifier(FilterSql sql, IReadOnlyList<string> values)
    {
        var names = sql.Add(values.Select(CustomerStore.NormalizeReference));
        var codes = sql.Add(values.Select(value => value.ToUpperInvariant()));
        var uids = sql.Add(values.Select(value => Guid.TryParseExact(value, "D", out var uid) ? uid : Guid.Empty));
        return $"""
            id = ANY (ARRAY(
            SELECT id FROM customers.customers WHERE organization_id = $1 AND customer_id = ANY ({names})
            UNION ALL SELECT id FROM customers.customers WHERE organization_id = $1 AND code = ANY ({codes})
            UNION ALL SELECT id FROM customers.customers WHERE organization_id = $1 AND uid = ANY ({uids})
            UNION ALL SELECT c.id FROM customers.customers c JOIN customers.absorbed a ON a.merged_into = c.uid
            WHERE a.organization_id = $1 AND c.organization_id = $1 AND a.customer_id = ANY ({names})))
            """;
    }

    private static bool HasWildcard(string value) => value.Contains(Wildcard, StringComparison.Ordinal);

    // The index of parts finds candidates. The key has domains in ASCII, the address has them as they were typed.
    private static string EmailPart(FilterSql sql, string value)
    {
        var pattern = sql.Add(FilterSql.Pattern(value));
        var whole = $"(email_key LIKE {pattern} OR {FilterSql.Lower("email")} LIKE {pattern})";
        return FilterSql.LongestPart(value) is { } part
            ? $"(search_text LIKE '%' || shared.plain({sql.Add(part)}) || '%' AND {whole})"
            : whole;
    }

    private static string LanguageCondition(FilterSql sql, string value)
    {
        var column = FilterSql.Lower("language");
        var name = sql.Add(value.ToLowerInvariant());
        return $"{column} = {name} OR {column} LIKE {sql.Add(FilterSql.Pattern(value.ToLowerInvariant()) + "-%")}";
    }
}

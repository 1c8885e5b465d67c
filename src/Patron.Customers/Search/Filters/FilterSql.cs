using NpgsqlTypes;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Search.Filters;

/// <summary>
/// Builds conditions of terms on the columns of <c>customers.customers</c>; the parameter <c>$1</c> is the organization. A <c>*</c> in a
/// value stands for any characters.
/// </summary>
public sealed class FilterSql
{
    private const char Wildcard = '*';

    private readonly Func<object, NpgsqlDbType, string> add;
    private readonly IReadOnlyDictionary<string, string[]> countries;

    /// <param name="countries">By text, the countries that it means, as they were written.</param>
    internal FilterSql(
        Func<object, NpgsqlDbType, string> add, DateTimeOffset now, bool hasTagKeys, IReadOnlyDictionary<string, string[]> countries)
    {
        (this.add, this.countries, Now, HasTagKeys) = (add, countries, now, hasTagKeys);
        Search = new TextSearch("search_text", Add);
    }

    internal DateTimeOffset Now { get; }

    internal bool HasTagKeys { get; }

    internal TextSearch Search { get; }

    /// <summary>Adds a parameter and returns its name.</summary>
    public string Add(string value) => add(value, NpgsqlDbType.Text);

    /// <summary>Adds a parameter and returns its name.</summary>
    public string Add(IEnumerable<string> values) => add(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Text);

    internal string Add(DateTimeOffset time) => add(time, NpgsqlDbType.TimestampTz);

    internal string Add(IEnumerable<Guid> values) => add(values.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    /// <summary>The texts of countries that this one means.</summary>
    internal IEnumerable<string> CountriesOf(string text) => countries.GetValueOrDefault(text, []);

    /// <summary>A condition for each value, of which one must hold.</summary>
    internal static string AnyOf(IEnumerable<string> values, Func<string, string> condition) =>
        string.Join(" OR ", values.Select(condition));

    /// <summary>Compares the whole folded text of an expression, which is folded already, with a value.</summary>
    internal string IsWhole(string folded, string value) => value.Contains(Wildcard, StringComparison.Ordinal)
        ? $"{folded} LIKE {PatternSql(value)}"
        : $"{folded} = btrim(shared.search_fold({Add(value)}))";

    /// <summary>Compares a whole column with a value, ignoring case. There are indexes on this expression.</summary>
    internal string EqualsIgnoringCase(string column, string value) => value.Contains(Wildcard, StringComparison.Ordinal)
        ? $"{Lower(column)} LIKE {Lower(Add(Pattern(value)))}"
        : $"{Lower(column)} = {Lower(Add(value))}";

    internal static string Lower(string expression) => $"lower({expression} COLLATE \"und-x-icu\")";

    /// <summary>The value as a pattern of LIKE.</summary>
    internal static string Pattern(string value) => value.Replace("\\", "\\\\", StringComparison.Ordinal)
        .Replace("%", "\\%", StringComparison.Ordinal).Replace("_", "\\_", StringComparison.Ordinal).Replace(Wildcard, '%');

    /// <summary>The longest part between wildcards; null if it is too short for the index of parts.</summary>
    internal static string? LongestPart(string value) =>
        value.Split(Wildcard).MaxBy(part => part.Length) is { Length: >= 3 } part && SearchText.IsPlain(part) ? part : null;

    // Folded in parts, because folding may change what stands beside a wildcard.
    private string PatternSql(string value) =>
        string.Join(" || '%' || ", value.Split(Wildcard).Select(part => part.Length == 0 ? "''" : $"shared.search_plain({Add(part)})"));
}

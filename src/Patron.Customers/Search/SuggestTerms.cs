using System.Globalization;
using Patron.Customers.Customers;
using Patron.Customers.Search.Filters;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>
/// A suggestion: what it is called and means, the whole text with it, and where the caret is then, in UTF-16 code units.
/// </summary>
public sealed record FilterSuggestion(string Label, string Description, string Text, int Caret);

/// <summary>
/// Suggests how the term at the caret goes on: names of terms, fixed values, and the cities, states and countries that most customers have
/// or tags of the newest customers. For staff and keys with <c>customers:read</c> (403 for others).
/// </summary>
public sealed class SuggestTerms(DatabaseSession session, FilterTerms terms)
{
    public const int MaxSuggestions = 8;

    private const string PlacesSql = """
        SELECT key FROM customers.counted WHERE organization_id = $1 AND dimension = $2 AND search_key LIKE shared.search_plain($3) || '%'
        GROUP BY key HAVING sum(customers) > 0 ORDER BY sum(customers) DESC, key LIMIT 8
        """;

    // Tags are not counted; those of customers who were added lately are those in use.
    private const string TagsSql = """
        SELECT tag FROM (
            SELECT unnest(tags) AS tag FROM (
                SELECT tags FROM customers.customers WHERE organization_id = $1 ORDER BY id DESC LIMIT 5000) newest) used
        WHERE shared.search_fold(tag) LIKE shared.search_plain($2) || '%' GROUP BY tag ORDER BY count(*) DESC, tag LIMIT 8
        """;

    public async Task<Result<IReadOnlyList<FilterSuggestion>>> HandleAsync(
        Caller caller, string text, int caret, CultureInfo language, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (TextRules.IsLonger(text, CustomerFilter.MaxLength) || TextRules.Problem(text) is not null || caret < 0 || caret > text.Length)
        {
            return Array.Empty<FilterSuggestion>();
        }

        // What stands after the caret stays.
        var before = text[..caret];
        var token = FilterScanner.Scan(before).LastOrDefault(last => last.End == caret);
        return token?.Name is { } name
            ? await SuggestValuesAsync(caller, text, caret, before, terms.Find(name), language, cancellationToken)
            : SuggestNames(text, caret, token);
    }

    private FilterSuggestion[] SuggestNames(string text, int caret, FilterToken? token)
    {
        if (token?.IsPhrase == true)
        {
            return [];
        }

        var start = token?.NameStart ?? caret;
        var typed = text[start..caret].ToLowerInvariant();
        var names = terms.All.Where(term => term.Names.Any(name => name.StartsWith(typed, StringComparison.Ordinal)))
            .Select(term => Suggestion(text, start, caret, $"{term.Name}:", term.Description, isComplete: false));
        // A value such as waiting is known without its term.
        var values = typed.Length < 2
            ? []
            : terms.All.SelectMany(term => term.Choices.Where(choice => choice.Name.StartsWith(typed, StringComparison.Ordinal))
                .Select(choice => Suggestion(text, start, caret, $"{term.Name}:{choice.Name}", choice.Description, isComplete: true)));
        return [.. names.Concat(values).Take(MaxSuggestions)];
    }

    private async Task<FilterSuggestion[]> SuggestValuesAsync(
        Caller caller, string text, int caret, string before, FilterTerm? term, CultureInfo language, CancellationToken cancellationToken)
    {
        if (term is null)
        {
            return [];
        }

        // The last value begins after the last colon or comma that is not in a quotation.
        var start = StartOfValue(before);
        var typed = before[start..].TrimStart('"');
        var values = term.Choices.Count > 0
            ? [.. term.Choices.Where(choice => choice.Name.StartsWith(typed, StringComparison.OrdinalIgnoreCase))
                .Select(choice => (choice.Name, choice.Description))]
            : (await FindValuesAsync(caller, term, typed, language, cancellationToken)).Select(value => (Name: value, term.Description));
        return
        [
            .. values.Take(MaxSuggestions).Select(
                value => Suggestion(text, start, caret, FilterText.Quote(value.Name), value.Description, isComplete: true)),
        ];
    }

    private async Task<IEnumerable<string>> FindValuesAsync(
        Caller caller, FilterTerm term, string typed, CultureInfo language, CancellationToken cancellationToken)
    {
        if (term.IsTags)
        {
            return await session.QueryOnReplicaAsync(TagsSql, row => row.Text(), cancellationToken, caller.OrganizationId, typed);
        }

        if (term.Place is not { } place)
        {
            return [];
        }

        var found = await session.QueryOnReplicaAsync(
            PlacesSql, row => row.Text(), cancellationToken, caller.OrganizationId, EnumNames<PlaceKind>.Of(place), typed);
        return place == PlaceKind.Country
            ? found.Select(country => Countries.NameOf(country, language)).Distinct(StringComparer.Ordinal)
            : found;
    }

    private static int StartOfValue(string before)
    {
        var token = FilterScanner.Scan(before)[^1];
        return token.Items.Count > 0 && token.Items[^1].End == before.Length ? token.Items[^1].Start : before.Length;
    }

    private static FilterSuggestion Suggestion(string text, int start, int caret, string written, string description, bool isComplete)
    {
        var after = text[caret..];
        var blank = isComplete && !after.StartsWith(' ') ? " " : "";
        return new FilterSuggestion(
            written, description, text[..start] + written + blank + after,
            start + written.Length + (isComplete ? 1 : 0));
    }
}

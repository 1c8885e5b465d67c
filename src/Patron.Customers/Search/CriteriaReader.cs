using Npgsql;
using Patron.Customers.Accounts;
using Patron.Customers.Search.Filters;
using Patron.Customers.Segments;
using Patron.Shared.Background;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>
/// Checks criteria and makes conditions of them, for everybody who finds customers by criteria. A filter that is no longer valid, because a
/// module with its terms is gone, matches nobody.
/// </summary>
public sealed class CriteriaReader(
    FilterTerms terms, DatabaseSession session, IAccountDirectory directory, CompletedMigrations finished, TimeProvider time)
{
    private const string FilterField = "filter";
    private const string SegmentField = "segment";

    internal CompletedMigrations Finished => finished;

    /// <summary>Whether records hold the names, addresses and phones of their accounts, so that they can be found by them.</summary>
    internal bool AreCopiesStored => directory.KeepsCopies;

    /// <summary>Adds an error for each invalid criterion; the filter has the field <c>filter</c>.</summary>
    internal void Check(CustomerCriteria criteria, FieldErrors errors)
    {
        criteria.Check(errors);
        foreach (var message in criteria.Filter is { } filter ? Problems(filter) : [])
        {
            errors.Add(FilterField, message);
        }
    }

    /// <summary>What is wrong with the text of a filter, as sentences.</summary>
    internal IReadOnlyList<string> Problems(string text)
    {
        var filter = terms.Parse(text);
        if (filter.Errors.Count > 0)
        {
            return [.. filter.Errors.Select(error => error.Message)];
        }

        if (filter.Parts.Count == 0)
        {
            return ["There's nothing to search for in this filter. It would match every customer."];
        }

        return directory.KeepsCopies || !filter.Parts.Any(part => IsOfAccount(part))
            ? []
            : ["The accounts service keeps names, email addresses, phones and languages. Filter customers by other terms."];
    }

    /// <summary>
    /// The criteria with the filter of the segment that they name. 422 where the caller has no such segment, or its filter is no longer
    /// valid.
    /// </summary>
    internal async Task<Result<CustomerCriteria>> FindSegmentAsync(
        Caller caller, CustomerCriteria criteria, CancellationToken cancellationToken)
    {
        if (criteria.Segment is not { } uid)
        {
            return criteria;
        }

        if (await SegmentRows.FindAsync(session, caller, uid, cancellationToken) is not { } segment)
        {
            return Error.Invalid(SegmentField, "There's no such segment.");
        }

        var problems = Problems(segment.Filter);
        return problems.Count > 0
            ? Error.Invalid(SegmentField, $"Change the filter of {segment.Name} first. {problems[0]}")
            : criteria with { Segment = null, Filter = CustomerFilter.Join(segment.Filter, criteria.Filter) };
    }

    /// <summary>The conditions for checked criteria, whose segment was found.</summary>
    internal async Task<CustomerConditions> ReadAsync(
        NpgsqlConnection connection, Guid organizationId, CustomerCriteria criteria, MatchingAccounts? accounts,
        CancellationToken cancellationToken)
    {
        var countries = criteria.Country is { } country
            ? await CountryTexts.FindAsync(connection, organizationId, country, criteria.WholePlaces, cancellationToken)
            : null;
        var hasTagKeys = finished.Contains(TagKeys.Name);
        if (criteria.Filter is not { } text)
        {
            return new CustomerConditions(organizationId, criteria, hasTagKeys, accounts, countries);
        }

        var filter = terms.ParseStored(text);
        var filterCountries = await FindCountriesAsync(connection, organizationId, filter, cancellationToken);
        return new CustomerConditions(
            organizationId, criteria, hasTagKeys, accounts, countries,
            add => ToSql(filter, new FilterSql(add, time.GetUtcNow(), hasTagKeys, filterCountries)))
        {
            AreCovered = filter.Parts is [{ Term.IsCovered: true, IsNegated: false }],
        };
    }

    private static bool IsOfAccount(FilterPart part) => part.Term is null || part.Term.Subject == FilterSubject.Account;

    private static IEnumerable<string> ToSql(CustomerFilter filter, FilterSql sql)
    {
        if (filter.Errors.Count > 0 || filter.Parts.Count == 0)
        {
            return ["false"];
        }

        return filter.Parts.Select(part => part.Term is { } term ? term.ToSql(sql, part.Values, part.IsNegated) : WordsSql(part, sql));
    }

    private static string WordsSql(FilterPart part, FilterSql sql)
    {
        var condition = part.IsPhrase ? sql.Search.Phrase(part.Values[0]) : sql.Search.Anywhere(part.Values[0]);
        return part.IsNegated ? $"NOT ({condition})" : $"({condition})";
    }

    private static async Task<Dictionary<string, string[]>> FindCountriesAsync(
        NpgsqlConnection connection, Guid organizationId, CustomerFilter filter, CancellationToken cancellationToken)
    {
        var found = new Dictionary<string, string[]>(StringComparer.Ordinal);
        foreach (var text in filter.Parts.Where(part => part.Term?.Place == PlaceKind.Country).SelectMany(part => part.Values))
        {
            found[text] = await CountryTexts.FindAsync(connection, organizationId, text, whole: false, cancellationToken);
        }

        return found;
    }
}

using System.Text;
using System.Text.Json;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>
/// The accounts that match criteria on names, email and phone, where rows hold none of these: those that match the query, and those that
/// match the single fields. A linked record matches by its own columns or by its account.
/// </summary>
internal sealed record MatchingAccounts(IReadOnlyList<Guid> ByQuery, IReadOnlyList<Guid> ByFields);

/// <summary>
/// Builds a SQL condition on <c>customers.customers</c> and its parameters from criteria. Only given criteria become SQL, so each
/// combination is a statement with its own plan. Parts of names use the trigram index (<c>ix_customers_search</c>), tags use
/// <c>ix_customers_tag_keys</c>; places are first looked up among the few counted names and then compared as a whole
/// (<c>ix_customers_place</c>, <c>ix_customers_city</c>).
/// </summary>
internal sealed class CustomerConditions
{
    private readonly StringBuilder sql = new("organization_id = $1");
    private readonly List<(object Value, NpgsqlDbType Type)> values = [];
    private readonly TextSearch search;

    /// <param name="countries">The countries that the criterion means, as they were written; null without one.</param>
    /// <param name="addFilter">Adds the conditions of the filter.</param>
    public CustomerConditions(
        Guid organizationId, CustomerCriteria criteria, bool hasTagKeys, MatchingAccounts? accounts, string[]? countries,
        Func<Func<object, NpgsqlDbType, string>, IEnumerable<string>>? addFilter = null)
    {
        values.Add((organizationId, NpgsqlDbType.Uuid));
        search = new TextSearch("search_text", text => Add(text, NpgsqlDbType.Text));
        AddPersonalCriteria(accounts?.ByQuery, [.. QueryCondition(criteria.Query)]);
        AddPersonalCriteria(
            accounts?.ByFields,
            [
                .. FieldCondition(criteria.FirstName, 2, 1), .. FieldCondition(criteria.LastName, 3, 2),
                .. FieldCondition(criteria.Email, 5, 4), .. FieldCondition(criteria.Phone, 1, 5, 6)]);
        AddPersonalCriteria(accounts: null, [.. FieldCondition(criteria.CompanyName, 4, 3)]);
        AddPlace("city", criteria.City, criteria.WholePlaces);
        AddPlace("state", criteria.State, criteria.WholePlaces);
        AddCountries(countries);
        AddFlag("is_active", criteria.IsActive);
        AddFlag("is_verified", criteria.IsVerified);
        AddWord("status", criteria.Status);
        AddWord("customer_type", criteria.CustomerType);
        AddFlag("is_deleted", criteria.WithoutDeleted ? false : null);
        AddTags(criteria.Tags, criteria.AllTags, hasTagKeys);
        AddTime("created_at >=", criteria.CreatedAfter);
        AddTime("created_at <=", criteria.CreatedBefore);
        foreach (var condition in addFilter?.Invoke(Add) ?? [])
        {
            And(condition);
        }
    }

    /// <summary>Whether an index alone answers how many match.</summary>
    public bool AreCovered { get; init; }

    /// <summary>The condition; its parameters start at <c>$1</c>.</summary>
    public string Sql => sql.ToString();

    /// <summary>Tells these conditions from others: their SQL and its values.</summary>
    public string Key => Sql + JsonSerializer.Serialize(values.ConvertAll(value => value.Value));

    /// <summary>A batch command with the condition's parameters followed by further ones.</summary>
    public NpgsqlBatchCommand Command(string text, params ReadOnlySpan<long> additional)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var (value, type) in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        }

        foreach (var value in additional)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        }

        return command;
    }

    /// <summary>The name of an additional parameter, counted from 1 after the condition's own.</summary>
    public string AdditionalParameter(int number) => $"${values.Count + number}";

    // Matches the row's own values, or those of one of these accounts.
    private void AddPersonalCriteria(IReadOnlyList<Guid>? accounts, List<string> conditions)
    {
        if (conditions.Count > 0)
        {
            var own = string.Join(" AND ", conditions);
            And(
                accounts is { Count: > 0 }
                    ? $"(({own}) OR user_id = ANY ({Add(accounts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)}))"
                    : own);
        }
    }

    private IEnumerable<string> QueryCondition(string? query) => query is null ? [] : [search.Anywhere(query)];

    private IEnumerable<string> FieldCondition(string? text, int added, params int[] lines) =>
        text is null ? [] : [search.InLines(text, lines, added)];

    private void AddPlace(string dimension, string? name, bool whole)
    {
        if (name is not null)
        {
            var parameter = Add(name, NpgsqlDbType.Text);
            var match = whole
                ? $"search_key = btrim(shared.search_fold({parameter}))"
                : $"search_key LIKE '%' || shared.search_plain({parameter}) || '%'";
            And(
                $"{dimension} = ANY (ARRAY(SELECT DISTINCT key FROM customers.counted WHERE organization_id = $1 AND dimension = '{dimension}' AND {match}))");
        }
    }

    private void AddCountries(string[]? countries)
    {
        if (countries is not null)
        {
            And($"country = ANY ({Add(countries, NpgsqlDbType.Array | NpgsqlDbType.Text)})");
        }
    }

    private void AddFlag(string column, bool? value)
    {
        if (value is { } expected)
        {
            And(expected ? column : $"NOT {column}");
        }
    }

    private void AddWord<T>(string column, T? value)
        where T : struct, Enum
    {
        if (value is { } expected)
        {
            And($"{column} = {Add(EnumNames<T>.Of(expected), NpgsqlDbType.Text)}");
        }
    }

    private void AddTags(string[] tags, bool all, bool hasKeys)
    {
        if (tags.Length > 0)
        {
            var (comparison, expected) = (all ? "@>" : "&&", Add(tags, NpgsqlDbType.Array | NpgsqlDbType.Text));
            And(hasKeys ? $"customers.tag_keys(tags) {comparison} customers.tag_keys({expected})" : $"tags {comparison} {expected}");
        }
    }

    private void AddTime(string comparison, DateTimeOffset? time)
    {
        if (time is { } moment)
        {
            And($"{comparison} {Add(moment.ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        }
    }

    /// <summary>Adds a parameter that each statement has, and returns its name.</summary>
    public string Add(object value, NpgsqlDbType type)
    {
        values.Add((value, type));
        return $"${values.Count}";
    }

    private void And(string condition) => sql.Append(" AND ").Append(condition);
}

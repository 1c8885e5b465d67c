using System.Text;
using Npgsql;
using NpgsqlTypes;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>
/// The accounts that criteria on names, e-mail and phone mean, where rows hold none of these: those that fit the query, and those that fit the
/// other ones. A linked record matches by its own columns or by its account.
/// </summary>
internal sealed record SoughtAccounts(IReadOnlyList<Guid> ByQuery, IReadOnlyList<Guid> ByFields);

/// <summary>
/// Criteria as a SQL condition on <c>customers.customers</c> and its parameters. Only what is asked for becomes SQL, so each
/// combination is a statement of its own with a plan of its own. Parts of names go through the trigram index
/// (<c>ix_customers_search</c>), tags through <c>ix_customers_tag_keys</c>; places are first looked up among those that are counted, by
/// their few names, and then compared whole (<c>ix_customers_place</c>, <c>ix_customers_city</c>).
/// </summary>
internal sealed class CustomerConditions
{
    private readonly StringBuilder sql = new("organization_id = $1");
    private readonly List<(object Value, NpgsqlDbType Type)> values = [];
    private readonly TextSearch search;

    public CustomerConditions(Guid organizationId, CustomerCriteria criteria, bool hasTagKeys, SoughtAccounts? accounts)
    {
        values.Add((organizationId, NpgsqlDbType.Uuid));
        search = new TextSearch("search_text", text => Add(text, NpgsqlDbType.Text));
        AddPersonal(accounts?.ByQuery, [.. Query(criteria.Query)]);
        AddPersonal(
            accounts?.ByFields,
            [.. Line(criteria.FirstName, 2, 1), .. Line(criteria.LastName, 3, 2), .. Line(criteria.Email, 5, 4), .. Line(criteria.Phone, 1, 5, 6)]);
        AddPersonal(accounts: null, [.. Line(criteria.CompanyName, 4, 3)]);
        AddPlace("city", criteria.City, criteria.WholePlaces);
        AddPlace("state", criteria.State, criteria.WholePlaces);
        AddPlace("country", criteria.Country, criteria.WholePlaces);
        AddFlag("is_active", criteria.IsActive);
        AddFlag("is_verified", criteria.IsVerified);
        AddWord("status", criteria.Status);
        AddWord("customer_type", criteria.CustomerType);
        AddFlag("is_deleted", criteria.WithoutDeleted ? false : null);
        AddTags(criteria.Tags, criteria.AllTags, hasTagKeys);
        AddTime("created_at >=", criteria.CreatedAfter);
        AddTime("created_at <=", criteria.CreatedBefore);
    }

    /// <summary>The condition, with <c>$1</c> and on as parameters.</summary>
    public string Sql => sql.ToString();

    /// <summary>A command of a batch with the condition's parameters and further ones behind them.</summary>
    public NpgsqlBatchCommand Command(string text, params ReadOnlySpan<long> further)
    {
        var command = new NpgsqlBatchCommand(text);
        foreach (var (value, type) in values)
        {
            command.Parameters.Add(new NpgsqlParameter { Value = value, NpgsqlDbType = type });
        }

        foreach (var value in further)
        {
            command.Parameters.Add(new NpgsqlParameter<long> { TypedValue = value });
        }

        return command;
    }

    /// <summary>The name of the parameter that comes so many places behind the condition's own, from 1.</summary>
    public string Further(int number) => $"${values.Count + number}";

    // What a row holds itself, or what is held for it by one of these accounts.
    private void AddPersonal(IReadOnlyList<Guid>? accounts, List<string> conditions)
    {
        if (conditions.Count > 0)
        {
            var own = string.Join(" AND ", conditions);
            And(accounts is { Count: > 0 } ? $"(({own}) OR user_id = ANY ({Add(accounts.ToArray(), NpgsqlDbType.Array | NpgsqlDbType.Uuid)}))" : own);
        }
    }

    private IEnumerable<string> Query(string? query) => query is null ? [] : [search.Anywhere(query)];

    private IEnumerable<string> Line(string? text, int added, params int[] lines) =>
        text is null ? [] : [search.InLines(text, lines, added)];

    private void AddPlace(string dimension, string? name, bool whole)
    {
        if (name is not null)
        {
            var parameter = Add(name, NpgsqlDbType.Text);
            var match = whole
                ? $"search_key = btrim(shared.search_fold({parameter}))"
                : $"search_key LIKE '%' || shared.search_plain({parameter}) || '%'";
            And($"{dimension} = ANY (ARRAY(SELECT DISTINCT key FROM customers.counted WHERE organization_id = $1 AND dimension = '{dimension}' AND {match}))");
        }
    }

    private void AddFlag(string column, bool? value)
    {
        if (value is { } wanted)
        {
            And(wanted ? column : $"NOT {column}");
        }
    }

    private void AddWord<T>(string column, T? value)
        where T : struct, Enum
    {
        if (value is { } wanted)
        {
            And($"{column} = {Add(EnumNames<T>.Of(wanted), NpgsqlDbType.Text)}");
        }
    }

    private void AddTags(string[] tags, bool all, bool hasKeys)
    {
        if (tags.Length > 0)
        {
            var (comparison, wanted) = (all ? "@>" : "&&", Add(tags, NpgsqlDbType.Array | NpgsqlDbType.Text));
            And(hasKeys ? $"customers.tag_keys(tags) {comparison} customers.tag_keys({wanted})" : $"tags {comparison} {wanted}");
        }
    }

    private void AddTime(string comparison, DateTimeOffset? time)
    {
        if (time is { } moment)
        {
            And($"{comparison} {Add(moment.ToUniversalTime(), NpgsqlDbType.TimestampTz)}");
        }
    }

    private string Add(object value, NpgsqlDbType type)
    {
        values.Add((value, type));
        return $"${values.Count}";
    }

    private void And(string condition) => sql.Append(" AND ").Append(condition);
}

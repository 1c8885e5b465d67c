using System.Globalization;
using Npgsql;
using NpgsqlTypes;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Customers.Search;

/// <summary>The kinds of places, which are dimensions of the counters.</summary>
public enum PlaceKind
{
    Country,
    State,
    City,
}

/// <summary>
/// The requested places. A country, by any of its names or its code, limits states and cities to those in it; a blank one is ignored.
/// </summary>
public sealed record PlaceQuery(PlaceKind Kind, string? Country = null)
{
    public const int DefaultLimit = 1000;

    public string? Country { get; } = SearchText.NullIfEmpty(Country);

    public int Skip { get; init; }

    public int Limit { get; init; } = DefaultLimit;

    /// <summary>The language of the countries' names.</summary>
    public CultureInfo Language { get; init; } = CultureInfo.InvariantCulture;
}

/// <summary>A page of places sorted by name: states and cities as they were entered, each country under its name in the language.</summary>
public sealed record PlacePage(IReadOnlyList<string> Names, long Total);

/// <summary>
/// Lists the places of the acting organization's customers, for staff and keys with <c>customers:read</c> (403 for others). It reads the
/// counters, so the cost does not depend on the number of customers. 422 for a limit or skip out of bounds. Source 5, 'Get Available
/// Locations'.
/// </summary>
public sealed class ListPlaces(DatabaseSession session)
{
    private const string CountriesSql = """
        SELECT key FROM customers.counted WHERE organization_id = $1 AND dimension = 'country' GROUP BY key HAVING sum(customers) > 0
        """;

    private const string Sql = """
        WITH places AS MATERIALIZED (
            SELECT key FROM customers.counted
            WHERE organization_id = $1 AND dimension = $2 AND ($3::text[] IS NULL OR within = ANY ($3))
            GROUP BY key HAVING sum(customers) > 0)
        SELECT total.count, page.key
        FROM (SELECT count(*) FROM places) total
        LEFT JOIN (SELECT key FROM places ORDER BY key COLLATE "und-x-icu" OFFSET $4 LIMIT $5) page ON true
        ORDER BY page.key COLLATE "und-x-icu"
        """;

    public async Task<Result<PlacePage>> HandleAsync(Caller caller, PlaceQuery query, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var errors = new FieldErrors();
        new CustomerCriteria { Country = query.Country }.Check(errors);
        PageBounds.Check(query.Skip, query.Limit, errors);
        if (errors.Any)
        {
            return errors.ToError();
        }

        return await session.OnReplicaAsync(
            connection => query.Kind == PlaceKind.Country
                ? ReadCountriesAsync(connection, caller, query, cancellationToken)
                : ReadAsync(connection, caller, query, cancellationToken),
            cancellationToken);
    }

    private static async Task<PlacePage> ReadCountriesAsync(
        NpgsqlConnection connection, Caller caller, PlaceQuery query, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(CountriesSql, connection);
        command.Parameters.AddWithValue(caller.OrganizationId);
        var texts = await command.ReadAllAsync(row => row.Text(), cancellationToken);
        var names = texts.Select(text => Countries.NameOf(text, query.Language))
            .Distinct(StringComparer.Ordinal).Order(StringComparer.InvariantCulture).ToList();
        return new PlacePage([.. names.Skip(query.Skip).Take(query.Limit)], names.Count);
    }

    private static async Task<PlacePage> ReadAsync(
        NpgsqlConnection connection, Caller caller, PlaceQuery query, CancellationToken cancellationToken)
    {
        var countries = query.Country is { } country
            ? await CountryTexts.FindAsync(connection, caller.OrganizationId, country, whole: true, cancellationToken)
            : null;
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue(caller.OrganizationId);
        command.Parameters.AddWithValue(EnumNames<PlaceKind>.Of(query.Kind));
        command.Parameters.Add(OptionalParameter.Of(countries, NpgsqlDbType.Array | NpgsqlDbType.Text));
        command.Parameters.AddWithValue((long)query.Skip);
        command.Parameters.AddWithValue((long)query.Limit);
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var names = new List<string>();
        var total = 0L;
        while (await reader.ReadAsync(cancellationToken))
        {
            total = reader.GetInt64(0);
            if (!reader.IsDBNull(1))
            {
                names.Add(reader.GetString(1));
            }
        }

        return new PlacePage(names, total);
    }
}

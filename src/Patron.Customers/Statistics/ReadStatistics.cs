using System.Globalization;
using Npgsql;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Statistics;

/// <summary>A value and the number of customers with it.</summary>
public readonly record struct ValueCount(string Value, long Customers);

/// <summary>Statistics of an organization's customers, including deleted ones. Days, weeks (from Monday) and months are in UTC.</summary>
public sealed record CustomerStatistics
{
    public long Total { get; init; }

    public long Active { get; init; }

    public long Verified { get; init; }

    public long NewToday { get; init; }

    public long NewThisWeek { get; init; }

    public long NewThisMonth { get; init; }

    /// <summary>Each country under its name in the language, whatever it was written as; largest first.</summary>
    public IReadOnlyList<ValueCount> Countries { get; init; } = [];

    /// <summary>The hundred largest.</summary>
    public IReadOnlyList<ValueCount> Cities { get; init; } = [];

    public IReadOnlyList<ValueCount> Genders { get; init; } = [];

    /// <summary>Years since the mean birth date, one decimal; null where no birth date is known.</summary>
    public double? AverageAge { get; init; }
}

/// <summary>
/// Reads the statistics of the acting organization, for staff and keys with <c>customers:read</c> (403 for others), from the counters, so
/// that they are exact and cost the same for any number of customers. Source 5, 'Get Statistics'; contract, 'Dialect: customers'.
/// </summary>
public sealed class ReadStatistics(DatabaseSession session, TimeProvider time)
{
    private const double DaysPerYear = 365.2425;

    // One statement, so that all figures are of one moment. Uses pk_counters; only the cities are many.
    private const string Sql = """
        WITH counted AS NOT MATERIALIZED (SELECT dimension, key, customers, days FROM customers.counted WHERE organization_id = $1)
        SELECT dimension, key, sum(customers)::bigint AS customers, sum(days)::bigint FROM counted
        WHERE dimension IN ('activity', 'birth', 'gender', 'country') GROUP BY 1, 2 HAVING sum(customers) > 0
        UNION ALL
        SELECT dimension, key, sum(customers)::bigint, 0 FROM counted WHERE dimension = 'created' AND key >= $2 GROUP BY 1, 2
        UNION ALL
        (SELECT dimension, key, sum(customers)::bigint, 0 FROM counted WHERE dimension = 'city' GROUP BY 1, 2
         HAVING sum(customers) > 0 ORDER BY 3 DESC, 2 LIMIT 100)
        ORDER BY customers DESC, key
        """;

    public async Task<Result<CustomerStatistics>> HandleAsync(
        Caller caller, CultureInfo language, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var counts = await session.OnReplicaAsync(
            connection => ReadAsync(connection, caller.OrganizationId, today, cancellationToken), cancellationToken);
        return Summarize(counts, today, language);
    }

    private static async Task<List<Count>> ReadAsync(
        NpgsqlConnection connection, Guid organizationId, DateOnly today, CancellationToken cancellationToken)
    {
        await using var command = new NpgsqlCommand(Sql, connection);
        command.Parameters.AddWithValue(organizationId);
        var (week, month) = (Monday(today), FirstOfMonth(today));
        command.Parameters.AddWithValue(Key(week < month ? week : month));
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        var counts = new List<Count>();
        while (await reader.ReadAsync(cancellationToken))
        {
            counts.Add(new Count(reader.GetString(0), reader.GetString(1), reader.GetInt64(2), reader.GetInt64(3)));
        }

        return counts;
    }

    private static CustomerStatistics Summarize(List<Count> counts, DateOnly today, CultureInfo language)
    {
        var activity = counts.Where(count => count.Dimension == "activity").ToList();
        var created = counts.Where(count => count.Dimension == "created").ToList();
        return new CustomerStatistics
        {
            Total = activity.Sum(count => count.Customers),
            Active = activity.Where(count => count.Key.StartsWith("active", StringComparison.Ordinal)).Sum(count => count.Customers),
            Verified = activity.Where(count => count.Key.EndsWith(" verified", StringComparison.Ordinal)).Sum(count => count.Customers),
            NewToday = Since(today),
            NewThisWeek = Since(Monday(today)),
            NewThisMonth = Since(FirstOfMonth(today)),
            Countries = CountryCounts(ValueCounts(counts, "country"), language),
            Cities = ValueCounts(counts, "city"),
            Genders = ValueCounts(counts, "gender"),
            AverageAge = counts.Find(count => count.Dimension == "birth") is { } births ? AgeOf(births, today) : null,
        };

        long Since(DateOnly day) => created.Where(count => string.CompareOrdinal(count.Key, Key(day)) >= 0).Sum(count => count.Customers);
    }

    private static List<ValueCount> ValueCounts(List<Count> counts, string dimension) =>
        [.. counts.Where(count => count.Dimension == dimension).Select(count => new ValueCount(count.Key, count.Customers))];

    private static List<ValueCount> CountryCounts(IEnumerable<ValueCount> counts, CultureInfo language) =>
        [.. counts.GroupBy(count => Countries.NameOf(count.Value, language), StringComparer.Ordinal)
            .Select(country => new ValueCount(country.Key, country.Sum(count => count.Customers)))
            .OrderByDescending(country => country.Customers).ThenBy(country => country.Value, StringComparer.Ordinal)];

    private static double AgeOf(Count births, DateOnly today)
    {
        var daysSinceEpoch = today.DayNumber - DateOnly.FromDateTime(DateTime.UnixEpoch).DayNumber;
        return Math.Round((daysSinceEpoch - ((double)births.Days / births.Customers)) / DaysPerYear, 1, MidpointRounding.AwayFromZero);
    }

    private static DateOnly Monday(DateOnly day) => day.AddDays(-(((int)day.DayOfWeek + 6) % 7));

    private static DateOnly FirstOfMonth(DateOnly day) => new(day.Year, day.Month, 1);

    private static string Key(DateOnly day) => day.ToString("O", CultureInfo.InvariantCulture);

    private sealed record Count(string Dimension, string Key, long Customers, long Days);
}

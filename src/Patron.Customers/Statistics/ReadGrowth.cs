using System.Globalization;
using Patron.Customers.Customers;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Statistics;

/// <summary>The length of a period.</summary>
public enum GrowthUnit
{
    Day,
    Week,
    Month,
}

/// <summary>The customers that were created in a period, by its first day, and all that had been created by its end.</summary>
public sealed record GrowthPeriod(DateOnly Start, long Created, long Total);

/// <summary>The largest values, and the number of customers with any other one.</summary>
public sealed record TopValues(IReadOnlyList<ValueCount> Top, long Others);

/// <summary>Customers whose age in years is from <paramref name="From"/> to <paramref name="From"/> + 9, by the year of birth.</summary>
public sealed record AgeGroup(int From, long Customers);

/// <summary>How the customers of an organization grow, and who they are; deactivated ones included, erased ones not.</summary>
public sealed record CustomerGrowth(
    IReadOnlyList<GrowthPeriod> Periods, TopValues Countries, TopValues Cities, IReadOnlyList<AgeGroup> Ages,
    IReadOnlyList<ValueCount> Genders, long Verified, long Total);

/// <summary>Customers that the ERP has, and those of them that have an account.</summary>
public sealed record LinkedCounts(long FromErp, long FromErpWithAccount);

/// <summary>
/// Reads the growth of the acting organization, for staff and keys with <c>customers:read</c> (403 for others), from the counters, so that
/// it is exact and costs the same for any number of customers. Days, weeks (from Monday) and months are in UTC. 422 for a number of periods
/// out of bounds.
/// </summary>
public sealed class ReadGrowth(DatabaseSession database, TimeProvider time)
{
    public const int MaxPeriods = 366;

    private const int TopCount = 10;
    private const int YearsOfGroup = 10;

    // One statement, so that all figures are of one moment. Only the cities are many, and they are added up here.
    private const string Sql = """
        WITH counted AS NOT MATERIALIZED (SELECT dimension, key, customers FROM customers.counted WHERE organization_id = $1),
        cities AS (
            SELECT key, sum(customers)::bigint AS customers FROM counted WHERE dimension = 'city' GROUP BY 1 HAVING sum(customers) > 0),
        top_cities AS (SELECT key, customers FROM cities ORDER BY customers DESC, key LIMIT 10)
        SELECT dimension, key, sum(customers)::bigint AS customers FROM counted
        WHERE dimension IN ('activity', 'created', 'birth_year', 'gender', 'country') GROUP BY 1, 2 HAVING sum(customers) > 0
        UNION ALL SELECT 'city', key, customers FROM top_cities
        UNION ALL SELECT 'other cities', '',
            (coalesce((SELECT sum(customers) FROM cities), 0) - coalesce((SELECT sum(customers) FROM top_cities), 0))::bigint
        ORDER BY 3 DESC, 2
        """;

    private const string LinksSql = """
        SELECT coalesce(sum(customers), 0)::bigint, coalesce(sum(customers) FILTER (WHERE key = 'both'), 0)::bigint
        FROM customers.counted WHERE organization_id = $1 AND dimension = 'link' AND key IN ('erp', 'both')
        """;

    /// <summary>The last periods, oldest first; the present one is the last. Countries have their names in the language.</summary>
    public async Task<Result<CustomerGrowth>> HandleAsync(
        Caller caller, GrowthUnit unit, int periods, CultureInfo language, CancellationToken cancellationToken)
    {
        if (CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (periods is < 1 or > MaxPeriods)
        {
            return Error.Invalid("periods", $"Must be a number from 1 to {MaxPeriods}.");
        }

        var counts = await database.QueryOnReplicaAsync(
            Sql, row => new DimensionCount(row.Text(), row.Text(), row.Long()), cancellationToken, caller.OrganizationId);
        return Summarize(counts, unit, periods, DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime), language);
    }

    /// <summary>What the customers are linked to, for the figures of activation.</summary>
    public async Task<Result<LinkedCounts>> CountLinkedAsync(Caller caller, CancellationToken cancellationToken) =>
        CustomerAccess.RefuseUnlessStaff(caller, Scopes.ReadCustomers) is { } refused
            ? refused
            : (await database.QueryOnReplicaAsync(
                LinksSql, row => new LinkedCounts(row.Long(), row.Long()), cancellationToken, caller.OrganizationId)).Single();

    private static CustomerGrowth Summarize(
        List<DimensionCount> counts, GrowthUnit unit, int periods, DateOnly today, CultureInfo language)
    {
        var activity = counts.Where(count => count.Dimension == "activity").ToList();
        var countries = Of(counts, "country").GroupBy(count => Countries.NameOf(count.Value, language), StringComparer.Ordinal)
            .Select(country => new ValueCount(country.Key, country.Sum(count => count.Customers)))
            .OrderByDescending(country => country.Customers).ThenBy(country => country.Value, StringComparer.Ordinal).ToList();
        return new CustomerGrowth(
            PeriodsOf(counts, unit, periods, today),
            new TopValues([.. countries.Take(TopCount)], countries.Skip(TopCount).Sum(country => country.Customers)),
            new TopValues(Of(counts, "city"), counts.Where(count => count.Dimension == "other cities").Sum(count => count.Customers)),
            AgesOf(counts, today),
            Of(counts, "gender"),
            activity.Where(count => count.Key.EndsWith(" verified", StringComparison.Ordinal)).Sum(count => count.Customers),
            activity.Sum(count => count.Customers));
    }

    private static List<ValueCount> Of(List<DimensionCount> counts, string dimension) =>
        [.. counts.Where(count => count.Dimension == dimension).Select(count => new ValueCount(count.Key, count.Customers))];

    private static List<AgeGroup> AgesOf(List<DimensionCount> counts, DateOnly today) =>
    [
        .. counts.Where(count => count.Dimension == "birth_year")
            .GroupBy(count => Math.Max(today.Year - int.Parse(count.Key, CultureInfo.InvariantCulture), 0) / YearsOfGroup * YearsOfGroup)
            .Select(group => new AgeGroup(group.Key, group.Sum(count => count.Customers))).OrderBy(group => group.From),
    ];

    private static List<GrowthPeriod> PeriodsOf(List<DimensionCount> counts, GrowthUnit unit, int periods, DateOnly today)
    {
        var created = counts.Where(count => count.Dimension == "created")
            .GroupBy(count => StartOf(DateOnly.ParseExact(count.Key, "O", CultureInfo.InvariantCulture), unit))
            .ToDictionary(group => group.Key, group => group.Sum(count => count.Customers));
        var first = Before(StartOf(today, unit), unit, periods - 1);
        var total = created.Where(period => period.Key < first).Sum(period => period.Value);
        var shown = new List<GrowthPeriod>(periods);
        for (var number = periods - 1; number >= 0; number--)
        {
            var start = Before(StartOf(today, unit), unit, number);
            var added = created.GetValueOrDefault(start);
            total += added;
            shown.Add(new GrowthPeriod(start, added, total));
        }

        return shown;
    }

    private static DateOnly StartOf(DateOnly day, GrowthUnit unit) => unit switch
    {
        GrowthUnit.Week => day.AddDays(-(((int)day.DayOfWeek + 6) % 7)),
        GrowthUnit.Month => new DateOnly(day.Year, day.Month, 1),
        _ => day,
    };

    private static DateOnly Before(DateOnly start, GrowthUnit unit, int number) => unit switch
    {
        GrowthUnit.Week => start.AddDays(-7 * number),
        GrowthUnit.Month => start.AddMonths(-number),
        _ => start.AddDays(-number),
    };

    private sealed record DimensionCount(string Dimension, string Key, long Customers);
}

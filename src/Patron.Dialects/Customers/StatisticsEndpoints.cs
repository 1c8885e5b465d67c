using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Statistics;
using Patron.Dialects.OpenApi;
using Patron.Dialects.Profiles;
using Patron.Web.Http;

namespace Patron.Dialects.Customers;

/// <summary>The figures of all customers, as source 5 prints them.</summary>
public sealed record StatisticsAnswer(
    long TotalCustomers, long ActiveCustomers, long VerifiedCustomers, long NewCustomersToday, long NewCustomersThisWeek,
    long NewCustomersThisMonth,
    IReadOnlyDictionary<string, long> CustomersByCountry, IReadOnlyDictionary<string, long> CustomersByCity,
    double? AverageCustomerAge, IReadOnlyDictionary<string, long> GenderDistribution) : StatsAnswer
{
    public static StatisticsAnswer From(CustomerStatistics statistics) => new(
        statistics.Total, statistics.Active, statistics.Verified, statistics.NewToday, statistics.NewThisWeek, statistics.NewThisMonth,
        ToDictionary(statistics.Countries), ToDictionary(statistics.Cities), statistics.AverageAge, ToDictionary(statistics.Genders));

    // A dictionary without removals enumerates in insertion order, so the largest share stays first.
    private static Dictionary<string, long> ToDictionary(IReadOnlyList<ValueCount> shares) =>
        shares.ToDictionary(share => share.Value, share => share.Customers, StringComparer.Ordinal);
}

/// <summary>Statistics of customers.</summary>
internal static class StatisticsEndpoints
{
    public static void MapStatistics(this RouteGroupBuilder customers) =>
        customers.MapGet("/statistics/overview", ReadAsync)
            .Describe(
                "get_customer_statistics", "Get statistics",
                "For staff: the figures of all customers of the organization, deleted ones among the total. Exact to the last write. Days, weeks (from Monday) and months are those of UTC; of the cities the hundred largest; the average age is in years since the mean birth date. Countries have their names in the language of Accept-Language, German or else English.")
            .Answers<StatisticsAnswer>(200, "The figures.", CustomerExamples.Statistics)
            .Fails(401, 403, 404, 503);

    private static async Task<IResult> ReadAsync(ReadStatistics read, HttpContext http, CancellationToken cancellationToken)
    {
        var language = RequestLanguage.Negotiate(http.Request);
        return (await read.HandleAsync(http.Caller(), language, cancellationToken)).ToOk(statistics =>
        {
            http.Response.SetLanguage(language);
            return StatisticsAnswer.From(statistics);
        });
    }
}

using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Patron.Customers.Statistics;
using Patron.Dialects.OpenApi;
using Patron.Dialects.Portal;
using Patron.Erp.Runs;
using Patron.Linking.Activation;
using Patron.Shared;
using Patron.Shared.Results;
using Patron.Shared.Text;
using Patron.Web.Http;

namespace Patron.Dialects.Staff;

/// <summary>The customers of a period, by its first day.</summary>
public sealed record GrowthPeriodAnswer(DateOnly Start, long CreatedCustomers, long TotalCustomers);

/// <summary>The largest values with their customers, and all others together.</summary>
public sealed record TopValuesAnswer(IReadOnlyDictionary<string, long> Top, long Others)
{
    internal static TopValuesAnswer From(TopValues values) => new(ToDictionary(values.Top), values.Others);

    // A dictionary without removals enumerates in insertion order, so the largest stays first.
    internal static Dictionary<string, long> ToDictionary(IReadOnlyList<ValueCount> counts) =>
        counts.ToDictionary(count => count.Value, count => count.Customers, StringComparer.Ordinal);
}

/// <summary>The customers of ten years of age.</summary>
public sealed record AgeGroupAnswer(int FromAge, int ToAge, long Customers);

/// <summary>How the customers grow, and who they are.</summary>
public sealed record GrowthAnswer(
    IReadOnlyList<GrowthPeriodAnswer> Periods, TopValuesAnswer Countries, TopValuesAnswer Cities, IReadOnlyList<AgeGroupAnswer> Ages,
    IReadOnlyDictionary<string, long> Genders, long VerifiedCustomers, long TotalCustomers)
{
    private const int YearsOfGroup = 10;

    internal static GrowthAnswer From(CustomerGrowth growth) => new(
        [.. growth.Periods.Select(period => new GrowthPeriodAnswer(period.Start, period.Created, period.Total))],
        TopValuesAnswer.From(growth.Countries), TopValuesAnswer.From(growth.Cities),
        [.. growth.Ages.Select(group => new AgeGroupAnswer(group.From, group.From + YearsOfGroup - 1, group.Customers))],
        TopValuesAnswer.ToDictionary(growth.Genders), growth.Verified, growth.Total);
}

/// <summary>The sign-ins of a day.</summary>
public sealed record DaySignInsAnswer(DateOnly Day, long SignIns);

/// <summary>How customers come, and how many sign in.</summary>
public sealed record ActivationFiguresAnswer(
    long Synced, long Invited, long Came, long Linked, long Active, IReadOnlyList<DaySignInsAnswer> SignInsByDay)
{
    internal static ActivationFiguresAnswer From(ActivationFigures figures) => new(
        figures.Synced, figures.Invited, figures.Came, figures.Linked, figures.Active,
        [.. figures.SignIns.Select(day => new DaySignInsAnswer(day.Day, day.SignIns))]);
}

/// <summary>The numbers behind the pictures of the staff's start page.</summary>
internal static class GrowthEndpoints
{
    private const int DefaultPeriods = 30;

    private const string GrowthExample = """
        {"periods": [{"start": "2026-11-29", "created_customers": 12, "total_customers": 1250}], "countries": {"top": {"Germany": 1250}, "others": 0}, "cities": {"top": {"Berlin": 1000}, "others": 250}, "ages": [{"from_age": 30, "to_age": 39, "customers": 400}], "genders": {"female": 700}, "verified_customers": 900, "total_customers": 1250}
        """;

    private const string ActivationExample = """
        {"synced": 1000, "invited": 800, "came": 500, "linked": 550, "active": 200, "sign_ins_by_day": [{"day": "2026-11-29", "sign_ins": 42}]}
        """;

    public static void MapGrowth(this IEndpointRouteBuilder app)
    {
        var statistics = app.MapGroup("/api/v1/statistics").WithTags("Inbox").RequireAuthorization().AllowCompression();
        statistics.MapGet("/growth", ReadGrowthAsync).ServedBy(ProcessRole.All, ProcessRole.Customers)
            .Describe(
                "get_growth", "Get the growth of customers",
                "For staff: customers over time by day, week (from Monday) or month in UTC, the largest countries and cities, ages by year of birth, genders and the verified share. Deactivated customers count, erased ones don't. Exact to the last write.")
            .Answers<GrowthAnswer>(200, "The figures.", GrowthExample)
            .Fails(401, 403, 404, 422, 503);
        statistics.MapGet("/activation", ReadActivationAsync).ServedBy(ProcessRole.All)
            .Describe(
                "get_activation_figures", "Get the figures of activation",
                "For staff of the home organization: how many customers of the ERP were invited and came, and the sign-ins of the last 30 days.")
            .Answers<ActivationFiguresAnswer>(200, "The figures.", ActivationExample)
            .Fails(401, 403, 404, 503);
        statistics.MapGet("/sync", ListRunsAsync).ServedBy(ProcessRole.All)
            .Describe(
                "list_finished_syncs", "List finished sync runs",
                "For staff of the home organization: the last 30 runs that have ended, oldest first.")
            .Answers<SyncRunsAnswer>(200, "The runs.", $$"""{"success": true, "data": []}""")
            .Fails(401, 403, 404, 503);
    }

    private static async Task<IResult> ReadGrowthAsync(
        ReadGrowth read, HttpContext http, CancellationToken cancellationToken, string? unit = null, int periods = DefaultPeriods)
    {
        var (language, wanted) = (RequestLanguage.Negotiate(http.Request), GrowthUnit.Day);
        if (unit is not null && !EnumNames<GrowthUnit>.TryRead(unit, out wanted))
        {
            return Answers.Problem(Error.Invalid("unit", EnumNames<GrowthUnit>.Rule));
        }

        http.Response.SetLanguage(language);
        return (await read.HandleAsync(http.Caller(), wanted, periods, language, cancellationToken)).ToOk(GrowthAnswer.From);
    }

    private static async Task<IResult> ReadActivationAsync(ReadActivation read, HttpContext http, CancellationToken cancellationToken) =>
        (await read.HandleAsync(http.Caller(), cancellationToken)).ToOk(ActivationFiguresAnswer.From);

    private static async Task<IResult> ListRunsAsync(ListFinishedRuns list, HttpContext http, CancellationToken cancellationToken) =>
        (await list.HandleAsync(http.Caller(), cancellationToken))
            .ToOk(runs => new SyncRunsAnswer(true, [.. runs.Select(SyncRunAnswer.From)]));
}

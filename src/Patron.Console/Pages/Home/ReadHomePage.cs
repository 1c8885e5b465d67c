using System.Globalization;
using Patron.Customers.Statistics;
using Patron.Erp.Runs;
using Patron.Linking.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.StaffConsole.Pages.Home;

/// <summary>
/// The figures of the start page. Activation and the runs of the sync belong to the home organization; others have null and no runs.
/// </summary>
public sealed record HomeModel(
    CustomerStatistics Customers, CustomerGrowth Growth, ActivationFigures? Activation, IReadOnlyList<SyncRun> Runs, GrowthUnit Unit);

/// <summary>Reads the model of the start page, from counters only: it costs the same for any number of customers.</summary>
internal sealed class ReadHomePage(ReadStatistics statistics, ReadGrowth growth, ReadActivation activation, ListFinishedRuns runs)
{
    public async Task<Result<HomeModel>> HandleAsync(
        Caller caller, GrowthUnit unit, CultureInfo language, CancellationToken cancellationToken)
    {
        var counted = await statistics.HandleAsync(caller, language, cancellationToken);
        var growing = await growth.HandleAsync(caller, unit, PeriodsOf(unit), language, cancellationToken);
        if (!counted.Succeeded(out var figures, out var refused) || !growing.Succeeded(out var grown, out refused))
        {
            return refused;
        }

        var came = await activation.HandleAsync(caller, cancellationToken);
        var finished = await runs.HandleAsync(caller, cancellationToken);
        return new HomeModel(
            figures, grown, came.Error is null ? came.Value : null, finished.Error is null ? finished.Value : [], unit);
    }

    // Two years by month, half a year by week, a month by day.
    private static int PeriodsOf(GrowthUnit unit) => unit switch
    {
        GrowthUnit.Month => 24,
        GrowthUnit.Week => 26,
        _ => 30,
    };
}

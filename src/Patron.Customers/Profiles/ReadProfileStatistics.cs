using System.Globalization;
using Patron.Customers.Statistics;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Profiles;

/// <summary>The statistics for the caller: their own profile, or for staff those of all customers.</summary>
public sealed record ProfileStatistics(Profile? Own, CustomerStatistics? All);

/// <summary>
/// Reads statistics (source 3, <c>stats</c>): a customer's own, 404 without a profile; for staff of the acting organization and keys with
/// <c>customers:read</c> the overview of source 5.
/// </summary>
public sealed class ReadProfileStatistics(FindProfile find, ReadStatistics read)
{
    public async Task<Result<ProfileStatistics>> HandleAsync(
        Caller caller, CultureInfo language, CancellationToken cancellationToken)
    {
        if (caller.IsStaff)
        {
            var overview = await read.HandleAsync(caller, language, cancellationToken);
            return overview.Succeeded(out var all, out var refused) ? new ProfileStatistics(null, all) : refused;
        }

        var found = await find.HandleAsync(caller, cancellationToken);
        return found.Succeeded(out var own, out var missing) ? new ProfileStatistics(own, null) : missing;
    }
}

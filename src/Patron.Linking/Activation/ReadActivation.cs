using Patron.Customers.Statistics;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>The number of sign-ins on a day (UTC).</summary>
public sealed record DaySignIns(DateOnly Day, long SignIns);

/// <summary>
/// How customers of the home organization come: those that the ERP has (<c>Synced</c>), those who were invited by mail and those of them who
/// came, customers of the ERP with an account (<c>Linked</c>), and all accounts, staff included, that signed in within 30
/// days (<c>Active</c>).
/// </summary>
public sealed record ActivationFigures(
    long Synced, long Invited, long Came, long Linked, long Active, IReadOnlyList<DaySignIns> SignIns);

/// <summary>
/// Reads the figures of activation and the sign-ins of the last 30 days, for staff of home and API keys with <c>customers:read</c> (403 for
/// others). They are read from counters and cost the same for any number of people.
/// </summary>
public sealed class ReadActivation(ReadGrowth growth, DatabaseSession database, HomeOrganization home, TimeProvider time)
{
    public const int Days = 30;

    // Of accounts.figures: a row for each name and day, and what was appended since the last housekeeping.
    private const string Sql = """
        SELECT name, CASE WHEN name = 'sign_ins' THEN day ELSE '1970-01-01' END, sum(amount)::bigint FROM accounts.figures
        WHERE name IN ('invited', 'came') OR day > $1 GROUP BY 1, 2
        """;

    public async Task<Result<ActivationFigures>> HandleAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (InvitationAccess.Refusal(caller, home, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (!(await growth.CountLinkedAsync(caller with { OrganizationId = home.Id }, cancellationToken))
            .Succeeded(out var linked, out var unreadable))
        {
            return unreadable;
        }

        var today = DateOnly.FromDateTime(time.GetUtcNow().UtcDateTime);
        var figures = await database.QueryAsync(
            Sql, row => (Name: row.Text(), Day: row.OptionalDate()!.Value, Amount: row.Long()), cancellationToken, today.AddDays(-Days));
        var signIns = figures.Where(figure => figure.Name == "sign_ins").ToDictionary(figure => figure.Day, figure => figure.Amount);
        return new ActivationFigures(
            linked.FromErp, Sum("invited"), Sum("came"), linked.FromErpWithAccount, Sum("last_sign_ins"),
            [.. Enumerable.Range(1 - Days, Days).Select(today.AddDays).Select(day => new DaySignIns(day, signIns.GetValueOrDefault(day)))]);

        long Sum(string name) => figures.Where(figure => figure.Name == name).Sum(figure => figure.Amount);
    }
}

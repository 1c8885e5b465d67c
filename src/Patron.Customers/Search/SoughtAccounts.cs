using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Search;

/// <summary>
/// The accounts that criteria on names, e-mail and phone mean, where rows hold none of these: those that fit the query, and those that fit the
/// other ones. A linked record matches by its own columns or by its account.
/// </summary>
internal sealed record SoughtAccounts(IReadOnlyList<Guid> ByQuery, IReadOnlyList<Guid> ByFields)
{
    /// <summary>Null where rows can be asked themselves. Errors: 422 more than a thousand match, 503 accounts are away: nobody shall be missed silently.</summary>
    public static async Task<Result<SoughtAccounts?>> FindAsync(
        IAccountDirectory directory, Caller caller, CustomerCriteria criteria, CancellationToken cancellation)
    {
        var fields = new AccountCriteria(Query: null, criteria.FirstName, criteria.LastName, criteria.Email, criteria.Phone);
        var all = fields with { Query = criteria.Query };
        if (directory.KeepsCopies || all.AsksNothing)
        {
            return default(SoughtAccounts);
        }

        var matched = await directory.MatchAsync(caller, all, cancellation);
        if (!matched.Succeeded(out var byAll, out var refused))
        {
            return refused;
        }

        // A query may be found on the row (a company's name) while a name is found on the account.
        var byFields = all.Query is null || fields.AsksNothing ? matched : await directory.MatchAsync(caller, fields, cancellation);
        return byFields.Succeeded(out var some, out refused) ? new SoughtAccounts(byAll, some) : refused;
    }
}

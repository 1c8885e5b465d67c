using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Matching;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>
/// Finds the customers that values which are not stored probably belong to, the most probable first, at most <see cref="MaxDuplicates"/>.
/// For staff and keys with <c>customers:read</c> (403 for others). 422 for values that no customer can have, and in a separate customers
/// service.
/// </summary>
public sealed class CheckDuplicates(CustomerStore customers, DuplicateFinder finder, MatchModels models, AccountCopies accounts)
{
    public const int MaxDuplicates = 20;

    public async Task<Result<IReadOnlyList<PossibleDuplicate>>> HandleAsync(
        Caller caller, CustomerChanges values, CancellationToken cancellationToken)
    {
        if ((DuplicateAccess.Refuse(caller, accounts, Scopes.ReadCustomers) ?? values.Errors?.ToError()) is { } refused)
        {
            return refused;
        }

        var input = MatchInputs.Of(Customer.FromChanges(values));
        var model = await models.ReadAsync(caller.OrganizationId, cancellationToken);
        var found = (await finder.FindAsync(caller.OrganizationId, model, input, self: Guid.Empty, cancellationToken))
            .Take(MaxDuplicates).ToList();
        var records = await customers.FindAllAsync(caller.OrganizationId, [.. found.Select(one => one.Uid)], cancellationToken);
        var reader = CustomerAccess.ReaderOf(caller);
        return found.Where(one => records.ContainsKey(one.Uid))
            .Select(one => new PossibleDuplicate(records[one.Uid].ForReader(reader), one.Match.Probability, one.Match.Reasons)).ToList();
    }
}

using Patron.Customers.Accounts;
using Patron.Customers.Search;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Customers.Duplicates;

/// <summary>The requested part of the list of duplicates.</summary>
public sealed record DuplicateQuery
{
    public const int DefaultLimit = 50;

    public const double DefaultMinScore = 0.5;

    /// <summary>The pairs that staff dismissed, instead of the open ones.</summary>
    public bool IsDismissed { get; init; }

    public double MinScore { get; init; } = DefaultMinScore;

    /// <summary>The last pair of the previous page.</summary>
    public DuplicateCursor? After { get; init; }

    public int Limit { get; init; } = DefaultLimit;
}

/// <summary>A page of pairs, and where the next one begins; null on the last.</summary>
public sealed record DuplicatePage(IReadOnlyList<ShownDuplicate> Duplicates, DuplicateCursor? Next);

/// <summary>
/// Lists pairs of customers that are probably one, the most probable first, with the reasons. For staff and keys with
/// <c>customers:read</c> (403 for others). 422 for a limit or score out of bounds, and in a separate customers service.
/// </summary>
public sealed class ListDuplicates(DuplicatePairs pairs, DuplicateViews views, AccountCopies accounts)
{
    public async Task<Result<DuplicatePage>> HandleAsync(Caller caller, DuplicateQuery query, CancellationToken cancellationToken)
    {
        if ((DuplicateAccess.Refuse(caller, accounts, Scopes.ReadCustomers) ?? Check(query)) is { } refused)
        {
            return refused;
        }

        var found = await pairs.PageAsync(caller.OrganizationId, query, cancellationToken);
        var shown = await views.ShowAsync(caller, found.Take(query.Limit).ToList(), cancellationToken);
        return new DuplicatePage(shown, found.Count > query.Limit ? DuplicateCursor.Of(found[query.Limit - 1]) : null);
    }

    private static Error? Check(DuplicateQuery query)
    {
        var errors = new FieldErrors();
        PageBounds.CheckLimit(query.Limit, errors);
        if (query.MinScore is not (>= 0 and <= 1))
        {
            errors.Add("min_score", "Must be a number from 0 to 1.");
        }

        return errors.Any ? errors.ToError() : null;
    }
}

/// <summary>The pairs of one customer, the most probable first, at most <see cref="MaxPairs"/>. Errors: 404, and as the list.</summary>
public sealed class ListDuplicatesOfCustomer(
    Customers.CustomerStore customers, DuplicatePairs pairs, DuplicateViews views, AccountCopies accounts)
{
    public const int MaxPairs = 100;

    public async Task<Result<IReadOnlyList<ShownDuplicate>>> HandleAsync(
        Caller caller, string reference, CancellationToken cancellationToken)
    {
        if (DuplicateAccess.Refuse(caller, accounts, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        if (await customers.FindByIdAsync(caller, reference, cancellationToken) is not { } customer)
        {
            return Customers.CustomerAccess.NotFound;
        }

        var found = await pairs.OfCustomerAsync(caller.OrganizationId, customer.Uid, MaxPairs, cancellationToken);
        return await views.ShowAsync(caller, found, cancellationToken);
    }
}

using Microsoft.EntityFrameworkCore;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Customers;

/// <summary>One change of a marketing consent: which (the field's name), given or withdrawn, when and through whom.</summary>
public sealed record ConsentView(string Kind, bool Value, DateTimeOffset At, ConsentSource Source);

/// <summary>
/// How a customer's marketing consents came to be, the newest first, at most <see cref="Most"/> of them, for those who may see the record: 401, 403
/// and 404 as <see cref="FindCustomer"/>.
/// </summary>
public sealed class ListConsents(CustomersContext context, DatabaseSession session)
{
    public const int Most = 100;

    public async Task<Result<IReadOnlyList<ConsentView>>> HandleAsync(Caller caller, string reference, CancellationToken cancellation)
    {
        if (CustomerAccess.RefuseStrangers(caller, Scopes.ReadCustomers) is { } refused)
        {
            return refused;
        }

        return await session.FindByIdAsync(caller, reference, cancellation) is { } customer
            ? await context.Consents.AsNoTracking()
                .Where(consent => consent.CustomerUid == customer.Uid)
                .OrderByDescending(consent => consent.Id)
                .Take(Most)
                .Select(consent => new ConsentView(consent.Kind, consent.Value, consent.At, consent.Source))
                .ToListAsync(cancellation)
            : CustomerAccess.NotFound;
    }
}

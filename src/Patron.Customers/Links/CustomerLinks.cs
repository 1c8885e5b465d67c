using Microsoft.EntityFrameworkCore;
using Patron.Customers.Accounts;
using Patron.Customers.Customers;
using Patron.Customers.Database;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Customers.Links;

/// <summary>
/// What records follow of their accounts, inside the transaction of what happened to the account (linking.md). Locks are taken in one
/// order, the account first, then records by ascending number; the unique indexes decide what comes together, and the loser looks again.
/// </summary>
public sealed class CustomerLinks(
    CustomersContext context, DatabaseSession session, RecordLinks links, OfferBook offers, HomeOrganization home, TimeProvider time)
{
    // A record that is entered between the look and the claim costs another look; three in a row would be a bug.
    private const int MaxLooks = 3;

    /// <summary>
    /// The account has proven its address. What was tied to it before it was taken over is set aside. In the home organization the waiting
    /// record is its own from now on, merged with the one it had; in every other one it is offered. Its own records claim the address.
    /// Answers the organizations in which a waiting record was linked; with <paramref name="only"/> it looks at that one alone.
    /// </summary>
    public async Task<IReadOnlyList<Guid>> ProveAsync(
        Caller caller, Account account, Guid? only, CancellationToken cancellation, LinkEvidence evidence = LinkEvidence.EmailProven)
    {
        for (var look = 1; ; look++)
        {
            var proven = await session.InTransactionAsync(() => TryProveAsync(caller, account, only, evidence, cancellation), cancellation);
            if (proven.Succeeded(out var linked, out var error))
            {
                return linked;
            }

            if (look == MaxLooks)
            {
                throw new InvalidOperationException($"An address could not be claimed: {error.Detail}");
            }
        }
    }

    /// <summary>Those of the addresses that a record without account waits for, in the organization or (null) in any.</summary>
    public async Task<IReadOnlyCollection<string>> FindWaitingAsync(Guid? organization, IReadOnlyCollection<string> emailKeys, CancellationToken cancellation) =>
        await context.OpenToTheirAddress()
            .Where(customer => emailKeys.Contains(customer.EmailKey) && customer.Claim == EmailClaim.Claimed && customer.UserId == null
                && (organization == null || customer.OrganizationId == organization))
            .Select(customer => customer.EmailKey!).Distinct().ToListAsync(cancellation);

    /// <summary>The account's names or phone have changed: its records show them at once.</summary>
    public async Task FollowAsync(Caller caller, Account account, CancellationToken cancellation)
    {
        var now = time.GetDatabaseNow();
        foreach (var customer in (await context.LockOfAccountAsync(session, caller, account, organization: null, now, cancellation)).Where(customer => customer.UserId is not null))
        {
            links.Follow(caller, customer, account, now);
        }

        await context.SaveChangesAsync(cancellation);
    }

    private async Task<Result<IReadOnlyList<Guid>>> TryProveAsync(
        Caller caller, Account account, Guid? only, LinkEvidence evidence, CancellationToken cancellation)
    {
        var now = time.GetDatabaseNow();
        var linked = new List<Guid>();
        foreach (var records in (await context.LockOfAccountAsync(session, caller, account, only, now, cancellation)).GroupBy(customer => customer.OrganizationId))
        {
            var own = records.SingleOrDefault(customer => customer.UserId is not null);
            var waiting = records.SingleOrDefault(customer => customer.UserId is null);
            if (own is not null && IsFromBeforeTakeover(own, account))
            {
                links.SetAside(caller, own, now);
                await context.SaveChangesAsync(cancellation); // First: together they would be written by number, and the account's only place be taken.
                own = null;
            }

            if (waiting is not null && records.Key == home.Id)
            {
                Customer[] mine = own is null ? [waiting] : [own, waiting];
                var joined = await links.JoinAllAsync(caller, mine, account, new LinkGrant(evidence, caller.UserId ?? account.UserId), now, cancellation);
                if (joined.Error is { } refused)
                {
                    return refused;
                }

                linked.Add(records.Key);
            }
            else
            {
                if (own is not null)
                {
                    links.Follow(caller, own, account, now);
                }

                if (waiting is null)
                {
                    own?.ClaimAddress(now);
                }
                else
                {
                    await offers.TryMakeAsync(waiting, account.UserId, OfferNaming.Address, by: null, now, cancellation);
                }
            }

            if (await context.TrySaveAsync(cancellation) is { } taken)
            {
                return taken;
            }
        }

        return linked;
    }

    // What was typed at a sign-up that was not the mailbox's owner's. A record that the proven account made afterwards is marked so.
    private static bool IsFromBeforeTakeover(Customer own, Account account) =>
        account.TakenOverAt is { } takenOver && (own.EmailVerifiedAt is null || own.LinkedAt <= takenOver);
}

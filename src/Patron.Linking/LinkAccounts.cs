using Microsoft.Extensions.DependencyInjection;
using Patron.Accounts.Users;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Linking;

/// <summary>What <see cref="LinkAccounts"/> has done so far, or would do: of all accounts those looked at, and what became of them.</summary>
public sealed record LinkedAccounts(long Total, long Accounts, long Had, long Linked, long Created, IReadOnlyList<(string Account, string Reason)> Failed);

/// <summary>
/// Gives every customer member of the home organization that has none a customer record: one that waits for their proven address, else a
/// new one (source 1, 'Migration for Existing Users'). Each account is a transaction of its own; it can be stopped and run again at any time.
/// </summary>
public sealed class LinkAccounts(IServiceScopeFactory scopes, HomeOrganization home)
{
    private const int PageSize = 500;

    /// <summary>Goes through all of them and tells how far it is after each page. A dry run changes nothing.</summary>
    public async Task<LinkedAccounts> HandleAsync(Caller caller, bool dryRun, Action<LinkedAccounts> tell, CancellationToken cancellation)
    {
        var done = new LinkedAccounts(await CountAsync(cancellation), 0, 0, 0, 0, []);
        for (var after = 0L; ;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var page = await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().PageOfCustomersAsync(home.Id, after, PageSize, cancellation);
            if (page.Count == 0)
            {
                return done;
            }

            done = await LinkAsync(scope.ServiceProvider, caller, page, done, dryRun, cancellation);
            after = page[^1].Number;
            tell(done);
        }
    }

    private async Task<long> CountAsync(CancellationToken cancellation)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().CountCustomersAsync(home.Id, cancellation);
    }

    private async Task<LinkedAccounts> LinkAsync(
        IServiceProvider services, Caller caller, List<AccountCard> page, LinkedAccounts done, bool dryRun, CancellationToken cancellation)
    {
        var known = await services.GetRequiredService<AccountCustomers>().FindAsync(home.Id, [.. page.Select(account => account.Id)], cancellation);
        var missing = page.Where(account => !known.ContainsKey(account.Id)).ToList();
        var waitedFor = await services.GetRequiredService<CustomerLinks>().FindWaitingAsync(
            home.Id, [.. missing.Where(account => account.EmailVerified).Select(account => Folding.Key(account.Email))], cancellation);
        var create = services.GetRequiredService<CreateCustomerForUser>();
        var session = services.GetRequiredService<DatabaseSession>();
        done = done with { Accounts = done.Accounts + page.Count, Had = done.Had + known.Count };
        foreach (var account in missing)
        {
            if (!dryRun && (await create.EnsureAsync(caller, account.Id, cancellation)).Error is { } error)
            {
                done = done with { Failed = [.. done.Failed, ($"{account.Number}", error.Sentence)] };
                continue;
            }

            session.ForgetChanges();
            done = account.EmailVerified && waitedFor.Contains(Folding.Key(account.Email))
                ? done with { Linked = done.Linked + 1 }
                : done with { Created = done.Created + 1 };
        }

        return done;
    }
}

using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
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
public sealed partial class LinkAccounts(IServiceScopeFactory scopes, HomeOrganization home, ILogger<LinkAccounts> logger)
{
    private const int PageSize = 500;

    /// <summary>Goes through all of them and tells how far it is after each page. A dry run changes nothing.</summary>
    public async Task<LinkedAccounts> HandleAsync(Caller caller, bool dryRun, Action<LinkedAccounts> tell, CancellationToken cancellationToken)
    {
        var failed = new List<(string Account, string Reason)>();
        var done = new LinkedAccounts(await CountAsync(cancellationToken), 0, 0, 0, 0, failed);
        for (var after = 0L; ;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var page = await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().PageOfCustomersAsync(home.Id, after, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                return done;
            }

            done = await LinkAsync(scope.ServiceProvider, caller, page, done, failed, dryRun, cancellationToken);
            after = page[^1].Number;
            tell(done);
        }
    }

    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().CountCustomersAsync(home.Id, cancellationToken);
    }

    private async Task<LinkedAccounts> LinkAsync(
        IServiceProvider services, Caller caller, List<AccountCard> page, LinkedAccounts done, List<(string Account, string Reason)> failed, bool dryRun, CancellationToken cancellationToken)
    {
        var known = await services.GetRequiredService<AccountCustomers>().FindAsync(home.Id, [.. page.Select(account => account.Id)], cancellationToken);
        var missing = page.Where(account => !known.ContainsKey(account.Id)).ToList();
        var waitedFor = await services.GetRequiredService<WaitingCustomers>().FindAddressesAsync(
            home.Id, [.. missing.Where(account => account.EmailVerified).Select(account => EmailAddress.KeyOf(account.Email))], cancellationToken);
        var create = services.GetRequiredService<CreateCustomerForUser>();
        var session = services.GetRequiredService<DatabaseSession>();
        done = done with { Accounts = done.Accounts + page.Count, Had = done.Had + known.Count };
        foreach (var account in missing)
        {
            if (!dryRun && await FailureAsync(create, caller, account, cancellationToken) is { } failure)
            {
                failed.Add(($"{account.Number}", failure));
                continue;
            }

            session.ForgetChanges();
            done = account.EmailVerified && waitedFor.Contains(EmailAddress.KeyOf(account.Email))
                ? done with { Linked = done.Linked + 1 }
                : done with { Created = done.Created + 1 };
        }

        return done;
    }

    // Whatever one account's transaction does, it is undone alone and the others go on.
    private async Task<string?> FailureAsync(CreateCustomerForUser create, Caller caller, AccountCard account, CancellationToken cancellationToken)
    {
        try
        {
            return (await create.EnsureAsync(caller, account.Id, cancellationToken)).Error?.Sentence;
        }
        catch (Exception bug) when (bug is not OperationCanceledException && !DatabaseFailure.IsAway(bug))
        {
            LogFailed(bug, account.Number);
            return $"Something unexpected went wrong with this account ({bug.GetType().Name}); the log says more. Please report it.";
        }
    }

    [LoggerMessage(LogLevel.Error, "Account {Account} could not be linked")]
    private partial void LogFailed(Exception bug, long account);
}

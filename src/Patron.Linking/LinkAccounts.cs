using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Patron.Accounts.Users;
using Patron.Customers.Links;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Text;

namespace Patron.Linking;

/// <summary>
/// The progress of <see cref="LinkAccounts"/>: how many accounts there are, were processed, already had a record, were linked, got a new
/// record, or failed.
/// </summary>
public sealed record LinkedAccounts(
    long Total, long Accounts, long Had, long Linked, long Created, IReadOnlyList<(string Account, string Reason)> Failed);

/// <summary>
/// Links or creates a customer record for every customer member of the home organization without one: an unlinked record with the proven
/// address, else a new one (source 1, 'Migration for Existing Users'). Each account has its own transaction, so the run can be stopped and
/// repeated at any time.
/// </summary>
public sealed partial class LinkAccounts(IServiceScopeFactory scopes, HomeOrganization home, ILogger<LinkAccounts> logger)
{
    private const int PageSize = 500;

    /// <summary>Processes all accounts and reports the progress after each page. A dry run changes nothing.</summary>
    public async Task<LinkedAccounts> HandleAsync(
        Caller caller, bool dryRun, Action<LinkedAccounts> report, CancellationToken cancellationToken)
    {
        var failed = new List<(string Account, string Reason)>();
        var done = new LinkedAccounts(await CountAsync(cancellationToken), 0, 0, 0, 0, failed);
        for (var after = 0L; ;)
        {
            await using var scope = scopes.CreateAsyncScope();
            var page = await scope.ServiceProvider.GetRequiredService<LookUpAccounts>()
                .PageOfCustomersAsync(home.Id, after, PageSize, cancellationToken);
            if (page.Count == 0)
            {
                return done;
            }

            done = await LinkAsync(scope.ServiceProvider, caller, page, done, failed, dryRun, cancellationToken);
            after = page[^1].Number;
            report(done);
        }
    }

    private async Task<long> CountAsync(CancellationToken cancellationToken)
    {
        await using var scope = scopes.CreateAsyncScope();
        return await scope.ServiceProvider.GetRequiredService<LookUpAccounts>().CountCustomersAsync(home.Id, cancellationToken);
    }

    private async Task<LinkedAccounts> LinkAsync(
        IServiceProvider services, Caller caller, List<AccountSummary> page, LinkedAccounts done,
        List<(string Account, string Reason)> failed, bool dryRun, CancellationToken cancellationToken)
    {
        var existing = await services.GetRequiredService<AccountCustomers>()
            .FindAsync(home.Id, [.. page.Select(account => account.Id)], cancellationToken);
        var missing = page.Where(account => !existing.ContainsKey(account.Id)).ToList();
        var waitingEmails = await services.GetRequiredService<WaitingCustomers>().FindAddressesAsync(
            home.Id, [.. missing.Where(account => account.EmailVerified).Select(account => EmailAddress.KeyOf(account.Email))],
            cancellationToken);
        var create = services.GetRequiredService<CreateCustomerForUser>();
        var session = services.GetRequiredService<DatabaseSession>();
        done = done with { Accounts = done.Accounts + page.Count, Had = done.Had + existing.Count };
        foreach (var account in missing)
        {
            if (!dryRun && await FailureAsync(create, caller, account, cancellationToken) is { } failure)
            {
                failed.Add(($"{account.Number}", failure));
                continue;
            }

            session.ClearChangeTrackers();
            done = account.EmailVerified && waitingEmails.Contains(EmailAddress.KeyOf(account.Email))
                ? done with { Linked = done.Linked + 1 }
                : done with { Created = done.Created + 1 };
        }

        return done;
    }

    // A failure rolls back only this account, and the run continues.
    private async Task<string?> FailureAsync(
        CreateCustomerForUser create, Caller caller, AccountSummary account, CancellationToken cancellationToken)
    {
        try
        {
            return (await create.EnsureAsync(caller, account.Id, cancellationToken)).Error?.Sentence;
        }
        catch (Exception exception) when (exception is not OperationCanceledException && !DatabaseFailure.IsUnavailable(exception))
        {
            LogFailed(exception, account.Number);
            return $"Something unexpected went wrong with this account ({exception.GetType().Name}); the log says more. Please report it.";
        }
    }

    [LoggerMessage(LogLevel.Error, "Account {Account} could not be linked")]
    private partial void LogFailed(Exception exception, long account);
}

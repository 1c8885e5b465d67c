using Patron.Accounts.Users;
using Patron.Customers.Accounts;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;

namespace Patron.Linking;

/// <summary>
/// Implements the port of Customers where both modules share a database: it reads on the same connection, inside the same transaction. <see
/// cref="LookUpAccounts"/> is created at the first call, because the most frequent reads of customers need no account.
/// </summary>
internal sealed class AccountDirectory(
    Func<LookUpAccounts> accounts, AccountsByEmail byEmail, DatabaseSession session, Func<RetireAccount> retire) : IAccountDirectory
{
    public bool KeepsCopies => true;

    public async Task<Result<Account>> OwnAsync(Caller caller, CancellationToken cancellationToken)
    {
        if (caller.UserId is not { } id)
        {
            return Account.NoAccount;
        }

        var card = session.IsInTransaction
            ? await accounts().LockAsync(id, cancellationToken)
            : await accounts().FindByReferenceAsync(id.ToString(), cancellationToken);
        return card is null ? Account.NoAccount : card.ToAccount();
    }

    public async Task<Result<IReadOnlyList<Account>>> ReadAsync(
        Caller caller, IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        ToAccounts(await accounts().ByIdAsync(caller, userIds, cancellationToken));

    public async Task<Result<IReadOnlyList<Account>>> FindByEmailAsync(
        Caller caller, IReadOnlyCollection<string> emailKeys, CancellationToken cancellationToken) =>
        (await byEmail.FindAsync(caller.OrganizationId, emailKeys, cancellationToken)).ConvertAll(card => card.ToAccount());

    public Task<Result<IReadOnlyList<Guid>>> MatchAsync(Caller caller, AccountCriteria criteria, CancellationToken cancellationToken) =>
        accounts().MatchAsync(
            caller, new UserCriteria(criteria.Query, criteria.FirstName, criteria.LastName, criteria.Email, criteria.Phone),
            cancellationToken);

    public Task LockAsync(IReadOnlyCollection<Guid> userIds, CancellationToken cancellationToken) =>
        accounts().LockAllAsync(userIds, cancellationToken);

    public Task<Error?> RetireAsync(Caller caller, Guid losing, Guid keeping, bool isPreview, CancellationToken cancellationToken) =>
        retire().HandleAsync(caller, losing, keeping, isPreview, cancellationToken);

    public Task ReviveAsync(Caller caller, Guid userId, CancellationToken cancellationToken) =>
        retire().UndoAsync(caller, userId, cancellationToken);

    private static Result<IReadOnlyList<Account>> ToAccounts(Result<IReadOnlyList<AccountSummary>> cards) =>
        cards.Succeeded(out var found, out var error) ? found.Select(card => card.ToAccount()).ToList() : error;
}

internal static class AccountMapping
{
    public static Account ToAccount(this AccountSummary card) =>
        new(card.Id, card.Email, card.EmailVerified, card.FirstName, card.LastName, card.PhoneNumber)
        {
            TakenOverAt = card.TakenOverAt, Language = card.Language,
        };

    public static Account ToAccount(this User user) =>
        new(user.Id, user.Email!, user.EmailConfirmed, user.FirstName, user.LastName, user.PhoneNumber)
        {
            TakenOverAt = user.TakenOverAt, Language = user.Language,
        };
}

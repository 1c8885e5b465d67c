using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Starts a session for an account without a password, for the operator: <c>patron token</c>. Errors: 404 no such account, 400 disabled.
/// </summary>
public sealed class SignInAs(AccountsContext dbContext, SessionStarter sessions)
{
    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, CancellationToken cancellationToken) =>
        await dbContext.FindByLoginAsync(login, cancellationToken) switch
        {
            null => Error.NotFound("account_not_found", "There's no account with this email or username."),
            { DisabledAt: not null } => Error.Rule("account_disabled", "This account is disabled. Enable it with: patron admin enable"),
            var user => await sessions.StartAsync(caller, user, cancellationToken),
        };
}

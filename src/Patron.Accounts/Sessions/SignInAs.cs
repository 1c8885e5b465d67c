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
            null => Error.NotFound("There is no account with this e-mail or user name."),
            { DisabledAt: not null } => Error.Rule("This account is switched off; switch it on with: patron admin enable"),
            var user => await sessions.StartAsync(caller, user, cancellationToken),
        };
}

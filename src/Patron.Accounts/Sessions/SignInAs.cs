using Patron.Accounts.Database;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>Starts a session for an account on the word of whoever runs Patron: <c>patron token</c>. Errors: 404 no such account, 400 switched off.</summary>
public sealed class SignInAs(AccountsContext context, SessionStart sessions)
{
    public async Task<Result<SignedIn>> HandleAsync(Caller caller, string login, CancellationToken cancellationToken) =>
        await context.IdentifyAsync(login, cancellationToken) switch
        {
            null => Error.NotFound("There is no account with this e-mail or user name."),
            { DisabledAt: not null } => Error.Rule("This account is switched off; switch it on with: patron admin enable"),
            var user => await sessions.StartAsync(caller, user, cancellationToken),
        };
}

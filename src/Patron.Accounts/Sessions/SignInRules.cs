using Microsoft.Extensions.Options;
using Patron.Accounts.Users;
using Patron.Shared.Results;

namespace Patron.Accounts.Sessions;

/// <summary>
/// Who may sign in with a password. With private registration an account with an unproven address counts as absent: an answer of its own
/// would reveal to anyone who registers an address and then signs in whether the address was free.
/// </summary>
public sealed class SignInRules(IOptions<AccountsOptions> options)
{
    private static readonly Error WrongCredentials = Error.Unauthenticated("credentials_incorrect", "Your email or password isn't right.");
    private static readonly Error WrongOrUnproven = Error.Unauthenticated(
        "credentials_incorrect", "Your email or password isn't right. If you've just registered, open the link in our email first.");

    /// <summary>The answer to an unknown name, a wrong password and an account that may not sign in.</summary>
    public Error Wrong => options.Value.PrivateRegistration ? WrongOrUnproven : WrongCredentials;

    /// <summary>The account if it may sign in, else null.</summary>
    public User? Admit(User? user) => options.Value.PrivateRegistration && user is { EmailConfirmed: false } ? null : user;
}

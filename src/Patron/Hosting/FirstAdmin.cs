using System.Security.Cryptography;
using Patron.Accounts.Users;
using Patron.Shared;
using Patron.Shared.Callers;

namespace Patron.Hosting;

/// <summary>Creates the first administrator, from the settings or with a generated password that is printed once.</summary>
public sealed class FirstAdmin(CreateAdmin create, PatronSettings settings)
{
    private const string DefaultEmail = "admin@patron.example";
    private const string PasswordCharacters = "abcdefghjkmnpqrstuvwxyz23456789";

    /// <exception cref="CannotStartException">The email or password from the settings is refused.</exception>
    public async Task EnsureAsync(CancellationToken cancellationToken)
    {
        var generated = settings.AdminPassword is null ? RandomNumberGenerator.GetString(PasswordCharacters, 20) : null;
        var email = settings.AdminEmail ?? DefaultEmail;
        var names = new PersonNames("Patron", "Administrator", null, null);
        var result = await create.HandleFirstAsync(
            Caller.System(settings.Home.Id), new NewAccount(email, names, settings.AdminPassword ?? generated!), cancellationToken);
        if (result.Error is { } error)
        {
            throw new CannotStartException(
                $"The first administrator cannot be made from PATRON_ADMIN_EMAIL and PATRON_ADMIN_PASSWORD: {error.Detail}");
        }

        if (result.Value is not null && generated is not null)
        {
            // Not logged, because logs are stored and sent to other systems. It is printed once, for the operator.
            Console.Error.WriteLine($"""

                The first administrator: {email}
                Password (shown only now): {generated}

                """);
        }
    }
}

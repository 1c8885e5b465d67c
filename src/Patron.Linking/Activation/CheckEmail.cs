using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>What strangers may know of an address (source 4, check-email); name and account number are null unless the settings give them away.</summary>
public sealed record EmailCheck(string Email, bool Exists, bool HasPassword, string? Name, string? AccountNumber, bool FromOdoo);

/// <summary>
/// Tells whether somebody can set a first password for an address, or sign in with it; how much of that is a setting. It sends nothing.
/// Errors: 422 <c>email</c>.
/// </summary>
public sealed class CheckEmail(ActivationCandidates candidates, PortalOptions options)
{
    public async Task<Result<EmailCheck>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryParse(email, out var address))
        {
            return Error.Invalid("email", EmailAddress.Rule(email));
        }

        // Every address is led on to the first password; its mailbox hears the rest, that there is an account too.
        return options.CheckEmail.Disclosure == EmailDisclosure.None
            ? new EmailCheck(address.Text, Exists: true, HasPassword: false, null, null, FromOdoo: false)
            : await LookAsync(address, cancellationToken);
    }

    private async Task<EmailCheck> LookAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var candidate = await candidates.FindAsync(address.Key, cancellationToken);
        var record = candidate.MayActivate ? candidate.Waiting
            : candidate.Account is { } account ? await candidates.OwnAsync(account, cancellationToken)
            : null;
        var shown = options.CheckEmail.Disclosure == EmailDisclosure.Full ? record : null;
        return new EmailCheck(
            address.Text,
            candidate.MayActivate || candidate.Account is not null,
            !candidate.MayActivate && candidate.Account?.PasswordHash is not null,
            shown?.FullName,
            shown?.AccountNumber,
            ActivationCandidates.IsFromErp(record));
    }
}

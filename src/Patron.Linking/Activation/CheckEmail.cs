using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// What anonymous callers may know of an address (source 4, check-email). Name and account number are null unless the settings reveal them.
/// </summary>
public sealed record EmailCheck(string Email, bool Exists, bool HasPassword, string? Name, string? AccountNumber, bool FromOdoo);

/// <summary>
/// Reports whether an address can set a first password or sign in; the settings decide how much it reveals. It sends no mail. Errors: 422
/// <c>email</c>.
/// </summary>
public sealed class CheckEmail(ActivationCandidates candidates, PortalOptions options)
{
    public async Task<Result<EmailCheck>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken)
    {
        if (!EmailAddress.TryParse(email, out var address))
        {
            return Error.Invalid("email", EmailAddress.Rule(email));
        }

        // The answer leads every address to the setup; only the mailbox learns whether there is an account.
        return options.CheckEmail.Disclosure == EmailDisclosure.None
            ? new EmailCheck(address.Text, Exists: true, HasPassword: false, null, null, FromOdoo: false)
            : await FindAsync(address, cancellationToken);
    }

    private async Task<EmailCheck> FindAsync(EmailAddress address, CancellationToken cancellationToken)
    {
        var candidate = await candidates.FindAsync(address.Key, cancellationToken);
        var record = candidate.MayActivate ? candidate.Waiting : await candidates.FindLinkedAsync(candidate.Account, cancellationToken);
        var visible = options.CheckEmail.Disclosure == EmailDisclosure.Full ? record : null;
        return new EmailCheck(
            address.Text,
            candidate.MayActivate || candidate.Account is not null,
            !candidate.MayActivate && candidate.Account?.PasswordHash is not null,
            visible?.FullName,
            visible?.AccountNumber,
            ActivationCandidates.IsFromErp(record));
    }
}

using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>
/// Somebody would like a link to set a first password with (source 4, send-setup-link). Every address is answered alike; a mailbox that has had
/// too many messages within the hour gets no more. Errors: 422 <c>email</c> is no address.
/// </summary>
public sealed class SendSetupLink(ActivationChallenges challenges)
{
    public async Task<Result<Done>> HandleAsync(Caller caller, string? email, CancellationToken cancellation)
    {
        if (!EmailAddress.TryParse(email, out var address))
        {
            return Error.Invalid("email", EmailAddress.Rule(email));
        }

        await challenges.StartAsync(address, withCode: false, cancellation);
        return default(Done);
    }
}

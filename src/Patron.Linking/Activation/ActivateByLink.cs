using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>
/// Opens the account with the link that came by mail (source 4, set-password): 24 hours, once. Errors: 422 by field, 400 link not valid (any
/// more) or passwords differ, and those of <see cref="OpenCustomerAccount"/>.
/// </summary>
public sealed class ActivateByLink(FirstPassword passwords, ActivationChallenges challenges, OpenCustomerAccount open)
{
    public async Task<Result<Activated>> HandleAsync(Caller caller, string? token, string? password, string? confirmation, CancellationToken cancellation)
    {
        if (string.IsNullOrWhiteSpace(token))
        {
            return Error.Required("token");
        }

        if (passwords.Refusal(password, confirmation) is { } refusal)
        {
            return refusal;
        }

        var challenge = await challenges.FindByLinkAsync(token.Trim(), cancellation);
        return challenge is not null
            ? await open.RunAsync(
                caller, challenge.EmailKey, isProven: true, password!,
                async () => await challenges.TryConsumeAsync(challenge, cancellation) ? null : ActivationChallenges.Unusable, cancellation)
            : ActivationChallenges.Unusable;
    }
}

using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>A message may be on its way: what its code is typed against, how long it is good for, and when another can be asked for.</summary>
public sealed record StartedActivation(Guid ChallengeId, TimeSpan ExpiresIn, TimeSpan ResendAfter);

/// <summary>
/// The first step to a first password (source 4, quick-setup without a code). The password's form is checked and the password thrown away; every
/// address then leads to the same rows, the same answer and the same time, and <see cref="SendActivation"/> decides what to mail. Errors: 422 by
/// field, 400 passwords differ, 403 the settings want a link, 429 the address was typed too often.
/// </summary>
public sealed class StartActivation(FirstPassword passwords, ActivationChallenges challenges, PortalOptions options)
{
    internal static readonly Error ByLinkOnly = Error.Forbidden("Passwords are set here with a link that comes by mail. Ask for one, and open it.");

    public async Task<Result<StartedActivation>> HandleAsync(Caller caller, string? email, string? password, string? confirmation, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode == ActivationMode.Link)
        {
            return ByLinkOnly;
        }

        return passwords.Check(email, password, confirmation).Succeeded(out var address, out var refusal) ? await BeginAsync(address, withCode: true, cancellationToken) : refusal;
    }

    /// <summary>
    /// The same without a password: a page asks for it together with the code, and who wants a link alone gets no code. Both are counted together,
    /// because either message holds a link.
    /// </summary>
    internal async Task<Result<StartedActivation>> BeginAsync(EmailAddress address, bool withCode, CancellationToken cancellationToken)
    {
        var settings = options.Activation;
        if (await challenges.PauseAsync(address, settings.ResendAfter, settings.StartsPerHour, cancellationToken) is { } pause)
        {
            return Error.RateLimited("A message was asked for with this address a moment ago, or too often. Please look into the mailbox, also its spam folder, before you ask for another.", pause);
        }

        var challenge = await challenges.StartAsync(address, withCode, cancellationToken);
        return new StartedActivation(challenge.Id, ActivationChallenge.CodeLife, settings.ResendAfter);
    }
}

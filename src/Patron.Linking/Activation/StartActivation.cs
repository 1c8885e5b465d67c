using Patron.Accounts.Activation;
using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>A started activation: the challenge of the code, its lifetime, and when another message can be requested.</summary>
public sealed record StartedActivation(Guid ChallengeId, TimeSpan ExpiresIn, TimeSpan ResendAfter);

/// <summary>
/// The first step to a first password (source 4, quick-setup without a code). It checks the password's format and discards the password.
/// Every address then leads to the same rows, the same answer and the same time; <see cref="SendActivation"/> decides what to mail. Errors:
/// 422 by field, 400 passwords differ, 403 the settings require a link, 429 too many requests for the address.
/// </summary>
public sealed class StartActivation(FirstPassword passwords, ActivationChallenges challenges, PortalOptions options)
{
    internal static readonly Error ByLinkOnly = Error.Forbidden(
        "link_required", "First passwords are set with a link that we email you. Request one and open it.");

    public async Task<Result<StartedActivation>> HandleAsync(
        Caller caller, string? email, string? password, string? confirmation, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode == ActivationMode.Link)
        {
            return ByLinkOnly;
        }

        return passwords.Check(email, password, confirmation).Succeeded(out var address, out var refusal)
            ? await BeginAsync(caller, address, withCode: true, cancellationToken)
            : refusal;
    }

    /// <summary>
    /// Does the same without a password: a page asks for it together with the code, and a request for a link needs none. Both share one
    /// limit, because both messages hold a link.
    /// </summary>
    internal async Task<Result<StartedActivation>> BeginAsync(
        Caller caller, EmailAddress address, bool withCode, CancellationToken cancellationToken)
    {
        var settings = options.Activation;
        if (await challenges.CheckRateAsync(address, settings.ResendAfter, settings.StartsPerHour, cancellationToken) is { } delay)
        {
            return Error.RateLimited(
                "too_many_emails", "We've just sent an email to this address. Wait a minute before requesting another.",
                delay);
        }

        var challenge = await challenges.StartAsync(caller, address, withCode, cancellationToken);
        return new StartedActivation(challenge.Id, ActivationChallenge.CodeLifetime, settings.ResendAfter);
    }
}

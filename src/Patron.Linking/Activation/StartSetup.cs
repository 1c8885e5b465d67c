using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>The next step after an address was typed.</summary>
public enum SetupStep
{
    /// <summary>The account has a password: sign in.</summary>
    SignIn,

    /// <summary>Type the mailed code and a password.</summary>
    Code,

    /// <summary>Open the mailed link.</summary>
    Link,

    /// <summary>Type a password only: the settings trust everyone.</summary>
    Password,
}

/// <summary>The next step for this address, with the challenge of the code if there is one.</summary>
public sealed record StartedSetup(SetupStep Step, string Email, Guid? ChallengeId = null);

/// <summary>
/// The first page of a first-time setup: looks an address up as <see cref="CheckEmail"/> does, and chooses the next step by the settings.
/// Errors: 422 <c>email</c> invalid or unknown, 429 as <see cref="StartActivation"/>.
/// </summary>
public sealed class StartSetup(CheckEmail check, StartActivation start, SendSetupLink link, PortalOptions options)
{
    private static readonly Error Unknown = Error.Invalid(
        "email", "We don't know this email address. Create an account, or contact us.");

    public async Task<Result<StartedSetup>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken)
    {
        var checkedEmail = await check.HandleAsync(caller, email, cancellationToken);
        if (!checkedEmail.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (!found.Exists || found.HasPassword)
        {
            return found.Exists ? new StartedSetup(SetupStep.SignIn, found.Email) : Unknown;
        }

        switch (options.Activation.Mode)
        {
            case ActivationMode.Trusting:
                return new StartedSetup(SetupStep.Password, found.Email);
            case ActivationMode.Link:
                return (await link.HandleAsync(
                    caller, found.Email, cancellationToken)).Select(_ => new StartedSetup(SetupStep.Link, found.Email));
            default:
                return (await start.BeginAsync(caller, 
                    ParseAddress(found), withCode: true,
                    cancellationToken)).Select(started => new StartedSetup(SetupStep.Code, found.Email, started.ChallengeId));
        }
    }

    private static EmailAddress ParseAddress(EmailCheck found) =>
        EmailAddress.TryParse(found.Email, out var address)
            ? address
            : throw new InvalidOperationException("The checked address is invalid.");
}

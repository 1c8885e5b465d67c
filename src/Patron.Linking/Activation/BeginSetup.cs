using Patron.Shared.Callers;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>What comes next for somebody who has typed their address.</summary>
public enum SetupStep
{
    /// <summary>There is a password: sign in.</summary>
    SignIn,

    /// <summary>The code from the mailbox and the password.</summary>
    Code,

    /// <summary>The link in the mailbox.</summary>
    Link,

    /// <summary>The password alone: the settings trust everybody.</summary>
    Password,
}

/// <summary>The next step, for this address; with the challenge that the code answers, where there is one.</summary>
public sealed record BegunSetup(SetupStep Step, string Email, Guid? ChallengeId = null);

/// <summary>
/// The first page of the way to a first password: an address is looked at as <see cref="CheckEmail"/> may, and led on as the settings say. Errors: 422
/// <c>email</c> where it is no address or nobody's, 429 as <see cref="StartActivation"/>.
/// </summary>
public sealed class BeginSetup(CheckEmail check, StartActivation start, SendSetupLink link, PortalOptions options)
{
    private static readonly Error Unknown = Error.Invalid("email", "No customer was found with this address. Please register, or ask the people who sent you here.");

    public async Task<Result<BegunSetup>> HandleAsync(Caller caller, string? email, CancellationToken cancellationToken)
    {
        var looked = await check.HandleAsync(caller, email, cancellationToken);
        if (!looked.Succeeded(out var found, out var refused))
        {
            return refused;
        }

        if (!found.Exists || found.HasPassword)
        {
            return found.Exists ? new BegunSetup(SetupStep.SignIn, found.Email) : Unknown;
        }

        switch (options.Activation.Mode)
        {
            case ActivationMode.Trusting:
                return new BegunSetup(SetupStep.Password, found.Email);
            case ActivationMode.Link:
                return (await link.HandleAsync(caller, found.Email, cancellationToken)).Select(_ => new BegunSetup(SetupStep.Link, found.Email));
            default:
                return (await start.BeginAsync(Address(found), withCode: true, cancellationToken)).Select(started => new BegunSetup(SetupStep.Code, found.Email, started.ChallengeId));
        }
    }

    private static EmailAddress Address(EmailCheck found) =>
        EmailAddress.TryParse(found.Email, out var address) ? address : throw new InvalidOperationException("A checked address is not one.");
}

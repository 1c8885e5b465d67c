using Patron.Shared.Callers;
using Patron.Shared.Results;

namespace Patron.Linking.Activation;

/// <summary>The input of a first password. Without challenge and code it is the first step.</summary>
public sealed record QuickSetupInput(string? Email, string? Password, string? Confirmation, Guid? ChallengeId = null, string? Code = null);

/// <summary>Either the activated account, or the started challenge whose code is needed next.</summary>
public sealed record QuickSetupResult(Activated? Activated, StartedActivation? Started);

/// <summary>
/// Sets a first password in the steps of the settings (source 4, quick-setup): at once in mode trusting, else <see cref="StartActivation"/>
/// and then <see cref="ActivateByCode"/>. Errors as theirs.
/// </summary>
public sealed class QuickSetup(StartActivation start, ActivateByCode byCode, ActivateWithoutProof withoutProof, PortalOptions options)
{
    public async Task<Result<QuickSetupResult>> HandleAsync(Caller caller, QuickSetupInput input, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode == ActivationMode.Trusting)
        {
            return (await withoutProof.HandleAsync(
                caller, input.Email, input.Password, input.Confirmation, cancellationToken)).Select(ToResult);
        }

        if (input is { ChallengeId: null, Code: null })
        {
            return (await start.HandleAsync(caller, input.Email, input.Password, input.Confirmation, cancellationToken))
                .Select(started => new QuickSetupResult(null, started));
        }

        return input.ChallengeId is { } challenge
            ? (await byCode.HandleAsync(
                caller, new CodeActivation(input.Email, challenge, input.Code, input.Password, input.Confirmation),
                cancellationToken)).Select(ToResult)
            : Error.Invalid("challenge_id", "Send the challenge_id of the first step with the code.");
    }

    private static QuickSetupResult ToResult(Activated activated) => new(activated, null);
}

using Patron.Accounts.Activation;
using Patron.Accounts.Users;
using Patron.Shared.Callers;
using Patron.Shared.Database;
using Patron.Shared.Results;
using Patron.Shared.Text;

namespace Patron.Linking.Activation;

/// <summary>The mailed code, its challenge, and the first password.</summary>
public sealed record CodeActivation(string? Email, Guid ChallengeId, string? Code, string? Password, string? Confirmation);

/// <summary>
/// Activates an account with a mailed code (source 4, quick-setup). Of concurrent requests with one code, one succeeds. An unknown address
/// gets the answer of a wrong code. Code and passwords are checked together. Errors: 422 by field, 400 only the code is wrong or expired,
/// 403 the settings require a link, 429 too many wrong codes, and those of <see cref="CustomerActivation"/>.
/// </summary>
public sealed class ActivateByCode(
    FirstPassword passwords, ActivationChallenges challenges, CustomerActivation customerActivation, DatabaseSession database,
    PortalOptions options)
{
    public async Task<Result<Activated>> HandleAsync(Caller caller, CodeActivation input, CancellationToken cancellationToken)
    {
        if (options.Activation.Mode == ActivationMode.Link)
        {
            return StartActivation.ByLinkOnly;
        }

        var form = passwords.Check(input.Email, input.Password, input.Confirmation).Error;
        if (!EmailAddress.TryParse(input.Email, out var email))
        {
            return form!;
        }

        if (MailedCodes.Read(input.Code) is not { } code)
        {
            return Join(form, string.IsNullOrWhiteSpace(input.Code)
                ? FieldErrors.Required
                : $"Enter the {options.Activation.CodeDigits}-digit code from the email.");
        }

        // A wrong code uses a try whatever the passwords are: otherwise codes could be guessed with invalid passwords.
        var tried = await challenges.TryCodeAsync(input.ChallengeId, email, code, cancellationToken);
        if (!tried.Succeeded(out var challenge, out var wrong))
        {
            return form is not null && wrong.Kind == ErrorKind.Rule ? Join(form, wrong.Detail) : wrong;
        }

        if (form is not null)
        {
            await challenges.UndoTryAsync(challenge, cancellationToken);
            return form;
        }

        var prepared = await customerActivation.PrepareAsync(caller, email.Key, input.Password!, isProven: true, cancellationToken);
        if (!prepared.Succeeded(out var activation, out var unprepared))
        {
            if (unprepared.Kind is ErrorKind.Invalid or ErrorKind.Unavailable)
            {
                await challenges.UndoTryAsync(challenge, cancellationToken);
            }

            return unprepared;
        }

        await using var transaction = await database.BeginAsync(cancellationToken);
        if (!await challenges.TryConsumeAsync(challenge, cancellationToken))
        {
            return MailedCodes.Ended;
        }

        var activated = await customerActivation.ActivateAsync(caller, activation, cancellationToken);
        return await transaction.CommitAsync(activated, cancellationToken);
    }

    private static Error Join(Error? form, string codeMessage)
    {
        var errors = new FieldErrors();
        errors.Add("code", codeMessage);
        if (form == FirstPassword.Differ)
        {
            errors.Add("password_confirmation", form.Detail);
        }

        foreach (var (field, messages) in form?.Fields ?? new Dictionary<string, IReadOnlyList<string>>())
        {
            foreach (var message in messages)
            {
                errors.Add(field, message);
            }
        }

        return errors.ToError();
    }
}
